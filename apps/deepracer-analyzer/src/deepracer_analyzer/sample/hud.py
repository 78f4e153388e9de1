"""What the sample's video has over its picture, as real ones have: lap, times, speed, the track's map."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Color, Frame
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.sample.glyphs import (
    BOLD,
    LIGHT,
    Cover,
    Sprite,
    cover_of,
    lettering,
    letters,
    sprite,
    squeezed,
)
from deepracer_analyzer.views import Floats, Track

NAME = "Sample"
"""In the place of a racer's name."""

RACE = "Time trial evaluation"
"""In the place of the kind of race."""

CELLS = (10, 22, 34, 38, 50)
"""Columns where the five signs of the speed begin: 12 pixels for a digit, 4 for the point."""

DIGIT_ROWS = (424, 442)
"""Rows of the speed's signs: the first, and the one after the last."""

_DIGIT_HEIGHT, _DIGIT_WIDTH = 14.0, 10
_DARK, _PURPLE = (16, 18, 28), (86, 60, 168)
_MAP = (408, 306, 222, 156)  # x, y, width, height
_FINE = 4


@dataclass(frozen=True, slots=True)
class Shown:
    """What the HUD says.

    Attributes:
        speed: m/s, 0 to 99.99.
        lap: From 1.
        laps: How many there will be.
        race: Seconds since the start.
        resets: How often the car was put back.
        x: Of the dot on the map, in metres of the track.
        y: Of the dot.
    """

    speed: float
    lap: int
    laps: int
    race: float
    resets: int
    x: float
    y: float


def speed_text(speed: float) -> str:
    """The speed as it is shown, without its unit: two digits, point, two digits."""
    return f"{speed:05.2f}"


def race_text(seconds: float) -> str:
    """A time as it is shown: minutes, seconds, milliseconds."""
    milliseconds = round(1000 * seconds)
    return f"{milliseconds // 60000:02d}:{milliseconds // 1000 % 60:02d}.{milliseconds % 1000:03d}"


class Hud:
    """Draws it all over pictures of 640x480.

    Args:
        track: Of the map.
    """

    def __init__(self, track: Track) -> None:
        self._panels = (
            (_banner(235, 39, 24, (_DARK, _PURPLE), 0.95), 0, 0),
            (_banner(128, 26, 16, (_DARK, _DARK), 0.72), 0, 417),
            (_banner(305, 37, 24, ((40, 40, 60), _PURPLE), 0.9), 0, 443),
        )
        self._texts = (
            (letters(NAME, 14.5), 11, 14),
            (letters("m/s", 14), 68, 423),
            (letters(RACE, 14, italic=True), 11, 449),
        )
        self._digits = {sign: _digit(sign) for sign in "0123456789."}
        self._map = TrackMap(track)

    def draw(self, canvas: Frame, shown: Shown) -> None:
        """Lay the HUD over a picture, in place.

        Args:
            canvas: uint8 (480, 640, 3), RGB.
            shown: What it says.
        """
        for panel, x, y in (*self._panels, *self._texts):
            panel.draw(canvas, x, y)
        letters(f"{shown.lap}/{shown.laps}", 21.5, BOLD).draw(canvas, 11, 45)
        self._line(canvas, f"Race | {race_text(shown.race)}", 89)
        self._line(canvas, f"Reset | {shown.resets}", 114)
        for sign, x in zip(speed_text(shown.speed), CELLS, strict=True):
            self._digits[sign].draw(canvas, x + 1, DIGIT_ROWS[0] - 2)
        self._map.draw(canvas, shown.x, shown.y)

    def _line(self, canvas: Frame, text: str, y: int) -> None:
        """Light letters, one by one: the sprites of letters are few, those of times are not."""
        x = 10
        for sign in text:
            piece = letters(sign, 12)
            piece.draw(canvas, x, y)
            x += piece.width - 1


class TrackMap:
    """The track in a corner, and the car's dot on it.

    Args:
        track: With or without borders.
    """

    def __init__(self, track: Track) -> None:
        x, y, width, height = _MAP
        low, high = track.center.min(axis=0), track.center.max(axis=0)
        self._scale = float(min((width - 34) / (high - low)[0], (height - 34) / (high - low)[1]))
        middle = (low + high) / 2
        self._offset = np.array([width / 2, height / 2]) - middle * (self._scale, -self._scale)
        self._sprite = self._drawn(track.center, (height, width))
        self._dot = _dot(8.5)
        self._corner = x, y

    def draw(self, canvas: Frame, x: float, y: float) -> None:
        """Draw the map with the dot at a place of the track, in place."""
        self._sprite.draw(canvas, *self._corner)
        column, row = self._pixels(np.array([[x, y]]))[0].tolist()
        half = self._dot.width / 2
        left = min(max(self._corner[0] + round(column - half), 0), canvas.shape[1] - self._dot.width)
        top = min(max(self._corner[1] + round(row - half), 0), canvas.shape[0] - self._dot.width)
        self._dot.draw(canvas, left, top)

    def _pixels(self, points: Floats) -> Floats:
        return points * (self._scale, -self._scale) + self._offset

    def _drawn(self, line: Floats, shape: tuple[int, int]) -> Sprite:
        """A dark band with white edges, a faint ground round it, and a dashed line in it."""
        points = np.round(self._pixels(line) * 16 * _FINE).astype(np.int32)[:, None]
        layers = [
            (_stroke([points], shape, width), color) for width, color in ((24, 0.35), (20, 1.0), (15.5, 1.0))
        ]
        dashes = [points[first : first + 2] for first in range(0, len(points), 4)]
        colors: tuple[Color, ...] = ((20, 20, 24), (244, 244, 244), (34, 35, 38), (232, 168, 36))
        covers = [cover * strength for cover, strength in layers]
        covers.append(_stroke(dashes, shape, 1.2, closed=False))
        return sprite(*zip(covers, colors, strict=True))


def _stroke(
    lines: list[NDArray[np.int32]], shape: tuple[int, int], width: float, *, closed: bool = True
) -> Cover:
    """Lines of some width, drawn four times as large and made small."""
    height, columns = shape
    mask = np.zeros((height * _FINE, columns * _FINE), np.uint8)
    cv2.polylines(mask, lines, closed, (255,), round(width * _FINE), cv2.LINE_AA, 4)
    return cv2.resize(mask, (columns, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _dot(radius: float) -> Sprite:
    """A shaded disc with a dark rim."""
    size = round(2 * radius) + 5
    rows, columns = (np.mgrid[:size, :size] - (size - 1) / 2).astype(np.float64)
    distance = np.hypot(rows, columns)
    shade = np.clip(0.5 - (rows + columns) / (3 * radius), 0, 1)[..., None]
    color = (1 - shade) * np.array([72, 40, 132]) + shade * np.array([158, 112, 236])
    return sprite(
        (np.clip(radius + 1.5 - distance, 0, 1) * 0.6, (10, 8, 20)),
        (np.clip(radius - distance + 0.5, 0, 1), color),
    )


def _banner(width: int, height: int, slant: int, colors: tuple[Color, Color], strength: float) -> Sprite:
    """A panel from the left edge whose right end leans, its colour going over from left to right.

    Args:
        width: Pixels of its upper edge.
        height: Rows.
        slant: By how many pixels its lower edge is shorter.
        colors: RGB at the left and at the right.
        strength: How much of the picture it covers.
    """
    end = width - slant * (np.arange(height)[:, None] + 0.5) / height
    cover = np.clip(end - np.arange(width), 0, 1) * strength
    share = (np.arange(width) / width)[None, :, None] ** 1.5
    color = (1 - share) * np.array(colors[0]) + share * np.array(colors[1])
    return sprite((cover, np.broadcast_to(color, (height, width, 3))))


def _digit(sign: str) -> Sprite:
    """A sign of the speed in its own cell, shadow and all."""
    rows = DIGIT_ROWS[1] - DIGIT_ROWS[0] + 1
    cover = squeezed(cover_of(sign, _DIGIT_HEIGHT, LIGHT), 3 if sign == "." else _DIGIT_WIDTH)
    return lettering(np.pad(cover, ((0, max(0, rows - len(cover))), (0, 0)))[:rows])
