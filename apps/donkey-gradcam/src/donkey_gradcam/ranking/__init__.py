"""The frames of a drive, the worst first."""
