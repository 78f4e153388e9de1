"""Texts that draw themselves into a rectangle."""

from dataclasses import replace
from functools import lru_cache

from rlviz_overlay.drawable import fill
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.text import ELLIPSIS, Align, TextStyle, VerticalAlign, draw_text, fit, wrap_text
from rlviz_overlay.theme import Color


class Label:
    """One line of text that may change from frame to frame."""

    def __init__(
        self,
        text: str,
        style: TextStyle,
        *,
        align: Align = "left",
        valign: VerticalAlign = "middle",
        background: Color | None = None,
    ) -> None:
        """A line of text.

        Args:
            text: The text of the first draw.
            style: Wanted look; fitted to the rectangle.
            align: Where in the rectangle, horizontally.
            valign: Where in the rectangle, vertically.
            background: Fills the rectangle first; None draws over what is there (a picture, with an outline).
        """
        self._text = text
        self._style = style
        self._align: Align = align
        self._valign: VerticalAlign = valign
        self._background = background

    def update(self, text: str, style: TextStyle | None = None) -> None:
        """Set the text of the next draw, and its look if that changes too."""
        self._text = text
        self._style = style or self._style

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw the line."""
        if self._background is not None:
            fill(canvas, rect, self._background)
        if self._text:
            draw_text(canvas, self._text, rect, self._style, align=self._align, valign=self._valign)


class Paragraph:
    """Text in as many lines as it needs: in a smaller font, then cut, where the rectangle is too small."""

    def __init__(self, text: str, style: TextStyle, *, background: Color | None = None) -> None:
        """A text of any length.

        Args:
            text: The text of the first draw; line breaks are kept.
            style: Wanted look.
            background: Fills the rectangle first; None draws over what is there.
        """
        self._text = text
        self._style = style
        self._background = background

    def update(self, text: str) -> None:
        """Set the text of the next draw."""
        self._text = text

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw the lines from the top."""
        if self._background is not None:
            fill(canvas, rect, self._background)
        lines, style = fit_lines(self._text, rect.size, self._style)
        rest = rect
        for line in lines:
            place, rest = rest.cut_top(style.line_height)
            draw_text(canvas, line, place, style)


@lru_cache(maxsize=256)
def fit_lines(text: str, size: Size, style: TextStyle) -> tuple[tuple[str, ...], TextStyle]:
    """The text in lines that fit into width x height pixels, and the style they fit in.

    The font is made smaller down to style.min_height, then lines that have no room are left out and the
    last one ends with an ellipsis.
    """
    for height in range(style.height, min(style.height, style.min_height) - 1, -1):
        smaller = replace(style, height=height)
        lines = wrap_text(text, size.width, smaller)
        if len(lines) * smaller.line_height <= size.height:
            return lines, smaller
    smallest = replace(style, height=min(style.height, style.min_height))
    room = size.height // smallest.line_height
    if room == 0:
        return (fit(text, size, smallest).text,), smallest.lowered(size.height) or smallest
    lines = wrap_text(text, size.width, smallest)[:room]
    return (*lines[:-1], fit(lines[-1] + ELLIPSIS, size, smallest).text), smallest
