"""One reward chart: a title with its expression and newest value, and the lines of the last steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rlviz_overlay import (
    BOLD,
    DARK,
    Frame,
    Rect,
    Series,
    TextStyle,
    TraceChart,
    draw_text,
    fill,
    format_value,
    measure_text,
)

from deepracer_analyzer.drawing.reward_layout import STEPS, Place
from deepracer_analyzer.drawing.reward_limits import Span, scientific, short
from deepracer_analyzer.views import Floats

_UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Content:
    """What a chart shows.

    Attributes:
        title: What it is.
        about: How it is computed; nothing when empty.
        series: Its lines; the names of several stand above the plot.
        values: Float64 (N, series), over the whole log, NaN where there is none.
        span: Values at the bottom and the top.
    """

    title: str
    about: str
    series: tuple[Series, ...]
    values: Floats
    span: Span

    @property
    def ends(self) -> tuple[str, str]:
        """The numbers at the bottom and the top."""
        return short(self.span.limits[0]), short(self.span.limits[1])


class RewardChart:
    """Draws one chart into its place of the panel.

    Args:
        content: What it shows.
        place: Where.
        style: Of small text.
        ends_width: Pixels of the numbers left of the plot.
        names_a_line: How many names stand side by side.
    """

    def __init__(
        self, content: Content, place: Place, style: TextStyle, *, ends_width: int, names_a_line: int
    ) -> None:
        self._content = content
        self._place = place
        self._style = style
        self._bold = replace(style, color=DARK.text, weight=BOLD)
        self._names_a_line = names_a_line
        self._trace = TraceChart(
            content.series,
            step=max(1, (place.plot.width - ends_width - style.height // 3 - 3) // (STEPS - 1)),
            limits=content.span.limits,
            ends=content.ends,
            header=False,
            text_height=style.height,
        )
        self._trace.ends_width = ends_width

    def draw_base(self, panel: Frame) -> None:
        """Draw what never changes: title, expression, what is cut off, names of the lines."""
        content, gap = self._content, self._style.height // 2
        title, _ = self._head()
        if content.span.note:
            note = replace(self._style, color=DARK.warning)
            place, title = title.cut_right(measure_text(content.span.note, note).width, gap)
            draw_text(panel, content.span.note, place, note, align="right")
        if len(content.series) == 1:
            _draw_mark(panel, title, content.series[0], self._style)
            title = title.cut_left(self._style.height)[1]
        taken = draw_text(panel, content.title, title, self._bold)
        about = title.cut_left(taken.width, gap)[1]
        if content.about and about.width > 4 * self._style.height:
            draw_text(panel, content.about, about, self._style)
        if len(content.series) > 1:
            self._draw_names(panel)

    def draw(self, panel: Frame, rows: slice, marks: Sequence[int]) -> None:
        """Draw the lines of some rows, and the newest value, in place.

        Args:
            panel: The whole panel.
            rows: Of the log, the newest last.
            marks: Which of them have an upright line.
        """
        values = self._content.values[rows]
        self._trace.show(values, marks=marks)
        self._trace.draw(panel, self._place.plot)
        if len(self._content.series) == 1 and len(values):
            _, place = self._head()
            text = value_text(float(values[-1, 0]))
            draw_text(panel, text, place, self._bold, align="right")

    def draw_axis(self, panel: Frame, steps: Floats, marks: Sequence[int]) -> None:
        """Write numbers of steps below the plot, if that is this chart's part.

        Args:
            panel: The whole panel.
            steps: Of the rows that are shown.
            marks: Which of them have an upright line.
        """
        plot, axis = self._place.plot, self._place.axis
        if not axis.height:
            return
        inner = self._trace.plot(plot.size)
        draw_text(
            panel, "step", axis.cut_left(inner.x - self._style.height // 3)[0], self._style, align="right"
        )
        for mark in marks:
            text = f"{steps[mark]:.0f}"
            width = measure_text(text, self._style).width
            x = plot.x + self._trace.column(plot.size, len(steps) - 1 - mark) - width // 2
            if plot.x + inner.x <= x and x + width <= axis.right:
                draw_text(panel, text, Rect(x, axis.y, width, axis.height), self._style)

    def _head(self) -> tuple[Rect, Rect]:
        """Where title and newest value are."""
        width = measure_text("−0.0000", self._bold).width if len(self._content.series) == 1 else 0
        value, title = self._place.head.cut_right(width, self._style.height // 2)
        return title, value

    def _draw_names(self, panel: Frame) -> None:
        series, across = self._content.series, self._names_a_line
        lines = self._place.names.rows(*[1] * -(-len(series) // across))
        cells = [cell for line in lines for cell in line.columns(*[1] * across)]
        for one, cell in zip(series, cells, strict=False):
            _draw_mark(panel, cell, one, self._style)
            name = cell.cut_left(self._style.height)[1].cut_right(3)[1]
            draw_text(panel, one.name, name, self._style)


def value_text(value: float) -> str:
    """The newest value of a line, in at most seven signs."""
    if np.isnan(value):
        return _UNKNOWN
    if 0 < abs(value) < 0.001:
        return scientific(value, 1)
    if abs(value) >= 99_999.5:
        return short(value)
    return format_value(value, ".3f" if abs(value) < 99.9995 else ".5g")


def _draw_mark(panel: Frame, rect: Rect, series: Series, style: TextStyle) -> None:
    """A small square in the colour of a line."""
    side = max(2, round(0.62 * style.height))
    fill(panel, Rect(rect.x, rect.y + (rect.height - side) // 2, side, side), series.color)
