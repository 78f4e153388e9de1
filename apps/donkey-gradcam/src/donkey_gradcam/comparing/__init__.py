"""Several pilots on one drive."""
