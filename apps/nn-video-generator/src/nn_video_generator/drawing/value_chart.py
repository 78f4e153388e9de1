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


class ValueChart:
    """Draws the value and the return that followed, one moment after another.

    Args:
        subject: what is shown.
        place: where; covered wholly.
        text_height: font size in pixels.
    """

    def __init__(self, subject: Subject, place: Rect, text_height: int) -> None:
        self._is_probability = subject.value_name == "probability"
        self._gamma = subject.gamma
        self._style = TextStyle(text_height, DARK.muted, min_height=7)
        line = self._style.line_height
        self._header, rest = place.cut_top(line)
        self._names, self._plot = rest.cut_top(line, gap=max(1, text_height // 5))
        series = (Series("value", VALUE), Series("followed", FOLLOWED))
        step = _step(subject.steps_per_second, self._plot, series, text_height)
        self._chart = ScrollingChart(series, step=step[0], text_height=max(7, text_height - 2))
        self._every, self._wait = step[1], 0
        self._places = self._arranged()
        self._number = NumberText(
            TextStyle(text_height, DARK.text, BOLD, min_height=7), DARK.panel, align="right"
        )

    def draw_base(self, canvas: Frame) -> None:
        """Draw title and names, in place."""
        title = TextStyle(self._style.height, DARK.muted, BOLD, min_height=7)
        draw_text(canvas, f"Value, last {SECONDS} s", self._header, title)
        draw_text(canvas, f"discount {self._gamma:g}", self._header, self._style, align="right")
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
            self._number.draw(canvas, "–" if value is None else format_value(value, "#.3g"), place)

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


def _step(rate: float, plot: Rect, series: tuple[Series, ...], text_height: int) -> tuple[int, int]:
    """Pixels from value to value, and of how many steps one is shown, for about SECONDS."""
    window = ScrollingChart(series, step=1, text_height=max(7, text_height - 2)).window(plot)
    steps = SECONDS * rate
    if steps <= window:
        return max(1, round(window / steps)), 1
    return 1, max(1, round(steps / window))
