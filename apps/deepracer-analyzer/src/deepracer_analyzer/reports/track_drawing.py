# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""The track itself on a figure: asphalt, borders, start line, way points and direction."""

from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Polygon
from matplotlib.patheffects import withStroke

from deepracer_analyzer.reports.figures import ASPHALT, FAINT, INK, MUTED
from deepracer_analyzer.views import Floats, Track

HALO = [withStroke(linewidth=3, foreground="white")]
"""Around texts and marks that may lie on lines."""

_EVERY = 10  # way points between two ticks
_NOMINAL_HALF_WIDTH = 0.4  # metres, where no borders are known
_POINT = 1 / 72  # inch
_SCALE_BARS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)  # metres


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the plane that must be seen.

    Attributes:
        low: Least x and y, metres.
        high: Greatest x and y.
    """

    low: Floats
    high: Floats

    @classmethod
    def around(cls, *lines: Floats | None) -> "Box":
        """The box around lines, each float64 (N, 2); what is None or empty is passed over."""
        points = np.concatenate([line for line in lines if line is not None and len(line)])
        return cls(points.min(axis=0), points.max(axis=0))

    @property
    def size(self) -> Floats:
        """Width and height in metres, neither of them zero."""
        return np.maximum(self.high - self.low, 0.5)


@dataclass(slots=True)
class Room:
    """What is taken on a map, so that texts find free places.

    Attributes:
        points: float64 (N, 2), metres.
        reach: float64 (N,), metres around each of them that are taken.
        box: Where texts may be.
    """

    points: Floats
    reach: Floats
    box: Box = field(repr=False)

    def space(self, place: Floats) -> float:
        """Metres from a place to the nearest that is taken, or to the edge of the box."""
        apart = np.hypot(*(self.points - place).T) - self.reach
        edge = np.minimum(place - self.box.low, self.box.high - place).min()
        return float(min(apart.min(), edge))

    def take(self, place: Floats, reach: float) -> None:
        """Mark a place as taken."""
        self.points = np.concatenate([self.points, place[None]])
        self.reach = np.append(self.reach, reach)


def map_axes(figure: Figure, inches: tuple[float, float, float, float], box: Box, pad: float) -> Axes:
    """Make axes without ticks in which a box is seen whole and a metre is as long in x as in y.

    Args:
        figure: Where.
        inches: Left, bottom, width and height.
        box: What must be seen.
        pad: Inches that stay free around it.
    """
    left, bottom, width, height = inches
    whole = figure.get_size_inches()
    axes = figure.add_axes((left / whole[0], bottom / whole[1], width / whole[0], height / whole[1]))
    scale = min((width - 2 * pad) / box.size[0], (height - 2 * pad) / box.size[1])  # inches a metre
    middle = (box.low + box.high) / 2
    half = np.array([width, height]) / scale / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])
    axes.set_aspect("equal")
    axes.set_axis_off()
    return axes


def draw_track(axes: Axes, track: Track, taken: Floats, *, detailed: bool) -> Room:
    """Draw a track.

    Args:
        axes: Made by `map_axes`.
        track: Which.
        taken: Points of lines and marks that will be drawn, which texts must not cover, float64 (N, 2).
        detailed: Whether there is room for the numbers of way points and the word `start`.

    Returns:
        What is taken now.
    """
    metre = _inches_a_metre(axes)
    if track.inner is not None and track.outer is not None:
        ring = np.concatenate([track.outer, track.inner[::-1]])
        axes.add_patch(Polygon(ring, closed=True, facecolor=ASPHALT, edgecolor="none", zorder=0))
        for border in (track.inner, track.outer):
            axes.plot(*border.T, color=MUTED, linewidth=1.2 if detailed else 0.8, zorder=2)
    axes.plot(*track.center.T, color=FAINT, linewidth=0.8, linestyle=(0, (4, 4)), zorder=1)
    room = _room(axes, track, taken)
    _draw_start(axes, track, room, detailed=detailed)
    _draw_direction(axes, track, room, metre, 0.42 if detailed else 0.28)
    _draw_way_points(axes, track, room, metre, detailed=detailed)
    return room


@dataclass(frozen=True, slots=True)
class Crossing:
    """The line across a track at one of its way points.

    Attributes:
        center: On the centre line, float64 (2,).
        ends: At the right and at the left border, as seen in the direction of driving.
        outward: The directions out of the track there, of length 1.
        ahead: The direction of driving, of length 1.
    """

    center: Floats
    ends: tuple[Floats, Floats]
    outward: tuple[Floats, Floats]
    ahead: Floats


def across(track: Track, row: int) -> Crossing:
    """The line across a track at a way point; of a usual width where no borders are known."""
    line, last = track.center, len(track.center) - 1
    ahead = line[(row + 1) % last] - line[(row - 1) % last]
    ahead = ahead / max(float(np.hypot(*ahead)), 1e-9)
    left, center = np.array([-ahead[1], ahead[0]]), line[row]
    if track.inner is None or track.outer is None:
        ends = (center - left * _NOMINAL_HALF_WIDTH, center + left * _NOMINAL_HALF_WIDTH)
    else:
        inner, outer = track.inner[row], track.outer[row]
        ends = (inner, outer) if (inner - outer) @ left < 0 else (outer, inner)
    return Crossing(center, ends, (-left, left), ahead)


def row_at(track: Track, share: float) -> int:
    """The way point nearest to a place, given in percent of the track."""
    along = np.concatenate([[0.0], np.hypot(*np.diff(track.center, axis=0).T).cumsum()])
    return int(np.abs(along - share / 100 * along[-1]).argmin())


def draw_scale_bar(axes: Axes, inches: float = 0.9) -> None:
    """Draw a bar of a round number of metres in the lower left corner, about so long."""
    metre = _inches_a_metre(axes)
    length = min(_SCALE_BARS, key=lambda metres: abs(metres * metre - inches))
    (left, _), (bottom, _) = axes.get_xlim(), axes.get_ylim()
    x, y = left + 0.06 / metre, bottom + 0.06 / metre
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2, solid_capstyle="butt", clip_on=False, zorder=6)
    axes.text(x + length + 0.06 / metre, y, f"{length:g} m", fontsize=8, va="center", ha="left", zorder=6)


def _inches_a_metre(axes: Axes) -> float:
    figure = axes.get_figure()
    width = axes.get_position().width * (figure.get_size_inches()[0] if isinstance(figure, Figure) else 1)
    low, high = axes.get_xlim()
    return width / (high - low)


def _room(axes: Axes, track: Track, taken: Floats) -> Room:
    half_width = _NOMINAL_HALF_WIDTH
    if track.inner is not None and track.outer is not None:
        half_width = float(np.hypot(*(track.inner - track.outer).T).max()) / 2
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    box = Box(np.array([left, bottom]), np.array([right, top]))
    shares = np.arange(0, len(track.center) - 1, 0.25)
    line = np.empty((len(shares), 2))
    for axis in (0, 1):
        line[:, axis] = np.interp(shares, np.arange(len(track.center)), track.center[:, axis])
    reach = np.concatenate(
        [np.full(len(line), half_width), np.full(len(taken), 0.08 / _inches_a_metre(axes))]
    )
    return Room(np.concatenate([line, taken]), reach, box)


def _draw_start(axes: Axes, track: Track, room: Room, *, detailed: bool) -> None:
    line = across(track, 0)
    x, y = np.stack(line.ends, axis=1)
    axes.plot(x, y, color=INK, linewidth=3.5 if detailed else 2.5, zorder=5)
    if not detailed:
        return
    reach = 0.2 / _inches_a_metre(axes)
    places = [end + way * reach * 1.1 for end, way in zip(line.ends, line.outward, strict=True)]
    place = max(places, key=room.space)
    if room.space(place) < 0.6 * reach:
        return  # the legend says what the bar is
    x, y = float(place[0]), float(place[1])
    axes.text(x, y, "start", fontsize=9, weight="bold", ha="center", va="center", zorder=6)
    room.take(place, reach)


def _draw_direction(axes: Axes, track: Track, room: Room, metre: float, inches: float) -> None:
    """An arrow beside the track, where there is most room within the first and last eighth of it."""
    length, beside = inches / metre, (0.04 + 0.2 * inches) / metre
    best = (-np.inf, np.zeros(2), np.zeros(2))
    for share in (3.0, 5.0, 7.0, 9.0, 12.0, 97.0, 95.0, 93.0, 91.0, 88.0):
        line = across(track, row_at(track, share))
        for end, way in zip(line.ends, line.outward, strict=True):
            middle = end + way * beside
            tail, head = middle - line.ahead * length / 2, middle + line.ahead * length / 2
            space = min(room.space(place) for place in (tail, middle, head))
            if space > best[0] + 1e-9:
                best = (space, tail, head)
    _, tail, head = best
    point = 14 * inches
    axes.add_patch(
        FancyArrowPatch(
            (float(tail[0]), float(tail[1])),
            (float(head[0]), float(head[1])),
            arrowstyle=f"-|>,head_length={point:g},head_width={point / 2:g}",
            shrinkA=0,
            shrinkB=0,
            color=INK,
            linewidth=1.4,
            zorder=6,
        )
    )
    for share in np.linspace(0, 1, 5):
        room.take(tail + (head - tail) * share, 0.06 / metre)


def _draw_way_points(axes: Axes, track: Track, room: Room, metre: float, *, detailed: bool) -> None:
    """A tick at the border every ten way points, with its number where that fits."""
    tick, reach = (0.06 if detailed else 0.035) / metre, 0.11 / metre
    for row in range(0, len(track.center) - 1, _EVERY):
        line = across(track, row)
        firsts = line.ends if track.inner is not None else (line.center, line.center)
        places = [end + way * (tick + reach) for end, way in zip(firsts, line.outward, strict=True)]
        side = int(room.space(places[1]) > room.space(places[0]) + 1e-9)
        first, place = firsts[side], places[side]
        x, y = np.stack([first, first + line.outward[side] * tick], axis=1)
        axes.plot(x, y, color=MUTED, linewidth=0.8, zorder=2)
        if not detailed or row == 0 or room.space(place) < 0.75 * reach:
            continue
        x, y = float(place[0]), float(place[1])
        axes.text(x, y, str(row), fontsize=7, color=MUTED, ha="center", va="center", zorder=6)
        room.take(place, reach)
