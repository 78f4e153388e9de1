"""Record Stable-Baselines3 agents with what they look at."""
