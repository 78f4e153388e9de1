"""Upright bars of a distribution, narrow enough for many bins."""

from collections.abc import Sequence

import numpy as np

from rlviz_overlay.axis import Axis, Limits
from rlviz_overlay.drawable import Static, fill
from rlviz_overlay.geometry import Frame, Rect
from rlviz_overlay.text import TextStyle, draw_text
from rlviz_overlay.theme import DARK, Theme


class Histogram:
    """One upright bar a bin, with what the first and the last bin mean below, and a mark under the bars."""

    def __init__(
        self,
        bins: int,
        *,
        limits: Limits = (0.0, 1.0),
        ends: tuple[str, str] = ("", ""),
        text_height: int = 11,
        theme: Theme = DARK,
    ) -> None:
        """Bars without values yet.

        Args:
            bins: How many.
            limits: Values of no bar and of one as high as the track.
            ends: What the first and the last bin mean.
            text_height: Font size of the ends in pixels.
            theme: Colours.

        Raises:
            ValueError: No bin, or limits that are not a lower and a higher number.
        """
        if bins < 1:
            msg = f"a histogram of {bins} bins; give 1 or more"
            raise ValueError(msg)
        self._axis = Axis(limits)
        self._bins = bins
        self._ends = ends
        self._style = TextStyle(text_height, theme.muted)
        self._theme = theme
        self._values: tuple[float, ...] = ()
        self._highlighted: int | None = None
        self._marked: float | None = None
        self._static = Static(self._draw_once, background=theme.panel)

    def update(
        self, values: Sequence[float], *, highlighted: int | None = None, marked: float | None = None
    ) -> None:
        """Set the values of the next draw.

        Args:
            values: One finite number a bin.
            highlighted: The bin to draw in the accent colour.
            marked: A place on the axis of bins (0: the middle of the first bin) to be marked below the
                bars, in the colour of what is compared; cut to the first and last bin.

        Raises:
            ValueError: Not one finite value a bin, or a bin that there is not.
        """
        numbers = tuple(float(value) for value in values)
        if len(numbers) != self._bins or not np.isfinite(numbers).all():
            msg = f"values {numbers} for {self._bins} bins; give one finite number for each"
            raise ValueError(msg)
        if highlighted is not None and not 0 <= highlighted < self._bins:
            msg = f"highlighted bin {highlighted}; there are bins 0 to {self._bins - 1}"
            raise ValueError(msg)
        self._values, self._highlighted, self._marked = numbers, highlighted, marked

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw tracks, bars, mark and ends; covers the whole rectangle."""
        self._static.draw(canvas, rect)
        tracks = self.tracks(rect)
        for number, (value, track) in enumerate(zip(self._values, tracks, strict=False)):
            height = round(track.height * self._axis.fraction(value))
            color = self._theme.accent if number == self._highlighted else self._theme.bar
            fill(canvas, track.cut_bottom(height)[0], color)
        if self._marked is not None and self._values:
            fill(canvas, self.mark(rect, self._marked), self._theme.other)

    def tracks(self, rect: Rect) -> tuple[Rect, ...]:
        """Where the bar of each bin may be when the histogram is drawn into this rectangle."""
        bars, _, _ = self._parts(rect)
        gap = min(max(1, bars.width // (6 * self._bins)), bars.width // (2 * self._bins))
        return bars.columns(*[1] * self._bins, gap=gap)

    def mark(self, rect: Rect, place: float) -> Rect:
        """Where a place on the axis of bins is marked."""
        _, row, _ = self._parts(rect)
        tracks = self.tracks(rect)
        first, last = (track.x + track.width / 2 for track in (tracks[0], tracks[-1]))
        share = min(1.0, max(0.0, place / (self._bins - 1))) if self._bins > 1 else 0.0
        width = min(max(3, tracks[0].width // 2), row.width)
        left = round(first + share * (last - first) - width / 2)
        return row.clip(Rect(left, row.y, width, row.height))

    def _parts(self, rect: Rect) -> tuple[Rect, Rect, Rect]:
        """Bars, the row of the mark, and the ends, which are left out where bars would be too low."""
        line = self._style.line_height
        texts, rest = rect.cut_bottom(line if rect.height >= 3 * line and any(self._ends) else 0, gap=1)
        row, bars = rest.cut_bottom(min(max(2, self._style.height // 3), rest.height // 4), gap=1)
        return bars, row, texts

    def _draw_once(self, canvas: Frame, rect: Rect) -> None:
        for track in self.tracks(rect):
            fill(canvas, track, self._theme.track)
        left, right = self._parts(rect)[2].columns(1, 1)
        draw_text(canvas, self._ends[0], left, self._style)
        draw_text(canvas, self._ends[1], right, self._style, align="right")
