"""What two laps are compared by: each as its way along one track, place by place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from deepracer_analyzer.logs.centerline import project
from deepracer_analyzer.logs.tracks import LENGTH_TOLERANCE, measure, usable_rows
from deepracer_analyzer.reports.choosing import best_lap, lap_name
from deepracer_analyzer.reports.driven import Driven, driven, steady_speed
from deepracer_analyzer.reports.places import Course, follow
from deepracer_analyzer.views import Floats, Lap, Log, Track

_APART = 1.0  # metres of mean distance that a log may be from another's driven line


class Side(Protocol):
    """One of two logs that are compared."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def log(self) -> Log:
        """Its rows."""
        ...

    @property
    def laps(self) -> tuple[Lap, ...]:
        """Its episodes."""
        ...

    @property
    def track(self) -> Track:
        """Where it was driven."""
        ...


@dataclass(frozen=True, slots=True)
class Contestant:
    """One lap.

    Attributes:
        source: Its log.
        name: Of its log and which lap it is.
        lap: Which.
        course: Its way along the track.
        line: Its line.
        places: float64 (P,): the place at which each piece of the line ends, percent; rising.
        speed: float64 (P,): m/s there, over five rows.
        left: float64 (P,): metres to the left of the centre line there.
    """

    source: str
    name: str
    lap: Lap
    course: Course
    line: Driven
    places: Floats
    speed: Floats
    left: Floats

    def seconds(self, places: Floats) -> Floats:
        """The clock at places, percent of the track; only its differences mean anything.

        It goes on where a complete lap that started elsewhere than at the line came round to its start.
        NaN at places that the lap did not reach.
        """
        course = self.course
        rounds = self._rounds(places)
        times = course.arrival(places - 100 * rounds)
        if not self.lap.complete:
            return times
        return times + rounds * float(course.arrival(np.array([course.start + 100]))[0])

    def at(self, values: Floats, places: Floats) -> Floats:
        """Values of the pieces at places between them; NaN where the lap was not."""
        known = np.isfinite(values)
        if not known.any():
            return np.full(len(places), np.nan)
        places = places - 100 * self._rounds(places)
        near = np.interp(places, self.places[known], values[known])
        first, last = (
            (0.0, 100.0)
            if self.lap.complete
            else (float(self.places[0] - self.course.start), self.course.end - self.course.start)
        )
        return np.where(
            (places >= self.course.start + first) & (places <= self.course.start + last), near, np.nan
        )

    def _rounds(self, places: Floats) -> Floats:
        """How often the track was gone round since this lap's start; its end still belongs to it."""
        rounds = (places - self.course.start) / 100
        return np.where(np.abs(rounds) < 1e-9, 0, np.ceil(rounds - 1e-9) - 1)


def contestant(side: Side, chosen: int | None, track: Track) -> Contestant:
    """Follow one lap of a log along a track.

    Args:
        side: The log.
        chosen: The lap's number from 1; None: the best.
        track: Where it is followed.

    Raises:
        ValueError: There is no such lap, or the car did not move in it.
    """
    place = _choose(side, chosen)
    lap = side.laps[place]
    course = follow(side.log, side.laps, track)[place]
    line = driven(side.log, lap)
    if len(course.places) < 2 or not len(line.rows):
        msg = f"{side.log.source}: the car does not move in {lap_name(lap, place)}; choose another with --lap"
        raise ValueError(msg)
    progress = side.log.frame["progress"].to_numpy(np.float64)[line.rows]
    left = project(track.center, line.pieces[:, 1]).left
    reached = np.maximum.accumulate(np.nan_to_num(progress, nan=-np.inf))
    new = np.isfinite(progress) & (np.diff(reached, prepend=-np.inf) > 0)
    return Contestant(
        source=side.log.source,
        name=f"{side.name}, {lap_name(lap, place)}",
        lap=lap,
        course=course,
        line=line,
        places=course.start + progress[new],
        speed=steady_speed(side.log, line)[new],
        left=left[new],
    )


def _choose(side: Side, chosen: int | None) -> int:
    if not side.laps:
        msg = f"{side.log.source}: no laps; give a log in which the car drives"
        raise ValueError(msg)
    if chosen is None:
        return best_lap(side.laps)
    if not 1 <= chosen <= len(side.laps):
        msg = f"--lap {chosen}: {side.log.source} has laps 1 to {len(side.laps)}"
        raise ValueError(msg)
    return chosen - 1


def common_track(first: Side, second: Side) -> Track:
    """The track that both logs were driven on, with borders where one of them knows these.

    Raises:
        ValueError: They were driven on two tracks.
    """
    sides = (first, second)
    lengths = [_length(side) for side in sides]
    if abs(lengths[0] - lengths[1]) > LENGTH_TOLERANCE * max(lengths):
        raise ValueError(_two_tracks(sides, [f"a track of {length:.2f} m" for length in lengths]))
    known = [side.track for side in sides if side.track.inner is not None]
    if len(known) == 2 and known[0].name != known[1].name:
        raise ValueError(_two_tracks(sides, [track.name for track in known]))
    track = known[0] if known else first.track
    for side in sides:
        fit = measure(side.log, track)
        if not fit.forward or fit.distance > min(fit.half_width, _APART):
            miss = f"{fit.distance:.2f} m from it on average" if fit.forward else "the other way round"
            raise ValueError(_two_tracks(sides, [track.name, f"another: one of them is {miss}"]))
    return track


def _length(side: Side) -> float:
    """Metres of a log's track, as it says itself.

    Raises:
        ValueError: It does not say.
    """
    usable = usable_rows(side.log)
    if not usable.any():
        msg = f"{side.log.source}: no row on the track with its track_len; it cannot be compared"
        raise ValueError(msg)
    return float(np.median(side.log.frame["track_len"].to_numpy(np.float64)[usable]))


def _two_tracks(sides: Sequence[Side], tracks: Sequence[str]) -> str:
    parts = [f"{side.log.source} on {track}" for side, track in zip(sides, tracks, strict=True)]
    return f"two tracks: {parts[0]}, {parts[1]}; give two logs of one track"
