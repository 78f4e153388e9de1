"""What covering each patch of the image does to the score: the measure that maps are held against."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.base import Array, Backend, Inputs
from rlviz_cam.targets import Target

FILLS = ("mean", "median")
"""Named fills: each frame's own mean per channel, or each pixel's median over the batch."""


@dataclass(frozen=True, slots=True)
class PatchGrid:
    """Square patches on a regular grid; the last row and column end at the image's border.

    Attributes:
        patch: Edge of a patch in pixels.
        tops: First row of each row of patches, (gy,).
        lefts: First column of each column of patches, (gx,).
    """

    patch: int
    tops: tuple[int, ...]
    lefts: tuple[int, ...]

    @classmethod
    def over(cls, pixels: tuple[int, int], *, patch: int, stride: int) -> "PatchGrid":
        """Lay patches over an image of height and width ``pixels``.

        Raises:
            ValueError: When the patch does not fit in the image, or patch or stride is not positive.
        """
        if not 1 <= patch <= min(pixels) or stride < 1:
            msg = (
                f"patches of {patch} pixels, {stride} apart, do not fit {pixels[0]} x {pixels[1]} pixels; "
                f"give a patch of 1 to {min(pixels)} and a stride of at least 1"
            )
            raise ValueError(msg)
        tops, lefts = (
            tuple(dict.fromkeys([*range(0, limit - patch + 1, stride), limit - patch])) for limit in pixels
        )
        return cls(patch, tops, lefts)

    def window(self, number: int) -> tuple["slice[int, int]", "slice[int, int]"]:
        """Return the rows and the columns of a patch, counted along the rows of patches."""
        y, x = divmod(number, len(self.lefts))
        top, left = self.tops[y], self.lefts[x]
        return slice(top, top + self.patch), slice(left, left + self.patch)

    def mean_matrices(self, pixels: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return By (gy, H) and Bx (gx, W): By @ image @ Bx.T is the mean of the image in each patch."""
        matrices: list[NDArray[np.float32]] = []
        for firsts, limit in zip((self.tops, self.lefts), pixels, strict=True):
            inside = np.arange(limit) - np.asarray(firsts)[:, None]
            covers = (inside >= 0) & (inside < self.patch)
            matrices.append(covers.astype(np.float32) / np.float32(self.patch))
        return matrices[0], matrices[1]


def occlusion(
    backend: Backend,
    inputs: Inputs,
    target: Target,
    *,
    patch: int,
    stride: int,
    fill: str | float | Array = "mean",
    batch_size: int = 96,
) -> NDArray[np.float32]:
    """Return how much the score falls when a patch of the image is covered, in all its channels.

    Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2.
    arXiv:1311.2901. A target without an index keeps the unit that is highest in the uncovered frame, a target
    with its own sign the sign that it has there.

    Args:
        backend: The network.
        inputs: (N, C, H, W), or image sequences (N, T, C, H, W), whose patch is covered in every step; or
            named inputs of which one has such a shape.
        target: The score.
        patch: Edge of the square patch in pixels.
        stride: Distance between patches in pixels; the last ones are moved to the border.
        fill: What covers: ``mean``, each frame's (and step's) own mean per channel; ``median``, each pixel's
            median over the batch (the scene without what moves); a number; or an array that broadcasts to
            the image input.
        batch_size: Covered images per forward pass, every time step counted; at least one sample.

    Returns:
        (N, gy, gx) float32, score less score when covered: positive where the patch raises the score.

    Raises:
        ValueError: When patch, stride, fill, inputs or target do not fit.
    """
    name, images = _image(inputs)
    grid = PatchGrid.over((images.shape[-2], images.shape[-1]), patch=patch, stride=stride)
    filled = _filled(images, fill)
    outputs = backend.predict(inputs)
    units = target.units(outputs)
    chosen, signs = target.indices(units), target.signs(units)
    whole = target.scores(outputs)
    count = len(grid.tops) * len(grid.lefts)
    effects = np.empty((len(images), count), dtype=np.float32)
    steps = images.shape[1] if images.ndim == 5 else 1
    for samples, places in _chunks(len(images), count, max(1, batch_size // steps)):
        covered = images[samples]
        for number in range(len(covered)):
            rows, columns = grid.window(int(places[number]))
            covered[number, ..., rows, columns] = filled[samples[number], ..., rows, columns]
        batch = covered if name is None else {**_taken(inputs, samples), name: covered}
        fixed = replace(
            target,
            index=tuple(int(unit) for unit in chosen[samples]),
            sign=tuple(int(sign) for sign in signs[samples]),
        )
        effects[samples, places] = whole[samples] - fixed.scores(backend.predict(batch))
    return effects.reshape(len(images), len(grid.tops), len(grid.lefts))


def _image(inputs: Inputs) -> tuple[str | None, Array]:
    named = dict(inputs) if isinstance(inputs, Mapping) else {None: inputs}
    images = [(name, values) for name, values in named.items() if np.ndim(values) in {4, 5}]
    if len(images) != 1:
        shapes = [np.shape(values) for values in named.values()]
        msg = f"occlusion needs one image input, (N, C, H, W) or (N, T, C, H, W); got shapes {shapes}"
        raise ValueError(msg)
    return images[0]


def _taken(inputs: Inputs, samples: NDArray[np.intp]) -> dict[str, Array]:
    return {name: values[samples] for name, values in inputs.items()} if isinstance(inputs, Mapping) else {}


def _filled(images: Array, fill: str | float | Array) -> Array:
    """Return what covers every pixel of every frame, in the images' shape and dtype."""
    if isinstance(fill, str):
        if fill not in FILLS:
            msg = f"unknown fill {fill!r}; choose one of: {', '.join(FILLS)}, or give a number or an array"
            raise ValueError(msg)
        numbers = images.astype(np.float32)
        values = numbers.mean(axis=(-2, -1), keepdims=True) if fill == "mean" else np.median(numbers, axis=0)
    else:
        values = np.asarray(fill)
    rounded = np.rint(values) if np.issubdtype(images.dtype, np.integer) else values
    try:
        return np.broadcast_to(rounded.astype(images.dtype), images.shape)
    except ValueError as error:
        msg = f"a fill of shape {values.shape} does not fit images of shape {images.shape}"
        raise ValueError(msg) from error


def _chunks(samples: int, places: int, size: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield (sample, place) index pairs of all combinations, at most ``size`` at a time."""
    for first in range(0, samples * places, size):
        pairs = np.arange(first, min(first + size, samples * places))
        yield pairs // places, pairs % places
