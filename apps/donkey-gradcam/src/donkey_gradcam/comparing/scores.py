"""How pilots did on the same drive: against the person, against each other, and what they rested on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Size, resize_heatmap

from donkey_gradcam.views import Explained

FlatHeat = NDArray[np.float32]


class Paired:
    """Mean distance and correlation of two series that come a pair at a time, in double precision.

    Each pair updates means and co-moments (Welford, "Note on a method for calculating corrected sums of
    squares and products", Technometrics 4(3), 1962).

    Attributes:
        count: pairs so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._distance = 0.0
        self._means = (0.0, 0.0)
        self._squares = (0.0, 0.0)
        self._products = 0.0

    def add(self, x: float | None, y: float | None) -> None:
        """Count one pair; one of which a half is not known does not count."""
        if x is None or y is None:
            return
        self.count += 1
        self._distance += abs(x - y)
        dx, dy = x - self._means[0], y - self._means[1]
        self._means = (self._means[0] + dx / self.count, self._means[1] + dy / self.count)
        after_x, after_y = x - self._means[0], y - self._means[1]
        self._squares = (self._squares[0] + dx * after_x, self._squares[1] + dy * after_y)
        self._products += dx * after_y

    @property
    def distance(self) -> float | None:
        """Mean of |x - y|, or None without pairs."""
        return self._distance / self.count if self.count else None

    @property
    def correlation(self) -> float | None:
        """Pearson's correlation, or None where one series never changes."""
        spread = self._squares[0] * self._squares[1]
        return self._products / sqrt(spread) if spread > 0 else None


@dataclass(frozen=True, slots=True)
class PilotScore:
    """One pilot on the drive.

    Attributes:
        name: what it is called in the table.
        type: donkeycar's pilot type.
        layer: that was explained.
        placement: where its heat is drawn.
        occlusion: how well its maps agree with occlusion on a sample, where that was measured.
        user_frames: frames with a person's steering to compare with.
        steering_mae: mean |user - pilot|, or None without such frames.
        steering_correlation: Pearson's, or None where one of them never changes.
        throttle_mae: mean |user - pilot|, or None without frames to compare.
        empty: frames without evidence of the chosen sign.
        shares: part of the picture -> mean share of the evidence in it, over the frames that have any.
    """

    name: str
    type: str
    layer: str
    placement: str
    occlusion: float | None
    user_frames: int
    steering_mae: float | None
    steering_correlation: float | None
    throttle_mae: float | None
    empty: int
    shares: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class PairScore:
    """Two pilots, against each other.

    Attributes:
        first: name of one.
        second: name of the other.
        maps: mean over frames of the correlation of their heat; None when there is no frame to count.
        one_flat: frames where the heat of just one of them is flat; they count as 0.
        both_flat: frames where the heat of both is flat, so that there is nothing to agree on; left out.
        steering_distance: mean |difference| of their steering.
        steering_correlation: Pearson's, or None where one of them never changes.
    """

    first: str
    second: str
    maps: float | None
    one_flat: int
    both_flat: int
    steering_distance: float | None
    steering_correlation: float | None


@dataclass(frozen=True, slots=True)
class Contestant:
    """What is known of a pilot before the drive; see PilotScore."""

    name: str
    type: str
    layer: str
    placement: str
    occlusion: float | None


class Scoreboard:
    """Counts frame by frame; nothing of a frame is kept.

    Args:
        contestants: the pilots, each with a name of its own.
        size: of the camera's picture, at which heat is compared.
    """

    def __init__(self, contestants: Sequence[Contestant], size: Size) -> None:
        self._size = size
        self._pilots = [_PilotTally(contestant) for contestant in contestants]
        self._pairs = [_PairTally(first.name, second.name) for first, second in combinations(contestants, 2)]

    def add(
        self, items: Sequence[Explained], shares: Sequence[Mapping[str, float | None]]
    ) -> tuple[float | None, ...]:
        """Count one frame.

        Args:
            items: the frame as each pilot has it.
            shares: of each pilot, part of the picture -> share of the evidence in it.

        Returns:
            The agreement of maps of each pair, in the order of `pairs`; None where both are flat.
        """
        for pilot, item, own in zip(self._pilots, items, shares, strict=True):
            pilot.add(item, own)
        shapes = [unit_heat(item.heat, self._size) for item in items]
        angles = [item.pilot.angle for item in items]
        couples = zip(self._pairs, combinations(shapes, 2), combinations(angles, 2), strict=True)
        return tuple(pair.add(heat, steering) for pair, heat, steering in couples)

    @property
    def steering_errors(self) -> tuple[float | None, ...]:
        """Each pilot's mean |user - pilot| so far; None without a person's steering."""
        return tuple(pilot.steering_error for pilot in self._pilots)

    @property
    def pilots(self) -> tuple[PilotScore, ...]:
        """Each pilot's score, in the order given."""
        return tuple(pilot.score() for pilot in self._pilots)

    @property
    def pairs(self) -> tuple[PairScore, ...]:
        """Each pair's: first with second, first with third, ..., second with third, ..."""
        return tuple(pair.score() for pair in self._pairs)


def unit_heat(heat: NDArray[np.float32], size: Size) -> FlatHeat | None:
    """The newest step's heat less its mean, as a vector of length 1; None when the heat is flat.

    The product of two such vectors is Pearson's correlation of the two pictures of heat.

    Args:
        heat: float32 (H, W) or (steps, H, W).
        size: at which it is compared.
    """
    newest = resize_heatmap(heat.reshape(-1, *heat.shape[-2:])[-1], size).ravel()
    if np.ptp(newest) <= 1e-6 * np.abs(newest).max(initial=0.0):
        return None
    centred = newest / np.abs(newest).max()
    centred -= centred.mean(dtype=np.float64)
    return centred / np.linalg.norm(centred)


class _PilotTally:
    def __init__(self, contestant: Contestant) -> None:
        self._contestant = contestant
        self._steering, self._throttle = Paired(), Paired()
        self._empty = 0
        self._shares: dict[str, list[float]] = {}

    def add(self, item: Explained, shares: Mapping[str, float | None]) -> None:
        user, pilot = item.view.record.user, item.pilot
        self._steering.add(user.angle, pilot.angle)
        self._throttle.add(user.throttle, pilot.throttle)
        self._empty += not np.any(item.heat)
        for name, share in shares.items():
            sums = self._shares.setdefault(name, [0.0, 0])
            if share is not None:
                sums[0] += share
                sums[1] += 1

    @property
    def steering_error(self) -> float | None:
        return self._steering.distance

    def score(self) -> PilotScore:
        known = self._contestant
        return PilotScore(
            name=known.name,
            type=known.type,
            layer=known.layer,
            placement=known.placement,
            occlusion=known.occlusion,
            user_frames=self._steering.count,
            steering_mae=self._steering.distance,
            steering_correlation=self._steering.correlation,
            throttle_mae=self._throttle.distance,
            empty=self._empty,
            shares={name: total / n if n else None for name, (total, n) in self._shares.items()},
        )


class _PairTally:
    def __init__(self, first: str, second: str) -> None:
        self._names = first, second
        self._steering = Paired()
        self._total, self._count = 0.0, 0
        self._one_flat, self._both_flat = 0, 0

    def add(self, heat: Sequence[FlatHeat | None], steering: Iterable[float | None]) -> float | None:
        self._steering.add(*steering)
        agreement = self._agreement(*heat)
        if agreement is not None:
            self._total += agreement
            self._count += 1
        return agreement

    def _agreement(self, first: FlatHeat | None, second: FlatHeat | None) -> float | None:
        if first is not None and second is not None:
            return float(first @ second)
        if first is None and second is None:
            self._both_flat += 1
            return None
        self._one_flat += 1
        return 0.0

    def score(self) -> PairScore:
        first, second = self._names
        return PairScore(
            first=first,
            second=second,
            maps=self._total / self._count if self._count else None,
            one_flat=self._one_flat,
            both_flat=self._both_flat,
            steering_distance=self._steering.distance,
            steering_correlation=self._steering.correlation,
        )
