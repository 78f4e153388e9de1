# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""Plots by matplotlib, in the look of the other figures and without a trace of them left behind."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rlviz_overlay import DARK, Color, Frame

DPI = 100
"""Pixels an inch."""


def hexed(color: Color) -> str:
    """A colour as matplotlib takes it."""
    return "#{:02x}{:02x}{:02x}".format(*color)


_STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 9.5,
    "figure.facecolor": hexed(DARK.background),
    "axes.facecolor": hexed(DARK.panel),
    "axes.edgecolor": hexed(DARK.rule),
    "axes.labelcolor": hexed(DARK.muted),
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": hexed(DARK.track),
    "grid.linewidth": 0.8,
    "text.color": hexed(DARK.text),
    "xtick.color": hexed(DARK.rule),
    "ytick.color": hexed(DARK.rule),
    "xtick.labelcolor": hexed(DARK.muted),
    "ytick.labelcolor": hexed(DARK.muted),
    "legend.frameon": False,
}


@contextmanager
def house_style() -> Generator[None]:
    """Draw in this app's style, whatever the user's matplotlib settings are; they are back afterwards."""
    with matplotlib.style.context(["default", _STYLE], after_reset=True):
        yield


def rasterized(plot: Callable[[], Figure]) -> Frame:
    """The pixels of a plot: uint8 (H, W, 3), RGB. pyplot knows nothing of it.

    Args:
        plot: Makes the figure.
    """
    with house_style():
        canvas = FigureCanvasAgg(plot())
        canvas.draw()
        return np.array(canvas.buffer_rgba(), np.uint8)[..., :3].copy()
