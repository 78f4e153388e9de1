# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""The figure of a comparison: both lines on the track, and speed, line and time difference along it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from deepracer_analyzer.reports.comparing import Comparison
from deepracer_analyzer.reports.contestants import Contestant
from deepracer_analyzer.reports.figures import DPI, FAINT, FIRST, INK, MUTED, SECOND
from deepracer_analyzer.reports.track_drawing import (
    HALO,
    Box,
    Room,
    across,
    draw_scale_bar,
    draw_track,
    map_axes,
    row_at,
)
from deepracer_analyzer.views import Floats

_WIDTH = 12.0  # inches
_SIDE, _TOP, _CHART, _GAP, _BOTTOM = 0.95, 0.95, 1.55, 0.3, 0.65
_COLORS = (FIRST, SECOND)


def draw_comparison(report: Comparison) -> Figure:
    """Draw what was compared."""
    box = Box.around(
        report.track.center,
        report.track.inner,
        report.track.outer,
        *(one.line.pieces.reshape(-1, 2) for one in (report.first, report.second)),
    )
    width = _WIDTH - 0.6
    height = float(np.clip(width * box.size[1] / box.size[0], 3.5, 6.0))
    tall = _TOP + height + 0.35 + 3 * (_CHART + _GAP) + _BOTTOM
    figure = Figure(figsize=(_WIDTH, tall), dpi=DPI, facecolor="white")
    _entitle(figure, report, tall)
    axes = map_axes(figure, (0.3, tall - _TOP - height, width, height), box, 0.42)
    _draw_map(axes, report)
    draws = (_draw_difference, _draw_speed, _draw_left)
    top = tall - _TOP - height - 0.35
    for place, draw in enumerate(draws):
        bottom = top - (place + 1) * _CHART - place * _GAP
        rect = (_SIDE / _WIDTH, bottom / tall, (_WIDTH - _SIDE - 0.3) / _WIDTH, _CHART / tall)
        chart = figure.add_axes(rect)
        draw(chart, report)
        _finish(chart, report, first=not place, last=place == len(draws) - 1)
    return figure


def _entitle(figure: Figure, report: Comparison, tall: float) -> None:
    title = f"{report.track.name}: {_outcome(report)}"
    figure.text(0.3 / _WIDTH, 1 - 0.22 / tall, title, fontsize=14, weight="bold", va="top")
    handles = [Line2D([], [], color=color, linewidth=2.4) for color in _COLORS]
    if len(report.first.line.off_track) or len(report.second.line.off_track):
        handles.append(Line2D([], [], color=INK, marker="x", linestyle="none", markeredgewidth=1.6))
    texts = [
        f"{letter}: {_named(one)}" for letter, one in zip("AB", (report.first, report.second), strict=True)
    ]
    figure.legend(
        handles, [*texts, "left the track"][: len(handles)], loc="upper left", frameon=False, fontsize=9,
        ncols=3, bbox_to_anchor=(0.3 / _WIDTH - 0.01, 1 - 0.45 / tall), handlelength=1.6,
    )  # fmt: skip


def _outcome(report: Comparison) -> str:
    """Who was faster, in a few words."""
    behind = float(report.difference[-1])
    where = "" if report.whole else f" from {report.places[0]:.0f} to {report.places[-1]:.0f} %"
    if not np.isfinite(behind):
        return "two laps"
    if abs(behind) < 0.0005:
        return f"A and B are equally fast{where}"
    return f"B is {abs(behind):.3f} s {'slower' if behind > 0 else 'faster'} than A{where}"


def _named(one: Contestant) -> str:
    name = one.name if len(one.name) <= 44 else f"...{one.name[-41:]}"
    if one.lap.complete:
        return f"{name}, {one.lap.seconds:.3f} s"
    return f"{name}, {one.lap.progress:.1f} %"


def _draw_map(axes: Axes, report: Comparison) -> None:
    taken = np.concatenate([one.line.pieces[:, 1] for one in (report.first, report.second)])
    room = draw_track(axes, report.track, taken, detailed=True)
    for one, color in zip((report.first, report.second), _COLORS, strict=True):
        axes.add_collection(
            LineCollection(list(one.line.pieces), colors=color, linewidths=2, alpha=0.9, zorder=3),
            autolim=False,
        )
        axes.plot(
            *one.line.off_track.T, linestyle="none", marker="x", markersize=7, markeredgewidth=1.6,
            color=INK, path_effects=HALO, zorder=5,
        )  # fmt: skip
    _draw_sectors(axes, report, room)
    draw_scale_bar(axes)


def _draw_sectors(axes: Axes, report: Comparison, room: Room) -> None:
    """A line across the track where each sector begins, with its name beside it."""
    if len(report.sectors) < 2:
        return
    low, high = axes.get_xlim()
    metre = (_WIDTH - 0.6) / (high - low)
    reach = 0.14 / metre
    for place, sector in enumerate(report.sectors, 1):
        line = across(report.track, row_at(report.track, sector.start))
        if place > 1:
            x, y = np.stack(line.ends, axis=1)
            axes.plot(x, y, color=INK, linewidth=1.2, zorder=4)
        spots = [
            end + way * 0.16 / metre + line.ahead * ahead / metre
            for ahead in (0.2, 0.0, 0.4, 0.6)
            for end, way in zip(line.ends, line.outward, strict=True)
        ]
        spot = max(spots, key=lambda spot: min(room.space(spot), reach))
        if room.space(spot) < 0.5 * reach:
            continue
        x, y = float(spot[0]), float(spot[1])
        axes.text(x, y, f"S{place}", fontsize=9, weight="bold", ha="center", va="center", zorder=6)
        room.take(spot, reach)


def _draw_difference(axes: Axes, report: Comparison) -> None:
    places, difference = report.places, report.difference
    axes.axhline(0, color=MUTED, linewidth=1)
    for ahead, color in ((difference > 0, FIRST), (difference < 0, SECOND)):
        axes.fill_between(places, 0, difference, where=ahead.tolist(), color=color, alpha=0.3, linewidth=0)
    axes.plot(places, difference, color=INK, linewidth=1.4)
    axes.set_ylabel("B behind A (s)", fontsize=9)


def _draw_speed(axes: Axes, report: Comparison) -> None:
    for series, color in zip(report.speed, _COLORS, strict=True):
        axes.plot(report.places, series, color=color, linewidth=1.4)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("speed (m/s,\nover five rows)", fontsize=9)


def _draw_left(axes: Axes, report: Comparison) -> None:
    for series, color in zip(report.left, _COLORS, strict=True):
        axes.plot(report.places, series, color=color, linewidth=1.4)
    axes.axhline(0, color=FAINT, linewidth=0.8, linestyle=(0, (4, 4)))
    half_width = _half_width(report)
    if half_width is not None:
        for border in (-half_width, half_width):
            axes.axhline(border, color=MUTED, linewidth=1.2)
    low, high = axes.get_ylim()
    axes.set_yticks([place for place in axes.get_yticks() if low <= place <= high])
    axes.set_ylabel("left of centre\n(m)", fontsize=9)


def _half_width(report: Comparison) -> float | None:
    track = report.track
    if track.inner is None or track.outer is None:
        return None
    return float(np.hypot(*(track.inner - track.outer).T).mean()) / 2


def _finish(axes: Axes, report: Comparison, *, first: bool, last: bool) -> None:
    axes.set_xlim(float(report.places[0]), float(report.places[-1]))
    axes.grid(axis="y", color=FAINT, linewidth=0.4)
    axes.tick_params(labelsize=9, labelbottom=last)
    axes.yaxis.set_label_coords(-0.045, 0.5)
    low, high = report.places[0], report.places[-1]
    for place, sector in enumerate(report.sectors, 1):
        for start in (sector.start, sector.start + 100):
            if len(report.sectors) > 1 and low < start < high:
                axes.axvline(start, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)))
            middle = (start + start + sector.end - sector.start) / 2
            if first and len(report.sectors) > 1 and low < middle < high:
                _name_sector(axes, middle, place)
    if last:
        axes.set_xlabel("place on the track (% from the start line)", fontsize=9)
        ticks = _ticks(report.places)
        axes.set_xticks(ticks, [f"{tick % 100:g}" if tick != 100 else "100" for tick in ticks])
    else:
        axes.set_xticks(_ticks(report.places))


def _name_sector(axes: Axes, middle: float, place: int) -> None:
    axes.text(
        middle, 1.02, f"S{place}", transform=axes.get_xaxis_transform(), fontsize=9, weight="bold",
        ha="center", va="bottom",
    )  # fmt: skip


def _ticks(places: Floats) -> list[float]:
    low, high = float(places[0]), float(places[-1])
    step = next(step for step in (1, 2, 5, 10, 20) if (high - low) / step <= 12)
    return [float(tick) for tick in np.arange(np.ceil(low / step) * step, high + 1e-9, step)]
