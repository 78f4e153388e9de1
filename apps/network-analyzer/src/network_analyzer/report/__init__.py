"""What a layer's channels do over a set of pictures."""
