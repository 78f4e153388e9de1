"""Where the reward charts are beside the picture, from their number and the picture's height alone."""

from dataclasses import dataclass

from rlviz_overlay import Rect, Size

STEPS = 100
"""Steps of the episode that a chart shows."""

_MOST_IN_ONE, _MOST_IN_COLUMN = 4, 5
_WIDTHS = (464, 366)
_PAD, _GAP, _TITLE, _AXIS, _HEAD, _NAMES = 8, 8, 24, 15, 17, 15
_LOWEST_LINE = 9
"""Pixels of the lowest line of text that is legible."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one chart is, in the panel.

    Attributes:
        head: Title and newest value.
        names: Of the lines, where it has several; else empty.
        plot: The lines, with the ends of the axis.
        axis: Numbers of steps below the plot; empty where a chart below has them.
    """

    head: Rect
    names: Rect
    plot: Rect
    axis: Rect


@dataclass(frozen=True, slots=True)
class PanelLayout:
    """Where everything is in the panel.

    Attributes:
        size: Of the panel.
        title: What the panel shows.
        parts: A place for each part of the reward.
        together: All parts in one chart.
        final: The final reward.
        names_a_line: How many names stand side by side above all parts together.
    """

    size: Size
    title: Rect
    parts: tuple[Place, ...]
    together: Place
    final: Place
    names_a_line: int


def arrange_charts(parts: int, height: int, unit: float) -> PanelLayout:
    """The panel for this many parts: one column of up to four, else columns of up to five.

    All parts together and the final reward are below the parts: one below the other in one column, else side
    by side.

    Args:
        parts: How many, 1 or more.
        height: Of the panel in pixels.
        unit: Pixels for each pixel of 640x500.
    """
    px = _Scaled(unit)
    columns = 1 if parts <= _MOST_IN_ONE else max(2, -(-parts // _MOST_IN_COLUMN))
    size = Size(2 * round((_WIDTHS[0] if columns == 1 else columns * _WIDTHS[1]) * unit / 2), height)
    title, body = Rect.whole(size).inset(px(_PAD), 0).cut_top(px.line(_TITLE))
    _, body = body.cut_bottom(px(3))
    names_a_line = min(parts, _MOST_IN_COLUMN)
    names, axis = px.line(_NAMES) * -(-parts // names_a_line), px.line(_AXIS)
    down = -(-parts // columns)
    lines = down + (2 if columns == 1 else 1)
    each = max(0, body.height - axis - names - px(_GAP) * (lines - 1)) // lines
    rows, rest = _rows(body, each, down, px(_GAP))
    cells = [cell for row in rows for cell in row.columns(*[1] * columns, gap=2 * px(_PAD))]
    if columns == 1:
        upper, lower = rest.cut_top(each + names, px(_GAP))
    else:
        upper, lower = rest.columns(1, 1, gap=2 * px(_PAD))
    return PanelLayout(
        size=size,
        title=title,
        parts=tuple(px.place(cell, 0, 0) for cell in cells[:parts]),
        together=px.place(upper, names, 0 if columns == 1 else axis),
        final=px.place(lower, 0, axis),
        names_a_line=names_a_line,
    )


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Lengths at 640x500 on this picture."""

    unit: float

    def __call__(self, length: float) -> int:
        return round(length * self.unit)

    def line(self, length: float) -> int:
        """The same for what holds a line of text."""
        return max(_LOWEST_LINE, self(length))

    def place(self, cell: Rect, names: int, axis: int) -> Place:
        """A chart in its cell, with this many pixels for names and for numbers of steps."""
        head, rest = cell.cut_top(self.line(_HEAD))
        name_lines, rest = rest.cut_top(names)
        below, plot = rest.cut_bottom(axis)
        return Place(head, name_lines, plot, below)


def _rows(body: Rect, each: int, count: int, gap: int) -> tuple[list[Rect], Rect]:
    """Rows of this height from the top, and what is left below them."""
    rows, rest = list[Rect](), body
    for _ in range(count):
        row, rest = rest.cut_top(each, gap)
        rows.append(row)
    return rows, rest
