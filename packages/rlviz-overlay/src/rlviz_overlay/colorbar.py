"""A colour bar: what the colours of heat or the levels of grey mean."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class ColorBar:
    """A lying bar of colours from the lowest to the highest value, with numbers below it.

    Attributes:
        table: uint8 (n, 3), RGB: n bands of one colour each, or 256 for a bar without steps.
        limits: The values at the bar's ends; 0 is marked too where it lies between them.
        ends: What is written below the ends; by default the limits.
        text_height: Font size of the numbers in pixels.
        theme: Colours of frame and numbers.

    Raises:
        ValueError: The limits are not a lower and a higher number.
    """

    table: Table
    limits: Limits
    ends: tuple[str, str] | None = None
    text_height: int = 12
    theme: Theme = DARK

    def __post_init__(self) -> None:
        Axis(self.limits)

    @property
    def natural_size(self) -> Size:
        """Width and height at which bar and numbers have room."""
        style = self._style
        texts = sum(measure_text(text, style).width for _, text in self._marks)
        return Size(max(20 * style.height, texts + style.height), style.height + 3 + style.line_height)

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw bar and numbers; the middle of a number is below its place, but at the ends."""
        style, axis = self._style, Axis(self.limits)
        numbers, bar = rect.cut_bottom(style.line_height, gap=2)
        steps = np.arange(bar.width) * len(self.table) // max(1, bar.width)
        bar.view(canvas)[...] = self.table[steps]
        draw_box(canvas, bar, self.theme.rule)
        for value, text in self._marks:
            width = min(measure_text(text, style).width, numbers.width)
            middle = round(axis.fraction(value) * numbers.width)
            left = min(max(0, middle - width // 2), numbers.width - width)
            draw_text(canvas, text, Rect(numbers.x + left, numbers.y, width, numbers.height), style)

    @property
    def _style(self) -> TextStyle:
        return TextStyle(self.text_height, self.theme.muted)

    @property
    def _marks(self) -> list[tuple[float, str]]:
        """What is written where."""
        low, high = self.limits
        first, last = self.ends or (format_value(low, ".3g"), format_value(high, ".3g"))
        return [(low, first), *([(0.0, "0")] if low < 0 < high else []), (high, last)]
