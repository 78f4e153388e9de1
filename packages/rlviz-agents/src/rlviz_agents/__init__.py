"""Trained Stable-Baselines3 agents: find, load safely, step, record."""
