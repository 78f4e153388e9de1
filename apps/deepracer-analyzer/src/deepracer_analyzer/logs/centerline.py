"""Where points lie along a closed line, and how far beside it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.views import Floats

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Projection:
    """The places on a line that are nearest to some points.

    Attributes:
        along: float64 (N,), metres along the line from its first row.
        left: float64 (N,), metres from the line to the point, positive to the left of the line's direction.
        length: Metres of the whole line.
    """

    along: Floats
    left: Floats
    length: float


def project(line: Floats, points: Floats) -> Projection:
    """Find the nearest place on a line for each point.

    Args:
        line: float64 (M, 2), metres; two rows or more.
        points: float64 (N, 2), metres; NaN where the place is not known.

    Returns:
        NaN for points that are not known.
    """
    line = line[np.concatenate([[True], np.abs(np.diff(line, axis=0)).sum(axis=1) > 0])]
    pieces = [_project(line, points[first : first + _CHUNK]) for first in range(0, len(points), _CHUNK)]
    length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    if not pieces:
        return Projection(np.empty(0), np.empty(0), length)
    along, left = (np.concatenate(values) for values in zip(*pieces, strict=True))
    return Projection(along, left, length)


def _project(line: Floats, points: Floats) -> tuple[Floats, Floats]:
    steps = np.diff(line, axis=0)
    lengths = np.hypot(*steps.T)
    away = points[:, None] - line[None, :-1]  # (N, M - 1, 2)
    share = np.clip((away * steps).sum(axis=2) / lengths**2, 0, 1)
    gaps = away - share[..., None] * steps
    distance = np.hypot(gaps[..., 0], gaps[..., 1])
    known = finite_rows(points)
    nearest = np.where(known[:, None], distance, np.inf).argmin(axis=1)
    row = np.arange(len(points))
    before = np.concatenate([[0.0], lengths.cumsum()])[nearest]
    along = before + share[row, nearest] * lengths[nearest]
    turn = steps[nearest, 0] * away[row, nearest, 1] - steps[nearest, 1] * away[row, nearest, 0]
    left = np.copysign(distance[row, nearest], turn)
    return np.where(known, along, np.nan), np.where(known, left, np.nan)


def finite_rows(points: Floats) -> NDArray[np.bool_]:
    """Which points are known, bool (N,)."""
    return np.isfinite(points[:, 0]) & np.isfinite(points[:, 1])


def nearest_rows(line: Floats, points: Floats) -> NDArray[np.intp]:
    """The row of a line that is nearest to each point, the first of those that are equally near.

    Args:
        line: float64 (M, 2), metres.
        points: float64 (N, 2), metres, finite.
    """
    pieces = [
        np.square(points[first : first + _CHUNK, None] - line[None]).sum(axis=2).argmin(axis=1)
        for first in range(0, len(points), _CHUNK)
    ]
    return np.concatenate([np.empty(0, np.intp), *pieces])
