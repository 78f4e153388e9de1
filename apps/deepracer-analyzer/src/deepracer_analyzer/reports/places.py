"""Where a car was on the track at each moment of a lap, and when it first came to each place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deepracer_analyzer.logs.centerline import project
from deepracer_analyzer.views import Floats, Lap, Log, Track

_AT_START = 3.0  # percent of progress up to which a first row counts as a start
_AT_END = 97.0  # percent of progress from which a complete lap's last row is its end
_LEAD = 5.5  # seconds that a lap's clock may run before its first row: one step, more where it stalled
_SAME = 0.01  # percent: places this near are one
_NEAR_LINE = 0.5  # percent: laps that start this near the start line start on it
_NEAR_DRIVEN_LINE = 3.0  # the same for a driven line, on which places are less exact


@dataclass(frozen=True, slots=True)
class Course:
    """One lap as a car's way along the track.

    Places are percent of the track from its start line, in the direction of driving. A lap that starts
    elsewhere, as in training, runs on past 100.

    Attributes:
        number: Of the lap in its log, from 1.
        lap: Which.
        start: The place at which it starts.
        places: float64 (n,): the furthest place reached so far; never falls.
        clock: float64 (n,): seconds since the lap's clock started; pauses count.
    """

    number: int
    lap: Lap
    start: float
    places: Floats
    clock: Floats

    @property
    def end(self) -> float:
        """The furthest place reached."""
        return float(self.places[-1]) if len(self.places) else self.start

    def arrival(self, places: Floats) -> Floats:
        """Seconds on the lap's clock at which the car first came to each place; NaN where it never did."""
        for edge in (self.start, self.end):
            places = np.where(np.abs(places - edge) < _SAME, edge, places)
        after = np.searchsorted(self.places, places, side="left")
        known = (after < len(self.places)) & (places >= (self.places[0] if len(self.places) else np.inf))
        after = np.where(known, after, 0)
        before = np.maximum(after - 1, 0)
        if not known.any():
            return np.full(len(places), np.nan)
        step = self.places[after] - self.places[before]
        share = np.divide(places - self.places[before], step, out=np.ones(len(places)), where=step > 0)
        times = self.clock[before] + share * (self.clock[after] - self.clock[before])
        return np.where(known, times, np.nan)


def follow(log: Log, laps: Sequence[Lap], track: Track) -> tuple[Course, ...]:
    """Follow the car through each lap."""
    along = row_shares(log, track)
    return tuple(_course(log, number, lap, along, track) for number, lap in enumerate(laps, 1))


def row_shares(log: Log, track: Track) -> Floats:
    """Where the car is nearest to the centre line in each row, percent of the line; NaN where not known."""
    found = project(track.center, log.frame[["X", "Y"]].to_numpy(np.float64))
    return 100 * found.along / found.length


def row_places(log: Log, courses: Sequence[Course]) -> Floats:
    """The place of each row of a log, 0 to 100; NaN in rows of no lap and where it is not known.

    A lap that ends at the start line ends at 100.
    """
    progress = log.frame["progress"].to_numpy(np.float64)
    places = np.full(len(progress), np.nan)
    for course in courses:
        rows = slice(course.lap.start, course.lap.stop)
        places[rows] = course.start + progress[rows]
    return np.where(places > 100 + _SAME, places - 100, places)


def _course(log: Log, number: int, lap: Lap, along: Floats, track: Track) -> Course:
    frame = log.frame.iloc[lap.start : lap.stop]
    progress, stamps = (frame[name].to_numpy(np.float64) for name in ("progress", "tstamp"))
    start = _start(along[lap.start : lap.stop] - progress, _NEAR_LINE if track.inner is not None else None)
    known = np.isfinite(progress) & np.isfinite(stamps)
    progress, stamps = progress[known], stamps[known]
    if not len(progress):
        return Course(number, lap, start, np.empty(0), np.empty(0))
    lead = lap.seconds - float(stamps[-1] - stamps[0])
    clock = stamps - stamps[0] + (lead if 0 < lead < _LEAD else 0)
    places = np.maximum.accumulate(progress)
    if lap.complete and places[-1] >= _AT_END:
        places[-1] = 100
    if 0 <= places[0] <= _AT_START:
        places, clock = np.concatenate([[0.0], places]), np.concatenate([[0.0], clock])
    return Course(number, lap, start, start + places, clock)


def _start(apart: Floats, near: float | None) -> float:
    """The place where a lap starts, from how far progress and place are apart in its rows."""
    near = _NEAR_DRIVEN_LINE if near is None else near
    apart = apart[np.isfinite(apart)]
    if not len(apart):
        return 0.0
    middle = float(np.angle(np.exp(2j * np.pi * apart / 100).mean())) / (2 * np.pi) * 100
    start = (middle + float(np.median((apart - middle + 50) % 100 - 50))) % 100
    return 0.0 if min(start, 100 - start) < near else start
