"""The sample networks, and the pictures that they see."""
