"""Where in the image a map's cells are drawn: three separable linear operators."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.geometry import ReceptiveField

Placement = Literal["stretch", "center", "field"]
PLACEMENTS: tuple[Placement, ...] = get_args(Placement)
"""Resize the grid to the image, put each cell at its field's centre, or spread it over its field."""


def _interpolation(positions: NDArray[np.float64], cells: int) -> NDArray[np.float32]:
    """Linear weights of the cells at fractional cell positions, the outermost cells held: (pixels, cells)."""
    held = np.clip(positions, 0, cells - 1)
    left = np.minimum(held.astype(np.intp), max(cells - 2, 0))
    share = held - left
    matrix = np.zeros((len(positions), cells), dtype=np.float32)
    rows = np.arange(len(positions))
    matrix[rows, left] = 1 - share
    if cells > 1:
        matrix[rows, left + 1] = share
    return matrix


def pixel_matrix(
    placement: str, cells: int, pixels: int, size: float, jump: float, start: float
) -> NDArray[np.float32]:
    """Return the weights of a row (or column) of cells in each pixel.

    Args:
        placement: One of :data:`PLACEMENTS`. ``stretch``: bilinear resize with half-pixel centres, which
            needs no geometry; ``center``: linear interpolation between the centres of the cells' fields, the
            ends held; ``field``: the mean of all cells whose field sees the pixel, 0 where none does.
        cells: Number of cells.
        pixels: Number of pixels.
        size: Extent of one cell's field, in pixels.
        jump: Distance between neighbouring fields, in pixels.
        start: Centre of the first cell's field, in pixel coordinates (pixel 0's centre is 0).

    Returns:
        (pixels, cells) float32; each row sums to 1, or to 0 where no field sees the pixel.

    Raises:
        ValueError: When there is no such placement.
    """
    grid = np.arange(pixels, dtype=np.float64)
    if placement == "stretch":
        return _interpolation((grid + 0.5) * cells / pixels - 0.5, cells)
    if placement == "center":
        return _interpolation((grid - start) / jump, cells)
    if placement == "field":
        centres = start + jump * np.arange(cells)
        sees = np.abs(grid[:, None] - centres) < size / 2
        return (sees / np.maximum(sees.sum(axis=1, keepdims=True), 1)).astype(np.float32)
    msg = f"unknown placement {placement!r}; choose one of: {', '.join(PLACEMENTS)}"
    raise ValueError(msg)


class Placer:
    """Draws maps of one layer into an image; the operator is built once."""

    def __init__(
        self,
        name: str,
        field: ReceptiveField,
        cells: tuple[int, int] | None = None,
        pixels: tuple[int, int] | None = None,
    ) -> None:
        """Build the operator.

        Args:
            name: One of :data:`PLACEMENTS`.
            field: The layer's receptive field.
            cells: Rows and columns of the maps; by default the field's.
            pixels: Height and width to draw at; by default the input image's. Another size scales the
                geometry, as if the input image had been resized to it.
        """
        self.name = name
        self.cells = cells or field.cells
        self.pixels = pixels or field.pixels
        self._y, self._x = (
            _scaled(name, self.cells[axis], self.pixels[axis], field, axis) for axis in (0, 1)
        )

    @property
    def matrices(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The operator: rows (H, h) and columns (W, w), both float32."""
        return self._y, self._x

    def __call__(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Place maps, (N, h, w) -> (N, H, W) float32, signs and units kept.

        Raises:
            ValueError: When the maps have another grid.
        """
        if maps.ndim != 3 or maps.shape[1:] != self.cells:
            expected = f"(N, {self.cells[0]}, {self.cells[1]})"
            msg = f"maps of shape {maps.shape} do not fit this placement; expected {expected}"
            raise ValueError(msg)
        return np.matmul(np.matmul(self._y, maps), self._x.T)

    def part(self, mask: NDArray[np.generic]) -> NDArray[np.float32]:
        """Return what one unit of each cell puts into a part of the image, summed over its pixels: (h, w).

        Placing is linear: a map L puts sum_ij part_ij L_ij into the part, Y' M X with the mask M, without a
        picture being made.

        Args:
            mask: (H, W), the share of each pixel that belongs to the part, in [0, 1].

        Raises:
            ValueError: When the mask has another size than the image.
        """
        if mask.shape != self.pixels:
            msg = f"a mask of shape {mask.shape} does not fit an image of {self.pixels[0]} x {self.pixels[1]}"
            raise ValueError(msg)
        return np.matmul(np.matmul(self._y.T, mask.astype(np.float32)), self._x)


def _scaled(name: str, cells: int, pixels: int, field: ReceptiveField, axis: int) -> NDArray[np.float32]:
    scale = pixels / field.pixels[axis]
    start = (field.start[axis] + 0.5) * scale - 0.5
    return pixel_matrix(name, cells, pixels, field.size[axis] * scale, field.jump[axis] * scale, start)
