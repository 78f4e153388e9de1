"""Reading the speed from strips of the HUD by correlation with ten digits, and learning those digits."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.sync.glyphs import CELL_HEIGHT, CELL_WIDTH, POINT_WIDTH, Floats32, Glyphs, normalized
from deepracer_analyzer.sync.hud import DIGIT_LEFTS, POINT_LEFT, Place, Strips, places
from deepracer_analyzer.views import Floats

LEAST_FIT = 0.5
"""Correlation below which a cell holds no digit."""

LEAST_MARGIN = 0.04
"""How much better the best digit must fit than the second best."""

LEAST_CONTRAST = 8.0
"""Standard deviation of a cell's brightness below which nothing is written in it."""

_CHUNK = 1024
_CLEARLY_ROUNDED = 0.4
_FIVE_DIGITS = 9999.5
_FEWEST_TO_LEARN = 3
_PLACE_VALUES = np.array((10.0, 1.0, 0.1, 0.01))


@dataclass(frozen=True, slots=True)
class Reading:
    """What F pictures show.

    Attributes:
        shown: float64 (F,), m/s; NaN where nothing could be read.
        digits: int8 (F, 4), the best fitting digits, whether they are believed or not.
        fit: float32 (F,), -1 to 1: correlation of the worst of the four digits and the point.
        margin: float32 (F,): by how much the best digit is ahead of the second, in the worst cell.
    """

    shown: Floats
    digits: NDArray[np.int8]
    fit: Floats32
    margin: Floats32

    @property
    def share(self) -> float:
        """Part of the pictures that were read, 0 to 1."""
        return float(np.isfinite(self.shown).mean()) if len(self.shown) else 0.0


def read_strips(strips: Strips, glyphs: Glyphs) -> Reading:
    """Read the speed in each strip.

    A strip is read where all four digits and the point are there: a picture without a HUD, or with a number
    of another length (from 100 m/s on everything behind the second digit moves by a cell), gives NaN.

    Args:
        strips: uint8 (F, 18, 54), see `Place.cut`.
        glyphs: What the digits look like.
    """
    parts = [_read_chunk(strips[i : i + _CHUNK], glyphs) for i in range(0, len(strips), _CHUNK)]
    if not parts:
        empty = np.zeros(0, np.float32)
        return Reading(np.zeros(0), np.zeros((0, 4), np.int8), empty, empty)
    digits, fit, margin = (np.concatenate(part) for part in zip(*parts, strict=True))
    believed = (fit >= LEAST_FIT) & (margin >= LEAST_MARGIN)
    shown = np.where(believed, np.round(digits @ _PLACE_VALUES, 2), np.nan)
    return Reading(shown, digits, fit, margin)


def _read_chunk(strips: Strips, glyphs: Glyphs) -> tuple[NDArray[np.int8], Floats32, Floats32]:
    scores = _correlation(_digit_cells(strips), glyphs.digits)  # (F, 4, 10)
    point = _correlation(_point_cells(strips), glyphs.points).max(axis=-1)  # (F, 1)
    ordered = np.sort(scores, axis=-1)
    fit = np.minimum(ordered[..., -1].min(axis=-1), point[:, 0])
    margin = (ordered[..., -1] - ordered[..., -2]).min(axis=-1)
    return scores.argmax(axis=-1).astype(np.int8), fit, margin


def _correlation(cells: Floats32, glyphs: Floats32) -> Floats32:
    """Normalised correlation of cells (F, C, pixels) with glyphs (G, pixels): (F, C, G); 0 where blank."""
    pixels = cells.shape[-1]
    total = cells.sum(axis=-1, keepdims=True)
    spread = np.square(cells).sum(axis=-1, keepdims=True) - total * total / pixels
    length = np.sqrt(np.maximum(spread, 0))
    written = length >= LEAST_CONTRAST * np.sqrt(pixels)
    return np.where(written, cells @ glyphs.T / np.maximum(length, 1), 0).astype(np.float32)


def _digit_cells(strips: Strips) -> Floats32:
    """float32 (F, 4, 18*12)."""
    cells = np.stack([strips[:, :, x : x + CELL_WIDTH] for x in DIGIT_LEFTS], axis=1)
    return cells.reshape(len(strips), 4, CELL_HEIGHT * CELL_WIDTH).astype(np.float32)


def _point_cells(strips: Strips) -> Floats32:
    """float32 (F, 1, 18*5)."""
    cells = strips[:, :, POINT_LEFT : POINT_LEFT + POINT_WIDTH]
    return cells.reshape(len(strips), 1, CELL_HEIGHT * POINT_WIDTH).astype(np.float32)


def find_place(windows: Strips, glyphs: Glyphs, *, share: float) -> Place | None:
    """Where the text lies in most of these pictures; None where too few show any.

    Args:
        windows: uint8 (F, *WINDOW_SHAPE); a sample is enough.
        glyphs: What the digits look like.
        share: Part of the pictures that must show a number at one place, 0 to 1.
    """
    best, score = None, -1.0
    for place in places():
        reading = read_strips(place.cut(windows), glyphs)
        there = reading.fit >= LEAST_FIT
        fit = float(np.where(there, reading.fit, 0).sum())
        if there.mean() >= share and there.any() and fit > score + 1e-6:
            best, score = place, fit
    return best


def learn(strips: Strips, speeds: Floats, certain: NDArray[np.bool_], known: Glyphs) -> Glyphs:
    """What the digits of this video really look like: the mean of the cells whose digit the log tells.

    A digit that occurs less than three times stays as it was known. Speeds whose last digit depends on how
    they are rounded are left out.

    Args:
        strips: uint8 (F, 18, 54).
        speeds: float64 (F,), m/s, of the row that each picture shows.
        certain: bool (F,), the pictures whose row is sure.
        known: What the digits were taken for so far.
    """
    hundredths = speeds * 100
    clear = np.abs(hundredths - np.round(hundredths)) < _CLEARLY_ROUNDED
    chosen = np.flatnonzero(certain & clear & (hundredths < _FIVE_DIGITS))
    if not len(chosen):
        return known
    sums = np.zeros((10, known.digits.shape[1]))
    point = np.zeros(known.points.shape[1])
    counts = np.zeros(10, np.intp)
    for part, cells, points in _labelled(strips, chosen):
        numbers = np.round(hundredths[part]).astype(np.intp)
        labels = numbers[:, None] // np.array((1000, 100, 10, 1)) % 10
        for digit in range(10):
            mine = cells[labels == digit]
            sums[digit] += mine.sum(axis=0)
            counts[digit] += len(mine)
        point += points.sum(axis=(0, 1))
    learned = normalized(sums.astype(np.float32))
    enough = (counts >= _FEWEST_TO_LEARN)[:, None]
    return Glyphs(np.where(enough, learned, known.digits), normalized(point[None].astype(np.float32)))


def _labelled(
    strips: Strips, chosen: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], Floats32, Floats32]]:
    for start in range(0, len(chosen), _CHUNK):
        part = chosen[start : start + _CHUNK]
        yield part, normalized(_digit_cells(strips[part])), normalized(_point_cells(strips[part]))
