"""Filled contours: heat in evenly spaced bands over a picture."""

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.colormap import Table
from rlviz_overlay.geometry import Frame, Size
from rlviz_overlay.heatmap import Heatmap, resize_heatmap
from rlviz_overlay.opencv import cv2


class ContourBands:
    """Paints heat over picture after picture as filled contours, each band in one colour.

    Of n bands, band i (1 to n) is where (i - 1) / n < heat <= i / n, and what is above 1 belongs to the last.
    Heat of 0 and below leaves the picture as it is; the higher a band, the less of the picture shows through:
    its opacity is that of the last one times sqrt(i / n). Colours and opacities are mixed beforehand.
    """

    def __init__(self, table: Table, *, bands: int = 8, opacity: float = 0.75) -> None:
        """Bands in the colours of a table.

        Args:
            table: uint8 (256, 3), RGB; each band takes the row in its middle.
            bands: How many, 1 to 255.
            opacity: Of the last band, 0 (heat is not seen) to 1 (the picture is not seen).

        Raises:
            ValueError: A number of bands or an opacity outside these.
        """
        if not 1 <= bands <= 255:
            msg = f"{bands} contour bands; give 1 to 255"
            raise ValueError(msg)
        if not 0 <= opacity <= 1:
            msg = f"an opacity of {opacity}; give a number from 0 to 1"
            raise ValueError(msg)
        self.bands = bands
        self.colors = _band_colors(table, bands)
        opacities = opacity * np.sqrt(np.arange(bands + 1) / bands)
        self._kept = np.full((256, 1, 3), 255, np.uint8)
        self._kept[: bands + 1, 0] = np.rint(255 * (1 - opacities))[:, None]
        self._added = np.zeros((256, 1, 3), np.uint8)
        self._added[1 : bands + 1, 0] = np.rint((255 - self._kept[1 : bands + 1, 0]) / 255 * self.colors)

    def __call__(self, frame: Frame, heatmap: Heatmap) -> Frame:
        """The picture with the bands over it, a new array.

        Args:
            frame: uint8 (H, W, 3), RGB; not changed.
            heatmap: Float32 (h, w); stretched over the picture by bilinear interpolation before it is cut
                into bands, so that their borders are as sharp as the picture's pixels.
        """
        numbers = self.numbers(heatmap, Size.of(frame))
        kept = cv2.applyColorMap(numbers, self._kept)
        added = cv2.applyColorMap(numbers, self._added)
        return np.asarray(cv2.add(cv2.multiply(frame, kept, kept, scale=1 / 255), added, added), np.uint8)

    def numbers(self, heatmap: Heatmap, size: Size) -> NDArray[np.uint8]:
        """Each pixel's band, uint8 (height, width): 0 where there is none, else 1 to the number of bands."""
        if Size.of(heatmap) != size:
            heatmap = resize_heatmap(heatmap, size)
        scaled = heatmap * np.float32(self.bands)
        return np.clip(np.ceil(scaled, out=scaled), 0, self.bands, out=scaled).astype(np.uint8)


def _band_colors(table: Table, bands: int) -> Table:
    """The row of the table in the middle of each band, uint8 (bands, 3)."""
    return table[np.rint((np.arange(bands) + 0.5) * (255 / bands)).astype(np.intp)]
