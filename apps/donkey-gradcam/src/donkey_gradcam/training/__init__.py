"""Watching a pilot while it is trained."""
