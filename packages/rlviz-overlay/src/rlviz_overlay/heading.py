"""What stands above a figure: its title, what it shows, and what its colours mean."""

from collections.abc import Sequence
from dataclasses import replace

from rlviz_overlay.colorbar import ColorBar
from rlviz_overlay.drawable import new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.text import BOLD, TextStyle, draw_text, measure_text, wrap_text
from rlviz_overlay.theme import DARK, Theme

MARGIN = 16
"""Pixels around a figure."""

_LEAST, _READABLE, _USUAL = 560, 900, 1500


def headed(
    body: Frame,
    title: str,
    notes: Sequence[str] = (),
    *,
    key: ColorBar | None = None,
    warnings: Sequence[str] = (),
    theme: Theme = DARK,
) -> Frame:
    """A picture under a heading: uint8 (H, W, 3), RGB.

    All texts take as many lines as they need; the letters of wide figures are larger, to be read when the
    whole is looked at.

    Args:
        body: uint8 (h, w, 3), RGB; shown as it is.
        title: Above it.
        notes: What is shown and on which scale, a line each.
        key: What the colours mean, below the notes and with letters of their size.
        warnings: What is left out or wrong, a line each.
        theme: Colours.
    """
    size, letters = Size.of(body), _note_height(body.shape[1])
    texts = [(title, TextStyle(round(1.5 * letters), theme.text, BOLD))]
    texts += [(one, TextStyle(letters, theme.muted)) for one in notes]
    texts += [(one, TextStyle(letters, theme.warning)) for one in warnings]
    width = max(size.width, _LEAST, min(_READABLE, max(measure_text(*each).width for each in texts)))
    lines = [(line, style) for text, style in texts for line in wrap_text(text, width, style)]
    bars = [] if key is None else [replace(key, text_height=letters)]
    height = sum(style.line_height for _, style in lines) + letters // 2
    height += sum(bar.natural_size.height + letters // 2 for bar in bars)
    canvas = new_canvas(Size(width + 2 * MARGIN, height + size.height + 2 * MARGIN), theme.background)
    rest = Rect.whole(Size.of(canvas)).inset(MARGIN)
    for line, style in lines:
        place, rest = rest.cut_top(style.line_height)
        draw_text(canvas, line, place, style)
    for bar in bars:
        place, rest = rest.cut_top(letters // 2)[1].cut_top(bar.natural_size.height)
        bar.draw(canvas, place.cut_left(bar.natural_size.width)[0])
    rest.cut_bottom(size.height)[0].cut_left(size.width)[0].view(canvas)[...] = body
    return canvas


def _note_height(width: int) -> int:
    """Font size in pixels of the notes above a body of this width."""
    return round(13 * max(1.0, width / _USUAL))
