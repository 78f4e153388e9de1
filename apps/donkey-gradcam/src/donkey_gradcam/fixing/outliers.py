"""Which frames of a clip are glitches: far from both neighbours, which are near to each other.

A cut goes away and does not come back, a fast turn goes on: both leave the neighbours apart, and stay.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay.opencv import cv2

from donkey_gradcam.views import Frame

Thumb: TypeAlias = NDArray[np.floating[Any]]
"""A frame, small: float32 (24, 32, 3), 0 to 255."""

LONGEST = 5
"""Frames of the longest glitch; what is away for longer is a scene of its own."""

FAR = 2.5
"""A glitch differs from both neighbours by more than this many times the clip's typical difference."""

FARTHER = 2.0
"""And by at least this many times what they differ from each other."""

_LEAST = 3.0  # grey levels: below, a difference is noise, however still the clip
_SIZE = (32, 24)

Item = TypeVar("Item")


def thumb(frame: Frame) -> Thumb:
    """Shrink a frame by averaging, for `difference`."""
    return cast("Thumb", cv2.resize(frame, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32))


def difference(one: Thumb, other: Thumb) -> float:
    """How far two frames are apart: mean absolute difference over pixels and colours, 0 to 255."""
    return float(np.abs(one - other).mean())


def threshold(differences: Iterable[float]) -> tuple[float, float]:
    """Say from differences of neighbouring frames what is typical of a clip, and what is far.

    Returns:
        The median of the differences (frames that repeat the one before left out; 0 where all do), and the
        difference that a glitch exceeds: `FAR` times as much, at least 3 grey levels.
    """
    moving = [value for value in differences if value > 0]
    typical = float(np.median(moving)) if moving else 0.0
    return typical, max(FAR * typical, _LEAST)


@dataclass(frozen=True, slots=True)
class Judged(Generic[Item]):
    """A frame and whether it is a glitch."""

    item: Item
    glitch: bool


class GlitchFinder(Generic[Item]):
    """Judges frames one by one, at most `LONGEST` + 1 frames late.

    A run of up to `LONGEST` frames is a glitch when each is farther than `limit` from the last good frame
    and from the frame after the run, and `FARTHER` times as far as these two are from each other. The first
    or last frame of a clip has neighbours on one side only: it is held against the next two.

    Args:
        limit: see `threshold`.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._good: deque[Thumb] = deque(maxlen=2)  # the last two good frames
        self._doubted: deque[tuple[Item, Thumb]] = deque()

    def take(self, item: Item, frame: Frame) -> Iterator[Judged[Item]]:
        """Take the next frame; yield those that are judged by now, in order."""
        yield from self._place(item, thumb(frame))

    def finish(self) -> Iterator[Judged[Item]]:
        """Judge what is left at the end of the clip."""
        if not self._good:  # one or two frames: nothing to hold them against
            yield from self._accept_all()
        while self._doubted:
            if len(self._doubted) == 1 and len(self._good) == 2:
                item, last = self._doubted.popleft()
                yield Judged(item, self._is_glitch(self._good[1], last, self._good[0]))
            else:
                yield from self._accept_first()

    def _place(self, item: Item, seen: Thumb) -> Iterator[Judged[Item]]:
        if not self._good:
            yield from self._begin(item, seen)
        elif not self._doubted and difference(self._good[-1], seen) <= self._limit:
            yield self._accept(item, seen)
        elif self._doubted and all(
            self._is_glitch(self._good[-1], doubted, seen) for _, doubted in self._doubted
        ):
            while self._doubted:
                yield Judged(self._doubted.popleft()[0], glitch=True)
            yield self._accept(item, seen)
        else:
            self._doubted.append((item, seen))
            if len(self._doubted) > LONGEST:
                yield from self._accept_first()

    def _begin(self, item: Item, seen: Thumb) -> Iterator[Judged[Item]]:
        """Hold the first frame against the two after it."""
        self._doubted.append((item, seen))
        if len(self._doubted) < 3:
            return
        (first, one), (_, two), (_, three) = self._doubted
        if self._is_glitch(two, one, three):
            self._doubted.popleft()
            yield Judged(first, glitch=True)
        yield from self._accept_first()

    def _accept(self, item: Item, seen: Thumb) -> Judged[Item]:
        self._good.append(seen)
        return Judged(item, glitch=False)

    def _accept_first(self) -> Iterator[Judged[Item]]:
        """The first doubted frame is a scene of its own; judge those after it once more."""
        item, seen = self._doubted.popleft()
        rest, self._doubted = self._doubted, deque()
        yield self._accept(item, seen)
        for later, frame in rest:
            yield from self._place(later, frame)

    def _accept_all(self) -> Iterator[Judged[Item]]:
        while self._doubted:
            yield self._accept(*self._doubted.popleft())

    def _is_glitch(self, before: Thumb, seen: Thumb, after: Thumb) -> bool:
        nearer = min(difference(before, seen), difference(seen, after))
        return nearer > self._limit and nearer >= FARTHER * difference(before, after)
