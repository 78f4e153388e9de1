# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""Figures that people save: their colours, how they are made and how they are written."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import matplotlib.style
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from rlviz_video import check_output, whole_file

DPI = 100
"""Pixels an inch of a PNG."""

INK = "#1f2530"  # texts, and what is marked: start line, places off the track
MUTED = "#5b6470"  # borders, scales, remarks
FAINT = "#aab2bd"  # centre lines, grids
ASPHALT = "#eef0f3"
LEFT = "#762a83"  # turns to the left
RIGHT = "#1b7837"  # turns to the right
STRAIGHT = "#7f8791"
UNKNOWN = "#56b4e9"  # lines whose value is not known
FIRST = "#0072b2"  # of two logs
SECOND = "#d55e00"

SUFFIXES = (".png", ".svg")

_STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.titlecolor": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "deepracer-analyzer",
    "svg.fonttype": "path",
}


def check_figure(path: Path, *, force: bool) -> Path:
    """Refuse a figure's path before any work is done.

    Raises:
        ValueError: It is neither PNG nor SVG by its name.
        OSError: The file exists and `force` is not given, or its folder cannot be made.
    """
    if path.suffix.lower() not in SUFFIXES and not path.is_dir():
        msg = f"{path}: figures are written as PNG or SVG; give a name that ends in .png or .svg"
        raise ValueError(msg)
    return check_output(path, force=force)


@contextmanager
def house_style() -> Generator[None]:
    """Draw in this app's style, whatever the user's matplotlib settings are; they are back afterwards."""
    with matplotlib.style.context(["default", _STYLE], after_reset=True):
        yield


def write_figure(path: Path, draw: Callable[[], Figure], *, force: bool) -> None:
    """Draw a figure and write it, whole or not at all; the same figure gives the same bytes.

    Args:
        path: Where to, `.png` or `.svg`.
        draw: Makes the figure.
        force: Whether an existing file may be overwritten.

    Raises:
        ValueError: It is neither PNG nor SVG by its name.
        OSError: The file exists, or cannot be written.
    """
    check_figure(path, force=force)
    kind = path.suffix.lower()[1:]
    nothing = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    with house_style():
        figure = draw()
        with whole_file(path) as part:
            figure.savefig(part, format=kind, dpi=DPI, metadata=nothing)


def part_of(name: str, low: float, high: float) -> LinearSegmentedColormap:
    """A stretch of one of matplotlib's colour tables: without its ends that are hard to see on white."""
    table = matplotlib.colormaps[name]
    steps = [table(low + (high - low) * place / 255) for place in range(256)]
    return LinearSegmentedColormap.from_list(f"{name} part", steps)
