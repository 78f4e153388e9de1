"""The window's note that what is shown is recorded."""

from rlviz_overlay import Frame, Rect, Size, draw_text, measure_text
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.drawing.colors import over_video
from deepracer_analyzer.drawing.layout import HEIGHT
from deepracer_analyzer.drawing.moment import Moment

_RED = (255, 45, 45)
_TEXT = 14
_DOTS = 3
_PICTURES_A_DOT = 8
"""About half a second."""


def draw_recording(frame: Frame, moment: Moment) -> Frame:
    """The picture with `Recording` and a growing number of dots at its top right; a new array.

    Args:
        frame: uint8 (H, W, 3), RGB; not changed.
        moment: Which picture it is: the dots follow its number.
    """
    canvas = frame.copy()
    unit = canvas.shape[0] / HEIGHT
    style = over_video(max(6, round(_TEXT * unit)))
    dots = moment.frame // _PICTURES_A_DOT % (_DOTS + 1)
    # As wide as with all dots, so that the word stands still.
    size = measure_text("Recording" + "." * _DOTS, style)
    gap = round(8 * unit)
    whole = Rect.whole(Size.of(canvas))
    place = whole.clip(Rect(whole.right - gap - size.width, round(4 * unit), size.width, size.height))
    center = (place.x - round(0.4 * style.height), place.y + place.height // 2)
    for radius, color in ((0.42, (0, 0, 0)), (0.34, _RED)):
        cv2.circle(canvas, center, round(radius * style.height), color, cv2.FILLED, cv2.LINE_AA)
    draw_text(canvas, "Recording" + "." * dots, place, style)
    return canvas
