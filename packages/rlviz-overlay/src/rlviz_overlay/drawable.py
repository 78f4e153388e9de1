"""What everything that draws has in common."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.opencv import cv2
from rlviz_overlay.theme import Color


class Drawable(Protocol):
    """Draws itself into a rectangle of a canvas, in place, and never outside of it."""

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw into the rectangle.

        Args:
            canvas: uint8 (H, W, 3), RGB; the caller's, changed in place.
            rect: Where; inside the canvas.
        """
        ...


class Static:
    """What never changes: drawn once for each size, copied afterwards.

    It is drawn onto the given background, so it covers its whole rectangle.
    """

    def __init__(self, draw: Callable[[Frame, Rect], None], *, background: Color) -> None:
        """Keep what this draws; a drawable's own draw will do: Static(legend.draw, background=...)."""
        self._draw = draw
        self._background = background
        self._picture: Frame | None = None

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Copy the kept picture into the rectangle; make it first if there is none of this size."""
        rect.view(canvas)[...] = self.picture(rect.size)

    def picture(self, size: Size) -> Frame:
        """The kept picture, uint8 (height, width, 3); read only."""
        if self._picture is None or Size.of(self._picture) != size:
            self._picture = new_canvas(size, self._background)
            self._draw(self._picture, Rect.whole(size))
            self._picture.flags.writeable = False
        return self._picture


def new_canvas(size: Size, color: Color) -> Frame:
    """A canvas, uint8 (height, width, 3), filled with one colour."""
    canvas = np.empty((size.height, size.width, 3), np.uint8)
    canvas[:1] = np.array(color, np.uint8)
    canvas[1:] = canvas[:1]  # whole rows are copied ten times as fast as single pixels
    return canvas


def fill(canvas: Frame, rect: Rect, color: Color) -> None:
    """Fill a rectangle of the canvas with one colour, in place."""
    if rect.width and rect.height:
        view = rect.view(canvas)
        cv2.rectangle(view, (0, 0), (rect.width - 1, rect.height - 1), color, cv2.FILLED)


def draw_box(
    canvas: Frame, rect: Rect, color: Color, *, thickness: int = 1, outline: Color | None = None
) -> None:
    """Draw the border of a rectangle, in place and inside of it.

    Args:
        canvas: uint8 (H, W, 3), RGB.
        rect: Its border's outer edge; what lies outside the canvas is not drawn.
        color: Of the border.
        thickness: Pixels of the border.
        outline: Colour of one more pixel on both sides, to be seen on any picture; None for none.
    """
    if outline is not None:
        draw_box(canvas, rect, outline, thickness=thickness + 2)
        rect = rect.inset(1)
    visible = Rect.whole(Size.of(canvas))
    top, rest = rect.cut_top(thickness)
    bottom, middle = rest.cut_bottom(thickness)
    left, rest = middle.cut_left(thickness)
    right, _ = rest.cut_right(thickness)
    for side in (top, bottom, left, right):
        fill(canvas, visible.clip(side), color)
