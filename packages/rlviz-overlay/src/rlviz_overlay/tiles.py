"""Pictures of one size side by side: how large, in how many columns, and many as one."""

import math

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.geometry import Frame, Size
from rlviz_overlay.heatmap import resize_frame

AREA = 1_900_000
"""Pixels of all tiles together up to which they are enlarged."""
LARGEST = 360
"""Longer side in pixels up to which a tile is enlarged."""
LONGEST = 1000
"""Longer side in pixels above which a tile is made smaller."""
MOST = 17_000_000
"""Pixels of all tiles together above which they are made smaller."""

_ASPECT = 1.3
"""Width to height that is looked for."""
_UNEVEN, _FREE = 0.45, 4.0
"""What a last row that is not full costs, and the share that stays free: in e-folds of aspect."""


def tile_size(size: Size, count: int, *, least: int = 1) -> Size:
    """How large each of some pictures of one size is shown: enlarged by a whole factor, or made smaller.

    Args:
        size: Of each picture, not empty.
        count: How many there are, 1 or more.
        least: Factor by which they are enlarged in any case, but for very many.
    """
    pixels, longer = size.width * size.height * count, max(size.width, size.height)
    if pixels * least**2 > MOST or longer * least > LONGEST:
        share = min(math.sqrt(MOST / pixels), LONGEST / longer)
        return Size(max(1, int(size.width * share)), max(1, int(size.height * share)))
    factor = min(int(math.sqrt(AREA / pixels)), LARGEST // longer)
    factor = max(least, factor)
    return Size(size.width * factor, size.height * factor)


def tiles_within(size: Size, *, least: int) -> int:
    """How many pictures of a size have room when each is enlarged by a factor; 1 in any case."""
    return max(1, MOST // (size.width * size.height * least**2))


def describe_scale(size: Size, shown: Size) -> str:
    """What became of a picture's size, for people: ", enlarged 7 times", or nothing where it is the same."""
    if shown == size:
        return ""
    if shown.width > size.width:
        return f", enlarged {shown.width // size.width} times"
    return f", shown at {shown.width / size.width:.0%} of their size"


def covering(size: Size, other: Size) -> Size:
    """A size times the smallest whole factor with which it is no narrower and no lower than another."""
    factor = max(-(-other.width // size.width), -(-other.height // size.height), 1)
    return Size(size.width * factor, size.height * factor)


def resize_tile(frame: Frame, size: Size) -> Frame:
    """A picture at the size it is shown at, with its pixels' edges where it is enlarged; see tile_size()."""
    return frame if Size.of(frame) == size else resize_frame(frame, size)


def enlarged(pictures: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Small pictures (N, H, W) or (N, H, W, channels) with each pixel as a square of factor x factor."""
    return pictures.repeat(factor, axis=1).repeat(factor, axis=2)


def best_columns(count: int, cell: Size) -> int:
    """In how many columns some cells look best: a bit wider than high, with a full last row.

    Args:
        count: Cells, 1 or more.
        cell: Size of each with its gap and caption, not empty.
    """

    def badness(columns: int) -> float:
        rows = -(-count // columns)
        aspect = columns * cell.width / (rows * cell.height)
        free = 1 - count / (rows * columns)
        return abs(math.log(aspect / _ASPECT)) + _FREE * free + (_UNEVEN if free else 0)

    return min(range(1, count + 1), key=badness)


def montage(pictures: NDArray[np.uint8], columns: int, *, gap: int = 1, color: int = 0) -> NDArray[np.uint8]:
    """Many small pictures as one, row by row.

    Args:
        pictures: uint8 (N, H, W) or (N, H, W, channels).
        columns: Pictures in a row.
        gap: Pixels between neighbours.
        color: Level of the gaps, and of the places that are left over in the last row.

    Returns:
        uint8 (rows * (H + gap) - gap, columns * (W + gap) - gap), with the channels if there are any.
    """
    count, height, width, *channels = pictures.shape
    rows = -(-count // columns)
    cells = np.full((rows * columns, height + gap, width + gap, *channels), color, np.uint8)
    cells[:count, :height, :width] = pictures
    grid = cells.reshape(rows, columns, height + gap, width + gap, *channels).swapaxes(1, 2)
    whole = grid.reshape(rows * (height + gap), columns * (width + gap), *channels)
    return np.ascontiguousarray(whole[: whole.shape[0] - gap, : whole.shape[1] - gap])
