"""A chart of lines over time that moves on by a step at a time, at a small part of its price."""

from collections.abc import Sequence

import numpy as np

from rlviz_overlay.axis import Limits
from rlviz_overlay.drawable import fill
from rlviz_overlay.geometry import Frame, Rect
from rlviz_overlay.opencv import cv2
from rlviz_overlay.theme import DARK, Theme
from rlviz_overlay.trace import Series, TraceChart


class ScrollingChart:
    """The picture of a TraceChart without header: what is there moves left, the newest piece is added.

    Only where the axis grows is everything drawn anew.
    """

    def __init__(
        self,
        series: Sequence[Series],
        *,
        step: int = 1,
        limits: Limits | None = None,
        text_height: int = 12,
        theme: Theme = DARK,
    ) -> None:
        """A chart without values yet; the arguments are TraceChart's."""
        self._chart = TraceChart(
            series, step=step, limits=limits, header=False, text_height=text_height, theme=theme
        )
        self._colors = [item.color for item in series]
        self._step = step
        self._thickness = max(2, round(text_height / 6))
        self._theme = theme
        self._pending = 0
        self._values: tuple[tuple[float | None, ...], tuple[float | None, ...]] = ((), ())
        self._joined = False
        self._picture: Frame | None = None
        self._limits: Limits | None = None

    def window(self, rect: Rect) -> int:
        """How many values a chart of this size shows."""
        return self._chart.window(rect.size)

    def update(self, *values: float | None) -> None:
        """Add the newest value of each series, None for one that is not known.

        Raises:
            ValueError: Not one finite number or None a series.
        """
        self._chart.update(*values)
        self._values = (self._values[1] if self._joined else (), values)
        self._joined = True
        self._pending += 1

    def cut(self) -> None:
        """Do not join the next values to those before, which belong to something else."""
        self._chart.cut()
        self._joined = False

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw the chart; covers the whole rectangle."""
        picture, limits = self._picture, self._chart.axis.limits
        stays = (
            picture is not None and limits == self._limits and picture.shape[:2] == (rect.height, rect.width)
        )
        if picture is None or not stays or self._pending > 1:
            picture = self._picture = np.empty((rect.height, rect.width, 3), np.uint8)
            self._chart.draw(picture, Rect.whole(rect.size))
            self._limits = limits
        elif self._pending:
            self._scroll(picture, self._chart.plot(rect.size))
        self._pending = 0
        rect.view(canvas)[...] = picture

    def _scroll(self, picture: Frame, plot: Rect) -> None:
        view = plot.view(picture)
        view[:, : -self._step] = view[:, self._step :].copy()
        fresh, _ = plot.cut_right(self._step)
        fill(picture, fresh, self._theme.track)
        low, high = self._chart.axis.limits
        if low < 0 < high:
            zero = plot.bottom - 1 - round((plot.height - 1) * self._chart.axis.fraction(0))
            fill(picture, Rect(fresh.x, zero, fresh.width, 1), self._theme.rule)
        inner = Rect.whole(plot.size).inset(1, 2)
        before, now = self._values
        for number in reversed(range(len(self._colors))):
            end = now[number]
            start = before[number] if before else None
            if end is not None:
                self._draw_piece(view, inner, end if start is None else start, end, self._colors[number])

    def _draw_piece(
        self, view: Frame, inner: Rect, start: float, end: float, color: tuple[int, int, int]
    ) -> None:
        x = inner.right - 1
        points = np.array([[x - self._step, self._y(start, inner)], [x, self._y(end, inner)]])
        offsets = [np.array([0, below - self._thickness // 2]) for below in range(self._thickness)]
        lines = [np.rint((points + offset) * 16).astype(np.int32).reshape(-1, 1, 2) for offset in offsets]
        cv2.polylines(view, lines, False, color, 1, cv2.LINE_AA, 4)

    def _y(self, value: float, inner: Rect) -> float:
        return inner.bottom - 1 - self._chart.axis.fraction(value) * (inner.height - 1)
