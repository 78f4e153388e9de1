# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""Pictures as points, those that a layer answers to alike beside each other."""

from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rlviz_overlay import DARK, Frame, headed

from network_analyzer.figures.channels import check_channels
from network_analyzer.figures.plotting import DPI, hexed, rasterized

NAMED = 20
"""Classes that have a colour of their own; of more, numbers get a scale, and names the most frequent ones."""
_SIZE = (9.6, 7.2)


def clusters_figure(points: NDArray[np.float32], classes: Sequence[Any], title: str) -> Frame:
    """Each picture as a point in the colour of its class: uint8 (H, W, 3), RGB.

    Args:
        points: float32 (N, 2), finite.
        classes: A number or a name for each.
        title: Above the figure.

    Raises:
        ValueError: Another number of classes than of points, or points that are no numbers.
    """
    check_channels(points, range(len(classes)), 2)
    count = len(set(classes))
    note = (
        f"{len(points)} pictures in {count} classes. "
        "Neighbours are alike; distances between groups mean little, the axes nothing."
    )
    return headed(rasterized(lambda: clusters_plot(points, classes)), title, [note])


def clusters_plot(points: NDArray[np.float32], classes: Sequence[Any]) -> Figure:
    """The points as matplotlib's figure: one collection a class in the legend's order, or one on a scale.

    Args:
        points: float32 (N, 2), finite.
        classes: A number or a name for each.
    """
    figure = Figure(figsize=_SIZE, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("equal", adjustable="datalim")
    labels = np.asarray(classes)
    if labels.dtype.kind in "iuf" and len(np.unique(labels)) > NAMED:
        drawn = axes.scatter(*points.T, c=labels, cmap="viridis", s=_dot(len(points)))
        figure.colorbar(drawn, ax=axes, label="class")
    else:
        _draw_named(axes, points, np.array([str(one) for one in classes]))
    return figure


def _draw_named(axes: Axes, points: NDArray[np.float32], names: NDArray[np.str_]) -> None:
    """A colour for each class; what is left of more than `NAMED` shares a grey."""
    found, counts = np.unique(names, return_counts=True)
    frequent = set(found[np.argsort(-counts, kind="stable")[:NAMED]].tolist())
    colors = matplotlib.colormaps["tab20" if len(frequent) > 10 else "tab10"]
    shown = [name for name in found.tolist() if name in frequent]
    for number, name in enumerate(shown):
        chosen = points[names == name]
        axes.scatter(*chosen.T, color=colors(number), s=_dot(len(points)), label=f"{name} ({len(chosen)})")
    rest = points[~np.isin(names, shown)]
    if len(rest):
        label = f"{len(found) - len(shown)} others ({len(rest)})"
        axes.scatter(*rest.T, color=hexed(DARK.rule), s=_dot(len(points)), label=label)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _dot(count: int) -> float:
    """Area of a dot in square points: smaller where there are many."""
    return float(np.clip(12000 / count, 8, 60))
