"""The way round a track: points and directions by metres along it, and the bends that lie ahead."""

import numpy as np

from deepracer_analyzer.logs.centerline import Projection, nearest_rows, project
from deepracer_analyzer.views import Floats, Track

_CURVE = 3  # waypoints to each side, over which curvature is measured


class CenterLine:
    """A track's centre line, to ask about.

    Args:
        track: Whose centre line; closed, its last point is its first.

    Attributes:
        length: Metres once round.
    """

    def __init__(self, track: Track) -> None:
        self._points = track.center
        self._legs = np.diff(track.center, axis=0)
        self._starts = np.concatenate([[0.0], np.hypot(*self._legs.T).cumsum()])
        self._curvature = np.abs(curvature(track.center[:-1]))
        self.length = float(self._starts[-1])

    def project(self, points: Floats) -> Projection:
        """How far along and how far beside the line some points are, float64 (N, 2)."""
        return project(self._points, points)

    def along(self, x: float, y: float) -> float:
        """How far along the line a point is, in metres from the first waypoint."""
        return float(self.project(np.array([[x, y]])).along[0])

    def left(self, x: float, y: float) -> float:
        """How far to the left of the line a point is, in metres."""
        return float(self.project(np.array([[x, y]])).left[0])

    def nearest_waypoint(self, x: float, y: float) -> int:
        """The row of the track's array that is nearest to a point."""
        return int(nearest_rows(self._points[:-1], np.array([[x, y]]))[0])

    def point(self, along: float) -> tuple[float, float]:
        """The point so many metres along the line, which goes on round and round."""
        along %= self.length
        x, y = (float(np.interp(along, self._starts, self._points[:, axis])) for axis in (0, 1))
        return x, y

    def direction(self, along: float) -> float:
        """Where the line points, so many metres along it, in radians from the x axis."""
        leg = int(np.searchsorted(self._starts, along % self.length, side="right")) - 1
        return float(np.arctan2(self._legs[leg, 1], self._legs[leg, 0]))

    def sharpest(self, along: float, ahead: float) -> float:
        """The largest curvature, without its sign, in 1/m, of a stretch of the line.

        Args:
            along: Metres along the line where the stretch begins.
            ahead: Metres that it is long.
        """
        count = len(self._curvature)
        first = int(along / self.length * count)
        last = first + max(1, round(ahead / self.length * count))
        return float(self._curvature[np.arange(first, last + 1) % count].max())


def curvature(points: Floats) -> Floats:
    """How much a closed line turns at each point, in 1/m, left positive: Menger's curvature of three points.

    Args:
        points: float64 (N, 2), evenly spaced; the last joins the first.
    """
    before, after = np.roll(points, _CURVE, axis=0), np.roll(points, -_CURVE, axis=0)
    back, on, across = points - before, after - points, after - before
    area = back[:, 0] * on[:, 1] - back[:, 1] * on[:, 0]
    sides = np.linalg.norm(back, axis=1) * np.linalg.norm(on, axis=1) * np.linalg.norm(across, axis=1)
    return 2 * area / sides
