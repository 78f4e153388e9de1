"""What the log says at a row, in words: of the car, of the lap, and of how the replay is drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rlviz_overlay import (
    BOLD,
    OPENCV_COLORMAPS,
    Color,
    Frame,
    Print,
    Rect,
    Size,
    TextStyle,
    draw_text,
    format_value,
    measure_text,
)

from deepracer_analyzer.drawing.colors import SPEED, WHITE, over_video
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.simulation.view import View

UNKNOWN = "–"
BEFORE_THE_LOG = "before the log"

TEXT_HEIGHT = 13
_LINE_PITCH = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A name with its value.

    Attributes:
        name: What it is.
        color: Of name and value.
    """

    name: str
    color: Color = WHITE


CAR = (Line("All wheels on track"), Line("Position (x, y)"), Line("Yaw"), Line("Speed", SPEED))
LAP = (Line("State"), Line("Lap progress"), Line("Steps"), Line("Closest waypoint"), Line("Lap"))
SIMULATION = (
    Line("Heatmap attenuation factor"),
    Line("Heatmap gaussian size"),
    Line("Colormap"),
    Line("Heatmap peak"),
)


class Variables:
    """A title and names that stay, with values that change, over the video.

    Args:
        title: Above the names.
        lines: Names.
        size: Of the place it is drawn in.
        unit: Pixels for each pixel of a video of 640x480.
    """

    def __init__(self, title: str, lines: Sequence[Line], size: Size, unit: float) -> None:
        self._title = title
        self._lines = tuple(lines)
        height = max(6, round(TEXT_HEIGHT * unit))
        self._styles = tuple(over_video(height, line.color) for line in lines)
        self._title_style = over_video(height, weight=BOLD)
        self._pitch = _LINE_PITCH * unit
        self._print = Print.drawn(self._draw_names, size)
        names = zip(self._lines, self._styles, strict=True)
        self._starts = tuple(measure_text(f"{line.name}:", style).width for line, style in names)

    def draw(self, canvas: Frame, rect: Rect, values: Sequence[str]) -> None:
        """Draw title, names and values, in place; one value a name."""
        self._print.draw(canvas, rect)
        view = rect.view(canvas)
        for number, (value, style) in enumerate(zip(values, self._styles, strict=True)):
            start = self._starts[number]
            _, place = self._place(rect.size, number + 1, style).cut_left(start)
            draw_text(view, value, place, style)

    def _draw_names(self, canvas: Frame, rect: Rect) -> None:
        view = rect.view(canvas)
        draw_text(view, self._title, self._place(rect.size, 0, self._title_style), self._title_style)
        for number, (line, style) in enumerate(zip(self._lines, self._styles, strict=True)):
            draw_text(view, f"{line.name}:", self._place(rect.size, number + 1, style), style)

    def _place(self, size: Size, number: int, style: TextStyle) -> Rect:
        """Where a line is, the title being number 0."""
        line = Rect(0, round(number * self._pitch), size.width, style.line_height)
        return Rect.whole(size).clip(line)


def car_values(logged: Logged, row: int | None) -> tuple[str, ...]:
    """What is said of the car, in the order of CAR; unknown before the log."""
    if row is None:
        return (UNKNOWN,) * len(CAR)
    return (
        "yes" if logged.on_track[row] else "no",
        f"({_number(logged.x[row], '.2f')}, {_number(logged.y[row], '.2f')}) m",
        f"{_number(logged.yaw[row], '.1f')} deg",
        f"{_number(logged.speed[row], '.2f')} m/s",
    )


def lap_values(logged: Logged, row: int | None) -> tuple[str, ...]:
    """What is said of the lap, in the order of LAP; unknown before the log."""
    if row is None:
        return (BEFORE_THE_LOG, *[UNKNOWN] * (len(LAP) - 1))
    return (
        state_text(logged.status[row], float(logged.pause[row])),
        f"{_number(logged.progress[row], '.1f')} %",
        _number(logged.steps[row], ".0f"),
        _number(logged.waypoint[row], ".0f"),
        f"{logged.lap[row]} of {logged.laps}",
    )


def simulation_values(view: View, hottest: float | None) -> tuple[str, ...]:
    """What is said of how the heat is drawn, in the order of SIMULATION.

    Args:
        view: How it is drawn.
        hottest: What share of the recent actions its hottest point has; None where no heat is drawn.
    """
    return (
        f"{view.attenuation:.2f}",
        str(view.gaussian_size),
        f"{view.colormap} ({list(OPENCV_COLORMAPS)[view.colormap]})",
        UNKNOWN if hottest is None else f"{hottest:.0%} of actions",
    )


def state_text(status: str, pause: float) -> str:
    """The state of the episode, with the seconds of the penalty still to run."""
    return f"{status} ({pause:.1f}s)" if pause > 0 else status


def _number(value: float, spec: str) -> str:
    return format_value(float(value), spec) if math.isfinite(value) else UNKNOWN
