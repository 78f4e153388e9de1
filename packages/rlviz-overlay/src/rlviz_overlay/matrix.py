"""A matrix as a picture, with the numbers of its rows and columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.drawable import draw_box, new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.text import TextStyle, draw_text, measure_text
from rlviz_overlay.theme import DARK, Theme
from rlviz_overlay.tones import gray_frame

_BLOCK, _ROOM = 24, (1400, 900)
"""Pixels that a number is wide and high at most; the width and height up to which matrices are enlarged."""


def matrix_picture(
    levels: NDArray[np.uint8],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    text_height: int = 12,
    theme: Theme = DARK,
) -> Frame:
    """A matrix in levels of grey, with names to the left of its rows and above its columns.

    Small matrices are enlarged, by a whole factor in each direction: few rows become high ones.

    Args:
        levels: uint8 (H, W).
        rows: Names, top to bottom, evenly spread over the picture's height; as many as have room are written.
        columns: Names, left to right, in the same way.
        text_height: Font size in pixels.
        theme: Colours.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    style = TextStyle(text_height, theme.muted)
    across, down = (
        min(_BLOCK, max(1, most // length)) for most, length in zip(_ROOM, levels.shape[::-1], strict=True)
    )
    picture = gray_frame(levels.repeat(down, axis=0).repeat(across, axis=1))
    left = max(measure_text(text, style).width for text in rows) + style.height // 2
    height, width = picture.shape[:2]
    canvas = new_canvas(Size(left + width + 2, style.line_height + height + 2), theme.background)
    framed = Rect(left, style.line_height, width + 2, height + 2)
    draw_box(canvas, framed, theme.rule)
    framed.inset(1).view(canvas)[...] = picture
    _name_rows(canvas, framed.inset(1), rows, style)
    _name_columns(canvas, framed.inset(1), columns, style)
    return canvas


def _name_rows(canvas: Frame, matrix: Rect, names: Sequence[str], style: TextStyle) -> None:
    line, gap = style.line_height, style.height // 2
    lowest = max(matrix.y, matrix.bottom + 1 - line)
    for number in _shown(len(names), matrix.height, line):
        middle = matrix.y + round((number + 0.5) * matrix.height / len(names))
        y = min(max(matrix.y, middle - line // 2), lowest)
        place = Rect(0, y, matrix.x - 1 - gap, min(line, matrix.bottom + 1 - y))
        draw_text(canvas, names[number], place, style, align="right")


def _name_columns(canvas: Frame, matrix: Rect, names: Sequence[str], style: TextStyle) -> None:
    widest = max(measure_text(text, style).width for text in names)
    top = Rect(0, 0, matrix.right + 1, style.line_height)
    for number in _shown(len(names), matrix.width, widest + style.height):
        middle = matrix.x + round((number + 0.5) * matrix.width / len(names))
        x = min(middle - widest // 2, top.width - widest)
        place = top.clip(Rect(x, 0, widest, top.height))
        draw_text(canvas, names[number], place, style, align="center")


def _shown(count: int, length: int, room: int) -> range:
    """Every so many of the names, 1, 2, 5, 10, ..., so that each has room."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    return range(0, count, next(step for step in steps if step * length >= room * count))
