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
    size = Size.of(picture)
    left = max(measure_text(text, style).width for text in rows) + style.height // 2
    whole = Size(left + size.width + 2, style.line_height + size.height + 2)
    canvas = new_canvas(whole, theme.background)
    top, rest = Rect.whole(whole).cut_top(style.line_height)
    names, framed = rest.cut_left(left)
    draw_box(canvas, framed, theme.rule)
    place = framed.inset(1)
    place.view(canvas)[...] = picture
    for number in _shown(len(rows), size.height, style.line_height):
        middle = place.y + round((number + 0.5) * size.height / len(rows))
        y = min(
            max(top.bottom, middle - style.line_height // 2),
            max(top.bottom, whole.height - style.line_height),
        )
        line = names.clip(Rect(0, y, left - style.height // 2, style.line_height))
        draw_text(canvas, rows[number], line, style, align="right")
    widest = max(measure_text(text, style).width for text in columns)
    for number in _shown(len(columns), size.width, widest + style.height):
        middle = place.x + round((number + 0.5) * size.width / len(columns))
        x = min(middle - widest // 2, whole.width - widest)
        draw_text(canvas, columns[number], top.clip(Rect(x, 0, widest, top.height)), style, align="center")
    return canvas


def _shown(count: int, length: int, room: int) -> range:
    """Every so many of the names, 1, 2, 5, 10, ..., so that each has room."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    return range(0, count, next(step for step in steps if step * length >= room * count))
