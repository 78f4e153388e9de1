"""The key to the diagram: brightness of units, and colours of edges."""

import numpy as np
from rlviz_overlay import DARK, Frame, Rect, Table, TextStyle, draw_text, measure_text
from rlviz_overlay.opencv import cv2

from nn_video_generator.drawing.palette import NEGATIVE, POSITIVE, STEPS, ZERO, brightness


def draw_legend(canvas: Frame, rect: Rect, text_height: int) -> None:
    """Draw the key in one line, in place: as much of it as has room."""
    style = TextStyle(text_height, DARK.muted, min_height=7)
    gap = text_height // 3
    ramp = Rect(0, 0, 5 * text_height, max(2, rect.height // 2))
    mark = Rect(0, 0, round(1.6 * text_height), max(2, rect.height // 6))
    last = "subtracts (weight × activation)"
    others = (
        ramp.width
        + 2 * mark.width
        + 6 * gap
        + sum(measure_text(text, style).width for text in ("−", "adds", last))
    )
    activation = "+ activation, full at 99th percentile"
    if measure_text(activation, style).width + others > rect.width:
        activation = "+ activation"
    x = _write(canvas, "−", rect, style)
    x = _paint(canvas, np.ascontiguousarray(brightness()[ZERO - STEPS :]), ramp, _from(rect, x))
    x = _write(canvas, activation, _from(rect, x), style) + 2 * gap
    x = _paint(canvas, np.array([POSITIVE], np.uint8), mark, _from(rect, x)) + gap
    x = _write(canvas, "adds", _from(rect, x), style) + 2 * gap
    x = _paint(canvas, np.array([NEGATIVE], np.uint8), mark, _from(rect, x)) + gap
    _write(canvas, last, _from(rect, x), style)


def _from(rect: Rect, x: int) -> Rect:
    """What is right of a column."""
    return rect.cut_left(x - rect.x)[1]


def _paint(canvas: Frame, colors: Table, size: Rect, rect: Rect) -> int:
    """Paint colours, from left to right, at the left of a rectangle; returns the column behind them."""
    bar = rect.clip(Rect(rect.x, rect.y + (rect.height - size.height) // 2, size.width, size.height))
    if bar.width:
        bar.view(canvas)[...] = cv2.resize(colors[None], (bar.width, 1), interpolation=cv2.INTER_LINEAR)
    return bar.right


def _write(canvas: Frame, text: str, rect: Rect, style: TextStyle) -> int:
    """Draw a text at the left of a rectangle; returns the column behind it."""
    draw_text(canvas, text, rect, style)
    return min(rect.right, rect.x + measure_text(text, style).width)
