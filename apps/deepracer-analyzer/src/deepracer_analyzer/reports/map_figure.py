# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""The map: a track and the lines driven on it, coloured by speed, reward, throttle or steering."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from deepracer_analyzer.reports.choosing import choose_laps, lap_name
from deepracer_analyzer.reports.coloring import COLORINGS, Coloring, color_scale, color_table
from deepracer_analyzer.reports.driven import Driven, driven, steady_speed
from deepracer_analyzer.reports.figures import (
    FAINT,
    INK,
    MUTED,
    UNKNOWN,
    check_figure,
    write_figure,
)
from deepracer_analyzer.reports.track_drawing import HALO, Box, draw_scale_bar, draw_track, map_axes
from deepracer_analyzer.views import Floats, Lap, Log, Track

_WIDTH = 12.0  # inches
_SIDE, _TOP, _NOTE, _BOTTOM, _GAP = 0.3, 0.62, 0.3, 0.95, 0.15
_TALLEST = 10.5  # inches of all panels together


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is drawn: laps counted from 0, their lines, the value of each piece, and one scale for all."""

    track: Track
    laps: Mapping[int, Lap]
    lines: Mapping[int, Driven]
    values: Mapping[int, Floats]
    coloring: Coloring
    norm: Normalize
    extend: str
    together: bool
    title: str
    note: str


def write_map(
    log: Log,
    laps: Sequence[Lap],
    track: Track,
    path: Path,
    *,
    by: str = "speed",
    chosen: str | None = None,
    together: bool = False,
    force: bool = False,
) -> tuple[str, ...]:
    """Draw a track with the lines driven on it, as PNG or SVG.

    Args:
        log: The log.
        laps: Its laps.
        track: Where it was driven.
        path: Where to, `.png` or `.svg`.
        by: What the lines are coloured by, of `COLORINGS`.
        chosen: Numbers of laps from 1, such as `1,3`, or `all`; None: all up to six, else the best six.
        together: All laps on one map rather than side by side.
        force: Whether an existing file may be overwritten.

    Returns:
        What must be said of it, one line each.

    Raises:
        ValueError: There is nothing to draw, no such laps or column, or another kind of file.
        OSError: The file exists, or cannot be written.
    """
    check_figure(path, force=force)
    plan = _plan(log, laps, track, by, chosen, together=together)
    write_figure(path, lambda: _draw(plan), force=force)
    return (plan.note,) if plan.note else ()


def _plan(
    log: Log, laps: Sequence[Lap], track: Track, by: str, chosen: str | None, *, together: bool
) -> _Plan:
    if by not in COLORINGS:
        msg = f"--by {by}: choose one of {', '.join(COLORINGS)}"
        raise ValueError(msg)
    places, note = choose_laps(laps, chosen, log.source)
    lines = {place: driven(log, laps[place]) for place in places}
    if not any(len(line.rows) for line in lines.values()):
        msg = f"{log.source}: the car does not move in {'these laps' if len(places) > 1 else 'this lap'}"
        raise ValueError(msg)
    values = {place: _values(log, line, by) for place, line in lines.items()}
    shown = np.concatenate(list(values.values()))
    if not np.isfinite(shown).any():
        others = ", ".join(name for name in COLORINGS if name != by)
        msg = f"{log.source}: {by} is unknown in every row of these laps; color by {others}"
        raise ValueError(msg)
    norm, extend = color_scale(shown[np.isfinite(shown)], by)
    coloring = COLORINGS[by]
    name = "no track file" if track.inner is None else track.name
    title = f"{name}: {_count(len(places))}, coloured by {coloring.title}"
    return _Plan(
        track, {place: laps[place] for place in places}, lines, values, coloring, norm, extend, together,
        title, note,
    )  # fmt: skip


def _values(log: Log, line: Driven, by: str) -> Floats:
    """What each piece of a line is coloured by: what the row at its end says."""
    return steady_speed(log, line) if by == "speed" else log.frame[by].to_numpy(np.float64)[line.rows]


def _count(laps: int) -> str:
    return "one lap" if laps == 1 else f"{laps} laps"


def _draw(plan: _Plan) -> Figure:
    track = plan.track
    box = Box.around(
        track.center, track.inner, track.outer, *(one.pieces.reshape(-1, 2) for one in plan.lines.values())
    )
    panels = 1 if plan.together else len(plan.lines)
    across, down, width, height = _grid(panels, float(box.size[1] / box.size[0]))
    title = 0.0 if plan.together else 0.42
    top = _TOP + (_NOTE if plan.note or plan.together else 0)
    tall = top + _BOTTOM + down * (height + title) + (down - 1) * _GAP
    figure = Figure(figsize=(_WIDTH, tall), dpi=100, facecolor="white")
    detailed = width > 5
    taken = np.concatenate([line.pieces[:, 1] for line in plan.lines.values()])  # texts are alike in all
    for panel in range(panels):
        left = _SIDE + panel % across * (width + _GAP)
        bottom = tall - top - (panel // across + 1) * (height + title) - panel // across * _GAP
        axes = map_axes(figure, (left, bottom, width, height), box, 0.4 if detailed else 0.16)
        places = tuple(plan.lines) if plan.together else (tuple(plan.lines)[panel],)
        draw_track(axes, track, taken, detailed=detailed)
        for place in places:
            _draw_line(axes, plan, place, detailed=detailed)
        if not plan.together:
            _entitle(figure, (left, bottom + height), plan.laps[places[0]], places[0], small=width < 3)
        if panel == 0:
            draw_scale_bar(axes, 0.9 if detailed else 0.5)
    _draw_frame(figure, plan, tall)
    return figure


def _grid(panels: int, aspect: float) -> tuple[int, int, float, float]:
    """Columns, rows, and width and height of a panel's map in inches."""
    aspect = min(max(aspect, 0.3), 1.4)
    across = panels if panels <= 3 else math.ceil(math.sqrt(panels)) - 1
    while True:
        width = (_WIDTH - 2 * _SIDE - (across - 1) * _GAP) / across
        down = math.ceil(panels / across)
        height = min(width * aspect, 8.0)
        if down * (height + 0.6) <= _TALLEST or across == panels:
            return across, down, width, height
        across += 1


def _draw_line(axes: Axes, plan: _Plan, place: int, *, detailed: bool) -> None:
    line = plan.lines[place]
    collection = LineCollection(
        list(line.pieces),
        cmap=color_table(plan.coloring),
        norm=plan.norm,
        linewidths=2.4 if detailed else 1.6,
        capstyle="round",
        zorder=3,
    )
    collection.set_array(np.ma.masked_invalid(plan.values[place]))
    axes.add_collection(collection, autolim=False)
    size = 7 if detailed else 5
    for places, marker in ((line.off_track, "x"), (line.crashed, "*")):
        axes.plot(
            *places.T, linestyle="none", marker=marker, markersize=size, markeredgewidth=1.6, color=INK,
            path_effects=HALO, zorder=5,
        )  # fmt: skip


def _entitle(figure: Figure, place: tuple[float, float], lap: Lap, number: int, *, small: bool) -> None:
    """Two lines above a panel whose upper left corner is at `place`, in inches."""
    whole = figure.get_size_inches()
    off_tracks = f", {lap.off_tracks} off-track{'s' * (lap.off_tracks != 1)}" if not small else ""
    what = f"{lap.seconds:.3f} s" if lap.complete else f"{lap.progress:.1f} % in {lap.seconds:.2f} s"
    for text, up, weight in ((lap_name(lap, number), 0.22, "bold"), (f"{what}{off_tracks}", 0.05, "normal")):
        figure.text(
            (place[0] + 0.05) / whole[0], (place[1] + up) / whole[1], text, fontsize=8 if small else 9,
            weight=weight, ha="left", va="bottom",
        )  # fmt: skip


def _draw_frame(figure: Figure, plan: _Plan, tall: float) -> None:
    """Title, legend and colour bar."""
    figure.text(_SIDE / _WIDTH, 1 - 0.22 / tall, plan.title, fontsize=14, weight="bold", va="top")
    named = ", ".join(lap_name(lap, place) for place, lap in plan.laps.items())
    note = "; ".join(filter(None, [named if plan.together else "", plan.note]))
    figure.text(_SIDE / _WIDTH, 1 - 0.55 / tall, note, fontsize=9, color=MUTED, va="top")
    _draw_legend(figure, plan, tall)
    _draw_color_bar(figure, plan, tall)


def _draw_legend(figure: Figure, plan: _Plan, tall: float) -> None:
    unknown = any(np.isnan(values).any() for values in plan.values.values())
    center = "centre line" if plan.track.inner is not None else "the lap that came furthest"
    off_track = any(len(line.off_track) for line in plan.lines.values())
    crashed = any(len(line.crashed) for line in plan.lines.values())
    lines = [
        (Line2D([], [], color=INK, linewidth=3.5), "start line", True),
        (Line2D([], [], color=INK, marker=">", linewidth=1.6), "direction", True),
        (Line2D([], [], color=FAINT, linewidth=1.2, linestyle=(0, (3, 2))), center, True),
        (Line2D([], [], color=MUTED, marker="|", linestyle="none"), "every 10th way point", True),
        (Line2D([], [], color=INK, marker="x", linestyle="none", mew=1.6), "left the track", off_track),
        (Line2D([], [], color=INK, marker="*", linestyle="none"), "crashed", crashed),
        (Line2D([], [], color=UNKNOWN, linewidth=2.4), "unknown", unknown),
    ]
    shown = [(handle, text) for handle, text, wanted in lines if wanted]
    figure.legend(
        [handle for handle, _ in shown], [text for _, text in shown], loc="lower left", frameon=False,
        bbox_to_anchor=(_SIDE / _WIDTH - 0.01, 0.12 / tall), ncols=3, fontsize=9, handlelength=1.6,
    )  # fmt: skip


def _draw_color_bar(figure: Figure, plan: _Plan, tall: float) -> None:
    width = 4.4
    axes = figure.add_axes(((_WIDTH - 2 * _SIDE - width) / _WIDTH, 0.5 / tall, width / _WIDTH, 0.14 / tall))
    line = LineCollection([], cmap=color_table(plan.coloring), norm=plan.norm)
    bar = figure.colorbar(line, cax=axes, orientation="horizontal", extend=plan.extend)
    unit = f" ({plan.coloring.unit})" if plan.coloring.unit else ""
    axes.set_xlabel(f"{plan.coloring.title}{unit}", fontsize=9)
    axes.tick_params(labelsize=9, length=3)
    if plan.coloring.colors is None:
        axes.invert_xaxis()
        high = plan.norm.vmax or 1.0
        bar.set_ticks(
            [high, high / 2, 0, -high / 2, -high],
            labels=[f"{high:g} left", f"{high / 2:g}", "0", f"{high / 2:g}", f"{high:g} right"],
        )
