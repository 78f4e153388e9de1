"""What was driven in a lap, as pieces of a line from row to row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.logs.centerline import finite_rows
from deepracer_analyzer.views import Floats, Lap, Log

_JUMP = 0.5  # metres between two rows, at more than ...
_FASTEST = 8.0  # ... m/s: a reset or a hole in the log, not driving
_HOLE = 1.5  # metres between two rows at any speed: rows are missing
_WINDOW = 5  # rows that a speed is the mean of


@dataclass(frozen=True, slots=True)
class Driven:
    """The line of one lap.

    Attributes:
        pieces: float64 (P, 2, 2): from (x, y) to (x, y), in metres.
        rows: int (P,): the row at which each piece ends.
        off_track: float64 (K, 2): where the car left the track.
        crashed: float64 (L, 2): where it crashed.
    """

    pieces: Floats
    rows: NDArray[np.intp]
    off_track: Floats
    crashed: Floats


def driving_rows(log: Log) -> NDArray[np.bool_]:
    """The rows in which a car can move by itself: all but pauses, bool (N,)."""
    return log.frame["episode_status"].to_numpy(np.str_) != "pause"


def driven(log: Log, lap: Lap) -> Driven:
    """Give the line of a lap, without the jumps back onto the track and the pauses there."""
    places = log.frame[["X", "Y"]].to_numpy(np.float64)[lap.start : lap.stop]
    status = log.frame["episode_status"].to_numpy(np.str_)[lap.start : lap.stop]
    usable = driving_rows(log)[lap.start : lap.stop] & finite_rows(places)
    ends = np.flatnonzero(usable[1:] & usable[:-1] & ~_jumps(log, lap)) + 1
    return Driven(
        pieces=np.stack([places[ends - 1], places[ends]], axis=1),
        rows=ends + lap.start,
        off_track=places[usable & (status == "off_track")],
        crashed=places[usable & (status == "crashed")],
    )


def _jumps(log: Log, lap: Lap) -> NDArray[np.bool_]:
    """Which steps from row to row no car can drive, bool (rows - 1,)."""
    frame = log.frame.iloc[lap.start : lap.stop]
    steps = np.hypot(*np.diff(frame[["X", "Y"]].to_numpy(np.float64), axis=0).T)
    seconds = np.diff(frame["tstamp"].to_numpy(np.float64))
    return (steps > _HOLE) | ((steps > _JUMP) & ~(steps <= _FASTEST * seconds))


def steady_speed(log: Log, line: Driven) -> Floats:
    """The speed along a line, m/s, float64 (P,): distance by time over the five pieces around each.

    The speed of a single row jitters with its time stamp by a third and more.
    """
    stamps = log.frame["tstamp"].to_numpy(np.float64)
    seconds = stamps[line.rows] - stamps[line.rows - 1]
    metres = np.hypot(*(line.pieces[:, 1] - line.pieces[:, 0]).T)
    speed = np.full(len(metres), np.nan)
    runs = np.split(np.arange(len(metres)), np.flatnonzero(np.diff(line.rows) != 1) + 1)
    ones = np.ones(_WINDOW)
    for run in (run for run in runs if len(run)):
        far, long = (
            np.convolve(np.nan_to_num(of[run]), ones)[_WINDOW // 2 :][: len(run)] for of in (metres, seconds)
        )
        speed[run] = np.divide(far, long, out=np.full(len(run), np.nan), where=long > 0)
    return speed
