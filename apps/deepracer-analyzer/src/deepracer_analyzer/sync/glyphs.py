"""Ten digits drawn by us in the manner of a light humanist sans: what the speed of the video is read with.

Each digit is a few strokes of our own in the HUD's cell of 12x18 pixels (the digit is 14 high), drawn white
with a one-pixel dark shadow. Nothing is taken from a font file or from a picture; what a video really shows
is learned from the video itself, see `deepracer_analyzer.sync.reading.learn`.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats32: TypeAlias = NDArray[np.float32]
Point: TypeAlias = tuple[float, float]
Stroke: TypeAlias = tuple[Point, ...]

CELL_WIDTH = 12
CELL_HEIGHT = 18
POINT_WIDTH = 5
"""Pixels of the cell in which the decimal point is looked for: the gap between two digits."""

_TOP = 1.0  # rows of the cell above the digit
_STROKE_WIDTH = 1.4
_BACKGROUND = 0.16  # of the dark box behind the digits, where white is 1
_SHADOW = 0.7  # how much of it the shadow takes away
_ARC_STEPS = 24


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What digits and point look like: flat cells of mean 0 and length 1, so that a product is a correlation.

    Attributes:
        digits: float32 (10, 18*12).
        points: float32 (P, 18*5): the point, or the places at which it may be.
    """

    digits: Floats32
    points: Floats32


@cache
def drawn_glyphs() -> Glyphs:
    """The ten digits and the point as we draw them."""
    digits = np.stack([draw_strokes(strokes, CELL_WIDTH) for strokes in STROKES])
    shifts = [(x, y) for x in (0, -1, 1) for y in (0, -1, 1)]
    points = np.stack([draw_strokes((_dot(3 + x, 13 + y),), POINT_WIDTH) for x, y in shifts])
    return Glyphs(normalized(digits.reshape(10, -1)), normalized(points.reshape(len(shifts), -1)))


def normalized(cells: NDArray[np.float32]) -> Floats32:
    """Cells (..., pixels) moved to mean 0 and scaled to length 1; a cell without contrast becomes zeros."""
    centered = cells - cells.mean(axis=-1, keepdims=True)
    length = np.sqrt(np.square(centered).sum(axis=-1, keepdims=True))
    return (centered / np.maximum(length, 1e-6)).astype(np.float32)


def draw_strokes(strokes: tuple[Stroke, ...], width: int) -> Floats32:
    """Strokes as the HUD draws them: float32 (18, width), white 1, black 0.

    Args:
        strokes: Lines through points (x, y) in pixels; y is 0 at the digit's top.
        width: Of the cell.
    """
    ink = _coverage(strokes, width, 0.0)
    shadow = _coverage(strokes, width, 1.0)
    box = _BACKGROUND * (1 - _SHADOW * shadow)
    return (box * (1 - ink) + ink).astype(np.float32)


def _coverage(strokes: tuple[Stroke, ...], width: int, shift: float) -> NDArray[np.float64]:
    """How much of each pixel the strokes cover, moved right and down by `shift` pixels."""
    y, x = np.mgrid[:CELL_HEIGHT, :width] + 0.5
    x, y = x - shift, y - _TOP - shift
    nearest = np.full(x.shape, np.inf)
    for stroke in strokes:
        for (x0, y0), (x1, y1) in pairwise(stroke):
            dx, dy = x1 - x0, y1 - y0
            along = np.clip(((x - x0) * dx + (y - y0) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
            np.minimum(nearest, np.hypot(x - x0 - along * dx, y - y0 - along * dy), out=nearest)
    return np.clip(0.5 + _STROKE_WIDTH / 2 - nearest, 0, 1)


def _arc(center: Point, radii: Point, start: float, stop: float) -> Stroke:
    """Part of an ellipse; degrees clockwise from the right, as y points down."""
    angles = [math.radians(start + (stop - start) * i / _ARC_STEPS) for i in range(_ARC_STEPS + 1)]
    return tuple((center[0] + radii[0] * math.cos(a), center[1] + radii[1] * math.sin(a)) for a in angles)


def _dot(x: float, y: float) -> Stroke:
    """A square dot of two pixels."""
    return ((x - 0.3, y - 0.2), (x + 0.3, y - 0.2), (x + 0.3, y + 0.2), (x - 0.3, y + 0.2))


STROKES: tuple[tuple[Stroke, ...], ...] = (
    (_arc((5.85, 7.05), (4.2, 6.6), 0, 360),),
    (((2.4, 2.5), (4.6, 1.7), (7.1, 0.4), (7.1, 14.0)),),
    ((*_arc((5.1, 4.2), (3.9, 3.7), 215, 395), (1.8, 13.45), (10.4, 13.45)),),
    (((1.4, 0.6), (9.0, 0.6), (4.6, 6.4), *_arc((5.2, 10.1), (4.6, 3.6), -80, 130)),),
    (((8.1, 14.0), (8.1, 0.4), (7.8, 0.4), (1.0, 10.4), (10.8, 10.4)),),
    (((9.2, 0.6), (2.9, 0.6), (2.5, 6.5), *_arc((5.4, 10.0), (4.4, 3.6), -90, 130)),),
    (_arc((5.95, 9.9), (4.0, 3.8), 0, 360), _arc((7.1, 8.4), (5.2, 7.9), 180, 295)),
    (((1.0, 0.6), (9.6, 0.6), (9.4, 1.6), (4.0, 14.0)),),
    (_arc((5.85, 3.7), (3.65, 3.2), 0, 360), _arc((5.9, 10.2), (4.1, 3.5), 0, 360)),
    (_arc((5.9, 4.2), (4.0, 3.8), 0, 360), _arc((4.6, 5.9), (5.3, 7.8), 0, 118)),
)  # fmt: skip
"""The digits 0 to 9."""
