"""What a DonkeyCar pilot looks at on its own tub.

Example:
    >>> from pathlib import Path
    >>> from donkey_gradcam import DriveSettings, MapSettings, OutputSettings, PilotSettings, render_video
    >>> render_video(
    ...     DriveSettings(Path("data/tub")),
    ...     PilotSettings(Path("models/pilot.h5")),
    ...     MapSettings(target="throttle"),
    ...     OutputSettings(Path("output")),
    ...     print,
    ... )  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from donkey_gradcam.render import render_video
    from donkey_gradcam.settings import DriveSettings, MapSettings, OutputSettings, PilotSettings
    from donkey_gradcam.training.callback import GradCamCallback

__all__ = [
    "DriveSettings",
    "GradCamCallback",
    "MapSettings",
    "OutputSettings",
    "PilotSettings",
    "render_video",
]

_HOMES = {
    "GradCamCallback": "training.callback",
    "render_video": "render",
    **dict.fromkeys(("DriveSettings", "MapSettings", "OutputSettings", "PilotSettings"), "settings"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    """Import what is asked for when it is asked for: the command line starts without it."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
