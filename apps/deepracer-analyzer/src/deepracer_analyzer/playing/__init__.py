"""The window: pictures at their time, keys, and recordings."""
