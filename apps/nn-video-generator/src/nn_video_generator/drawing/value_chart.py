"""What the network expects, set against what really followed, over the last seconds."""

from rlviz_overlay import (
    BOLD,
    DARK,
    Color,
    Frame,
    NumberText,
    Rect,
    ScrollingChart,
    Series,
    TextStyle,
    draw_text,
    fill,
    format_value,
    measure_text,
)

from nn_video_generator.drawing.palette import FOLLOWED, VALUE
from nn_video_generator.moment import Moment, Subject

SECONDS = 10
"""Of the game's video that are to be seen, about: a value is a whole number of pixels wide."""
_WIDE = 34
"""Font sizes of width from which everything stands in one line."""


class ValueChart:
    """Draws the value and the return that followed, one moment after another.

    Args:
        subject: what is shown.
        place: where; covered wholly.
        text_height: font size in pixels.
    """

    def __init__(self, subject: Subject, place: Rect, text_height: int) -> None:
        self._is_probability = subject.value_name == "probability"
        self._discount = f"discount {subject.gamma:g}"
        if subject.horizon is not None:  # rewards beyond it would still count
            self._discount = f"γ {subject.gamma:g}, {subject.horizon} steps"
        self._style = TextStyle(text_height, DARK.muted, min_height=7)
        line = self._style.line_height
        self._header, rest = place.cut_top(line)
        gap = max(1, text_height // 5)
        if place.width < _WIDE * text_height:
            self._names, self._plot = rest.cut_top(line, gap=gap)
            self._side = self._header
        else:
            self._plot = rest.cut_top(0, gap=gap)[1]
            self._header, self._names, self._side = self._header.columns(2, 4, 1.6, gap=text_height)
        series = (Series("value", VALUE), Series("followed", FOLLOWED))
        small = max(7, text_height - 2)
        window = ScrollingChart(series, text_height=small).window(self._plot)
        step, self._every = _pace(SECONDS * subject.steps_per_second, window)
        self._chart = ScrollingChart(series, step=step, text_height=small)
        self._seconds = window / step * self._every / subject.steps_per_second
        self._wait = 0
        self._places = self._arranged()
        self._number = NumberText(
            TextStyle(text_height, DARK.text, BOLD, min_height=7), DARK.panel, align="right"
        )

    def draw_base(self, canvas: Frame) -> None:
        """Draw title and names, in place."""
        title = TextStyle(self._style.height, DARK.muted, BOLD, min_height=7)
        draw_text(canvas, f"Value, last {self._seconds:.0f} s", self._header, title)
        draw_text(canvas, self._discount, self._side, self._style, align="right")
        for (mark, name, _), (text, color) in zip(self._places, self._series(), strict=True):
            fill(canvas, mark, color)
            draw_text(canvas, text, name, self._style)

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw chart and newest values, in place."""
        if self._wait == 0:
            self._chart.update(moment.value, moment.followed)
            self._wait = self._every
        self._wait -= 1
        if moment.step.done:
            self._chart.cut()
        self._chart.draw(canvas, self._plot)
        values = (moment.value, moment.followed)
        for (_, _, place), value in zip(self._places, values, strict=True):
            self._number.draw(canvas, "–" if value is None else short_value(value), place)

    def _series(self) -> tuple[tuple[str, Color], tuple[str, Color]]:
        return (("V(s)" if self._is_probability else "max Q", VALUE), ("followed", FOLLOWED))

    def _arranged(self) -> list[tuple[Rect, Rect, Rect]]:
        """Mark, name and number of each series."""
        places: list[tuple[Rect, Rect, Rect]] = []
        height = self._style.height
        for cell, (name, _) in zip(self._names.columns(1, 1.25, gap=height), self._series(), strict=True):
            mark = Rect(cell.x, cell.y + cell.height // 2 - max(1, height // 8), height, max(2, height // 4))
            text, rest = Rect(
                mark.right + height // 3, cell.y, cell.right - mark.right - height // 3, cell.height
            ).cut_left(measure_text(name, self._style).width, gap=2)
            places.append((mark, text, rest))
        return places


def short_value(value: float) -> str:
    """A value in at most five signs and its own sign, for ordinary ones: `0.018`, `1.34`, `16.2`, `1,234`."""
    digits = next((digits for limit, digits in ((1, 3), (10, 2), (100, 1)) if abs(value) < limit), 0)
    return format_value(value, f",.{digits}f")


def _pace(steps: float, window: int) -> tuple[int, int]:
    """Pixels from value to value, and of how many steps one is shown, for so many steps in a window."""
    if steps <= window:
        return max(1, round(window / steps)), 1
    return 1, max(1, round(steps / window))
