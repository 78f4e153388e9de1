"""The sample that comes with this tool, and the demo that is made of it."""
