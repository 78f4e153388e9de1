"""Faint lines on a picture that never move: the borders of regions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.geometry import Frame, Size
from rlviz_overlay.opencv import cv2
from rlviz_overlay.theme import Color

Points = Sequence[tuple[float, float]]
"""Corners, x and y."""

Indices = NDArray[np.intp]


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
        # Parts of 256, rounded: integers are mixed in a third of the time.
        self._kept = np.uint16(256 - round(256 * opacity))
        self._added = np.rint(opacity * 256 * np.array(color) + 128).clip(0, 65535).astype(np.uint16)
        self.pixels = _touched(lines, size, thickness, closed=closed)

    def draw(self, picture: Frame) -> None:
        """Mix the lines into the picture, in place.

        Args:
            picture: uint8 (H, W, 3), RGB; a part of a canvas will do.

        Raises:
            ValueError: The picture has another size than the lines were made for.
        """
        if Size.of(picture) != self._size:
            given, wanted = Size.of(picture), self._size
            msg = (
                f"a picture of {given.width}x{given.height} for outlines of {wanted.width}x{wanted.height}; "
                "make them for the picture's own size"
            )
            raise ValueError(msg)
        rows, columns = self.pixels
        picture[rows, columns] = (picture[rows, columns] * self._kept + self._added) >> 8


def _touched(lines: Sequence[Points], size: Size, thickness: int, *, closed: bool) -> tuple[Indices, Indices]:
    """Rows and columns of the pixels under the lines."""
    mask = np.zeros((size.height, size.width), np.uint8)
    for corners in lines:
        points = np.floor(np.array(corners, np.float64)).astype(np.int32)
        # An edge on the picture's right or lower border lies on its last pixels.
        points = points - (points == (size.width, size.height))
        cv2.polylines(mask, [points.reshape(-1, 1, 2)], closed, 1, thickness)
    rows, columns = np.nonzero(mask)
    return rows, columns
