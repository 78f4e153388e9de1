# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""Mean activations as bars."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rlviz_overlay import DARK, Frame, headed

from network_analyzer.figures.channels import check_channels, number
from network_analyzer.figures.plotting import DPI, hexed, rasterized

IN_A_ROW = 128
"""Bars that stand side by side."""
_WIDTH, _ROW, _LONE_ROW = 14.0, 2.0, 4.2
_LEAST, _NAMED = 12, 5


def bars_figure(
    means: NDArray[np.float32], title: str, features: Sequence[int], *, said: Sequence[str] = ()
) -> Frame:
    """Each feature's mean activation as a bar, in the order given: uint8 (H, W, 3), RGB.

    Args:
        means: float32 (K,), finite: means over all cells; of a dense layer, the units themselves.
        title: Above the figure.
        features: The number of each of the K features.
        said: What was done to the picture, one sentence each; stands first under the title.

    Raises:
        ValueError: Another number of features than of means, or means that are no numbers.
    """
    check_channels(means, features, 1)
    return headed(rasterized(lambda: bars_plot(means, features)), title, [*said, *_notes(means, features)])


def bars_plot(means: NDArray[np.float32], features: Sequence[int]) -> Figure:
    """The bars as matplotlib's figure: rows of `IN_A_ROW` bars at most, all on one scale.

    Args:
        means: float32 (K,), finite.
        features: The number of each.

    Returns:
        An axes for each row, with one collection of the row's bars: a rectangle each, from 0 to its mean.
    """
    rows = -(-len(means) // IN_A_ROW)
    height = _LONE_ROW if rows == 1 else rows * _ROW
    figure = Figure(figsize=(_WIDTH, height), dpi=DPI)
    figure.subplots_adjust(0.045, 0.27 / height, 0.995, 1 - 0.1 / height, hspace=0.18)
    all_axes = figure.subplots(rows, 1, sharey=True, squeeze=False)[:, 0]
    low, high = min(0.0, 1.05 * float(means.min())), max(0.0, 1.05 * float(means.max()))
    all_axes[0].set_ylim(low, high if low < high else 1.0)
    for row, axes in enumerate(all_axes):
        part = slice(row * IN_A_ROW, (row + 1) * IN_A_ROW)
        _draw_row(axes, means[part], features[part], places=min(max(len(means), _LEAST), IN_A_ROW))
    return figure


def _draw_row(axes: Axes, means: NDArray[np.float32], features: Sequence[int], places: int) -> None:
    middles = np.arange(len(means))
    left, right, zero = middles - 0.4, middles + 0.4, np.zeros(len(means))
    corners = [(left, zero), (left, means), (right, means), (right, zero)]
    bars = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
    axes.add_collection(PolyCollection(list(bars), facecolors=hexed(DARK.bar)), autolim=False)
    axes.axhline(0, color=hexed(DARK.muted), linewidth=0.8)
    axes.grid(axis="y")
    axes.set_xlim(-0.75, places - 0.25)
    step = 1 if places <= 40 else 4 if places <= 80 else 8
    axes.set_xticks(middles[::step], [str(one) for one in features[::step]])
    axes.tick_params(length=0)


def _notes(means: NDArray[np.float32], features: Sequence[int]) -> list[str]:
    """Scale and extremes in words."""
    what = "Mean activation of each feature over all its cells, in the layer's own units"
    if not means.any():
        return [f"{what}: all are 0."]
    order = np.argsort(-means, kind="stable")[:_NAMED].tolist()
    highest = ", ".join(f"{features[one]} ({number(float(means[one]))})" for one in order)
    zero = int((means == 0).sum())
    silent = f" {zero} of {len(means)} are 0." if zero else ""
    return [
        f"{what}: from {number(float(means.min()))} to {number(float(means.max()))}.",
        f"Highest: {highest}.{silent}",
    ]
