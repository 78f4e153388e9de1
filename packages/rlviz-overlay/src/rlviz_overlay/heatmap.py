"""Heat on pictures."""

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.colormap import Table
from rlviz_overlay.geometry import Frame, Size
from rlviz_overlay.opencv import cv2

Heatmap = NDArray[np.float32]
"""Float32 (H, W) in [0, 1], or in [-1, 1] where both signs are shown."""


def resize_heatmap(heatmap: Heatmap, size: Size) -> Heatmap:
    """The heatmap at another size, by bilinear interpolation with half-pixel centres.

    Args:
        heatmap: (h, w).
        size: Wanted width and height.

    Returns:
        Float32 (height, width), a new array.
    """
    resized = cv2.resize(heatmap, (size.width, size.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.float32)


def resize_frame(frame: Frame, size: Size, *, smooth: bool = False) -> Frame:
    """The picture at another size.

    Args:
        frame: uint8 (H, W, 3).
        size: Wanted width and height.
        smooth: False keeps the edges of pixels (games), from twice the size on; True interpolates
            (photographs). A picture made smaller is averaged over areas in both cases.
    """
    how = resampling(Size.of(frame), size, smooth=smooth)
    return np.asarray(cv2.resize(frame, (size.width, size.height), interpolation=how), np.uint8)


def resampling(source: Size, wanted: Size, *, smooth: bool) -> int:
    """OpenCV's flag for how a picture is brought from one size to another; see resize_frame()."""
    if wanted.width < source.width or wanted.height < source.height:
        return cv2.INTER_AREA
    is_whole = wanted.width % source.width == 0 and wanted.height % source.height == 0
    # Below twice the size, repeating some pixels and not others would distort the picture.
    is_uneven = not is_whole and wanted.width < 2 * source.width
    return cv2.INTER_LINEAR if smooth or is_uneven else cv2.INTER_NEAREST


def colorize(heatmap: Heatmap, table: Table, *, signed: bool = False) -> Frame:
    """The heat as colours, uint8 (H, W, 3), RGB.

    Args:
        heatmap: (H, W) in [0, 1], or [-1, 1] when signed; what is outside is clipped.
        table: uint8 (256, 3), RGB; 0 takes row 0 and 1 row 255.
        signed: Whether the heat has both signs; -1 then takes row 1, 0 row 128 and 1 row 255.
    """
    return _look_up(_levels(heatmap, signed=signed), table)


def blend(
    frame: Frame, heatmap: Heatmap, table: Table, *, opacity: float = 0.8, signed: bool = False
) -> Frame:
    """The picture with the heat over it; the stronger the heat, the less of the picture shows through.

    A pixel of heat v becomes (1 - a) * frame + a * table[v] with a = opacity * sqrt(|v|): no heat leaves
    the picture as it is, full heat at full opacity is the table's colour, and weak heat still shows on black.

    Args:
        frame: uint8 (H, W, 3), RGB; not changed.
        heatmap: (H, W) in [0, 1], or [-1, 1] when signed.
        table: uint8 (256, 3), RGB.
        opacity: 0 (heat is not seen) to 1.
        signed: Whether the heat has both signs.

    Raises:
        ValueError: The heat has another size than the picture, or the opacity is outside [0, 1].
    """
    return Blender(table, opacity=opacity, signed=signed)(frame, heatmap)


class Blender:
    """blend() for picture after picture: colours are mixed beforehand, and memory is used again."""

    def __init__(self, table: Table, *, opacity: float = 0.8, signed: bool = False) -> None:
        """What blend() takes, but for picture and heat.

        Raises:
            ValueError: The opacity is outside [0, 1].
        """
        if not 0 <= opacity <= 1:
            msg = f"an opacity of {opacity}; give a number from 0 to 1"
            raise ValueError(msg)
        self._signed = signed
        alpha = np.sqrt(_strength(signed=signed)) * opacity
        self._kept = np.repeat(np.rint(255 * (1 - alpha)).astype(np.uint8)[:, None], 3, axis=1)
        self._added = np.rint((255 - self._kept) / 255.0 * table).astype(np.uint8)
        self._scaled = np.empty((0, 0), np.float32)
        self._levels = np.empty((0, 0), np.uint8)
        self._looked_up = self._kept_part = np.empty((0, 0, 3), np.uint8)

    def __call__(self, frame: Frame, heatmap: Heatmap, *, out: Frame | None = None) -> Frame:
        """The picture with the heat over it.

        Args:
            frame: uint8 (H, W, 3), RGB; not changed.
            heatmap: (H, W) in [0, 1], or [-1, 1] when signed.
            out: uint8 (H, W, 3) that is written to, such as a part of a canvas; None: a new array.

        Raises:
            ValueError: The heat has another size than the picture.
        """
        if frame.shape[:2] != heatmap.shape:
            msg = (
                f"heat of shape {heatmap.shape} for a picture of shape {frame.shape}; "
                "resize_heatmap() brings it to the picture's size"
            )
            raise ValueError(msg)
        if self._levels.shape != heatmap.shape:
            self._kept_part = np.empty((*heatmap.shape, 3), np.uint8)
            self._scaled = np.empty(heatmap.shape, np.float32)
            self._levels = np.empty(heatmap.shape, np.uint8)
            self._looked_up = np.empty((*heatmap.shape, 3), np.uint8)
        _set_levels(heatmap, self._scaled, self._levels, signed=self._signed)
        cv2.applyColorMap(self._levels, self._kept.reshape(256, 1, 3), self._looked_up)
        cv2.multiply(frame, self._looked_up, self._kept_part, scale=1 / 255)
        cv2.applyColorMap(self._levels, self._added.reshape(256, 1, 3), self._looked_up)
        picture = np.empty(frame.shape, np.uint8) if out is None else out
        cv2.add(self._kept_part, self._looked_up, picture)
        return picture


def _set_levels(
    heatmap: Heatmap, scaled: NDArray[np.float32], levels: NDArray[np.uint8], *, signed: bool
) -> None:
    """Set levels (H, W) to the table's rows; scaled is memory for a picture of numbers."""
    span, zero = (127, 128) if signed else (255, 0)
    np.multiply(heatmap, np.float32(span), out=scaled)
    np.add(scaled, np.float32(zero + 0.5), out=scaled)
    np.clip(scaled, 0, 255, out=scaled)
    levels[...] = scaled


def _levels(heatmap: Heatmap, *, signed: bool) -> NDArray[np.uint8]:
    """Rows of the table, uint8 (H, W)."""
    levels = np.empty(heatmap.shape, np.uint8)
    _set_levels(heatmap, np.empty(heatmap.shape, np.float32), levels, signed=signed)
    return levels


def _strength(*, signed: bool) -> NDArray[np.float64]:
    """How strong the heat of each row of the table is, float64 (256,) in [0, 1]."""
    rows = np.arange(256)
    return np.minimum(np.abs(rows - 128) / 127, 1) if signed else rows / 255


def _look_up(levels: NDArray[np.uint8], table: Table) -> Frame:
    """table[levels]; OpenCV keeps the table's channel order and is twice as fast as indexing."""
    return np.asarray(cv2.applyColorMap(levels, table.reshape(256, 1, 3)), np.uint8)
