"""A layer as a picture: every unit's activation at its tile."""

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Frame, Table
from rlviz_overlay.opencv import cv2

from nn_video_generator.drawing.arranging import Block
from nn_video_generator.drawing.palette import STEPS, ZERO


class BlockPicture:
    """Draws the tiles of one layer.

    Which number each pixel shows is worked out once; a frame looks them all up at a time.

    Args:
        block: the layer in its place.
        table: colours, as `palette.brightness` gives them.
    """

    def __init__(self, block: Block, table: Table) -> None:
        self._place = block.place
        self._table = table.reshape(256, 1, 3)
        shape = block.layer.shape
        height, width = shape[1:] if len(shape) == 3 else (1, 1)
        tile = block.grid.tile
        self._rows = _resampling(height, tile.height)
        self._across = _resampling(width, tile.width)
        self._cells = (
            block.grid.count,
            height if self._rows is None else tile.height,
            width if self._across is None else tile.width,
        )
        self._numbers = _numbers(block, self._cells)
        self._levels = np.zeros(int(np.prod(self._cells)) + 2, np.uint8)
        self._levels[-1] = 1

    def draw(self, canvas: Frame, heat: NDArray[np.float32]) -> None:
        """Draw the tiles and the gutters between them, in place.

        Args:
            canvas: uint8 (H, W, 3), RGB.
            heat: float32, of the layer's shape, in [-1, 1].
        """
        cells = self._resampled(heat)
        scaled = cells * np.float32(STEPS)
        scaled += np.float32(ZERO + 0.5)
        self._levels[:-2] = scaled.reshape(-1)
        cv2.applyColorMap(self._levels.take(self._numbers), self._table, self._place.view(canvas))

    def _resampled(self, heat: NDArray[np.float32]) -> NDArray[np.float32]:
        """The maps with as many cells as their tiles need, (K, rows, columns)."""
        cells = heat.reshape(len(heat), -1) if heat.ndim == 1 else heat
        if self._across is not None:
            # One large product: many small ones cost three times as much.
            cells = (cells.reshape(-1, self._across.shape[1]) @ self._across.T).reshape(
                len(heat), -1, len(self._across)
            )
        if self._rows is not None:
            cells = self._rows @ cells
        return cells


def _resampling(cells: int, pixels: int) -> NDArray[np.float32] | None:
    """What brings a row of cells to a number of pixels, (pixels, cells): the mean where there are fewer.

    More pixels than cells lie between the middles of two cells. None where each cell is a whole number of
    pixels, so that nothing is to be worked out.
    """
    if pixels % cells == 0:
        return None
    if pixels < cells:
        edges = np.linspace(0, cells, pixels + 1)
        low = np.maximum(edges[:-1, None], np.arange(cells))
        high = np.minimum(edges[1:, None], np.arange(1, cells + 1))
        shares = np.maximum(0, high - low)
        return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    middles = np.clip((np.arange(pixels) + 0.5) * cells / pixels - 0.5, 0, cells - 1)
    return np.maximum(0, 1 - np.abs(middles[:, None] - np.arange(cells))).astype(np.float32)


def _numbers(block: Block, cells: tuple[int, int, int]) -> NDArray[np.intp]:
    """Which cell of all the tiles each pixel of the block shows, (H, W).

    One more than there are cells is the gutter, two more where there is no tile.
    """
    count, rows, columns = cells
    numbers = np.full((block.place.height, block.place.width), count * rows * columns + 1, np.intp)
    tile = block.grid.tile
    own = (np.arange(tile.height) * rows // tile.height)[:, None] * columns
    own = own + np.arange(tile.width) * columns // tile.width
    for unit in range(count):
        place, gutter = block.tile(unit), block.grid.gutter
        y, x = place.y - block.place.y, place.x - block.place.x
        around = numbers[y - gutter : y + place.height + gutter, x - gutter : x + place.width + gutter]
        around[around > count * rows * columns] = count * rows * columns
        numbers[y : y + place.height, x : x + place.width] = unit * rows * columns + own
    return numbers
