"""What the canvases are made of: charts of commands, bins, shares of evidence, the legend of heat."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import (
    BOLD,
    DARK,
    SCALES,
    Frame,
    Histogram,
    Legend,
    Panel,
    Rect,
    Series,
    Size,
    Static,
    Table,
    TextStyle,
    TraceChart,
    draw_text,
    measure_text,
)

from donkey_gradcam.drawing.canvas_layout import PAD
from donkey_gradcam.settings import MapSettings

SIDES = ("left", "right")
"""What steering of -1 and of 1 means."""

SECONDS = 5
"""Seconds of the video that the charts show, about."""

_UNKNOWN, _HEADING = "–", ("evidence", "lies in")


def drivers(*, user: bool) -> tuple[Series, ...]:
    """The lines of a chart: the pilot's, and the person's where it is to be drawn."""
    pilot = Series("pilot", DARK.accent)
    return (pilot, Series("user", DARK.other)) if user else (pilot,)


def steering_chart(series: Sequence[Series], size: Size, fps: float, unit: float) -> TraceChart:
    """Steering over the last seconds; right is up, as the number is."""
    chart = TraceChart(
        series, step=_step(size, fps), limits=(-1, 1), ends=SIDES, text_height=round(12 * unit)
    )
    chart.title = f"Steering, {_seconds(chart, size, fps)}"
    return chart


def throttle_chart(series: Sequence[Series], size: Size, fps: float, unit: float) -> TraceChart:
    """Throttle over the last seconds, from zero to the highest (and lowest) so far."""
    chart = TraceChart(series, step=_step(size, fps), text_height=round(12 * unit))
    chart.title = f"Throttle, {_seconds(chart, size, fps)}"
    return chart


def heat_legend(settings: MapSettings, table: Table, unit: float) -> Panel:
    """What the heat's colours mean, with its evidence and what full heat is."""
    full, height = SCALES[settings.heat_scale].full_heat, round(11 * unit)
    if settings.evidence == "signed":
        legend = Legend(table, low="against", middle="none", high="for", text_height=height)
        title = f"Heat: signed evidence, full at {full}"
    else:
        legend = Legend(table, low="none", high=full, text_height=height)
        title = f"Heat: {settings.evidence} evidence"
    return Panel(legend, title=title, text_height=round(12 * unit), padding=round(PAD * unit))


class SharesPanel:
    """How much of the evidence lies in each part of the picture.

    Args:
        names: of the parts.
        unit: how many times larger than on the narrowest canvas.
    """

    def __init__(self, names: Sequence[str], unit: float) -> None:
        self._names = tuple(names)
        self._shares = (_UNKNOWN,) * len(names)
        self._plain = TextStyle(round(11 * unit), DARK.muted)
        self._bold = TextStyle(round(13 * unit), DARK.text, BOLD)
        self._static = Static(self._draw_names, background=DARK.panel)
        self._arranged: tuple[Rect, list[Rect]] | None = None

    def update(self, shares: Mapping[str, float | None]) -> None:
        """Set the shares of the next draw, in [0, 1]; None where there is no evidence."""
        found = [shares.get(name) for name in self._names]
        self._shares = tuple(_UNKNOWN if share is None else f"{share:.0%}" for share in found)

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw heading, names and shares; covers the whole rectangle."""
        self._static.draw(canvas, rect)
        if self._arranged is None or self._arranged[0] != rect:
            self._arranged = (rect, [column.rows(1, 1)[1] for column in self._columns(rect)])
        for share, place in zip(self._shares, self._arranged[1], strict=True):
            draw_text(canvas, share, place, self._bold)

    def _columns(self, rect: Rect) -> tuple[Rect, ...]:
        """Right of the heading; each is as wide as its name or its longest share asks for."""
        rest = rect.cut_left(measure_text(_HEADING[0], self._plain).width, self._plain.height // 2)[1]
        least = measure_text("100%", self._bold).width
        return rest.columns(*(max(least, measure_text(name, self._plain).width) for name in self._names))

    def _draw_names(self, canvas: Frame, rect: Rect) -> None:
        for text, row in zip(_HEADING, rect.rows(1, 1), strict=True):
            draw_text(canvas, text, row, self._plain)
        for name, column in zip(self._names, self._columns(rect), strict=True):
            draw_text(canvas, name, column.rows(1, 1)[0], self._plain)


class Bins:
    """The probabilities of a categorical pilot's bins, with its choice and the person's place among them.

    Args:
        bins: how many.
        span: the commands that the first and the last bin stand for.
        ends: what these mean, in words.
        unit: how many times larger than on the narrowest canvas.
    """

    def __init__(self, bins: int, span: tuple[float, float], ends: tuple[str, str], unit: float) -> None:
        self._bins = bins
        self._span = span
        self._histogram = Histogram(bins, ends=ends, text_height=round(11 * unit))

    def update(self, probabilities: NDArray[np.float32], user: float | None) -> None:
        """Set the probabilities, and the person's command, of the next draw."""
        low, high = self._span
        marked = None if user is None else (user - low) / (high - low) * (self._bins - 1)
        chosen = int(np.argmax(probabilities))
        self._histogram.update(probabilities.tolist(), highlighted=chosen, marked=marked)

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw bars, mark and ends; covers the whole rectangle."""
        self._histogram.draw(canvas, rect)


def _step(size: Size, fps: float) -> int:
    """Pixels a frame, so that about SECONDS fit beside the names of the ends."""
    return max(1, round(0.88 * size.width / (SECONDS * fps)))


def _seconds(chart: TraceChart, size: Size, fps: float) -> str:
    return f"last {chart.window(size) / fps:.2g} s"
