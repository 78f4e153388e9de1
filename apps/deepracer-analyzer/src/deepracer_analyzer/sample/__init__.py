"""A lap that this app drives itself: its own track, controller, log and video."""
