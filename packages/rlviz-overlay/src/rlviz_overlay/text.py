"""One line of text inside a rectangle: fitted, outlined if wanted, never outside of it."""

import threading
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

import numpy as np

from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.lettering import KeptPrints, outlined
from rlviz_overlay.opencv import cv2
from rlviz_overlay.prints import Print
from rlviz_overlay.theme import Color

Align = Literal["left", "center", "right"]
VerticalAlign = Literal["top", "middle", "bottom"]

REGULAR = 400
"""Weight of ordinary text."""
BOLD = 600
"""Weight of titles and of what is highlighted."""

SMALLEST = 6
"""Font size in pixels below which letters are no more than dots, so that none are drawn."""

ELLIPSIS = "…"

# The font's instance (its weight) is state that all threads share.
_font_lock = threading.Lock()

# Outlined lines cost nine times as much as plain ones: so each is drawn once while it is in use.
_outlined_lines = KeptPrints(16 * 2**20)


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text looks.

    Attributes:
        height: Wanted font size in pixels, 1 or more; capitals are about 0.73 of it.
        color: Of the letters.
        weight: 400 regular, 600 bold.
        outline: Colour of an outline that keeps letters readable on any picture; None for none.
        min_height: Font size below which a text is rather cut than made smaller.
    """

    height: int
    color: Color
    weight: int = REGULAR
    outline: Color | None = None
    min_height: int = 9

    def __post_init__(self) -> None:
        if self.height < 1:
            msg = f"a text height of {self.height} pixels; give 1 or more"
            raise ValueError(msg)

    @property
    def line_height(self) -> int:
        """Pixels from the top of the highest accent to the bottom of the lowest descender, with outline."""
        return self.ascent + self.descent

    @property
    def ascent(self) -> int:
        """Pixels that a line takes above its baseline."""
        return self.height + 1 + self.height // 24 + self.reach

    @property
    def descent(self) -> int:
        """Pixels that a line takes below its baseline."""
        return -(-3 * self.height // 10) + self.reach

    @property
    def reach(self) -> int:
        """Pixels of the outline around a letter."""
        return 0 if self.outline is None else max(1, round(self.height / 12))

    @property
    def margin(self) -> int:
        """Pixels left and right of a line: some letters hang over, and the outline."""
        return 1 + self.height // 12 + self.reach

    def lowered(self, line_height: int) -> "TextStyle | None":
        """The same style with the largest font whose line is no higher than this; None if none is legible."""
        for height in range(self.height, min(SMALLEST, self.height) - 1, -1):
            candidate = replace(self, height=height)
            if candidate.line_height <= line_height:
                return candidate
        return None


@dataclass(frozen=True, slots=True)
class FittedText:
    """What of a text is drawn into a rectangle, and how.

    Attributes:
        text: The text itself, or its beginning and an ellipsis, or nothing when there is no room at all.
        style: The wanted style, with a smaller font where that was needed.
        width: Pixels that the line takes, with its margins.
    """

    text: str
    style: TextStyle
    width: int


@lru_cache(maxsize=8192)
def measure_text(text: str, style: TextStyle) -> Size:
    """The smallest rectangle in which one line of text has room at the style's own height.

    Args:
        text: One line; control characters count as blanks.
        style: Height, weight and outline.
    """
    with _font_lock:
        left, _, width, _ = cv2.getTextSize(
            (0, 0), _one_line(text), (0, 0), _font(), style.height, style.weight
        )
    return Size(max(0, left + width) + 2 * style.margin, style.line_height)


@lru_cache(maxsize=8192)
def fit(text: str, size: Size, style: TextStyle) -> FittedText:
    """The text as it fits into width x height pixels: as it is, else smaller, else cut with an ellipsis.

    It is made smaller than style.min_height only where the room is too low for a line of it, and nothing is
    left where not even 6 pixels are legible (unless that is what the style asks for).

    Args:
        text: One line; control characters become blanks.
        size: The room there is.
        style: Wanted look.
    """
    line = _one_line(text)
    highest = style.lowered(size.height)
    if highest is None:
        return FittedText("", style, 0)
    smallest = min(style.min_height, highest.height)
    for height in range(highest.height, smallest - 1, -1):
        candidate = replace(style, height=height)
        width = measure_text(line, candidate).width
        if width <= size.width:
            return FittedText(line, candidate, width)
    return _shorten(line, size.width, replace(style, height=smallest))


def draw_text(
    canvas: Frame,
    text: str,
    rect: Rect,
    style: TextStyle,
    *,
    align: Align = "left",
    valign: VerticalAlign = "middle",
) -> Rect:
    """Draw one line of text into the rectangle, in place: fitted by fit(), and never outside of it.

    Args:
        canvas: uint8 (H, W, 3), RGB.
        text: Any Unicode text; letters that the font lacks are drawn as "?".
        rect: Where.
        style: Wanted look.
        align: Where in the rectangle, horizontally.
        valign: Where in the rectangle, vertically; "middle" centres the capitals.

    Returns:
        The part of the rectangle that the line takes; empty when there was no room.
    """
    fitted = fit(text, rect.size, style)
    if not fitted.text:
        return Rect(rect.x, rect.y, 0, 0)
    style = fitted.style
    free = rect.width - fitted.width
    left = {"left": 0, "center": free // 2, "right": free}[align]
    baseline = _baseline(rect.height, style, valign)
    taken = Rect(rect.x + left, rect.y + baseline - style.ascent, fitted.width, style.line_height)
    if style.outline is None:
        with _font_lock:
            place = (left + style.margin, baseline)
            cv2.putText(
                rect.view(canvas), fitted.text, place, style.color, _font(), style.height, style.weight
            )
    else:
        _outlined_lines.get(fitted, lambda: _outlined(fitted)).draw(canvas, taken)
    return taken


@lru_cache(maxsize=256)
def wrap_text(text: str, width: int, style: TextStyle) -> tuple[str, ...]:
    """The text in lines of at most width pixels, broken at blanks, and within words that are too long.

    Line breaks in the text are kept.

    Args:
        text: Any text.
        width: Pixels that a line may take.
        style: Height and weight.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.append("")
        for word in _one_line(paragraph).split():
            longer = f"{lines[-1]} {word}".lstrip()
            if measure_text(longer, style).width <= width:
                lines[-1] = longer
                continue
            pieces = _break_word(word, width, style)
            lines[-1:] = [lines[-1], *pieces] if lines[-1] else pieces
    return tuple(lines)


def elide_middle(text: str, width: int, style: TextStyle) -> str:
    """The text, or its beginning and end around an ellipsis, in at most this width: for names of files.

    What tells names apart is mostly at their end. One letter and an ellipsis are left in any case.

    Args:
        text: One line.
        width: Pixels that it may take.
        style: Height and weight.
    """
    line = _one_line(text)
    if measure_text(line, style).width <= width:
        return line
    for kept in range(len(line) - 1, 1, -1):
        tail = kept // 2
        shorter = line[: kept - tail] + ELLIPSIS + line[-tail:]
        if measure_text(shorter, style).width <= width:
            return shorter
    return line[:1] + ELLIPSIS


def _outlined(fitted: FittedText) -> Print:
    """A line with its outline, of the size that draw_text() says it takes."""
    style = fitted.style
    letters = np.zeros((style.line_height, fitted.width), np.uint8)
    with _font_lock:
        place = (style.margin, style.ascent)
        cv2.putText(letters, fitted.text, place, (255,), _font(), style.height, style.weight)
    return outlined(letters, style.reach, style.color, style.outline or style.color)


@cache
def _font() -> cv2.FontFace:
    """OpenCV's built-in font: Latin, Greek, Cyrillic, and Chinese, Japanese and Korean signs."""
    return cv2.FontFace("sans")


def _break_word(word: str, width: int, style: TextStyle) -> list[str]:
    """The word in pieces of at most this width, of at least one letter each."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and measure_text(pieces[-1] + letter, style).width > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _shorten(line: str, width: int, style: TextStyle) -> FittedText:
    """The longest beginning of the line that has room together with an ellipsis; nothing if none has."""
    low, high = -1, len(line)
    while high - low > 1:
        middle = (low + high) // 2
        if measure_text(line[:middle].rstrip() + ELLIPSIS, style).width <= width:
            low = middle
        else:
            high = middle
    if low < 0:
        return FittedText("", style, 0)
    text = line[:low].rstrip() + ELLIPSIS
    return FittedText(text, style, measure_text(text, style).width)


def _baseline(room: int, style: TextStyle, valign: VerticalAlign) -> int:
    """Row of the baseline, so that a whole line (accents, descenders, outline) stays inside."""
    highest, lowest = style.ascent, room - style.descent
    if valign == "top":
        return highest
    if valign == "bottom":
        return lowest
    return min(max(highest, (room + round(0.73 * style.height)) // 2), lowest)


def _one_line(text: str) -> str:
    """The text composed (a letter and its accent are one sign), with blanks for control characters."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return composed
    return "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in composed)
