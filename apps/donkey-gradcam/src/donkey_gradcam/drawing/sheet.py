"""A contact sheet: many small pictures with their captions on one."""

from collections.abc import Sequence
from dataclasses import dataclass

from rlviz_overlay import (
    BOLD,
    DARK,
    Color,
    Drawable,
    Frame,
    Paragraph,
    Picture,
    Rect,
    Size,
    TextStyle,
    draw_text,
    elide_middle,
    format_value,
    new_canvas,
    resize_frame,
    wrap_text,
)

from donkey_gradcam.drawing.heat_picture import HeatPainter
from donkey_gradcam.views import Explained

MOST = 60
"""Pictures that one sheet holds."""

_MARGIN, _GAP, _LEAST, _MOST_LINES = 12, 12, 200, 3
_PLAIN = TextStyle(12, DARK.muted)
_BOLD = TextStyle(12, DARK.text, BOLD)


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture with what is written under it.

    Attributes:
        picture: uint8 (H, W, 3), RGB; shown as wide as the others.
        heading: which it is.
        numbers: texts with the colours of what they are, in one line.
        remark: why it is here; wrapped into a few lines.
    """

    picture: Frame
    heading: str
    numbers: tuple[tuple[str, Color], ...] = ()
    remark: str = ""


def tile(item: Explained, painter: HeatPainter, remark: str) -> Tile:
    """The picture of one record with its heat, its index, and how person and pilot steered.

    Args:
        item: the record, of any part of the drive: nothing is smoothed.
        painter: paints its heat.
        remark: why it is on the sheet; that there is no evidence is added.
    """
    size = _enlarged(painter.marked.size)
    painter.restart()
    heat = painter.at(painter.heat(item)[-1], size)
    picture = painter.paint(resize_frame(item.view.frame, size, smooth=True), heat)
    painter.frame_field(picture, item)
    user, pilot = (
        "–" if angle is None else format_value(angle, ".2f")
        for angle in (item.view.record.user.angle, item.pilot.angle)
    )
    held = f" (picture {item.view.held})" if item.view.held else ""
    numbers = ((f"user {user}", DARK.other), (f"pilot {pilot}", DARK.accent))
    remarks = "\n".join(filter(None, [remark, painter.remark(item, heat)]))
    return Tile(picture, f"record {item.view.record.index}{held}", numbers, remarks)


def contact_sheet(
    tiles: Sequence[Tile], title: str, *, notes: str = "", legend: Drawable | None = None, columns: int = 6
) -> Frame:
    """The tiles in rows, with a title: uint8 (H, W, 3), RGB.

    Args:
        tiles: in reading order; the first one's picture gives the size of all.
        title: above them.
        notes: how they were made, below the title.
        legend: what the heat's colours mean, to the right of the title.
        columns: tiles in a row.

    Raises:
        ValueError: no tile, or more than a sheet holds.
    """
    if not 1 <= len(tiles) <= MOST:
        msg = f"{len(tiles)} pictures on a contact sheet; give 1 to {MOST}"
        raise ValueError(msg)
    columns = min(columns, len(tiles))
    picture = _enlarged(Size.of(tiles[0].picture))
    width = max(columns * (picture.width + _GAP) - _GAP, 640 - 2 * _MARGIN)
    lines = max(len(_wrapped(one.remark, picture.width)) for one in tiles)
    height = picture.height + _captions_height(lines, with_numbers=any(one.numbers for one in tiles))
    rows = -(-len(tiles) // columns)
    head = _head_height(notes, width, with_legend=legend is not None)
    size = Size(width + 2 * _MARGIN, 2 * _MARGIN + head + rows * (height + _GAP) - _GAP)
    canvas = new_canvas(Size(size.width + size.width % 2, size.height + size.height % 2), DARK.background)
    top, rest = Rect(_MARGIN, _MARGIN, width, size.height - 2 * _MARGIN).cut_top(head)
    _draw_head(canvas, top, title, notes, legend)
    for number, one in enumerate(tiles):
        row, column = divmod(number, columns)
        x, y = column * (picture.width + _GAP), row * (height + _GAP)
        _draw_tile(canvas, Rect(rest.x + x, rest.y + y, picture.width, height), picture, one)
    return canvas


def _enlarged(size: Size) -> Size:
    """At least so wide that captions are readable, in the picture's own aspect ratio."""
    if size.width >= _LEAST:
        return size
    return Size(_LEAST, round(size.height * _LEAST / size.width))


def _wrapped(remark: str, width: int) -> tuple[str, ...]:
    return wrap_text(remark, width, _PLAIN)[:_MOST_LINES] if remark else ()


def _captions_height(lines: int, *, with_numbers: bool) -> int:
    return 4 + _BOLD.line_height * (1 + with_numbers) + _PLAIN.line_height * lines


def _head_height(notes: str, width: int, *, with_legend: bool) -> int:
    lines = len(wrap_text(notes, width // 2 if with_legend else width, _PLAIN)) if notes else 0
    return max(28 + lines * _PLAIN.line_height, 58 if with_legend else 0) + _GAP


def _draw_head(canvas: Frame, rect: Rect, title: str, notes: str, legend: Drawable | None) -> None:
    texts = rect
    if legend is not None:
        texts, key = rect.columns(1, 1, gap=_GAP)
        legend.draw(canvas, key.cut_top(58)[0])
    heading, below = texts.cut_top(28)
    style = TextStyle(18, DARK.text, BOLD)
    draw_text(canvas, elide_middle(title, heading.width, style), heading, style)
    if notes:
        Paragraph(notes, _PLAIN).draw(canvas, below)


def _draw_tile(canvas: Frame, rect: Rect, picture: Size, one: Tile) -> None:
    place, rest = rect.cut_top(picture.height, 4)
    shown = Picture(smooth=True)
    shown.update(one.picture)
    shown.draw(canvas, place)
    line, rest = rest.cut_top(_BOLD.line_height)
    draw_text(canvas, one.heading, line, _BOLD)
    if one.numbers:
        line, rest = rest.cut_top(_BOLD.line_height)
        for part, (text, color) in zip(line.columns(*[1] * len(one.numbers)), one.numbers, strict=True):
            draw_text(canvas, text, part, TextStyle(_BOLD.height, color, BOLD))
    if one.remark:
        Paragraph(one.remark, _PLAIN).draw(canvas, rest)
