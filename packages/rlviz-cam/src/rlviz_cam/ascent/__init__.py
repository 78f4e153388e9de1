"""Gradient ascent on the input: what a channel or unit prefers, by NumPy, for every framework alike."""
