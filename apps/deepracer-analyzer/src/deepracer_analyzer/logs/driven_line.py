"""The line a car drove, in place of a track that is not known."""

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.logs.centerline import finite_rows
from deepracer_analyzer.views import Floats, Log, Track

NAME = "driven line"
"""What such a track is called."""

_MOST = 100_000  # way points; the longest tracks have some hundred
_GAP = 4  # way points that a car may skip between two steps
_DOUBLE = 0.35  # of a usual step: the last way point of a closed track lies where the first one does


def driven_line(log: Log) -> tuple[Track, str]:
    """Give the closed line of the lap that came furthest, one row a way point.

    Way points that this lap skipped are interpolated; where it has longer gaps, they are the mean of the
    other laps' positions on the track.

    Returns:
        The line, and whose it is, such as `the line driven in episode 2`.

    Raises:
        ValueError: The log has fewer than three way points with a position.
    """
    frame = log.frame
    place = frame[["X", "Y"]].to_numpy(np.float64)
    numbers = frame["closest_waypoint"].to_numpy(np.float64)
    driving = frame["episode_status"].to_numpy(np.str_) != "pause"
    usable = finite_rows(place) & (numbers >= 0) & (numbers < _MOST) & driving
    waypoint = np.where(usable, numbers, 0).astype(np.intp)
    count = int(waypoint.max(initial=0)) + 1
    episodes = frame["episode"].to_numpy(np.int64)
    best = _furthest(episodes, frame["progress"].to_numpy(np.float64))
    mine = usable & (episodes == best)
    line = _without_short_gaps(_means(place[mine], waypoint[mine], count))
    whose = f"the line driven in episode {best}"
    if np.isnan(line).any():
        others = usable & (episodes != best) & frame["all_wheels_on_track"].to_numpy(np.bool_)
        means = _means(place[others], waypoint[others], count)
        if (np.isnan(line) & np.isfinite(means)).any():
            line = np.where(np.isnan(line), means, line)
            whose += ", completed from the others"
    if np.isfinite(line[:, 0]).sum() < 3:
        msg = (
            f"{log.source}: no line was driven: fewer than three way points have a position; "
            "give a log in which the car drives"
        )
        raise ValueError(msg)
    return Track(NAME, _closed(line)), whose


def _furthest(episodes: NDArray[np.int64], progress: Floats) -> int:
    """The episode with the row of most progress, the first of them."""
    return int(episodes[np.nan_to_num(progress, nan=-np.inf).argmax()]) if len(episodes) else 0


def _means(place: Floats, waypoint: NDArray[np.intp], count: int) -> Floats:
    """The mean position at each way point, (count, 2); NaN where there is none."""
    rows = np.bincount(waypoint, minlength=count).astype(np.float64)
    sums = np.stack([np.bincount(waypoint, place[:, axis], count) for axis in (0, 1)], axis=1)
    return np.divide(sums, rows[:, None], out=np.full((count, 2), np.nan), where=rows[:, None] > 0)


def _without_short_gaps(line: Floats) -> Floats:
    """Interpolate over at most `_GAP` way points in a row."""
    known = np.flatnonzero(np.isfinite(line[:, 0]))
    if len(known) < 2:
        return line
    filled = _filled(line)
    before = known[np.searchsorted(known, np.arange(len(line)), side="right") - 1]
    after = known[np.searchsorted(known, np.arange(len(line))) % len(known)]
    gap = (after - before) % len(line) - 1
    return np.where((gap <= _GAP)[:, None], filled, line)


def _filled(line: Floats) -> Floats:
    """Interpolate what is not known between its neighbours on the closed line."""
    places, known = np.arange(len(line)), np.isfinite(line[:, 0])
    filled = np.empty_like(line)
    for axis in (0, 1):
        filled[:, axis] = np.interp(places, places[known], line[known, axis], period=len(line))
    return filled


def _closed(line: Floats) -> Floats:
    """Fill what is not known and end where it begins."""
    filled = _filled(line)
    step = float(np.median(np.hypot(*np.diff(filled, axis=0).T)))
    if np.hypot(*(filled[-1] - filled[0])) < _DOUBLE * step:
        filled[-1] = filled[0]
        return filled
    return np.concatenate([filled, filled[:1]])
