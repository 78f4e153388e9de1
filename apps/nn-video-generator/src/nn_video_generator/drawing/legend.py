"""The key to the diagram: brightness of units, and colours of edges."""

import numpy as np
from rlviz_overlay import DARK, Frame, Rect, TextStyle, draw_text, fill, measure_text
from rlviz_overlay.opencv import cv2

from nn_video_generator.drawing.palette import NEGATIVE, POSITIVE, STEPS, ZERO, brightness


def draw_legend(canvas: Frame, rect: Rect, text_height: int) -> None:
    """Draw the key in one line, in place: as much of it as has room."""
    style = TextStyle(text_height, DARK.muted, min_height=7)
    ramp = max(12, 3 * text_height)
    parts = (
        ("activation 0", "99th percentile", ramp),
        ("", "adds", POSITIVE),
        ("", "subtracts (weight × activation)", NEGATIVE),
    )
    x, gap = rect.x, text_height // 3
    for before, after, key in parts:
        x = _write(canvas, before, Rect(x, rect.y, rect.right - x, rect.height), style) + (
            gap if before else 0
        )
        if isinstance(key, int):
            bar = Rect(x, rect.y + rect.height // 4, min(key, rect.right - x), max(1, rect.height // 2))
            strip = np.ascontiguousarray(brightness()[ZERO : ZERO + STEPS + 1])[None]
            bar.view(canvas)[...] = cv2.resize(strip, (bar.width, 1), interpolation=cv2.INTER_LINEAR)
        else:
            height = max(2, rect.height // 6)
            bar = Rect(x, rect.y + (rect.height - height) // 2, min(ramp // 2, rect.right - x), height)
            fill(canvas, bar, key)
        x = bar.right + gap
        x = _write(canvas, after, Rect(x, rect.y, rect.right - x, rect.height), style) + 2 * gap


def _write(canvas: Frame, text: str, rect: Rect, style: TextStyle) -> int:
    """Draw a text at the left of a rectangle; returns the column behind it."""
    if not text:
        return rect.x
    draw_text(canvas, text, rect, style)
    return min(rect.right, rect.x + measure_text(text, style).width)
