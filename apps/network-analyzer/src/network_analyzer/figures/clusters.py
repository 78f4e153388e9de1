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
    if labels.dtype.kind not in "biuf":
        labels = np.array([str(one) for one in classes])
    found, counts = np.unique(labels, return_counts=True)
    if labels.dtype.kind in "iuf" and len(found) > NAMED:
        drawn = axes.scatter(*points.T, c=labels, cmap="viridis", s=_dot(len(points)))
        figure.colorbar(drawn, ax=axes, label="class")
    else:
        frequent = np.sort(np.argsort(-counts, kind="stable")[:NAMED])
        _draw_named(axes, points, labels, found[frequent])
    return figure


def _draw_named(axes: Axes, points: NDArray[np.float32], labels: NDArray[Any], named: NDArray[Any]) -> None:
    """A colour for each of some classes, in order; the others share a grey."""
    colors = matplotlib.colormaps["tab20" if len(named) > 10 else "tab10"]
    for number, name in enumerate(named):
        chosen = points[labels == name]
        axes.scatter(*chosen.T, color=colors(number), s=_dot(len(points)), label=f"{name} ({len(chosen)})")
    rest = ~np.isin(labels, named)
    if rest.any():
        label = f"{len(np.unique(labels[rest]))} others ({int(rest.sum())})"
        axes.scatter(*points[rest].T, color=hexed(DARK.rule), s=_dot(len(points)), label=label)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def _dot(count: int) -> float:
    """Area of a dot in square points: smaller where there are many."""
    return float(np.clip(12000 / count, 8, 60))
