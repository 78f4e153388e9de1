"""Letters and shapes as sprites: made once, laid over a picture by one multiplication."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Color, Frame
from rlviz_overlay.opencv import cv2

Cover: TypeAlias = NDArray[np.floating[Any]]
"""How much of each pixel is covered, float (h, w), 0 to 1."""

LIGHT, BOLD = 300, 650
"""Weights of letters."""

_CAPITALS = 0.75  # of the font's size: height of capitals and digits
_FINE = 8  # letters are drawn so many times as large, and made small
_SHADOW: Color = (16, 16, 20)
_SHADE = 0.85  # how much of a pixel a shadow covers


@dataclass(frozen=True, slots=True)
class Sprite:
    """Something to lay over pictures.

    Attributes:
        keep: uint16 (h, w, 3): 256ths of the picture that stay.
        add: uint16 (h, w, 3): 256 times what is added, RGB.
    """

    keep: NDArray[np.uint16]
    add: NDArray[np.uint16]

    @property
    def width(self) -> int:
        """Columns."""
        return self.keep.shape[1]

    def draw(self, canvas: Frame, x: int, y: int) -> None:
        """Lay it over a picture, in place; all of it must lie within."""
        part = canvas[y : y + self.keep.shape[0], x : x + self.keep.shape[1]]
        part[:] = (part * self.keep + self.add) >> 8


def sprite(*layers: tuple[Cover, Color | Cover]) -> Sprite:
    """Lay coloured layers over each other.

    Args:
        layers: From the lowest to the highest: cover, and one RGB colour or one for each pixel (h, w, 3).
    """
    keep = np.ones((*layers[0][0].shape, 1))
    add = np.zeros((*layers[0][0].shape, 3))
    for cover, color in layers:
        share = np.clip(cover, 0, 1)[..., None]
        keep = keep * (1 - share)
        add = add * (1 - share) + share * np.asarray(color, np.float64)
    whole = np.round(np.repeat(keep, 3, axis=2) * 256).astype(np.uint16)
    return Sprite(whole, np.minimum(np.round(add * 256), 65535 - 255 * whole).astype(np.uint16))


@lru_cache(maxsize=512)
def letters(text: str, height: float, weight: int = LIGHT, *, italic: bool = False) -> Sprite:
    """White letters with a dark shadow, one pixel to the right and below.

    Args:
        text: One line.
        height: Of its digits and capitals, in pixels.
        weight: `LIGHT` or `BOLD`.
        italic: Whether it leans.

    Returns:
        A sprite whose row 2 is the top of the capitals; it ends a third of the height below them.
    """
    return lettering(cover_of(text, height, weight, italic=italic))


def lettering(cover: Cover) -> Sprite:
    """White where something is covered, with a dark shadow one pixel to the right and below."""
    padded = np.pad(cover, ((0, 1), (0, 1)))
    shadow = np.pad(cover, ((1, 0), (1, 0))) * _SHADE
    return sprite((shadow, _SHADOW), (padded, (255, 255, 255)))


def cover_of(text: str, height: float, weight: int = LIGHT, *, italic: bool = False) -> Cover:
    """A line of text, float32 (h, w): from the top of its capitals, less 2 rows, to its tails."""
    size = round(height / _CAPITALS * _FINE)
    font = cv2.FontFace("italic" if italic else "sans")
    pieces = [
        _zero(size, weight) if sign == "0" and not italic else _letter(font, sign, size, weight)
        for sign in text
    ]
    line = np.concatenate(pieces, axis=1)
    spare = -line.shape[1] % _FINE
    line = np.pad(line, ((0, -line.shape[0] % _FINE), (0, spare)))
    small = (line.shape[1] // _FINE, line.shape[0] // _FINE)
    return cast("Cover", cv2.resize(line, small, interpolation=cv2.INTER_AREA)).astype(np.float32) / 255


def squeezed(cover: Cover, width: int) -> Cover:
    """The same, made narrower without its empty columns, in the middle of so many columns."""
    inked = np.flatnonzero(cover.max(axis=0) > 0.05)
    ink = cover[:, inked[0] : inked[-1] + 1]
    if ink.shape[1] > width:
        ink = cast("Cover", cv2.resize(ink, (width, ink.shape[0]), interpolation=cv2.INTER_AREA))
    left = (width - ink.shape[1]) // 2
    return np.pad(ink, ((0, 0), (left, width - ink.shape[1] - left)))


def _letter(font: cv2.FontFace, sign: str, size: int, weight: int) -> NDArray[np.uint8]:
    """One letter with the room it takes in a line."""
    canvas = np.zeros((_rows(size), 2 * size, 3), np.uint8)
    end, _ = cv2.putText(canvas, sign, (0, _baseline(size)), (255, 255, 255), font, size, weight)
    return canvas[:, : max(1, int(end[0])), 0]


def _zero(size: int, weight: int) -> NDArray[np.uint8]:
    """A zero without the stroke through it that OpenCV's font has: a ring as high as the digits."""
    height, width = _CAPITALS * size, 0.515 * size
    stroke = round((0.058 if weight < 500 else 0.15) * size)
    canvas = np.zeros((_rows(size), round(0.64 * size)), np.uint8)
    turn = np.linspace(0, 2 * np.pi, 240)
    around = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ring = np.sign(around) * np.abs(around) ** 0.86  # a little squarer than an ellipse
    middle = np.array([0.32 * size, _baseline(size) - height / 2])
    ring = middle + ring * (width - stroke, height - stroke) / 2
    points = np.round(ring * 16).astype(np.int32)[:, None]
    cv2.polylines(canvas, [points], True, (255,), stroke, cv2.LINE_AA, 4)
    return canvas


def _rows(size: int) -> int:
    return _baseline(size) + round(0.25 * size)


def _baseline(size: int) -> int:
    """Row of the baseline: capitals begin two pixels of the picture below the top."""
    return round(_CAPITALS * size) + 2 * _FINE
