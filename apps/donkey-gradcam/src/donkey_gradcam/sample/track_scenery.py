"""What stands round the track and what lies on it: everything of a hall but the camera.

Surfaces are drawn once, into one picture: the floor in four sizes (a far pixel covers many floor texels: it
reads the size in which it covers one, so that nothing flickers) and the walls as a panorama.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay.opencv import cv2

from donkey_gradcam.sample.track import HALF_WIDTH, Points, Track, curvature
from donkey_gradcam.views import Frame

_Grid: TypeAlias = NDArray[np.floating[Any]]

TEXELS = 120
"""Floor texels a metre, in the largest of the floor's sizes."""

LEVELS = 4
"""Sizes of the floor, each half of the one before."""

WALL_TEXELS = 180
"""Panorama texels a radian; up, a texel is the same share of the distance."""

WALL_LOW, WALL_HIGH = -0.022, 0.56
"""The panorama's lower and upper edge: height over distance, seen from the camera."""

_MARGIN = 3.2  # metres of floor round the track
_YELLOW, _WHITE = (250, 208, 44), (238, 238, 230)
_RED = (190, 52, 44)
_THINGS = 46
_BOXES = ((44, 110, 178), (196, 60, 50), (60, 150, 96), (222, 160, 52), (120, 84, 160), (210, 206, 196))


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands beside the track.

    Attributes:
        kind: a cone or a box.
        x: metres to the east.
        y: metres to the north.
        size: a cone's height, or a box's (length, width, height), in metres.
        heading: where a box's length points, in radians from the east.
        colour: RGB.
    """

    kind: Literal["cone", "box"]
    x: float
    y: float
    size: tuple[float, float, float]
    heading: float
    colour: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scenery:
    """All surfaces in one picture, and what stands on the floor.

    Attributes:
        surfaces: uint8 (H, W, 3), RGB.
        places: (LEVELS, 2): column and row of each floor size's first texel.
        wall_top: row of the panorama's upper edge.
        wall_width: columns of the panorama once round; it is followed by a copy of its first ones.
        floor_size: edge of the largest floor, in texels.
        west: metres to the east of the floor's first column.
        north: metres to the north of the floor's first row.
        things: what stands beside the track.
    """

    surfaces: Frame
    places: NDArray[np.float32]
    wall_top: int
    wall_width: int
    floor_size: int
    west: float
    north: float
    things: tuple[Thing, ...]


def make_scenery(track: Track) -> Scenery:
    """Draw the hall of a track; the same track gives the same hall."""
    rng = np.random.default_rng((track.seed, 1))
    low, high = track.centre.min(axis=0), track.centre.max(axis=0)
    size = 16 * int(np.ceil(((high - low).max() + 2 * _MARGIN) * TEXELS / 16))
    west, south = (low + high) / 2 - size / TEXELS / 2
    corner = np.array([west, south + size / TEXELS])
    things = _things(track, rng)
    floor = _floor(track, things, size, corner, rng)
    walls = _walls(rng)
    surfaces, places = _packed(floor, walls)
    return Scenery(
        surfaces, places, size, walls.shape[1], size, float(corner[0]), float(corner[1]), tuple(things)
    )


def _packed(floor: Frame, walls: Frame) -> tuple[Frame, NDArray[np.float32]]:
    """The floor, its smaller sizes to the right of it, the walls below, with a copy of their start."""
    size, spare = len(floor), 8
    width = max(size + size // 2, walls.shape[1] + spare)
    packed = np.zeros((size + len(walls), width, 3), np.uint8)
    places, column, row, level = np.zeros((LEVELS, 2), np.float32), 0, 0, floor
    for number in range(LEVELS):
        packed[row : row + len(level), column : column + len(level)] = level
        places[number] = column, row
        row, column = (row + len(level), column) if number else (0, size)
        level = cv2.resize(level, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    packed[size:, : walls.shape[1]] = walls
    packed[size:, walls.shape[1] : walls.shape[1] + spare] = walls[:, :spare]
    return packed, places


def _cloud(shape: tuple[int, int], cell: int, rng: np.random.Generator) -> _Grid:
    """Smooth noise, mean 0 and deviation about 1, with blots of `cell` texels: float32 (h, w, 1)."""
    coarse = rng.standard_normal((shape[0] // cell + 3, shape[1] // cell + 3)).astype(np.float32)
    return cast("_Grid", cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC))[..., None]


def _floor(track: Track, things: list[Thing], size: int, corner: Points, rng: np.random.Generator) -> Frame:
    """Dark, worn concrete with the light of lamps on it, and the lines."""
    base = np.array([80, 78, 74], np.float32) + rng.uniform(-8, 8, 3).astype(np.float32)
    wear = sum(weight * _cloud((size, size), cell, rng) for cell, weight in ((160, 5), (24, 3), (3, 2.5)))
    lit: _Grid = base + np.asarray(wear, np.float32)
    lamps: _Grid = _lamplight(size, rng)[..., None] * np.array([1, 0.97, 0.88], np.float32)
    floor: Frame = np.clip(lit + lamps, 0, 255).astype(np.uint8)
    pixels = _Pixels(corner)
    for metres in np.arange(0, size / TEXELS, 2.5):  # joints of the concrete
        at = int(metres * TEXELS)
        cv2.line(floor, (at, 0), (at, size), (46, 45, 43), 1, cv2.LINE_AA)
        cv2.line(floor, (0, at), (size, at), (46, 45, 43), 1, cv2.LINE_AA)
    _shadows(floor, things, pixels)
    _lines(floor, track, pixels)
    return floor


class _Pixels:
    """Metres to the fixed-point texels that OpenCV draws at."""

    shift = 4

    def __init__(self, corner: Points) -> None:
        self._corner = corner

    def __call__(self, points: Points) -> NDArray[np.int32]:
        """Int32 (n, 1, 2) for float64 (n, 2)."""
        texels: Points = (points - self._corner) * (TEXELS, -TEXELS) - 0.5
        return np.round(texels * float(2**self.shift)).astype(np.int32)[:, None]


def _lamplight(size: int, rng: np.random.Generator) -> _Grid:
    """The soft reflections of lamps, (size, size), 0 to about 40."""
    small = np.zeros((size // 8, size // 8), np.float32)
    for _ in range(40):
        place = tuple(int(v) for v in rng.integers(0, size // 8, 2))
        axes = (int(rng.integers(2, 6)), int(rng.integers(5, 14)))
        cv2.ellipse(small, place, axes, float(rng.uniform(0, 180)), 0, 360, (float(rng.uniform(30, 90)),), -1)
    soft = cv2.GaussianBlur(small, (0, 0), 3.5)
    return cast("_Grid", cv2.resize(soft, (size, size), interpolation=cv2.INTER_LINEAR))


def _shadows(floor: Frame, things: list[Thing], pixels: _Pixels) -> None:
    """Darken the floor under each thing."""
    shade = np.zeros(floor.shape[:2], np.uint8)
    for thing in things:
        radius = round((max(thing.size[:2]) / 2 + 0.08) * TEXELS * 2**pixels.shift)
        centre = tuple(int(v) for v in pixels(np.array([[thing.x, thing.y]])).ravel())
        cv2.circle(shade, centre, radius, (150,), -1, cv2.LINE_AA, pixels.shift)
    light = 1 - cv2.GaussianBlur(shade, (0, 0), 7)[..., None].astype(np.float32) / 255
    floor[:] = (floor * light).astype(np.uint8)


def _lines(floor: Frame, track: Track, pixels: _Pixels) -> None:
    """White borders, a yellow dashed centre line, and kerbs outside of the tighter curves."""

    def stripe(part: slice, between: tuple[float, float], colour: tuple[int, int, int]) -> None:
        """Paint from one distance to the right of the centre line to another."""
        outline = np.concatenate([track.beside(between[0])[part], track.beside(between[1])[part][::-1]])
        cv2.fillPoly(floor, [pixels(outline)], colour, cv2.LINE_AA, pixels.shift)

    turning, count = curvature(track.centre), len(track.centre)
    for side in (-1, 1):
        for start in range(0, count - 15, 15):
            if side * turning[start + 7] > 0.42:
                kerb = (side * (HALF_WIDTH + 0.05), side * (HALF_WIDTH + 0.17))
                stripe(slice(start, start + 16), kerb, _RED if start // 15 % 2 else _WHITE)
        border = pixels(track.beside(side * HALF_WIDTH))
        cv2.polylines(floor, [border], True, _WHITE, round(0.065 * TEXELS), cv2.LINE_AA, pixels.shift)
    dashes = round(count / 27)  # of 0.27 m, 0.27 m apart
    for number in range(dashes):
        start = round(number * count / dashes)
        stripe(slice(start, start + 14), (-0.04, 0.04), _YELLOW)


def _things(track: Track, rng: np.random.Generator) -> list[Thing]:
    """Cones near the borders, boxes further away; never on the track."""
    low, high = track.centre.min(axis=0) - _MARGIN, track.centre.max(axis=0) + _MARGIN
    places = rng.uniform(low, high, (40 * _THINGS, 2))
    away = track.distance(places) - HALF_WIDTH
    things: list[Thing] = []
    for (x, y), clear in zip(places.tolist(), away.tolist(), strict=True):
        if len(things) == _THINGS or not 0.42 < clear < 2.6:
            continue
        if any(np.hypot(x - other.x, y - other.y) < 0.8 for other in things):
            continue
        things.append(_cone(x, y, rng) if rng.random() < 0.45 else _box(x, y, clear, rng))
    return things


def _cone(x: float, y: float, rng: np.random.Generator) -> Thing:
    height = float(rng.uniform(0.2, 0.34))
    return Thing("cone", x, y, (height * 0.5, height * 0.5, height), 0.0, (236, 106, 30))


def _box(x: float, y: float, clear: float, rng: np.random.Generator) -> Thing:
    most = min(0.6, clear * 1.1)
    length, width, height = (float(v) for v in rng.uniform((0.2, 0.16, 0.14), (most, most, 0.6)))
    colour = _BOXES[int(rng.integers(len(_BOXES)))]
    return Thing("box", x, y, (length, width, height), float(rng.uniform(0, np.pi)), colour)


def _walls(rng: np.random.Generator) -> Frame:
    """A hall once round: a dark wall with pillars and coloured sheets, lamps under the roof."""
    width, height = round(2 * np.pi * WALL_TEXELS), round((WALL_HIGH - WALL_LOW) * WALL_TEXELS)
    up = np.linspace(1, 0, height, dtype=np.float32)[:, None, None]
    low, high = np.array([74, 76, 82], np.float32), np.array([24, 26, 32], np.float32)
    walls = low + (high - low) * np.clip(1.5 * up, 0, 1) + 4 * _cloud((height, width), 9, rng)
    walls = np.clip(np.broadcast_to(walls, (height, width, 3)), 0, 255).astype(np.uint8)
    ground = height - 1

    def sheet(colour: tuple[int, int, int], wide: tuple[int, int], tall: tuple[int, int]) -> None:
        left, across = int(rng.integers(0, width)), int(rng.integers(*wide))
        top = ground - int(rng.integers(*tall))
        for start in (left, left - width):  # over the seam
            cv2.rectangle(walls, (start, top), (start + across, ground - 2), colour, -1, cv2.LINE_AA)

    for _ in range(26):
        grey = int(rng.integers(30, 130))
        sheet((grey, grey, grey + 6), (8, 60), (5, 30))
    for _ in range(9):
        sheet(_BOXES[int(rng.integers(len(_BOXES)))], (10, 34), (12, 46))
    for _ in range(14):
        sheet((96, 98, 104), (3, 6), (50, 90))
    cv2.rectangle(walls, (0, ground - 2), (width, ground), (40, 40, 42), -1)
    return _lamps(cast("Frame", cv2.GaussianBlur(walls, (0, 0), 0.8)), rng)


def _lamps(walls: Frame, rng: np.random.Generator) -> Frame:
    """Add rows of lamps with their glow."""
    height, width = walls.shape[:2]
    light = np.zeros(walls.shape, np.float32)
    for row in (0.12, 0.3, 0.42):
        for start in np.arange(rng.uniform(0, 40), width - 12, 46 - 40 * row):
            place = (int(start + rng.uniform(-6, 6)), int(row * height + rng.uniform(-3, 3)))
            axes = (int(6 - 9 * row), max(1, int(2.6 - 4 * row)))
            if rng.random() < 0.8:
                cv2.ellipse(light, place, axes, 0, 0, 360, (255, 250, 232), -1, cv2.LINE_AA)
    glow = light + 1.6 * cv2.GaussianBlur(light, (0, 0), 4)
    return np.clip(walls + glow, 0, 255).astype(np.uint8)
