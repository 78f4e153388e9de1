"""Faint lines on a picture that never move: the borders of regions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.geometry import Frame, Size
from rlviz_overlay.opencv import cv2
from rlviz_overlay.theme import Color

Points = Sequence[tuple[float, float]]
"""Corners, x and y."""


class Outline:
    """Polygons (or open lines) that are mixed into each picture; which pixels they touch is found once."""

    def __init__(
        self,
        lines: Sequence[Points],
        color: Color,
        size: Size,
        *,
        opacity: float = 0.6,
        thickness: int = 1,
        closed: bool = True,
    ) -> None:
        """The lines of pictures of one size.

        Args:
            lines: The corners of each; pixel 0's left edge is 0. They may reach over the picture's edge.
            color: Of the lines.
            size: Of the pictures.
            opacity: 0 (not seen) to 1.
            thickness: Pixels.
            closed: Whether the last corner is joined to the first.

        Raises:
            ValueError: An opacity outside [0, 1].
        """
        if not 0 <= opacity <= 1:
            msg = f"an opacity of {opacity}; give a number from 0 to 1"
            raise ValueError(msg)
        self._size = size
        self._kept = np.float32(1 - opacity)
        self._added = np.float32(opacity) * np.array(color, np.float32)
        self.pixels = _touched(lines, size, thickness, closed=closed)

    def draw(self, picture: Frame) -> None:
        """Mix the lines into the picture, in place.

        Args:
            picture: uint8 (H, W, 3), RGB, C-contiguous.

        Raises:
            ValueError: The picture has another size than the lines were made for.
        """
        if Size.of(picture) != self._size or not picture.flags.c_contiguous:
            given, wanted = Size.of(picture), self._size
            msg = (
                f"a picture of {given.width}x{given.height} for outlines of {wanted.width}x{wanted.height}; "
                "make them for the picture's own size, and give it whole"
            )
            raise ValueError(msg)
        if self.pixels.size:
            flat = picture.reshape(-1, 3)
            flat[self.pixels] = np.rint(flat[self.pixels] * self._kept + self._added).astype(np.uint8)


def _touched(lines: Sequence[Points], size: Size, thickness: int, *, closed: bool) -> NDArray[np.intp]:
    """Indices of the pixels under the lines, row by row."""
    mask = np.zeros((size.height, size.width), np.uint8)
    for corners in lines:
        points = np.floor(np.array(corners, np.float64)).astype(np.int32)
        # An edge on the picture's right or lower border lies on its last pixels.
        points = points - (points == (size.width, size.height))
        cv2.polylines(mask, [points.reshape(-1, 1, 2)], closed, 1, thickness)
    return np.flatnonzero(mask)
