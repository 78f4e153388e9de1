"""After training: videos of an agent's game with its living network beside it, every pixel real."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn_video_generator.callback import AnalyticsVideoCallback
    from nn_video_generator.generator import PostTrainingVideoGenerator

__all__ = ["AnalyticsVideoCallback", "PostTrainingVideoGenerator"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    """Import a class when it is asked for: the command line starts without them."""
    if name == "AnalyticsVideoCallback":
        from nn_video_generator.callback import AnalyticsVideoCallback

        return AnalyticsVideoCallback
    if name == "PostTrainingVideoGenerator":
        from nn_video_generator.generator import PostTrainingVideoGenerator

        return PostTrainingVideoGenerator
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
