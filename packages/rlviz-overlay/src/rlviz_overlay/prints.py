"""Drawings that let the picture below them through: made once, mixed into any picture."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.drawable import new_canvas
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.opencv import cv2


@dataclass(frozen=True, slots=True)
class Print:
    """A drawing as what it does to a picture: `picture * kept / 255 + added`.

    Attributes:
        kept: How much of the picture stays, uint8 (H, W, 3), 0 to 255.
        added: What is added to that, uint8 (H, W, 3), no more than 255 - kept.
    """

    kept: NDArray[np.uint8]
    added: NDArray[np.uint8]

    @classmethod
    def drawn(cls, draw: Callable[[Frame, Rect], None], size: Size) -> "Print":
        """What a drawing does to any picture, found from what it does to a black and to a white one.

        Args:
            draw: Draws into a rectangle of a canvas, in place: a drawable's own `draw` will do. It is called
                twice, and may mix colours with the canvas, but must not depend on it in any other way.
            size: Of the drawing.
        """
        black, white = new_canvas(size, (0, 0, 0)), new_canvas(size, (255, 255, 255))
        for canvas in (black, white):
            draw(canvas, Rect.whole(size))
        return cls(np.asarray(cv2.subtract(white, black), np.uint8), black)

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return Size.of(self.kept)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        return self.kept.nbytes + self.added.nbytes

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Mix it into the canvas, in place.

        Args:
            canvas: uint8 (H, W, 3), RGB.
            rect: Where; of the drawing's own size.

        Raises:
            ValueError: The rectangle has another size, or reaches outside the canvas.
        """
        if rect.size != self.size:
            msg = (
                f"a drawing of {self.size.width}x{self.size.height} pixels for a place of "
                f"{rect.width}x{rect.height}; make it for the place's own size"
            )
            raise ValueError(msg)
        view = rect.view(canvas)
        if view.size:
            cv2.multiply(view, self.kept, view, scale=1 / 255)
            cv2.add(view, self.added, view)
