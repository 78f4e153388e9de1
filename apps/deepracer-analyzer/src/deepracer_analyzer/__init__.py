"""A DeepRacer evaluation replayed: action space, speed and reward parts over the video, in step with its log.

Example:
    >>> from deepracer_analyzer import Simulation
    >>> simulation = Simulation(
    ...     "car_models/model_A/",
    ...     "car_models/model_A/evaluation_job_logs/sim-trace/evaluation/0-iteration.csv",
    ...     "car_models/model_A/evaluation-0-video.mp4",
    ...     (640, 500),
    ...     reward_components_input={"Speed": "{speed}**2"},
    ... )  # doctest: +SKIP
    >>> simulation.run()  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deepracer_analyzer.simulation.simulation import Simulation

__all__ = ["Simulation"]

_HOMES = {"Simulation": "simulation.simulation"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    """Import what is asked for when it is asked for: the command line starts without it."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
