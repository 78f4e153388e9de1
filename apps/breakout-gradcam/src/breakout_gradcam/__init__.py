"""Record Stable-Baselines3 agents exactly as `rl_zoo3.record_video` does, with what they look at."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from breakout_gradcam.visualizer import DQNGradCAMVisualizer

__all__ = ["DQNGradCAMVisualizer"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    """Import the class when it is asked for: the command line starts without it."""
    if name == "DQNGradCAMVisualizer":
        from breakout_gradcam.visualizer import DQNGradCAMVisualizer

        return DQNGradCAMVisualizer
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
