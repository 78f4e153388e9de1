"""Charts that draw themselves into a rectangle: bars, and a rolling line."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.axis import Axis, Limits, format_value
from rlviz_overlay.drawable import fill, new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.opencv import cv2
from rlviz_overlay.text import BOLD, REGULAR, TextStyle, draw_text, measure_text
from rlviz_overlay.theme import DARK, Theme


@dataclass(frozen=True, slots=True)
class _BarRows:
    """What of a bar chart stays the same from frame to frame.

    Attributes:
        key: Size of the chart and width of its value column, for which this was made.
        plain_text: Style of names and values.
        bold_text: Style of those that are highlighted.
        tracks: Where the bar of each row may be.
        values: Where the value of each row is written.
        rows: Each row, for copying a highlighted one.
        plain: The chart without bars and values, uint8 (H, W, 3).
        highlighted: The same with names as they are when highlighted.
    """

    key: tuple[Size, int]
    plain_text: TextStyle
    bold_text: TextStyle
    tracks: tuple[Rect, ...]
    values: tuple[Rect, ...]
    rows: tuple[Rect, ...]
    plain: Frame
    highlighted: Frame


class BarChart:
    """One horizontal bar a row, with its name to the left and its value to the right.

    A bar starts at the zero line and its length is proportional to its value; negative values go left.
    Names and tracks are drawn once; each frame copies them and adds bars and values.
    """

    def __init__(
        self,
        labels: Sequence[str],
        *,
        limits: Limits | None = None,
        value_format: str = ".2f",
        text_height: int = 14,
        theme: Theme = DARK,
    ) -> None:
        """A chart with one bar a label, without values yet.

        Args:
            labels: Names of the bars, top to bottom.
            limits: Values at the ends of the track; None: from zero to the lowest and highest value so far.
            value_format: Python's format of the values, such as ".2f" or ".0%".
            text_height: Wanted font size in pixels; smaller where rows are low.
            theme: Colours.

        Raises:
            ValueError: No label, or limits that are not a lower and a higher number.
        """
        if not labels:
            msg = "a bar chart without labels; give one name for each bar"
            raise ValueError(msg)
        self.labels = tuple(labels)
        self.axis = Axis(limits, with_zero=True)
        self._format = value_format
        self._bold_text = TextStyle(text_height, theme.text, BOLD, min_height=6)
        self._theme = theme
        self._values: tuple[float, ...] = ()
        self._highlighted: frozenset[int] = frozenset()
        self._kept: _BarRows | None = None

    @property
    def natural_height(self) -> int:
        """Height in pixels at which rows have their full height; what is more stays empty."""
        return round(1.9 * self._bold_text.height) * len(self.labels)

    def update(self, values: Sequence[float], *, highlighted: int | Sequence[int] | None = None) -> None:
        """Set the values of the next draw.

        Args:
            values: One finite number a label.
            highlighted: Index or indices of the bars to draw in the accent colour.

        Raises:
            ValueError: Not one finite value a label, or an index without a bar.
        """
        numbers = tuple(float(value) for value in values)
        if len(numbers) != len(self.labels) or not np.isfinite(numbers).all():
            msg = f"values {numbers} for {len(self.labels)} bars; give one finite number for each"
            raise ValueError(msg)
        chosen = () if highlighted is None else np.atleast_1d(highlighted).tolist()
        if any(not 0 <= index < len(self.labels) for index in chosen):
            msg = f"highlighted bars {chosen}; there are bars 0 to {len(self.labels) - 1}"
            raise ValueError(msg)
        self._values, self._highlighted = numbers, frozenset(chosen)
        self.axis.include(numbers)

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw names, tracks, bars and values; covers the whole rectangle."""
        kept = self._prepared(rect.size)
        view = rect.view(canvas)
        view[...] = kept.plain
        for index, value in enumerate(self._values):
            self._draw_value(view, kept, index, value)

    def tracks(self, size: Size) -> tuple[Rect, ...]:
        """Where the bar of each row may be in a chart of this size, from the chart's top left corner."""
        return self._prepared(size).tracks

    def _draw_value(self, view: Frame, kept: _BarRows, index: int, value: float) -> None:
        is_highlighted = index in self._highlighted
        track = kept.tracks[index]
        if is_highlighted:
            row = kept.rows[index]
            row.view(view)[...] = row.view(kept.highlighted)
        zero, end = (round(track.width * self.axis.fraction(place)) for place in (0.0, value))
        bar = Rect(track.x + min(zero, end), track.y, abs(end - zero), track.height)
        fill(view, bar, self._theme.accent if is_highlighted else self._theme.bar)
        if 0 < zero < track.width:
            fill(view, Rect(track.x + zero, track.y, 1, track.height), self._theme.text)
        text = format_value(value, self._format)
        style = kept.bold_text if is_highlighted else kept.plain_text
        draw_text(view, text, kept.values[index], style, align="right")

    def _prepared(self, size: Size) -> _BarRows:
        """The unchanging part for a size; made anew when a longer value needs a wider column."""
        bold = self._bold_text.lowered(size.height // len(self.labels))
        texts = [format_value(value, self._format) for value in (*self.axis.limits, *self._values)]
        value_width = max(measure_text(text, bold).width for text in texts) if bold else 0
        if self._kept is not None and self._kept.key[0] == size:
            value_width = max(value_width, self._kept.key[1])
        if self._kept is None or self._kept.key != (size, value_width):
            self._kept = self._make_rows(size, bold, value_width)
        return self._kept

    def _make_rows(self, size: Size, fitting: TextStyle | None, value_width: int) -> _BarRows:
        """Rows, with texts where they are legible and bars alone where they are not."""
        theme, bold = self._theme, fitting or self._bold_text
        regular = replace(bold, color=theme.muted, weight=REGULAR)
        name_width = max(measure_text(label, bold).width for label in self.labels) if fitting else 0
        gap = max(2, round(0.6 * bold.height)) if fitting else 0
        used = min(size.height, self.natural_height)
        rows = Rect(0, 0, size.width, used).rows(*[1] * len(self.labels))
        cells = [row.cut_left(min(name_width, round(0.42 * size.width)), gap) for row in rows]
        ends = [rest.cut_right(min(value_width, round(0.3 * size.width)), gap) for _, rest in cells]
        tracks = tuple(track.inset(0, max(1, round(0.25 * track.height))) for _, track in ends)
        plain, highlighted = new_canvas(size, theme.panel), new_canvas(size, theme.panel)
        for label, (name, _), track in zip(self.labels, cells, tracks, strict=True):
            for picture, style in ((plain, regular), (highlighted, bold)):
                fill(picture, track, theme.track)
                draw_text(picture, label, name, style)
        values = tuple(value for value, _ in ends)
        return _BarRows((size, value_width), regular, bold, tracks, values, rows, plain, highlighted)


class LineChart:
    """The last values of one series, newest at the right, with the axis's ends and the newest value."""

    def __init__(
        self,
        *,
        window: int = 120,
        limits: Limits | None = None,
        value_format: str = ".2f",
        text_height: int = 11,
        theme: Theme = DARK,
    ) -> None:
        """A chart without values yet.

        Args:
            window: How many values fit from left to right.
            limits: Values at the bottom and the top; None: the lowest and highest value so far.
            value_format: Python's format of the values.
            text_height: Font size in pixels of the numbers.
            theme: Colours.

        Raises:
            ValueError: A window of fewer than 2 values, or limits that are not a lower and a higher number.
        """
        if window < 2:
            msg = f"a window of {window} values; a line needs 2 or more"
            raise ValueError(msg)
        self.axis = Axis(limits)
        self._values: deque[float] = deque(maxlen=window)
        self._window = window
        self._format = value_format
        self._plain_text = TextStyle(text_height, theme.muted, min_height=6)
        self._bold_text = TextStyle(text_height, theme.text, BOLD, min_height=6)
        self._theme = theme
        self._value_width = 0

    def update(self, value: float) -> None:
        """Add the newest value; the oldest leaves when the window is full.

        Raises:
            ValueError: The value is not finite.
        """
        if not np.isfinite(value):
            msg = f"a value of {value} for a line chart; give a finite number"
            raise ValueError(msg)
        self._values.append(float(value))
        self.axis.include([float(value)])

    def reset(self) -> None:
        """Forget all values, and the axis's ends unless they were given."""
        self._values.clear()
        self.axis.reset()

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw frame, line and numbers; covers the whole rectangle."""
        view = rect.view(canvas)
        whole = Rect.whole(rect.size)
        fill(view, whole, self._theme.panel)
        low, high = (format_value(end, self._format) for end in self.axis.limits)
        newest = format_value(self._values[-1], self._format) if self._values else ""
        widest = max(measure_text(text, self._bold_text).width for text in (low, high, newest))
        self._value_width = max(self._value_width, widest)
        width = min(self._value_width, round(0.3 * rect.width))
        numbers, plot = whole.cut_right(width, self._plain_text.height // 2)
        self._draw_line(view, plot)
        self._draw_numbers(view, numbers, (high, newest, low))

    def points(self, plot: Rect) -> NDArray[np.float64]:
        """Where the values are drawn in a plot, float64 (N, 2), x and y, oldest first."""
        step = (plot.width - 1) / (self._window - 1)
        count = len(self._values)
        x = plot.right - 1 - step * np.arange(count - 1, -1, -1)
        low, high = self.axis.limits
        heights = np.clip((np.array(self._values) - low) / (high - low), 0, 1)
        return np.stack([x, plot.bottom - 1 - heights * (plot.height - 1)], axis=1, dtype=np.float64)

    def _draw_line(self, view: Frame, plot: Rect) -> None:
        fill(view, plot, self._theme.track)
        inner = plot.inset(1, 2)
        if len(self._values) < 2 or inner.width < 2 or inner.height < 2:
            return
        points = np.rint(self.points(inner) * 16).astype(np.int32).reshape(-1, 1, 2)
        thickness = max(1, round(self._plain_text.height / 9))
        # Lines are cut at the edge of the picture they are drawn into: here, the plot.
        shift = np.array([[plot.x * 16, plot.y * 16]], np.int32)
        cv2.polylines(plot.view(view), [points - shift], False, self._theme.text, thickness, cv2.LINE_AA, 4)

    def _draw_numbers(self, view: Frame, rect: Rect, numbers: tuple[str, str, str]) -> None:
        """Highest, newest and lowest: the newest alone where there is no room for three lines."""
        line = self._bold_text.line_height
        if rect.height < 3 * line:
            draw_text(view, numbers[1], rect, self._bold_text, align="right")
            return
        places = ("top", "middle", "bottom")
        styles = (self._plain_text, self._bold_text, self._plain_text)
        for text, valign, style in zip(numbers, places, styles, strict=True):
            draw_text(view, text, rect, style, align="right", valign=valign)
