"""Pictures moved, zoomed and turned in one linear step, and the exact adjoint of that."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.ascent.recipe import Recipe

Pictures = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Warp:
    """A sparse linear map of pixels: bilinear interpolation at places of an affine map, the borders mirrored.

    Each pixel of the result reads four pixels. The adjoint reads the same table by source: the sources are
    sorted by how many pixels read them, so that the k-th pass goes over those only that are read k times or
    more; no pass scatters.

    Attributes:
        size: Height and width of the pictures, in pixels.
        sources: (4, H W), the pixels that each pixel reads.
        shares: (4, H W) float32, their weights; each pixel's add up to 1.
    """

    size: tuple[int, int]
    sources: NDArray[np.intp]
    shares: NDArray[np.float32]

    @classmethod
    def draw(cls, recipe: Recipe, size: tuple[int, int], random: np.random.Generator) -> Self | None:
        """Draw one of a recipe's transformations, uniform in its limits; ``None`` where it has none.

        The zoom is drawn uniform in its logarithm.
        """
        if not (recipe.jitter or recipe.zoom or recipe.rotate):
            return None
        down, right, zoom, turn = random.uniform(-1, 1, 4)
        return cls.of(
            size,
            shift=(recipe.jitter * down, recipe.jitter * right),
            zoom=(1 + recipe.zoom) ** zoom,
            turn=recipe.rotate * turn,
        )

    @classmethod
    def of(cls, size: tuple[int, int], *, shift: tuple[float, float], zoom: float, turn: float) -> Self:
        """Move by (down, right) pixels, after zooming and turning about the middle.

        Args:
            size: Height and width of the pictures, in pixels.
            shift: Pixels that the picture goes down and to the right.
            zoom: Above 1 makes things larger.
            turn: Degrees, clockwise on the screen.
        """
        height, width = size
        angle = np.deg2rad(turn)
        y = np.arange(height)[:, None] - (height - 1) / 2 - shift[0]
        x = np.arange(width) - (width - 1) / 2 - shift[1]
        rows, top = _mirrored((np.cos(angle) * y - np.sin(angle) * x) / zoom + (height - 1) / 2, height)
        columns, left = _mirrored((np.sin(angle) * y + np.cos(angle) * x) / zoom + (width - 1) / 2, width)
        sources = np.stack([row * width + column for row in rows for column in columns])
        shares = np.stack([a * b for a in (1 - top, top) for b in (1 - left, left)])
        return cls(size, sources.reshape(4, -1), shares.reshape(4, -1).astype(np.float32))

    def __call__(self, pictures: Pictures) -> Pictures:
        """Return the pictures (..., H, W) moved."""
        flat = pictures.reshape(-1, self.sources.shape[1])
        moved = _taken(flat, self.sources[0]) * self.shares[0]
        for source, share in zip(self.sources[1:], self.shares[1:], strict=True):
            part = _taken(flat, source)
            part *= share
            moved += part
        return moved.reshape(pictures.shape)

    def adjoint(self, pictures: Pictures) -> Pictures:
        """Return the pictures a with <warp(x), pictures> = <x, a> for all x: the transpose."""
        flat = pictures.reshape(-1, self.sources.shape[1])
        pixels = flat.shape[1]
        sources = self.sources.reshape(-1)
        by_source = np.argsort(sources, kind="stable")
        readers, shares = by_source % pixels, self.shares.reshape(-1)[by_source]
        counts = np.bincount(sources, minlength=pixels)
        first = np.cumsum(counts) - counts
        order = np.argsort(-counts, kind="stable")
        gathered = np.zeros_like(flat)
        for number in range(counts.max()):
            places = first[order[: np.count_nonzero(counts > number)]] + number
            part = _taken(flat, readers[places])
            part *= shares[places]
            gathered[:, : len(places)] += part
        back = np.empty_like(order)
        back[order] = np.arange(pixels)
        return _taken(gathered, back).reshape(pictures.shape)


def _mirrored(
    places: NDArray[np.float64], count: int
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]:
    """Return the pixels before and after each place, and the share of the second; mirrored at the borders."""
    before = np.floor(places).astype(np.intp)
    return (_folded(before, count), _folded(before + 1, count)), places - before


def _folded(numbers: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Fold numbers into 0 to count - 1, as a row of mirrors does: ... 1 0 | 0 1 2 | 2 1 ..."""
    cycle = numbers % (2 * count)
    return np.minimum(cycle, 2 * count - 1 - cycle)


def _taken(flat: Pictures, pixels: NDArray[np.intp]) -> Pictures:
    return np.take(flat, pixels, axis=1, mode="clip")  # every number fits; "clip" spares a look at each
