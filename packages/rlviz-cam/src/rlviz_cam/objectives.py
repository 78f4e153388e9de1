"""What gradient ascent on the input raises and a saliency map explains: one scalar of a layer per image."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """One scalar per image: s_i = sum over k of weights[i, k] r_ik.

    r_ik is what image i's activations of channel ``channels[k]`` come to: their mean over all cells (and time
    steps), or the one at ``cell``; of a dense layer, the unit itself. Activations are those of
    ``Backend.activations``, with one exception: where they are a softmax, the scores before it are taken,
    since a probability is raised as well by lowering all others (Simonyan et al., "Deep Inside Convolutional
    Networks", 2013, section 2).

    Attributes:
        layer: The layer's name.
        channels: The channels or units that are needed, ascending, none twice: (k,).
        weights: (N, k) float32, one row per image.
        cell: (y, x) of one cell of a spatial layer, or ``None`` for the mean over all.

    Raises:
        ValueError: When the weights do not fit the channels, or there is nothing to raise.
    """

    layer: str
    channels: tuple[int, ...]
    weights: NDArray[np.float32]
    cell: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if list(self.channels) != sorted(set(self.channels)) or not self.channels or self.channels[0] < 0:
            msg = f"channels {self.channels} are expected to be ascending, each once, 0 or more"
            raise ValueError(msg)
        if self.weights.ndim != 2 or self.weights.shape[1] != len(self.channels) or not len(self.weights):
            msg = f"weights of shape {self.weights.shape}, expected (images, {len(self.channels)})"
            raise ValueError(msg)

    def __len__(self) -> int:
        """Number of images."""
        return len(self.weights)

    @classmethod
    def of_channels(cls, layer: str, channels: Sequence[int], *, cell: tuple[int, int] | None = None) -> Self:
        """One image per channel or unit, in the order given; a channel may come several times."""
        found, places = np.unique(np.asarray(channels, dtype=np.int64), return_inverse=True)
        return cls(
            layer,
            tuple(int(one) for one in found),
            np.eye(len(found), dtype=np.float32)[places.reshape(-1)],
            cell,
        )

    @classmethod
    def of_directions(
        cls, layer: str, directions: NDArray[np.floating], *, cell: tuple[int, int] | None = None
    ) -> Self:
        """One image per direction in the space of all channels, (N, K): s_i = <directions[i], r_i>."""
        weights = np.atleast_2d(np.asarray(directions, dtype=np.float32))
        used = np.flatnonzero((weights != 0).any(axis=0))
        return cls(layer, tuple(int(one) for one in used), np.ascontiguousarray(weights[:, used]), cell)

    def part(self, first: int, last: int) -> Self:
        """Return the objective of the images ``first`` to before ``last``, with the channels these need."""
        weights = self.weights[first:last]
        used = np.flatnonzero((weights != 0).any(axis=0))
        used = used if used.size else np.arange(1)
        return type(self)(
            self.layer,
            tuple(self.channels[k] for k in used),
            np.ascontiguousarray(weights[:, used]),
            self.cell,
        )


@dataclass(frozen=True, slots=True)
class InputGradients:
    """One forward pass up to a layer and one backward pass to the image, on the host.

    Attributes:
        scores: s, (N,) float32.
        gradients: ds/dx of the image that the network takes, float32 of its shape.
    """

    scores: NDArray[np.float32]
    gradients: NDArray[np.float32]
