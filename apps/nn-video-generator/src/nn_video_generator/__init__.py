"""After training: videos of an agent's game with its living network beside it, every pixel real."""
