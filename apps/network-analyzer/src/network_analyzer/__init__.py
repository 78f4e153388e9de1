"""A network's filters, what each one prefers, and what it sees; Keras and PyTorch alike.

Example:
    >>> from network_analyzer import NetworkAnalyzer
    >>> analyzer = NetworkAnalyzer.from_saved_model("models/pilot.h5", mode="save")
    >>> analyzer.visualize_layer_weights("conv2d_1")  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rlviz_cam import Ascent, Preprocessing, Recipe

    from network_analyzer.analyzer import NetworkAnalyzer
    from network_analyzer.report.filter_report import FilterReport

__all__ = ["Ascent", "FilterReport", "NetworkAnalyzer", "Preprocessing", "Recipe"]

_HOMES = {
    "FilterReport": "network_analyzer.report.filter_report",
    "NetworkAnalyzer": "network_analyzer.analyzer",
    **dict.fromkeys(("Ascent", "Preprocessing", "Recipe"), "rlviz_cam"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    """Import what is asked for when it is asked for: the command line starts without it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
