"""A closed track of our own: its centre line, in metres, drawn from a seed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Points on the floor: float64 (n, 2), metres, x to the east and y to the north."""

HALF_WIDTH = 0.62
"""From the centre line to the middle of a border, in metres."""

STEP = 0.02
"""Distance between neighbouring points of the centre line, in metres."""

_RADIUS = 4.4
_TIGHTEST = 1.15  # metres: the smallest radius of a curve
_TRIES = 10_000


@dataclass(frozen=True)
class Track:
    """A closed track.

    Attributes:
        centre: the centre line in the direction of driving, points `STEP` apart; the last joins the first.
        seed: what it was drawn from.
    """

    centre: Points
    seed: int

    @property
    def length(self) -> float:
        """One lap in metres."""
        return len(self.centre) * STEP

    @cached_property
    def tangent(self) -> Points:
        """The direction of driving at each point, of length 1."""
        ahead = np.roll(self.centre, -1, axis=0) - np.roll(self.centre, 1, axis=0)
        return ahead / np.linalg.norm(ahead, axis=1, keepdims=True)

    def beside(self, metres: float) -> Points:
        """The line that runs this far to the right of the centre line (to the left where negative)."""
        return self.centre + metres * np.stack([self.tangent[:, 1], -self.tangent[:, 0]], axis=1)

    def nearest(self, x: float, y: float) -> int:
        """The number of the centre line's point that is nearest to a place."""
        return int(np.square(self.centre - (x, y)).sum(axis=1).argmin())

    def distance(self, points: Points) -> NDArray[np.float64]:
        """How far each of some points is from the centre line, (n,), in metres."""
        between = points[:, None, :] - self.centre[None, ::5, :]
        return np.sqrt(np.square(between).sum(axis=2).min(axis=1))


def make_track(seed: int) -> Track:
    """Draw a track: a circle bent by a few waves, with left and right curves that a car can take.

    Half of all seeds are driven clockwise. The same seed gives the same track.

    Raises:
        ValueError: the seed is negative.
    """
    if seed < 0:
        msg = f"track seed {seed}: give 0 or more"
        raise ValueError(msg)
    rng = np.random.default_rng((seed, 0))
    for _ in range(_TRIES):
        centre = _even(_bent_circle(rng))
        if _can_be_driven(centre):
            return Track(centre if rng.random() < 0.5 else np.ascontiguousarray(centre[::-1]), seed)
    msg = f"track seed {seed}: no track that can be driven in {_TRIES} tries; give another seed"
    raise ValueError(msg)


def _bent_circle(rng: np.random.Generator) -> Points:
    """r(t) = R (1 + sum of a_k cos(k t + p_k)), k = 2 to 5, counter-clockwise."""
    turn = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    waves = np.arange(2, 6)
    most = np.array([0.24, 0.2, 0.09, 0.045])
    height, phase = rng.uniform(0.3, 1, 4) * most, rng.uniform(0, 2 * np.pi, 4)
    radius = _RADIUS * (1 + (height * np.cos(turn[:, None] * waves + phase)).sum(axis=1))
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)


def _even(line: Points) -> Points:
    """The same closed line by points that are `STEP` apart (the last gap within a percent of it)."""
    closed = np.concatenate([line, line[:1]])
    along = np.concatenate([[0.0], np.linalg.norm(np.diff(closed, axis=0), axis=1).cumsum()])
    length = float(along[-1])
    places = np.linspace(0, length, round(length / STEP), endpoint=False)
    return np.stack([np.interp(places, along, closed[:, axis]) for axis in (0, 1)], axis=1)


def curvature(line: Points) -> NDArray[np.float64]:
    """How much a closed, evenly spaced line turns to the left at each point, in radians a metre."""
    stride = 10
    before, after = np.roll(line, stride, axis=0), np.roll(line, -stride, axis=0)
    back, ahead = line - before, after - line
    turned = np.arctan2(back[:, 0] * ahead[:, 1] - back[:, 1] * ahead[:, 0], (back * ahead).sum(axis=1))
    return turned / (stride * STEP)


def _can_be_driven(centre: Points) -> bool:
    """Curves to both sides, none too tight, and no two stretches so near that borders would touch."""
    turning = curvature(centre)
    if np.abs(turning).max() > 1 / _TIGHTEST or turning.min() > -0.35:
        return False
    coarse = centre[::20]
    gaps = np.linalg.norm(coarse[:, None] - coarse[None], axis=2)
    apart = np.abs(np.subtract.outer(np.arange(len(coarse)), np.arange(len(coarse)))) * 20 * STEP
    along = np.minimum(apart, len(centre) * STEP - apart)
    return bool(gaps[along > 4 * HALF_WIDTH].min() > 3 * HALF_WIDTH)
