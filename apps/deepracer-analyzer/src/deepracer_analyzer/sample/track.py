"""The sample's own track: a smooth closed line through a few points, with its two borders."""

import numpy as np

from deepracer_analyzer.views import Floats, Track

NAME = "rlviz_sample"
"""What the track is called: of its file too, which is `<name>.npy`."""

WIDTH = 1.07
"""Metres from border to border, as on most tracks of the simulator."""

WAYPOINTS = 156
"""Rows of the track's array; the last is the first again."""

# In metres, counter-clockwise: a straight, a long left bend, right and left into a hairpin, right and left
# again back to the straight.
_CONTROL_POINTS = (
    (0.4, 0.0), (2.6, 0.0), (4.8, -0.05), (6.5, 0.35), (7.25, 1.5), (6.75, 2.65), (5.55, 3.1), (4.85, 4.0),
    (4.55, 5.1), (3.6, 5.6), (2.7, 5.0), (2.6, 3.85), (2.1, 2.8), (0.95, 2.55), (-0.5, 2.5), (-1.35, 1.6),
    (-1.05, 0.5),
)  # fmt: skip
_FINE = 200  # points between two control points, where arc length is measured


def make_track() -> Track:
    """Make the sample's track: waypoints evenly spaced, the last is the first; its inner border is left."""
    line = _even(spline_points(np.array(_CONTROL_POINTS), _FINE), WAYPOINTS)
    aside = _left_of(line) * (WIDTH / 2)
    return Track(NAME, line, line + aside, line - aside)


def track_array(track: Track) -> Floats:
    """A track as the simulator keeps it: float64 (N, 6), centre x, y, inner x, y, outer x, y, in metres.

    Raises:
        ValueError: The track has no borders.
    """
    if track.inner is None or track.outer is None:
        msg = f"track {track.name!r} has no borders; expected one with an inner and an outer line"
        raise ValueError(msg)
    return np.hstack([track.center, track.inner, track.outer])


def spline_points(knots: Floats, steps: int) -> Floats:
    """Points on the closed cubic spline through some points.

    Two derivatives are continuous everywhere; the parameter is the length of the chords. De Boor, "A
    Practical Guide to Splines", 1978, chapter IV, with periodic ends.

    Args:
        knots: float64 (K, 2), K of 3 or more; the last joins the first.
        steps: Points for each piece between two knots.

    Returns:
        float64 (K * steps, 2), beginning with the first knot.
    """
    chords = np.linalg.norm(np.roll(knots, -1, axis=0) - knots, axis=1)
    slopes = _spline_slopes(knots, chords)
    share = (np.arange(steps) / steps)[None, :, None]
    start, end = knots[:, None], np.roll(knots, -1, axis=0)[:, None]
    out, into = slopes[:, None], np.roll(slopes, -1, axis=0)[:, None]
    length = chords[:, None, None]
    points = (
        (1 + 2 * share) * (1 - share) ** 2 * start
        + share**2 * (3 - 2 * share) * end
        + length * (share * (1 - share) ** 2 * out - share**2 * (1 - share) * into)
    )
    return points.reshape(-1, 2)


def _spline_slopes(knots: Floats, chords: Floats) -> Floats:
    """The derivative at each knot for which the second derivatives meet: a cyclic tridiagonal system."""
    count = len(knots)
    before = np.roll(chords, 1)
    gradient = (np.roll(knots, -1, axis=0) - knots) / chords[:, None]
    system = np.diag(2 * (before + chords))
    each = np.arange(count)
    system[each, (each - 1) % count] += chords
    system[each, (each + 1) % count] += before
    right = 3 * (chords[:, None] * np.roll(gradient, 1, axis=0) + before[:, None] * gradient)
    return np.linalg.solve(system, right).astype(np.float64)


def _even(line: Floats, count: int) -> Floats:
    """A closed line by `count` points of equal spacing along it, the last of which is the first again."""
    closed = np.vstack([line, line[:1]])
    along = np.concatenate([[0.0], np.linalg.norm(np.diff(closed, axis=0), axis=1).cumsum()])
    places = np.linspace(0, float(along[-1]), count)
    even = np.stack([np.interp(places, along, closed[:, axis]) for axis in (0, 1)], axis=1)
    even[-1] = even[0]
    return even


def _left_of(line: Floats) -> Floats:
    """The direction to the left of each point of a closed line, of length 1."""
    ahead = np.vstack([line[1:], line[1:2]]) - np.vstack([line[-2:-1], line[:-1]])
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    return np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
