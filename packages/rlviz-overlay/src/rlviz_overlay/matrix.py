"""A matrix as a picture, with the numbers of its rows and columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.drawable import new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.text import TextStyle, draw_text, measure_text
from rlviz_overlay.theme import DARK, Theme
from rlviz_overlay.tones import gray_frame

_BLOCK = 24


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
        min(_BLOCK, max(1, most // length))
        for most, length in zip((1400, 900), levels.shape[::-1], strict=True)
    )
    picture = gray_frame(np.repeat(np.repeat(levels, down, axis=0), across, axis=1))
    size = Size.of(picture)
    left = max(measure_text(text, style).width for text in rows) + style.height // 2
    canvas = new_canvas(Size(left + size.width, style.line_height + size.height), theme.background)
    top, rest = Rect.whole(Size.of(canvas)).cut_top(style.line_height)
    names, place = rest.cut_left(left)
    place.view(canvas)[...] = picture
    for number in _shown(len(rows), size.height, style.line_height):
        middle = round((number + 0.5) * size.height / len(rows))
        y = min(max(0, middle - style.line_height // 2), max(0, size.height - style.line_height))
        line = names.clip(Rect(0, names.y + y, left - style.height // 2, style.line_height))
        draw_text(canvas, rows[number], line, style, align="right")
    widest = max(measure_text(text, style).width for text in columns)
    for number in _shown(len(columns), size.width, widest + style.height):
        middle = left + round((number + 0.5) * size.width / len(columns))
        x = min(middle - widest // 2, size.width + left - widest)
        draw_text(
            canvas, columns[number], top.clip(Rect(x, top.y, widest, top.height)), style, align="center"
        )
    return canvas


def _shown(count: int, length: int, room: int) -> range:
    """Every so many of the names, 1, 2, 5, 10, ..., so that each has room."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    return range(0, count, next(step for step in steps if step * length >= room * count))
