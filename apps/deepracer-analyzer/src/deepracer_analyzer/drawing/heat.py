"""How often which actions were chosen lately, as heat: in closed form, so that any row can be shown first."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import OPENCV_COLORMAPS, Frame, Heatmap, Rect, Size, colormap
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.views import Floats

FAINTEST = 20
"""Of 255: weaker heat is not drawn, as in the original analyzer."""

LEAST_WEIGHT = 1 / 1000
"""Actions that weigh less than this against the newest no longer count."""

OPACITY = 0.82

_DEVIATIONS = 6
"""How many standard deviations wide the blob of one action is."""


@dataclass(frozen=True, slots=True)
class Recent:
    """The actions that count at a row.

    Attributes:
        first: The first of their rows; the row itself is the last.
        weights: How much each counts, float64 (K,), rising to 1 for the newest.
    """

    first: int
    weights: Floats


def recent_actions(row: int, heat_from: int, attenuation: float) -> Recent:
    """Which actions count at a row: each later step divides a weight by the attenuation.

    Those below LEAST_WEIGHT are left out; with an attenuation of 1 all count since `heat_from`.

    Args:
        row: The newest row.
        heat_from: The first row that may count; `row + 1` where none does.
        attenuation: 1 or more.
    """
    first = heat_from
    if attenuation > 1:
        first = max(first, row - math.floor(-math.log(LEAST_WEIGHT) / math.log(attenuation)))
    ages = np.arange(row - first, -1, -1, dtype=np.float64)
    return Recent(first, attenuation**-ages)


def action_heat(points: Floats, weights: Floats, gaussian_size: int, size: Size) -> Heatmap:
    """Where recent actions are: the sum of a blob for each, times its weight.

    What the recursion `heat = heat / attenuation + blob(newest action)` gives with these weights.

    Args:
        points: Column and row of each action, float64 (K, 2); those with NaN do not count.
        weights: How much each counts, float64 (K,).
        gaussian_size: Pixels that the blob of one action is wide.
        size: Of the heat.

    Returns:
        Float32 (height, width), not normalised: K actions at one place with weight 1 give K there.
    """
    blob = gaussian(gaussian_size)
    reach = blob.shape[0] // 2
    heat = np.zeros((size.height + 2 * reach, size.width + 2 * reach), np.float32)
    inside = np.isfinite(points).all(axis=1)
    places = np.rint(points[inside]).astype(np.intp)
    inside = (places >= 0).all(axis=1) & (places[:, 0] < size.width) & (places[:, 1] < size.height)
    cells = places[inside, 1] * size.width + places[inside, 0]
    known = weights[np.isfinite(points).all(axis=1)][inside]
    for cell, weight in zip(*_summed(cells, known), strict=True):
        top, left = divmod(cell, size.width)
        part = heat[top : top + 2 * reach + 1, left : left + 2 * reach + 1]
        part += blob * np.float32(weight)
    return heat[reach : reach + size.height, reach : reach + size.width]


@lru_cache(maxsize=64)
def gaussian(size: int) -> Heatmap:
    """The blob of one action: a Gaussian of a sixth of its width as standard deviation, 1 at its centre.

    Its lowest value is subtracted, so that its corners are 0, as in the original analyzer.

    Args:
        size: Width and height in pixels; one is added to an even one, so that there is a centre.
    """
    reach = size // 2
    offsets = np.arange(-reach, reach + 1)
    profile = np.exp(-0.5 * (offsets / (size / _DEVIATIONS)) ** 2)
    blob = np.outer(profile, profile)
    blob = (blob - blob.min()) / (1 - blob.min())
    made = blob.astype(np.float32)
    made.flags.writeable = False
    return made


def share(heat: Heatmap, weights: Floats) -> float:
    """What share of the weighted recent actions the hottest point has: 1 where all are at that point.

    Args:
        heat: Of `action_heat`.
        weights: Of the actions it was made of.
    """
    return float(heat.max(initial=0.0)) / float(weights.sum()) if weights.size else 0.0


class HeatPainter:
    """Draws heat in one of OpenCV's colour tables, by number, onto the half-disc alone.

    Args:
        disc: 255 where heat may be drawn, 0 where not, uint8 (H, W).
    """

    def __init__(self, disc: NDArray[np.uint8]) -> None:
        self._disc = disc

    def draw(self, canvas: Frame, rect: Rect, heat: Heatmap, number: int) -> None:
        """Draw heat over what is there, in place; its peak has the table's last colour.

        Args:
            canvas: uint8 (H, W, 3), RGB.
            rect: Where; of the heat's size.
            heat: Of `action_heat`.
            number: Of the colour table, 0 to 21.
        """
        peak = float(heat.max(initial=0.0))
        if peak <= 0:
            return
        levels = cv2.convertScaleAbs(heat, alpha=255 / peak)
        cv2.bitwise_and(levels, self._disc, levels)
        x, y, width, height = cv2.boundingRect(cv2.threshold(levels, FAINTEST, 255, cv2.THRESH_TOZERO)[1])
        if not width or not height:
            return
        part = levels[y : y + height, x : x + width]
        view = Rect(rect.x + x, rect.y + y, width, height).view(canvas)
        kept, added = _tables(number)
        cv2.multiply(view, cv2.applyColorMap(part, kept), view, scale=1 / 255)
        cv2.add(view, cv2.applyColorMap(part, added), view)


@lru_cache(maxsize=32)
def _tables(number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """How much of the picture stays at each level of heat, and what is added: uint8 (256, 1, 3) each."""
    table = colormap(list(OPENCV_COLORMAPS)[number])
    alpha = np.where(np.arange(256) > FAINTEST, OPACITY, 0.0)[:, None]
    kept = np.rint(255 * np.repeat(1 - alpha, 3, axis=1)).astype(np.uint8)
    added = np.minimum(np.rint(alpha * table), 255 - kept).astype(np.uint8)
    return kept.reshape(256, 1, 3), added.reshape(256, 1, 3)


def _summed(cells: NDArray[np.intp], weights: Floats) -> tuple[list[int], list[float]]:
    """Each cell once, with the sum of its weights."""
    different, inverse = np.unique(cells, return_inverse=True)
    return different.tolist(), np.bincount(inverse, weights, len(different)).tolist()
