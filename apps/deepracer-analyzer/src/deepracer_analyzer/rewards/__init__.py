"""Rewards computed anew on the log: expressions that are checked before they run, or the user's own file."""
