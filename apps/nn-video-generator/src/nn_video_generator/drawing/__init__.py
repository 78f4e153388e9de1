"""Every picture of the videos: panel, diagram, title card."""
