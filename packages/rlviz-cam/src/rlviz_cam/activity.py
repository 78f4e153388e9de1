"""What a network did with a batch, and which of its layers feeds which, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """Activations and outputs of one and the same forward pass, on the host.

    Attributes:
        activations: Layer -> (N, ...) float32, after the nonlinearity.
        outputs: Head -> raw values, (N, units) float32, or (N, quantiles, units).
    """

    activations: Mapping[str, NDArray[np.float32]]
    outputs: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a layer's weights are multiplied with, where that is another layer's activations or the input.

    Attributes:
        source: The layer whose activations they are, every number unchanged; ``None`` for the network's one
            input, times ``factor``.
        order: Axes of the source's sample, such as (K, h, w), in the order in which a dense layer is fed its
            numbers: (0, 1, 2), or (1, 2, 0) where the channels come last. A convolution has (0, 1, 2).
        factor: What the network multiplies its input by before; 1 for activations.
        stride: Step (y, x) of a convolution's window.
        padding: Zeros that a convolution adds at the top and left.
        dilation: Distance of the places that a convolution's kernel is laid on.
    """

    source: str | None
    order: tuple[int, ...]
    factor: float = 1.0
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class Feeds:
    """What feeds the layers of a network, as far as it is exactly that.

    Attributes:
        layers: Layer -> what it is fed.
        unknown: Every other convolution and dense layer -> why it cannot be said (a pooling between, a skip
            connection, a normalisation, a layer used several times, ...).
        heads: Head -> the layer whose activations it is, in the same order, whatever its shape.
    """

    layers: Mapping[str, Feed]
    unknown: Mapping[str, str]
    heads: Mapping[str, str]
