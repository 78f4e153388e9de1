# pyright: reportUnknownMemberType=false
# (matplotlib's types are partly unknown)
"""The figures of what a model chose: bars of a discrete action space, a heat table of a continuous one."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from deepracer_analyzer.reports.continuous_actions import ContinuousActions
from deepracer_analyzer.reports.discrete_actions import DiscreteActions, action_label, steering_label
from deepracer_analyzer.reports.figures import DPI, FAINT, INK, LEFT, MUTED, RIGHT, STRAIGHT, part_of
from deepracer_analyzer.views import Action, Floats

_WIDTH = 12.0  # inches
_SIDE, _TOP = 0.85, 1.1
_LABELS = 1.75  # inches under the last bars


def draw_discrete(report: DiscreteActions) -> Figure:
    """Bars of the share of rows with each action: in total, and in each sector; one scale for all."""
    count = len(report.counts) if len(report.counts) > 1 else 0
    first, other = 2.4, 1.3 if count <= 6 else 0.75
    gap = 0.34
    tall = _TOP + first + count * (other + gap) + _LABELS
    figure = Figure(figsize=(_WIDTH, tall), dpi=DPI, facecolor="white")
    order = np.array(report.order)
    shares = [report.totals / max(report.counted.rows, 1)]
    shares += [part / max(int(part.sum()), 1) for part in report.counts[:count]]
    highest = 100 * max(float(share.max()) for share in shares)
    bottom = tall - _TOP
    for panel, share in enumerate(shares):
        height = other if panel else first
        bottom -= height + (gap if panel else 0)
        place = (_SIDE / _WIDTH, bottom / tall, (_WIDTH - _SIDE - 0.3) / _WIDTH, height / tall)
        axes = figure.add_axes(place)
        _draw_bars(axes, report, 100 * share[order], highest)
        axes.set_title(_panel_title(report, panel), fontsize=10, loc="left", pad=4)
        axes.tick_params(labelbottom=panel == len(shares) - 1)
        if not panel:
            _mark_unused(axes, report)
    _entitle(
        figure, tall, f"Actions: {len(report.unused)} of {len(order)} never used",
        f"share of rows (%), {report.counted.rows:,} rows; pauses do not count",
    )  # fmt: skip
    handles = [Patch(color=LEFT), Patch(color=STRAIGHT), Patch(color=RIGHT)]
    figure.legend(
        handles, ["left", "straight", "right"], loc="upper right", frameon=False, ncols=3, fontsize=9,
        bbox_to_anchor=(1 - 0.2 / _WIDTH, 1 - 0.15 / tall),
    )  # fmt: skip
    return figure


def _draw_bars(axes: Axes, report: DiscreteActions, shares: Floats, highest: float) -> None:
    actions = [report.space.actions[index] for index in report.order]
    places = np.arange(len(actions))
    axes.bar(places, shares, width=0.8, color=[_color(action) for action in actions])
    axes.set_xlim(-0.6, len(actions) - 0.4)
    axes.set_ylim(0, highest * 1.15 or 1)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xticks(
        places, [_tick(report, index) for index in report.order], rotation=90, fontsize=_size(len(places))
    )
    axes.tick_params(axis="x", length=0)
    for label, index in zip(axes.get_xticklabels(), report.order, strict=True):
        color = _color(report.space.actions[index])
        label.set_color(MUTED if index in report.unused else INK if color == STRAIGHT else color)
    for place, share in enumerate(shares.tolist()):
        if share > 0 and len(places) <= 32:
            text = f"{share:.1f}" if share >= 0.05 else "<0.1"
            axes.text(place, share + highest * 0.015, text, fontsize=7, ha="center", va="bottom")


def _tick(report: DiscreteActions, index: int) -> str:
    label = action_label(report.space.actions[index])
    return f"{label}  ({index})"


def _size(count: int) -> float:
    """Points of the labels under the bars, so that they stay apart."""
    return max(4.5, min(9.0, 0.7 * (_WIDTH - _SIDE) * 72 / max(count, 1)))


def _color(action: Action) -> str:
    if math.isnan(action.steering_angle) or abs(action.steering_angle) < 0.05:
        return STRAIGHT
    return LEFT if action.steering_angle > 0 else RIGHT


def _panel_title(report: DiscreteActions, panel: int) -> str:
    if not panel:
        return "whole track"
    low, high = report.counted.edges[panel - 1 : panel + 1]
    return f"S{panel}: {low:.3g} to {high:.3g} % of the track, {int(report.counts[panel - 1].sum()):,} rows"


def _mark_unused(axes: Axes, report: DiscreteActions) -> None:
    for place, index in enumerate(report.order):
        if index in report.unused:
            axes.text(place, 0, " unused", rotation=90, fontsize=8, color=MUTED, ha="center", va="bottom")


def _entitle(figure: Figure, tall: float, title: str, note: str) -> None:
    figure.text(0.3 / _WIDTH, 1 - 0.22 / tall, title, fontsize=14, weight="bold", va="top")
    figure.text(0.3 / _WIDTH, 1 - 0.55 / tall, note, fontsize=9, color=MUTED, va="top")


def draw_continuous(report: ContinuousActions) -> Figure:
    """Heat tables of steering by speed: in total, and in each sector; one scale for all."""
    count = len(report.counts) if len(report.counts) > 1 else 0
    parts = [report.totals, *report.counts[:count]]
    across = min(len(parts), 2 if len(parts) <= 4 else 3)
    down = math.ceil(len(parts) / across)
    gap_x, gap_y, height = 0.75, 0.85, 2.6
    width = (_WIDTH - _SIDE - 0.3 - (across - 1) * gap_x) / across
    top = _TOP + 0.05
    tall = top + down * (height + gap_y) + 0.55
    figure = Figure(figsize=(_WIDTH, tall), dpi=DPI, facecolor="white")
    shares = [100 * part / max(int(part.sum()), 1) for part in parts]
    norm = Normalize(0, max(float(share.max()) for share in shares))
    table = part_of("magma_r", 0.06, 0.9)
    for panel, share in enumerate(shares):
        left = _SIDE + panel % across * (width + gap_x)
        bottom = tall - top - panel // across * (height + gap_y) - height
        axes = figure.add_axes((left / _WIDTH, bottom / tall, width / _WIDTH, height / tall))
        cells = np.ma.masked_equal(share.T, 0)
        axes.pcolormesh(
            report.steering_edges,
            report.speed_edges,
            cells,
            cmap=table,
            norm=norm,
            edgecolors="white",
            linewidth=0.5,
        )
        _label_axes(axes, report)
        axes.set_title(_continuous_title(report, panel), fontsize=10, loc="left")
    (right, left), (low, high) = report.space.steering, report.space.speed
    ranges = f"{steering_label(left)} to {steering_label(right)}, {low:.2f} to {high:.2f} m/s"
    note = (
        f"share of rows in each cell, {report.counted.rows:,} rows; pauses do not count; white: never chosen"
        "; in brackets: at a limit of steering / of speed"
    )
    _entitle(figure, tall, f"Actions: {ranges}", note)
    _draw_share_bar(figure, ScalarMappable(norm, table), tall)
    return figure


def _draw_share_bar(figure: Figure, colors: ScalarMappable, tall: float) -> None:
    axes = figure.add_axes((_SIDE / _WIDTH, 0.55 / tall, (_WIDTH - _SIDE - 0.3) / _WIDTH, 0.13 / tall))
    figure.colorbar(colors, cax=axes, orientation="horizontal")
    axes.set_xlabel("share of rows (%)", fontsize=9)
    axes.tick_params(labelsize=9)


def _label_axes(axes: Axes, report: ContinuousActions) -> None:
    low, high = float(report.steering_edges[0]), float(report.steering_edges[-1])
    axes.set_xlim(high, low)  # left turns to the left
    ticks = [high, (high + low) / 2, low]
    axes.set_xticks(ticks, [steering_label(angle) for angle in ticks], fontsize=8)
    for label, side in zip(axes.get_xticklabels()[::2], ("left", "right"), strict=True):
        label.set_horizontalalignment(side)  # stay within the panel
    axes.tick_params(axis="y", labelsize=8)
    axes.set_ylabel("speed (m/s)", fontsize=9)


def _continuous_title(report: ContinuousActions, panel: int) -> str:
    shares = report.limits[panel - 1]  # the last are the total's
    steering, speed = shares[0] + shares[1], shares[2] + shares[3]
    at = "" if np.isnan(steering) else f"  ({100 * steering:.0f} / {100 * speed:.0f} % at limits)"
    if not panel:
        return f"whole track{at}"
    low, high = report.counted.edges[panel - 1 : panel + 1]
    return f"S{panel}: {low:.3g} to {high:.3g} %{at}"
