"""Where the HUD writes the speed, and the strip of pixels that is kept of every picture to read it from.

The HUD of a 640x480 picture writes `NN.NN m/s` on a fixed grid: cells of 12 pixels at x = 10, 22, 38 and 50
with the point between them, rows 424 to 441 in evaluations, 10 pixels higher in league races. Videos of
another size and the same aspect are scaled to that grid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from rlviz_video import interrupts_deferred

from deepracer_analyzer.sync.glyphs import CELL_HEIGHT

Strips: TypeAlias = NDArray[np.uint8]
"""uint8 (F, rows, columns): the same part of F pictures, brightness."""

HUD_WIDTH, HUD_HEIGHT = 640, 480
"""The picture size that all places are given in."""

TEXT_WIDTH = 54
"""Columns from a little before the first digit to behind the last."""

DIGIT_LEFTS = (1, 13, 29, 41)
"""Left columns of the four digit cells in a strip of the text."""

POINT_LEFT = 24
"""Left column of the point's cell in a strip of the text."""

REACH = 2
"""Pixels by which the text may be off its place."""

_ASPECT_TOLERANCE = 0.01
_LEFT = 9


@dataclass(frozen=True, slots=True)
class Layout:
    """A known HUD.

    Attributes:
        name: For people.
        top: First row of the digit cells at 640x480.
    """

    name: str
    top: int


LAYOUTS = (Layout("evaluation", 423), Layout("league race", 413))

_WINDOW_TOP = min(layout.top for layout in LAYOUTS) - REACH
_WINDOW_BOTTOM = max(layout.top for layout in LAYOUTS) + CELL_HEIGHT + REACH
_WINDOW_LEFT, _WINDOW_RIGHT = _LEFT - REACH, _LEFT + TEXT_WIDTH + REACH
WINDOW_SHAPE = (_WINDOW_BOTTOM - _WINDOW_TOP, _WINDOW_RIGHT - _WINDOW_LEFT)
"""Rows and columns of the part of a picture in which the text lies, whatever the layout."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text lies in the window.

    Attributes:
        layout: The HUD it belongs to.
        dx: Pixels right of its usual place.
        dy: Pixels below it.
    """

    layout: Layout
    dx: int = 0
    dy: int = 0

    def cut(self, windows: Strips) -> Strips:
        """Of windows (F, *WINDOW_SHAPE), the text: uint8 (F, 18, 54), a view."""
        y = self.layout.top - _WINDOW_TOP + self.dy
        x = REACH + self.dx
        return windows[:, y : y + CELL_HEIGHT, x : x + TEXT_WIDTH]


def known_aspect(width: int, height: int) -> bool:
    """Whether the grid can be laid over a picture of this size by scaling it."""
    return abs(width * HUD_HEIGHT / (height * HUD_WIDTH) - 1) <= _ASPECT_TOLERANCE


def cut_window(luma: NDArray[np.uint8]) -> Strips:
    """The part of a picture in which the text lies: uint8 WINDOW_SHAPE, a copy.

    Args:
        luma: uint8 (H, W) of an aspect near 4:3; scaled to 640x480 where it is of another size.
    """
    height, width = luma.shape
    if (width, height) == (HUD_WIDTH, HUD_HEIGHT):
        return luma[_WINDOW_TOP:_WINDOW_BOTTOM, _WINDOW_LEFT:_WINDOW_RIGHT].copy()
    x_scale, y_scale = width / HUD_WIDTH, height / HUD_HEIGHT
    part = luma[
        round(_WINDOW_TOP * y_scale) : round(_WINDOW_BOTTOM * y_scale),
        round(_WINDOW_LEFT * x_scale) : round(_WINDOW_RIGHT * x_scale),
    ]
    way = cv2.INTER_AREA if width > HUD_WIDTH else cv2.INTER_CUBIC
    with interrupts_deferred():  # OpenCV 5's bindings crash when Ctrl-C comes while they look for an overload
        return np.asarray(cv2.resize(part, WINDOW_SHAPE[::-1], interpolation=way), np.uint8)


def places() -> Iterable[Place]:
    """Every place at which the text may lie, the usual ones first."""
    offsets = sorted(
        ((dx, dy) for dx in range(-REACH, REACH + 1) for dy in range(-REACH, REACH + 1)),
        key=lambda offset: (abs(offset[0]) + abs(offset[1]), offset),
    )
    for dx, dy in offsets:
        for layout in LAYOUTS:
            yield Place(layout, dx, dy)
