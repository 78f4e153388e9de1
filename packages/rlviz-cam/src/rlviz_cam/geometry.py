"""Where a cell of a layer looks: receptive fields, analytic from kernel, stride, padding and dilation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from rlviz_cam.backends.base import Backend, WindowOp


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels, half open: rows top to bottom - 1, columns left to right - 1."""

    top: int
    left: int
    bottom: int
    right: int

    def contains(self, other: "Box") -> bool:
        """Whether another box lies wholly inside this one."""
        return (
            self.top <= other.top
            and self.left <= other.left
            and other.bottom <= self.bottom
            and other.right <= self.right
        )


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The pixels that the cells of one layer depend on; every pair is (y, x).

    Attributes:
        size: Height and width of one cell's field, in pixels.
        jump: Distance between the fields of neighbouring cells, in pixels.
        start: Centre of cell (0, 0)'s field, in pixel coordinates (pixel 0's centre is 0); may be negative.
        cells: Height and width of the layer's grid.
        pixels: Height and width of the input image.
    """

    size: tuple[int, int]
    jump: tuple[int, int]
    start: tuple[float, float]
    cells: tuple[int, int]
    pixels: tuple[int, int]

    @classmethod
    def from_windows(
        cls, windows: Sequence[WindowOp], *, cells: tuple[int, int], pixels: tuple[int, int]
    ) -> Self:
        """Compose windows, the one next to the input first.

        Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019,
        eq. 2, 3 and 5: with extent e = dilation (kernel - 1), size += e jump, start += (e / 2 - padding)
        jump, jump *= stride.
        """
        size, jump, start = [1, 1], [1, 1], [0.0, 0.0]
        for window in windows:
            for axis in (0, 1):
                extent = window.dilation[axis] * (window.kernel[axis] - 1)
                size[axis] += extent * jump[axis]
                start[axis] += (extent / 2 - window.padding[axis]) * jump[axis]
                jump[axis] *= window.stride[axis]
        return cls((size[0], size[1]), (jump[0], jump[1]), (start[0], start[1]), cells, pixels)

    def centre(self, cell: tuple[int, int]) -> tuple[float, float]:
        """Return the centre (y, x) of a cell's field in pixel coordinates; it may lie in the padding."""
        y, x = (self.start[axis] + cell[axis] * self.jump[axis] for axis in (0, 1))
        return y, x

    def box(self, cell: tuple[int, int]) -> Box:
        """Return the pixels of the image that a cell (y, x) depends on; empty when it sees padding only.

        Raises:
            ValueError: When the grid has no such cell.
        """
        if not all(0 <= cell[axis] < self.cells[axis] for axis in (0, 1)):
            msg = f"no cell {cell}: the grid has {self.cells[0]} x {self.cells[1]} cells (rows x columns)"
            raise ValueError(msg)
        edges: list[int] = []
        for axis in (0, 1):
            first = round(self.centre(cell)[axis] - (self.size[axis] - 1) / 2)
            limit = self.pixels[axis]
            edges += [min(max(first, 0), limit), min(max(first + self.size[axis], 0), limit)]
        return Box(edges[0], edges[2], edges[1], edges[3])

    def contains(self, cell: tuple[int, int], box: Box) -> bool:
        """Whether a cell's field holds the whole of a box of pixels."""
        return self.box(cell).contains(box)

    def covers(self, other: "ReceptiveField") -> bool:
        """Whether cell (0, 0)'s field holds that of another layer, the image's borders left aside."""
        return all(
            abs(self.start[axis] - other.start[axis]) <= (self.size[axis] - other.size[axis]) / 2
            for axis in (0, 1)
        )


def receptive_field(backend: Backend, layer: str) -> ReceptiveField:
    """Return the receptive field of a spatial layer.

    Raises:
        ValueError: When the layer is not there or not spatial, or when its field cannot be worked out.
    """
    cells = backend.layer(layer).output_shape[-2:]
    return ReceptiveField.from_windows(
        backend.windows(layer), cells=(cells[0], cells[1]), pixels=backend.input_size
    )
