"""A gauge: where values lie to the left or right of zero, at a glance."""

from collections.abc import Sequence

import numpy as np

from rlviz_overlay.axis import Axis, Limits
from rlviz_overlay.drawable import Static, fill
from rlviz_overlay.geometry import Frame, Rect
from rlviz_overlay.text import TextStyle, draw_text, measure_text
from rlviz_overlay.theme import DARK, Color, Theme


class Gauge:
    """One lane a value, one below the other; each has a bar from zero to its value."""

    def __init__(
        self,
        colors: Sequence[Color],
        *,
        limits: Limits = (-1.0, 1.0),
        ends: tuple[str, str] = ("", ""),
        text_height: int = 12,
        theme: Theme = DARK,
    ) -> None:
        """A gauge without values yet.

        Args:
            colors: Of the bars, top to bottom.
            limits: Values at the left and right end.
            ends: What the ends mean, written beside them.
            text_height: Font size of the ends in pixels.
            theme: Colours of everything else.

        Raises:
            ValueError: No colour, or limits that are not a lower and a higher number.
        """
        if not colors:
            msg = "a gauge without colours; give one for each value"
            raise ValueError(msg)
        self._axis = Axis(limits)
        self._colors = tuple(colors)
        self._ends = ends
        self._style = TextStyle(text_height, theme.muted)
        self._theme = theme
        self._values: tuple[float | None, ...] = (None,) * len(colors)
        self._static = Static(self._draw_once, background=theme.panel)

    def update(self, *values: float | None) -> None:
        """Set the values of the next draw, None for one that is not known: its lane stays empty.

        Raises:
            ValueError: Not one finite number or None a colour.
        """
        known = [value for value in values if value is not None]
        if len(values) != len(self._colors) or not np.isfinite(known).all():
            msg = f"values {values} for a gauge of {len(self._colors)}; give a finite number or None for each"
            raise ValueError(msg)
        self._values = values

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw lanes, ends and bars; covers the whole rectangle."""
        self._static.draw(canvas, rect)
        for color, lane, value in zip(self._colors, self.lanes(rect), self._values, strict=True):
            if value is None or lane.width < 2:
                continue
            zero, end = self._column(lane, 0.0), self._column(lane, value)
            fill(canvas, Rect(min(zero, end), lane.y, abs(end - zero) + 1, lane.height), color)

    def lanes(self, rect: Rect) -> tuple[Rect, ...]:
        """Where the bar of each value may be when the gauge is drawn into this rectangle."""
        width = max((measure_text(end, self._style).width for end in self._ends if end), default=0)
        # An odd width has a middle column, so that opposite values have equally long bars.
        inner = rect.inset(min(width + self._style.height // 3 if width else 0, rect.width // 4), 0)
        inner = inner.cut_left(inner.width - (1 - inner.width % 2))[0] if inner.width else inner
        count = len(self._colors)
        return inner.rows(*[1] * count, gap=min(3, inner.height // (4 * count)))

    def _column(self, lane: Rect, value: float) -> int:
        return lane.x + round((lane.width - 1) * self._axis.fraction(value))

    def _draw_once(self, canvas: Frame, rect: Rect) -> None:
        """Draw what never changes: ends, empty lanes, a mark every quarter, and the line at zero."""
        lanes = self.lanes(rect)
        left, right = rect.cut_left(lanes[0].x - rect.x)[0], rect.cut_right(rect.right - lanes[0].right)[0]
        draw_text(canvas, self._ends[0], left, self._style)
        draw_text(canvas, self._ends[1], right, self._style, align="right")
        low, high = self._axis.limits
        for lane in lanes:
            fill(canvas, lane, self._theme.track)
            if lane.width < 2:
                continue
            for quarter in (0.25, 0.5, 0.75):
                column = self._column(lane, low + quarter * (high - low))
                fill(canvas, Rect(column, lane.y, 1, lane.height), self._theme.rule)
        if low < 0 < high and lanes[0].width > 1:
            fill(canvas, Rect(self._column(lanes[0], 0), rect.y, 1, rect.height), self._theme.text)
