"""The help menu: every key and what it does, over the whole picture."""

from collections.abc import Sequence

from rlviz_overlay import BOLD, DARK, Frame, Print, Rect, Size, TextStyle, draw_text, fill, measure_text

from deepracer_analyzer.drawing.colors import ACTION

TITLE, CLOSING = "Help", "H closes it"
_OPACITY = 0.88
_LARGEST, _SMALLEST = 15, 6


class HelpMenu:
    """A card with all keys; it is made once and mixed into any picture.

    Args:
        keys: Keys, and what they do, in order.
        size: Of the picture.
        unit: Pixels for each pixel of 640x500.
    """

    def __init__(self, keys: Sequence[tuple[str, str]], size: Size, unit: float) -> None:
        self._keys = tuple(keys)
        self._unit = unit
        self._print = Print.drawn(self._draw, size)

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw the menu over what is there, in place; the rectangle has the picture's size."""
        self._print.draw(canvas, rect)

    def text_height(self, size: Size) -> int:
        """The font size at which all keys have room in a picture of this size, in pixels."""
        for height in range(max(_SMALLEST, round(_LARGEST * self._unit)), _SMALLEST, -1):
            card = self._card(size, height)
            if card.width <= 0.94 * size.width and card.height <= 0.94 * size.height:
                return height
        return _SMALLEST

    def _draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw the card, in place."""
        canvas[...] = ((1 - _OPACITY) * canvas).round()
        height = self.text_height(rect.size)
        size = self._card(rect.size, height)
        margin = round(1.5 * height)
        width, tall = min(size.width, rect.width), min(size.height, rect.height)
        card = Rect(rect.x + (rect.width - width) // 2, rect.y + (rect.height - tall) // 2, width, tall)
        fill(canvas, card, DARK.panel)
        title, rest = card.inset(margin, height).cut_top(_pitch(round(1.3 * height)))
        draw_text(canvas, TITLE, title, TextStyle(round(1.3 * height), DARK.text, BOLD))
        draw_text(canvas, CLOSING, title, TextStyle(height, DARK.muted, min_height=_SMALLEST), align="right")
        bold, plain = self._styles(height)
        for (key, meaning), line in zip(self._keys, rest.rows(*[1] * len(self._keys)), strict=True):
            name, words = line.cut_left(self._key_width(height), height)
            draw_text(canvas, key, name, bold)
            draw_text(canvas, meaning, words, plain)

    def _card(self, size: Size, height: int) -> Size:
        """What a card with letters of this height takes."""
        _, plain = self._styles(height)
        words = max(measure_text(meaning, plain).width for _, meaning in self._keys)
        width = self._key_width(height) + height + words + 2 * round(1.5 * height)
        lines = len(self._keys) * _pitch(height) + _pitch(round(1.3 * height)) + 2 * height
        return Size(min(width, 4 * size.width), lines)

    def _key_width(self, height: int) -> int:
        bold, _ = self._styles(height)
        return max(measure_text(key, bold).width for key, _ in self._keys)

    @staticmethod
    def _styles(height: int) -> tuple[TextStyle, TextStyle]:
        return (
            TextStyle(height, ACTION, BOLD, min_height=_SMALLEST),
            TextStyle(height, DARK.text, min_height=_SMALLEST),
        )


def _pitch(height: int) -> int:
    """Pixels from line to line."""
    return round(1.75 * height)
