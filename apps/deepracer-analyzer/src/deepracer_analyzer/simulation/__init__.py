"""The replay itself, without a window: what is shown at a frame, and what a key changes."""
