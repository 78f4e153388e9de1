"""What is drawn: the video's frames, the comparison's, contact sheets."""
