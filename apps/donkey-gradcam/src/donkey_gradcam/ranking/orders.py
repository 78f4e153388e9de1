"""Which frames are the worst, and by what: rows of all frames, pictures of the worst alone."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one frame.

    Attributes:
        index: number of the record.
        session: of the recording, or None.
        user_angle: the person's steering, or None.
        pilot_angle: the pilot's.
        error: |user - pilot| of the steering, or None without a person's.
        outside: share of the evidence outside the road, or None without a road or without evidence.
        empty: whether there is no evidence of the chosen sign.
        evidence_peak: highest size of the placed evidence, un-normalised.
        held: why the picture is an earlier record's, or "".
    """

    index: int
    session: str | None
    user_angle: float | None
    pilot_angle: float | None
    error: float | None
    outside: float | None
    empty: bool
    evidence_peak: float
    held: str


@dataclass(frozen=True, slots=True)
class Order:
    """What makes a frame worse than another.

    Attributes:
        description: in two or three words.
        detail: how it is measured.
        badness: of a row; the higher, the worse, and None for a row that cannot be judged.
        lacking: what such a row lacks.
    """

    description: str
    detail: str
    badness: Callable[[Row], float | None]
    lacking: str = ""


ORDERS: Mapping[str, Order] = MappingProxyType(
    {
        "error": Order("steering error", "|user − pilot|", lambda row: row.error, "a person's steering"),
        "outside": Order(
            "evidence off the road", "share of the evidence outside it", lambda row: row.outside, "evidence"
        ),
        "empty": Order(
            "lack of evidence", "none first, then the lowest peak", lambda row: -row.evidence_peak
        ),
    }
)
"""What frames can be ranked by."""


class Worst(Generic[T]):
    """Keeps the `most` items of highest badness; of equal ones, those that came first.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._came = 0
        self._heap: list[tuple[float, int, T]] = []

    def offer(self, badness: float | None, make: Callable[[], T]) -> None:
        """Keep an item if it is among the worst so far; `make` is called only then."""
        self._came += 1
        if badness is None or self._most < 1:
            return
        key = badness, -self._came
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, (*key, make()))
        elif key > self._heap[0][:2]:
            heapq.heapreplace(self._heap, (*key, make()))

    def items(self) -> list[T]:
        """What was kept, the worst first."""
        return [item for *_, item in sorted(self._heap, key=lambda entry: entry[:2], reverse=True)]


def ranked(rows: Iterable[Row], order: Order) -> list[Row]:
    """The rows, the worst first; of equal ones the earlier, and last those that cannot be judged."""

    def key(row: Row) -> float:
        badness = order.badness(row)
        return float("inf") if badness is None else -badness

    return sorted(rows, key=key)


def joined(indexes: Iterable[int], apart: int) -> list[range]:
    """Ranges, in order, that hold all the indexes; those at most `apart` from each other share a range.

    Args:
        indexes: numbers of records, in any order.
        apart: 1 joins neighbours only, and a range then holds nothing but the indexes.
    """
    ranges: list[range] = []
    for index in sorted(set(indexes)):
        if ranges and index - ranges[-1][-1] <= apart:
            ranges[-1] = range(ranges[-1].start, index + 1)
        else:
            ranges.append(range(index, index + 1))
    return ranges


def count_between(ranges: Sequence[range], indexes: Iterable[int]) -> int:
    """How many numbers of the ranges are none of the indexes."""
    return sum(map(len, ranges)) - len(set(indexes))
