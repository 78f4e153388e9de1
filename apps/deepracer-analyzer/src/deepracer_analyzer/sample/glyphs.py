"""Letters and shapes as sprites: made once, laid over a picture by one multiplication."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Color, Frame
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.views import Floats

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
        _own_digit(sign, size, weight)
        if sign in _OWN_DIGITS and not italic
        else _letter(font, sign, size, weight)
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


def _own_digit(sign: str, size: int, weight: int) -> NDArray[np.uint8]:
    """A digit whose form is ours: OpenCV's font has a zero with a stroke, and a one with a foot."""
    stroke = round((0.058 if weight < BOLD else 0.15) * size)
    box = np.array([0.515 * size, _CAPITALS * size]) - stroke
    corner = np.array([0.0625 * size, _baseline(size) - _CAPITALS * size]) + stroke / 2
    canvas = np.zeros((_rows(size), round(0.64 * size)), np.uint8)
    points = np.round((corner + _OWN_DIGITS[sign] * box) * 16).astype(np.int32)[:, None]
    cv2.polylines(canvas, [points], False, (255,), stroke, cv2.LINE_AA, 4)
    return canvas


def _arc(
    middle: tuple[float, float],
    radii: tuple[float, float],
    degrees: tuple[float, float],
    squareness: float = 1,
) -> Floats:
    """Points on an ellipse, a squarer one below 1, from one angle to another; 0 is right, 90 below."""
    turn = np.radians(np.linspace(*degrees, 120))
    around = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.array(middle) + np.sign(around) * np.abs(around) ** squareness * radii


def _own_digits() -> dict[str, Floats]:
    """The middle of each stroke, from (0, 0) at the upper left to (1, 1) at the lower right."""
    six = np.concatenate(
        [_arc((1.05, 0.66), (1.05, 0.66), (-95, -180)), _arc((0.5, 0.68), (0.5, 0.32), (180, -180))]
    )
    five = np.concatenate(
        [[[0.86, 0.0], [0.16, 0.0], [0.13, 0.44]], _arc((0.42, 0.7), (0.5, 0.3), (-115, 140))]
    )
    return {
        "0": _arc((0.5, 0.5), (0.5, 0.5), (0, 360), 0.86),
        "1": np.array([[0.12, 0.12], [0.52, 0.0], [0.52, 1.0]]),
        "5": five,
        "6": six,
        "9": 1 - six,
    }


_OWN_DIGITS = _own_digits()


def _rows(size: int) -> int:
    return _baseline(size) + round(0.25 * size)


def _baseline(size: int) -> int:
    """Row of the baseline: capitals begin two pixels of the picture below the top."""
    return round(_CAPITALS * size) + 2 * _FINE
