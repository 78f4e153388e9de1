"""Where each row's car is beside its track, as DeepRacer's simulator works it out for a reward function."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.logs.centerline import project
from deepracer_analyzer.views import Floats, Rows, Track


@dataclass(frozen=True, slots=True)
class Places:
    """The simulator's geometry for N positions; NaN (and waypoint 0) where a position is not known.

    Attributes:
        along: float64 (N,), metres along the centre line to its point nearest to the car.
        from_center: float64 (N,), metres from that point to the car.
        width: float64 (N,), metres between the points of the two borders that are nearest to that point.
        is_left: bool (N,), whether the car is on the left side, in driving direction.
        before: int (N,), the waypoint behind that point.
        after: int (N,), the waypoint ahead of it.
    """

    along: Floats
    from_center: Floats
    width: Floats
    is_left: NDArray[np.bool_]
    before: Rows
    after: Rows

    def replaced(self, rows: NDArray[np.bool_], others: "Places") -> "Places":
        """These, with the others in their place in some rows."""
        return Places(
            along=np.where(rows, others.along, self.along),
            from_center=np.where(rows, others.from_center, self.from_center),
            width=np.where(rows, others.width, self.width),
            is_left=np.where(rows, others.is_left, self.is_left),
            before=np.where(rows, others.before, self.before),
            after=np.where(rows, others.after, self.after),
        )


def find_places(track: Track, points: Floats) -> Places:
    """Work out where positions are on a track.

    As in deepracer-simapp (markov/agent_ctrl/utils.py and markov/track_geom/track_data.py): the borders are
    looked for from the centre line's nearest point, not from the car; left is the side whose border is
    nearer.

    Args:
        track: With its borders; waypoints in driving order.
        points: float64 (N, 2), metres.

    Raises:
        ValueError: The track has no borders.
    """
    if track.inner is None or track.outer is None:
        msg = f"{track.name}: a line without borders; give a track with its borders (--tracks DIR)"
        raise ValueError(msg)
    along = project(track.center, points).along
    center = _point_at(track.center, along)
    inner = _point_at(track.inner, project(track.inner, center).along)
    outer = _point_at(track.outer, project(track.outer, center).along)
    nearer_inner = _apart(points, inner) < _apart(points, outer)
    before, after = _waypoints(track.center, along)
    return Places(
        along=along,
        from_center=_apart(points, center),
        width=_apart(inner, outer),
        is_left=nearer_inner == runs_counterclockwise(track.center),
        before=before,
        after=after,
    )


def runs_counterclockwise(line: Floats) -> bool:
    """Whether a closed line (N, 2), y pointing up, goes round to the left."""
    x, y = (line - line.mean(axis=0)).T
    return bool((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() > 0)


def turned(track: Track) -> Track:
    """The same track in the other direction."""
    inner, outer = (None if line is None else line[::-1] for line in (track.inner, track.outer))
    return Track(track.name, track.center[::-1], inner, outer)


def _reached(line: Floats) -> Floats:
    """Metres from the first row of a line to each of its rows, float64 (M,)."""
    return np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])


def _point_at(line: Floats, along: Floats) -> Floats:
    reached = _reached(line)
    return np.stack([np.interp(along, reached, line[:, axis]) for axis in (0, 1)], axis=1)


def _apart(one: Floats, other: Floats) -> Floats:
    return np.hypot(*(one - other).T)


def _waypoints(line: Floats, along: Floats) -> tuple[Rows, Rows]:
    after = np.searchsorted(_reached(line), np.nan_to_num(along), side="right")
    return after - 1, np.where(after == len(line), 0, after)
