"""Lines that the window tells its user on the picture itself."""

from rlviz_overlay import DARK, Frame, Rect, Size, TextStyle, draw_text, measure_text
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.drawing.layout import HEIGHT

_TEXT = 15
_OPACITY = 0.8


def draw_note(frame: Frame, text: str) -> Frame:
    """The picture with a line of text in its middle, on a dark card; a new array.

    Args:
        frame: uint8 (H, W, 3), RGB; not changed.
        text: One line; made smaller, then cut, where it is longer than the picture is wide.
    """
    canvas = frame.copy()
    whole = Rect.whole(Size.of(canvas))
    unit = whole.height / HEIGHT
    style = TextStyle(max(6, round(_TEXT * unit)), DARK.text, min_height=8)
    margin = round(12 * unit)
    size = measure_text(text, style)
    width = min(size.width + 2 * margin, whole.width)
    height = min(size.height + margin, whole.height)
    card = Rect((whole.width - width) // 2, (whole.height - height) // 2, width, height)
    below = card.view(canvas)
    dark = cv2.addWeighted(below, 1 - _OPACITY, below, 0, 0)
    below[...] = dark
    draw_text(canvas, text, card.inset(margin, 0), style, align="center")
    return canvas
