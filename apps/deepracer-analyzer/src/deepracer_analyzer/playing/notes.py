"""Lines that the window tells its user on the picture itself."""

from rlviz_overlay import BOLD, DARK, Frame, Rect, Size, TextStyle, draw_text, measure_text

from deepracer_analyzer.drawing.layout import HEIGHT

_TEXT = 13
_OPACITY = 0.85
_LEFT, _HEIGHT = 238, 23
"""Right of the video's name banner and above the action space: nothing else is there."""


def draw_note(frame: Frame, text: str) -> Frame:
    """The picture with a line of text at its top, on a dark card; a new array.

    Args:
        frame: uint8 (H, W, 3), RGB; not changed.
        text: One line; made smaller, then cut, where it is longer than there is room.
    """
    canvas = frame.copy()
    unit = canvas.shape[0] / HEIGHT
    style = TextStyle(max(6, round(_TEXT * unit)), DARK.text, BOLD, min_height=8)
    margin = round(8 * unit)
    left = round(_LEFT * unit)
    width = measure_text(text, style).width + 2 * margin
    card = Rect.whole(Size.of(canvas)).clip(Rect(left, 0, width, round(_HEIGHT * unit)))
    below = card.view(canvas)
    below[...] = ((1 - _OPACITY) * below).round()
    draw_text(canvas, text, card.inset(min(margin, card.width // 4), 0), style, align="center")
    return canvas
