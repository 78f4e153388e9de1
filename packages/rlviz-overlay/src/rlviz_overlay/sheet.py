"""A sheet: many small pictures with their captions, as one figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rlviz_overlay.colorbar import ColorBar
from rlviz_overlay.drawable import new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.heading import headed
from rlviz_overlay.text import BOLD, TextStyle, draw_text, measure_text
from rlviz_overlay.theme import DARK, Theme
from rlviz_overlay.tiles import best_columns


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One picture of a sheet with what is written under it.

    Attributes:
        picture: uint8 (H, W, 3), RGB; of the same size on all tiles.
        captions: Lines: which it is, then what there is to say of it.
        is_warning: Whether the last line is a remark that something is not as it should be.
    """

    picture: Frame
    captions: tuple[str, ...] = ()
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class _Cell:
    """How a tile is laid out: size of the picture and of the whole, styles of the first and further lines."""

    picture: Size
    size: Size
    bold: TextStyle
    plain: TextStyle


def sheet(
    tiles: Sequence[Tile],
    title: str,
    notes: Sequence[str] = (),
    *,
    key: ColorBar | None = None,
    warnings: Sequence[str] = (),
    columns: int | None = None,
    theme: Theme = DARK,
) -> Frame:
    """The tiles in rows under a heading: uint8 (H, W, 3), RGB.

    Pictures are shown as they are: tile_size() and resize_tile() bring them to a size that looks well.

    Args:
        tiles: In reading order, one or more.
        title: Above them.
        notes: What is shown and on which scale, a line each.
        key: What the colours mean.
        warnings: What is left out or wrong, a line each.
        columns: Tiles in a row; by default what looks best.
        theme: Colours.

    Raises:
        ValueError: No tile, or pictures of several sizes.
    """
    sizes = {Size.of(one.picture) for one in tiles}
    if len(sizes) != 1:
        said = "no tile" if not sizes else f"pictures of {len(sizes)} sizes"
        msg = f"{said} for a sheet; give one tile or more, with pictures of one size"
        raise ValueError(msg)
    body = _rows(tiles, _cell(tiles, sizes.pop(), theme), columns, theme)
    return headed(body, title, notes, key=key, warnings=warnings, theme=theme)


def _rows(tiles: Sequence[Tile], cell: _Cell, columns: int | None, theme: Theme) -> Frame:
    gap = max(8, cell.bold.height)
    pitch = Size(cell.size.width + gap, cell.size.height + gap)
    columns = columns or best_columns(len(tiles), pitch)
    rows = -(-len(tiles) // columns)
    body = new_canvas(Size(columns * pitch.width - gap, rows * pitch.height - gap), theme.background)
    for number, one in enumerate(tiles):
        row, column = divmod(number, columns)
        place = Rect(column * pitch.width, row * pitch.height, cell.size.width, cell.size.height)
        _draw_tile(body, place, cell, one, theme)
    return body


def _cell(tiles: Sequence[Tile], picture: Size, theme: Theme) -> _Cell:
    """As wide as the picture, or as the widest caption where that is wider by less than a few letters."""
    height = min(30, max(11, round((picture.width * picture.height) ** 0.5 / 15)))
    bold, plain = TextStyle(height, theme.text, BOLD), TextStyle(height, theme.muted)
    lines = max((len(one.captions) for one in tiles), default=0)
    widest = max(
        (
            measure_text(text, bold if not place else plain).width
            for one in tiles
            for place, text in enumerate(one.captions)
        ),
        default=0,
    )
    width = max(picture.width, min(widest, 12 * height))
    return _Cell(
        picture, Size(width, picture.height + (3 + lines * bold.line_height if lines else 0)), bold, plain
    )


def _draw_tile(canvas: Frame, rect: Rect, cell: _Cell, one: Tile, theme: Theme) -> None:
    place, rest = rect.cut_top(cell.picture.height, gap=3)
    place.cut_left(cell.picture.width)[0].view(canvas)[...] = one.picture
    for number, text in enumerate(one.captions):
        style = cell.plain if number else cell.bold
        if one.is_warning and number == len(one.captions) - 1:
            style = replace(cell.plain, color=theme.warning)
        line, rest = rest.cut_top(style.line_height)
        draw_text(canvas, text, line, style)
