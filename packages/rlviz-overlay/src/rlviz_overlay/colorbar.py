"""A colour bar: what the colours of heat or the levels of grey mean."""

import numpy as np

from rlviz_overlay.axis import Axis, Limits, format_value
from rlviz_overlay.colormap import Table
from rlviz_overlay.drawable import draw_box
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.text import TextStyle, draw_text, measure_text
from rlviz_overlay.theme import DARK, Theme

GRAYS: Table = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
"""Black to white, uint8 (256, 3)."""
GRAYS.flags.writeable = False


class ColorBar:
    """A lying bar of colours from the lowest to the highest value, with numbers below it."""

    def __init__(
        self,
        table: Table,
        limits: Limits,
        *,
        text_height: int = 12,
        value_format: str = ".3g",
        theme: Theme = DARK,
    ) -> None:
        """A bar of these colours.

        Args:
            table: uint8 (n, 3), RGB: n bands of one colour each, or 256 for a bar without steps.
            limits: The values at the bar's ends; 0 is marked too where it lies between them.
            text_height: Font size of the numbers in pixels.
            value_format: Python's format of the numbers.
            theme: Colours of frame and numbers.

        Raises:
            ValueError: The limits are not a lower and a higher number.
        """
        self._axis = Axis(limits)
        self._table = table
        self._style = TextStyle(text_height, theme.muted)
        self._rule = theme.rule
        low, high = limits
        values = (low, 0.0, high) if low < 0 < high else (low, high)
        self._marks = tuple((value, format_value(value, value_format)) for value in values)

    @property
    def natural_size(self) -> Size:
        """Width and height at which bar and numbers have room."""
        line = self._style.line_height
        return Size(20 * self._style.height, round(1.1 * self._style.height) + 2 + line)

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw bar and numbers; the middle of a number is below its place, but at the ends."""
        numbers, bar = rect.cut_bottom(self._style.line_height, gap=2)
        steps = np.arange(bar.width) * len(self._table) // max(1, bar.width)
        bar.view(canvas)[...] = self._table[steps]
        draw_box(canvas, bar, self._rule)
        for value, text in self._marks:
            width = min(measure_text(text, self._style).width, numbers.width)
            middle = round(self._axis.fraction(value) * numbers.width)
            left = min(max(0, middle - width // 2), numbers.width - width)
            place = Rect(numbers.x + left, numbers.y, width, numbers.height)
            draw_text(canvas, text, place, self._style, align="center")
