"""Several series over time in one chart: lines that scroll, with the newest values beside their names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.axis import Axis, Limits, format_value
from rlviz_overlay.drawable import fill, new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.opencv import cv2
from rlviz_overlay.text import BOLD, TextStyle, draw_text, measure_text
from rlviz_overlay.theme import DARK, Color, Theme

Runs = list[NDArray[np.float64]]
"""Unbroken pieces of a line, each float64 (N, 2), x and y, oldest first."""

_MOST = 4096
_UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart.

    Attributes:
        name: What it is.
        color: Of its line, and of the mark beside its name.
    """

    name: str
    color: Color


class _History:
    """The newest values of some series, in one array that is moved when it is full."""

    def __init__(self, series: int) -> None:
        self._values = np.empty((2 * _MOST, series))
        self._starts = np.zeros(2 * _MOST, np.bool_)
        self._count = 0

    def append(self, values: Sequence[float], *, start: bool) -> None:
        """Add the values of one moment; start: the lines do not go on from the moment before."""
        if self._count == 2 * _MOST:
            self._count = _MOST
            for array in (self._values, self._starts):
                array[:_MOST] = array[_MOST:].copy()
        self._values[self._count] = values
        self._starts[self._count] = start
        self._count += 1

    def replace(self, values: NDArray[np.float64], starts: NDArray[np.bool_]) -> None:
        """Forget everything, and take the newest of these."""
        self._count = min(_MOST, len(values))
        part = slice(len(values) - self._count, None)
        self._values[: self._count] = values[part]
        self._starts[: self._count] = starts[part]

    def newest(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """At most this many moments, oldest first: values (N, series), and where lines start (N,)."""
        part = slice(max(0, self._count - min(count, _MOST)), self._count)
        return self._values[part], self._starts[part]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What of a chart stays the same from frame to frame.

    Attributes:
        key: For what it was made.
        plot: Where the lines are.
        values: Where each newest value is written; empty where there is no room.
        style: How they are written.
        picture: The chart without lines and values, uint8 (H, W, 3).
    """

    key: tuple[Size, Limits, str, int]
    plot: Rect
    values: tuple[Rect, ...]
    style: TextStyle
    picture: Frame


class TraceChart:
    """Lines over time on one axis, newest at the right, in front of a line at zero.

    A value is a whole number of pixels wide, so that scrolling moves the lines without changing them: it
    looks calm, and a video encoder has little to do. A value that is not known leaves a gap.

    Attributes:
        title: Above the plot.
        ends_width: Pixels that the ends of the axis have at least: charts below each other have the same axis
            of time if these are as wide.
    """

    def __init__(
        self,
        series: Sequence[Series],
        *,
        title: str = "",
        step: int = 2,
        limits: Limits | None = None,
        ends: tuple[str, str] = ("", ""),
        header: bool = True,
        text_height: int = 12,
        theme: Theme = DARK,
    ) -> None:
        """A chart without values yet.

        Args:
            series: The lines; the first is drawn over the others.
            title: Above the plot. It may be changed between draws.
            step: Pixels from one value to the next.
            limits: Values at the bottom and the top; None: from zero to the lowest and highest value so far.
            ends: What the bottom and the top mean; the numbers themselves when empty.
            header: Whether title, names and newest values stand above the plot.
            text_height: Font size in pixels.
            theme: Colours.

        Raises:
            ValueError: No series, a step below 1, or limits that are not a lower and a higher number.
        """
        if not series:
            msg = "a chart without series; give a name and a colour for each line"
            raise ValueError(msg)
        if step < 1:
            msg = f"a step of {step} pixels from value to value; give 1 or more"
            raise ValueError(msg)
        self.title = title
        self.ends_width = 0
        self.axis = Axis(limits, with_zero=True)
        self._series = tuple(series)
        self._step = step
        self._ends = ends
        self._with_header = header
        self._style = TextStyle(text_height, theme.muted)
        self._theme = theme
        self._history = _History(len(series))
        self._starts = True
        self._marks: tuple[int, ...] = ()
        self._kept: _Kept | None = None

    def update(self, *values: float | None) -> None:
        """Add the newest value of each series, None for one that is not known.

        Raises:
            ValueError: Not one finite number or None a series.
        """
        known = [float(value) for value in values if value is not None]
        if len(values) != len(self._series) or not np.isfinite(known).all():
            names = ", ".join(series.name for series in self._series)
            msg = f"values {values} for the series {names}; give a finite number or None for each"
            raise ValueError(msg)
        numbers = [np.nan if value is None else float(value) for value in values]
        self._history.append(numbers, start=self._starts)
        self._starts = False
        self._marks = ()
        self.axis.include(known)

    def show(
        self,
        values: NDArray[np.float64],
        starts: NDArray[np.bool_] | None = None,
        *,
        marks: Sequence[int] = (),
    ) -> None:
        """Show these values and no others, whatever was there before: for charts that are read in any order.

        Args:
            values: Float64 (N, series), oldest first, NaN where one is not known; the newest are shown where
                there is no room for all.
            starts: Bool (N,), True where the lines do not go on from the value before; None: nowhere.
            marks: Indices of values behind which a thin upright line stands.

        Raises:
            ValueError: The values have another shape, or one is infinite.
        """
        if values.ndim != 2 or values.shape[1] != len(self._series) or np.isinf(values).any():
            names = ", ".join(series.name for series in self._series)
            msg = (
                f"values of shape {values.shape} for the series {names}; "
                f"give shape (N, {len(self._series)}), finite or NaN"
            )
            raise ValueError(msg)
        self._history.replace(values, np.zeros(len(values), np.bool_) if starts is None else starts)
        self._starts = False
        self._marks = tuple(len(values) - 1 - mark for mark in marks)
        known = values[np.isfinite(values)]
        if known.size:
            self.axis.include([float(known.min()), float(known.max())])

    def cut(self) -> None:
        """Do not join the next values to those before, which belong to something else."""
        self._starts = True

    def window(self, size: Size) -> int:
        """How many values a chart of this size shows."""
        return max(0, self._prepared(size).plot.inset(1).width - 1) // self._step + 1

    def plot(self, size: Size) -> Rect:
        """Where the lines are drawn in a chart of this size, from the chart's top left corner."""
        return self._prepared(size).plot

    def column(self, size: Size, age: int) -> int:
        """Where the value of some steps ago is in a chart of this size, in pixels from the chart's left."""
        return self._prepared(size).plot.inset(1).right - 1 - self._step * age

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw plot, lines, names and newest values; covers the whole rectangle."""
        kept = self._prepared(rect.size)
        view = rect.view(canvas)
        view[...] = kept.picture
        for value, place in zip(self._history.newest(1)[0].ravel(), kept.values, strict=False):
            text = _UNKNOWN if np.isnan(value) else format_value(float(value), ".2f")
            draw_text(view, text, place, kept.style, align="right")
        for age in self._marks:
            mark = Rect(self.column(rect.size, age), kept.plot.y, 1, kept.plot.height)
            fill(view, kept.plot.clip(mark), self._theme.rule)
        self._draw_lines(view, kept.plot)

    def runs(self, plot: Rect) -> list[Runs]:
        """Where each series is drawn in a plot: its unbroken pieces, oldest first."""
        count = max(0, plot.width - 1) // self._step + 1
        values, starts = self._history.newest(count)
        x = plot.right - 1.0 - self._step * np.arange(len(values) - 1, -1, -1, dtype=np.float64)
        low, high = self.axis.limits
        y = plot.bottom - 1 - np.clip((values - low) / (high - low), 0, 1) * (plot.height - 1)
        return [_unbroken(x, y[:, number], starts) for number in range(len(self._series))]

    def _draw_lines(self, view: Frame, plot: Rect) -> None:
        inner = plot.inset(1, 2)
        if inner.width < 2 or inner.height < 2:
            return
        area = plot.view(view)
        # A thick anti-aliased line costs as much as eight thin ones: so it is thin ones, one below the other.
        thickness = max(2, round(self._style.height / 6))
        offsets = [np.array([-plot.x, below - plot.y - thickness // 2]) for below in range(thickness)]
        for series, runs in reversed(list(zip(self._series, self.runs(inner), strict=True))):
            lines = [_fixed_point(run + offset) for run in runs for offset in offsets]
            cv2.polylines(area, lines, False, series.color, 1, cv2.LINE_AA, 4)

    def _prepared(self, size: Size) -> _Kept:
        key = (size, self.axis.limits, self.title, self.ends_width)
        if self._kept is None or self._kept.key != key:
            self._kept = self._make(key)
        return self._kept

    def _make(self, key: tuple[Size, Limits, str, int]) -> _Kept:
        picture = new_canvas(key[0], self._theme.panel)
        whole = Rect.whole(key[0])
        header, body = _split_header(whole, self._style) if self._with_header else whole.cut_top(0)
        values = self._draw_header(picture, header)
        plot = self._draw_plot(picture, body)
        return _Kept(key, plot, values, replace(self._style, color=self._theme.text, weight=BOLD), picture)

    def _draw_plot(self, picture: Frame, body: Rect) -> Rect:
        """Draw the empty plot with its ends to the left; returns where the plot is."""
        low, high = self.axis.limits
        names = [
            end or format_value(value, ".2g") for end, value in zip(self._ends, (low, high), strict=True)
        ]
        # As wide for all ordinary ends, so that charts below each other have the same axis of time.
        width = max(measure_text(name, self._style).width for name in (*names, "−0.00"))
        width = max(width, self.ends_width)
        width = min(width, body.width // 3)
        texts, plot = body.cut_left(width, self._style.height // 3)
        if texts.height >= 2 * self._style.line_height:
            draw_text(picture, names[0], texts, self._style, align="right", valign="bottom")
            draw_text(picture, names[1], texts, self._style, align="right", valign="top")
        fill(picture, plot, self._theme.track)
        if low < 0 < high and plot.height > 2:
            zero = plot.bottom - 1 - round((plot.height - 1) * self.axis.fraction(0))
            fill(picture, Rect(plot.x, zero, plot.width, 1), self._theme.rule)
        return plot

    def _draw_header(self, picture: Frame, header: Rect) -> tuple[Rect, ...]:
        """Draw title, marks and names as far as there is room; returns where the values go."""
        if header.height < self._style.line_height:
            return ()
        for with_title, with_names in ((True, True), (True, False), (False, False)):
            places, start = self._header_places(header, with_names=with_names)
            title = replace(self._style, weight=BOLD)
            room = start - header.x - self._style.height
            needed = measure_text(self.title, title).width if self.title and with_title else 0
            if room < needed or start < header.x:
                continue
            if needed:
                draw_text(picture, self.title, Rect(header.x, header.y, room, header.height), title)
            for series, (mark, name, _) in zip(self._series, places, strict=True):
                fill(picture, mark, series.color)
                draw_text(picture, series.name if with_names else "", name, self._style)
            return tuple(value for _, _, value in places)
        return ()

    def _header_places(self, header: Rect, *, with_names: bool) -> tuple[list[tuple[Rect, Rect, Rect]], int]:
        """Mark, name and value of each series, from the right; and the column where they begin."""
        bold = replace(self._style, weight=BOLD)
        texts = [format_value(limit, ".2f") for limit in (*self.axis.limits, -0.25)]
        value_width = max(measure_text(text, bold).width for text in texts)
        side, gap = self._style.height * 2 // 3, self._style.height // 3
        right, places = header.right, list[tuple[Rect, Rect, Rect]]()
        for series in reversed(self._series):
            name_width = measure_text(series.name, self._style).width if with_names else 0
            value = right - value_width
            name = value - name_width
            mark = name - gap - side
            row = (header.y + (header.height - side) // 2, header.height)
            places.append(
                (
                    Rect(mark, row[0], side, side),
                    Rect(name, header.y, name_width, row[1]),
                    Rect(value, header.y, value_width, row[1]),
                )
            )
            right = mark - 2 * gap
        return places[::-1], right + 2 * gap


def _split_header(whole: Rect, style: TextStyle) -> tuple[Rect, Rect]:
    """One line for the title, and the rest; no title where the plot would be lower than two lines."""
    if whole.height < 3 * style.line_height:
        return Rect(whole.x, whole.y, whole.width, 0), whole
    return whole.cut_top(style.line_height, style.height // 4)


def _unbroken(x: NDArray[np.float64], y: NDArray[np.float64], starts: NDArray[np.bool_]) -> Runs:
    """The pieces of a line between unknown values and starts."""
    known = ~np.isnan(y)
    if y.size and known.all() and not starts[1:].any():
        return [np.stack([x, y], axis=1)]
    cuts = np.flatnonzero(starts | ~known | np.r_[False, ~known[:-1]])
    pieces = np.split(np.arange(len(y)), cuts)
    return [np.stack([x[piece], y[piece]], axis=1) for piece in pieces if piece.size and known[piece[0]]]


def _fixed_point(run: NDArray[np.float64]) -> NDArray[np.int32]:
    """Points in sixteenths of a pixel, as OpenCV takes them; a point alone becomes a short line."""
    points = run if len(run) > 1 else run + np.array([[-2.0, 0.0], [2.0, 0.0]])
    return np.rint(points * 16).astype(np.int32).reshape(-1, 1, 2)
