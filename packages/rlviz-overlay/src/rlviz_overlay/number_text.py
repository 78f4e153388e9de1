"""Numbers that change from frame to frame, put together from signs that are drawn once."""

import numpy as np

from rlviz_overlay.drawable import fill, new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.text import Align, TextStyle, draw_text, measure_text
from rlviz_overlay.theme import Color


class NumberText:
    """One line of figures on one colour; a tenth of the price of draw_text(), for a line that changes always.

    All digits are as wide, so that a number that counts stands still. Where the line has no room it is drawn
    by draw_text(), smaller or cut.
    """

    def __init__(self, style: TextStyle, background: Color, *, align: Align = "left") -> None:
        """Figures of one look.

        Args:
            style: Height, colour and weight; an outline is not drawn.
            background: Behind them; covers the whole rectangle.
            align: Where in the rectangle, horizontally.
        """
        self._style = style
        self._background = background
        self._align: Align = align
        self._signs: dict[str, Frame] = {}

    def draw(self, canvas: Frame, text: str, rect: Rect) -> None:
        """Draw a line into a rectangle, in place; covers the whole rectangle."""
        fill(canvas, rect, self._background)
        signs = [self._sign(sign) for sign in text]
        margin = self._style.margin
        width = sum(sign.shape[1] for sign in signs) + 2 * margin
        if width > rect.width or self._style.line_height > rect.height:
            draw_text(canvas, text, rect, self._style, align=self._align)
            return
        free = rect.width - width
        x = rect.x + margin + {"left": 0, "center": free // 2, "right": free}[self._align]
        top = rect.y + _top(rect.height, self._style)
        for sign in signs:
            height, advance = sign.shape[:2]
            canvas[top : top + height, x : x + advance] = sign
            x += advance

    def _sign(self, sign: str) -> Frame:
        """One sign, uint8 (line height, advance, 3)."""
        kept = self._signs.get(sign)
        if kept is None:
            style = self._style
            advance = measure_text(f"0{sign}0", style).width - measure_text("00", style).width
            picture = new_canvas(Size(advance + 2 * style.margin + 2, style.line_height), self._background)
            draw_text(picture, sign, Rect.whole(Size.of(picture)), style)
            kept = np.ascontiguousarray(picture[:, style.margin : style.margin + advance])
            self._signs[sign] = kept
        return kept


def _top(room: int, style: TextStyle) -> int:
    """First row of the line in a room of this height, so that its capitals are in the middle."""
    baseline = min(max(style.ascent, (room + round(0.73 * style.height)) // 2), room - style.descent)
    return baseline - style.ascent
