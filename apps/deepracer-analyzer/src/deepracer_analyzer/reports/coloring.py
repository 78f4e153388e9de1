# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""What lines can be coloured by, with which colours and on which scale."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize

from deepracer_analyzer.reports.figures import LEFT, RIGHT, UNKNOWN, part_of
from deepracer_analyzer.views import Floats


@dataclass(frozen=True, slots=True)
class Coloring:
    """How a line shows a column of the log.

    Attributes:
        title: What it is called.
        unit: Of the column; empty where it has none.
        colors: matplotlib's table and the stretch of it; None: from left over straight to right.
    """

    title: str
    unit: str
    colors: tuple[str, float, float] | None


COLORINGS: Mapping[str, Coloring] = MappingProxyType(
    {
        "speed": Coloring("speed", "m/s, over five rows", ("plasma", 0.0, 0.86)),
        "reward": Coloring("reward", "", ("viridis", 0.0, 0.88)),
        "throttle": Coloring("throttle", "m/s", ("plasma", 0.0, 0.86)),
        "steer": Coloring("steering", "°", None),
    }
)
"""What a line can be coloured by: a column of the log, and how it is shown."""


def color_table(coloring: Coloring) -> Colormap:
    """The colours from the lowest value to the highest, and that of values that are not known."""
    if coloring.colors is None:
        table = LinearSegmentedColormap.from_list("steering", [RIGHT, "#a6a9ad", LEFT])
    else:
        table = part_of(*coloring.colors)
    return table.with_extremes(bad=UNKNOWN)


def color_scale(values: Floats, by: str) -> tuple[Normalize, str]:
    """One scale for all lines; single outliers are at its end, and the colour bar says so."""
    low, high = (float(value) for value in np.percentile(values, [0.5, 99.5]))
    if by == "steer":
        low = -max(float(np.abs(values).max()), 1.0)
        high = -low
    elif by != "reward":
        low, high = min(0.0, low), _round_up(high)
    elif float(np.ptp(values)) <= 2 * (high - low):
        low, high = float(values.min()), float(values.max())
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    ends = (bool((values < low - 1e-9).any()), bool((values > high + 1e-9).any()))
    return Normalize(low, high), {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[ends]


def _round_up(value: float) -> float:
    step = 0.1 if value < 2 else 0.5
    return math.ceil(value / step - 1e-9) * step
