# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""Mean activations as bars."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rlviz_overlay import DARK, Frame, headed

from network_analyzer.figures.channels import check_channels, number
from network_analyzer.figures.plotting import DPI, hexed, rasterized

IN_A_ROW = 128
"""Bars that stand side by side."""
_WIDTH, _ROW, _LONE_ROW = 14.0, 2.0, 4.2
_NAMED = 5


def bars_figure(means: NDArray[np.float32], title: str, features: Sequence[int]) -> Frame:
    """Each feature's mean activation as a bar, in the order given: uint8 (H, W, 3), RGB.

    Args:
        means: float32 (K,), finite: means over all cells; of a dense layer, the units themselves.
        title: Above the figure.
        features: The number of each of the K features.

    Raises:
        ValueError: Another number of features than of means, or means that are no numbers.
    """
    check_channels(means, features, 1)
    return headed(rasterized(lambda: bars_plot(means, features)), title, _notes(means, features))


def bars_plot(means: NDArray[np.float32], features: Sequence[int]) -> Figure:
    """The bars as matplotlib's figure: rows of `IN_A_ROW` bars at most, all on one scale.

    Args:
        means: float32 (K,), finite.
        features: The number of each.
    """
    rows = -(-len(means) // IN_A_ROW)
    figure = Figure(figsize=(_WIDTH, _LONE_ROW if rows == 1 else rows * _ROW), dpi=DPI, layout="constrained")
    all_axes = figure.subplots(rows, 1, sharey=True, squeeze=False)[:, 0]
    for row, axes in enumerate(all_axes):
        part = slice(row * IN_A_ROW, (row + 1) * IN_A_ROW)
        _draw_row(axes, means[part], features[part], width=min(len(means), IN_A_ROW))
    return figure


def _draw_row(axes: Axes, means: NDArray[np.float32], features: Sequence[int], width: int) -> None:
    places = np.arange(len(means))
    axes.bar(places, means, width=0.8, color=hexed(DARK.bar))
    axes.axhline(0, color=hexed(DARK.muted), linewidth=0.8)
    axes.grid(axis="y")
    axes.set_xlim(-0.75, width - 0.25)
    step = 1 if width <= 40 else 4 if width <= 80 else 8
    axes.set_xticks(places[::step], [str(one) for one in features[::step]])
    axes.tick_params(length=0)


def _notes(means: NDArray[np.float32], features: Sequence[int]) -> list[str]:
    """Scale and extremes in words."""
    order = np.argsort(-means, kind="stable")[:_NAMED]
    highest = ", ".join(f"{features[one]} ({number(float(means[one]))})" for one in order.tolist())
    zero = int((means == 0).sum())
    silent = f" {zero} of {len(means)} are 0." if zero else ""
    return [
        "Mean activation of each feature over all cells, in the layer's own units; "
        f"from {number(float(means.min()))} to {number(float(means.max()))}.",
        f"Highest: {highest}.{silent}",
    ]
