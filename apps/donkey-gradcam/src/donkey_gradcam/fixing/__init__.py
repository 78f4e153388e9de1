"""A video rebuilt from its frames."""
