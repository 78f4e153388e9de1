"""Record Stable-Baselines3 agents exactly as `rl_zoo3.record_video` does, with what they look at."""

from breakout_gradcam.visualizer import DQNGradCAMVisualizer

__all__ = ["DQNGradCAMVisualizer"]
