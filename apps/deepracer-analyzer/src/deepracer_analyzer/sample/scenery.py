"""What the sample's car drives through, painted once: the field with its road, and the sky round about."""

from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Color, Frame
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.sample.track import WIDTH
from deepracer_analyzer.views import Floats, Track

_Grid: TypeAlias = NDArray[np.floating[Any]]

TEXELS = 160
"""Texels a metre, in the largest of the ground's sizes."""

LEVELS = 4
"""Sizes of the ground, each half of the one before."""

SEA: Color = (38, 92, 104)
"""RGB of what lies beyond the field."""

_SEED = 20260101
_MARGIN = 3.4  # metres of grass round the track
_GRASS, _ROAD = (128, 146, 56), (64, 64, 66)
_WHITE, _YELLOW = (238, 239, 234), (246, 180, 20)
_BORDER = 0.085  # metres: how wide the white lines are, inwards from the track's edge
_DASH = 0.055, 0.17, 0.2  # metres: width and length of a dash of the centre line, and the gap after it
_SKY_TOP, _SKY_LOW = (122, 160, 196), (206, 219, 228)
_HILLS = ((150, 172, 186), (112, 140, 148), (74, 112, 112))  # from far to near


@dataclass(frozen=True, slots=True)
class Ground:
    """The field, seen from above.

    Attributes:
        levels: uint8 (h, w, 3) RGB, from the largest to the smallest; row 0 is the north edge.
        west: Metres (x) of the first column's left edge.
        north: Metres (y) of the first row's upper edge.
    """

    levels: tuple[Frame, ...]
    west: float
    north: float


def paint_ground(track: Track) -> Ground:
    """Paint grass, road, white borders and the dashed centre line of a track; the same track gives the same.

    Raises:
        ValueError: The track has no borders.
    """
    if track.inner is None or track.outer is None:
        msg = f"track {track.name!r} has no borders; expected one with an inner and an outer line"
        raise ValueError(msg)
    rng = np.random.default_rng(_SEED)
    corners = np.concatenate([track.inner, track.outer])
    low, high = corners.min(axis=0) - _MARGIN, corners.max(axis=0) + _MARGIN
    width, height = (8 * int(np.ceil(metres * TEXELS / 8)) for metres in (high - low).tolist())
    pixels = _Pixels(float(low[0]), float(high[1]))
    road = _ring(pixels(track.outer), pixels(track.inner), (height, width))
    field = _mottled(_GRASS, (height, width), ((3, 9), (9, 12), (70, 8)), rng, (0.9, 1.0, 0.55))
    asphalt = _mottled(_ROAD, (height, width), ((3, 4), (14, 4), (90, 6)), rng, (1, 1, 1))
    field[road] = asphalt[road]
    _paint_lines(field, track, pixels)
    levels: list[Frame] = [field]
    for _ in range(LEVELS - 1):
        smaller = cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        levels.append(cast("Frame", smaller))
    return Ground(tuple(levels), pixels.west, pixels.north)


def paint_sky(around: int, above: int) -> Frame:
    """Paint the sky over the horizon, with three rows of hills, once round.

    Args:
        around: Columns once round.
        above: Rows from the upper edge down to the horizon.

    Returns:
        uint8 (above, around, 3), RGB; the last column joins the first.
    """
    rng = np.random.default_rng((_SEED, 1))
    share = np.linspace(0, 1, above)[:, None, None]
    colors = np.asarray(_SKY_TOP) * (1 - share) + np.asarray(_SKY_LOW) * share
    sky: Frame = np.repeat(colors, around, axis=1).round().astype(np.uint8)
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)
    rows = np.arange(above)[:, None]
    for color, height in zip(_HILLS, (0.55, 0.38, 0.2), strict=True):
        waves = rng.integers(3, 24, 7)
        ridge = sum(
            np.sin(turn * wave + phase) / np.sqrt(wave)
            for wave, phase in zip(waves, rng.uniform(0, 2 * np.pi, 7), strict=True)
        )
        top = above * (1 - height * (0.6 + 0.22 * np.asarray(ridge)))
        cover = np.clip(rows - top + 0.5, 0, 1)[..., None]
        mixed: Floats = sky * (1 - cover) + np.array(color) * cover
        sky = mixed.round().astype(np.uint8)
    return sky


class _Pixels:
    """Metres to the fixed-point texels that OpenCV draws at."""

    shift = 4

    def __init__(self, west: float, north: float) -> None:
        self.west = west
        self.north = north

    def __call__(self, points: Floats) -> NDArray[np.int32]:
        """Int32 (n, 1, 2) for float64 (n, 2)."""
        texels: Floats = (points - (self.west, self.north)) * (TEXELS, -TEXELS) - 0.5
        return np.round(texels * float(2**self.shift)).astype(np.int32)[:, None]


def _ring(outer: NDArray[np.int32], inner: NDArray[np.int32], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """What lies between two closed lines."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [outer, inner], (1,), shift=_Pixels.shift)
    return mask.astype(bool)


def _mottled(
    color: Color,
    shape: tuple[int, int],
    blots: tuple[tuple[int, float], ...],
    rng: np.random.Generator,
    tint: tuple[float, float, float],
) -> Frame:
    """A colour with smooth noise on it.

    Args:
        color: RGB, on average.
        shape: Rows and columns.
        blots: Texels and strength (one deviation, of 255) of each size of noise.
        rng: Of the noise.
        tint: How much of the noise red, green and blue take.
    """
    height, width = shape
    noise: _Grid = np.zeros(shape, np.float32)
    for cell, strength in blots:
        coarse = rng.standard_normal((height // cell + 3, width // cell + 3)).astype(np.float32) * strength
        noise += cast("_Grid", cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
    planes = [np.clip(level + share * noise, 0, 255) for level, share in zip(color, tint, strict=True)]
    return np.stack(planes, axis=2).astype(np.uint8)


def _paint_lines(field: Frame, track: Track, pixels: _Pixels) -> None:
    """White borders within the track's edges, and the dashes between them."""
    shade = 1 - _BORDER / WIDTH
    for edge in (track.inner, track.outer):
        if edge is not None:
            middle = track.center + (edge - track.center) * shade
            cv2.polylines(
                field, [pixels(middle)], True, _WHITE, round(_BORDER * TEXELS), cv2.LINE_AA, _Pixels.shift
            )
    width, dash, gap = _DASH
    starts = np.concatenate([[0.0], np.hypot(*np.diff(track.center, axis=0).T).cumsum()])
    count = round(float(starts[-1]) / (dash + gap))
    for number in range(count):
        begin = number * float(starts[-1]) / count
        along = np.linspace(begin, begin + dash, 6)
        line = np.stack([np.interp(along, starts, track.center[:, axis]) for axis in (0, 1)], axis=1)
        cv2.fillPoly(field, [pixels(_ribbon(line, width))], _YELLOW, cv2.LINE_AA, _Pixels.shift)


def _ribbon(line: Floats, width: float) -> Floats:
    """The outline of a line of some width."""
    ahead = np.gradient(line, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) * width / 2
    return np.concatenate([line + aside, (line - aside)[::-1]])
