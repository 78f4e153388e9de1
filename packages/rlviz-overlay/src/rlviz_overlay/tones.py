"""Numbers as pictures: levels of grey, or of red, green and blue."""

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.axis import Limits
from rlviz_overlay.geometry import Frame, Size
from rlviz_overlay.opencv import cv2


def tone(values: NDArray[np.floating], limits: Limits) -> NDArray[np.uint8]:
    """Levels 0 to 255 of numbers: the lower limit is 0, the higher 255, what is outside is clipped.

    Args:
        values: Finite numbers of any shape.
        limits: A lower and a higher number; of limits (-m, m), 0 becomes mid-grey, 128.

    Returns:
        uint8 of the same shape.

    Raises:
        ValueError: The limits are not a lower and a higher finite number.
    """
    low, high = limits
    if not (np.isfinite(limits).all() and low < high):
        msg = f"limits {limits}; give a lower and a higher number"
        raise ValueError(msg)
    scaled = np.asarray(values, np.float32) - np.float32(low)
    scaled /= np.float32(high - low)  # 255 over a tiny span would be infinite
    scaled *= np.float32(255)
    scaled += np.float32(0.5)
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def gray_frame(levels: NDArray[np.uint8]) -> Frame:
    """A picture of one channel, uint8 (H, W), as uint8 (H, W, 3) with three equal ones."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(levels), cv2.COLOR_GRAY2RGB), np.uint8)


def without_color(frame: Frame) -> Frame:
    """A picture in its greys (ITU-R BT.601's luma), uint8 (H, W, 3) with three equal channels."""
    return gray_frame(np.asarray(cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY), np.uint8))


def strongest(values: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    """A matrix brought to a size by keeping of each block the number that is farthest from 0, with its sign.

    Blocks are as equal as whole numbers allow; a matrix that is no larger than the size stays as it is.

    Args:
        values: (H, W).
        size: Most columns (width) and rows (height), 1 or more each.
    """
    rows = _block_starts(values.shape[0], size.height)
    columns = _block_starts(values.shape[1], size.width)
    highest = np.maximum.reduceat(np.maximum.reduceat(values, rows, axis=0), columns, axis=1)
    lowest = np.minimum.reduceat(np.minimum.reduceat(values, rows, axis=0), columns, axis=1)
    return np.where(highest >= -lowest, highest, lowest)


def _block_starts(length: int, most: int) -> NDArray[np.intp]:
    parts = min(length, most)
    return np.arange(parts) * length // parts
