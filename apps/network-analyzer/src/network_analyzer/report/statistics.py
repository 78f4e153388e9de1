"""What every channel of a layer does over a set of pictures, in figures; nothing is kept but sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import LayerInfo

SATURATED = 0.99
"""Share of the half range, from its middle, beyond which a bounded nonlinearity is saturated."""

BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"sigmoid": (0, 1), "hardsigmoid": (0, 1), "tanh": (-1, 1), "softsign": (-1, 1)}
)
"""The nonlinearities that saturate, and their range."""

RECTIFIERS = frozenset({"relu", "relu6", "thresholdedrelu", "threshold"})
"""The nonlinearities that turn all below 0 into 0."""


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """One channel, over all cells (and time steps) of all pictures: M activations r.

    Attributes:
        channel: Its number.
        mean: (sum of r) / M.
        deviation: sqrt((sum of (r - mean)^2) / M).
        lowest: The lowest r.
        highest: The highest r.
        zero_share: (number of r that are exactly 0) / M, where a rectifier makes them; else None.
        saturated_share: (number of |r - middle| > 0.99 half range) / M of a nonlinearity with a range
            (sigmoid, tanh); None where it has none.
        dead: Behind a rectifier: r never rose above 0. Else: r was the same everywhere.
    """

    channel: int
    mean: float
    deviation: float
    lowest: float
    highest: float
    zero_share: float | None
    saturated_share: float | None
    dead: bool


def by_channel(activations: NDArray[np.float32], info: LayerInfo) -> NDArray[np.float32]:
    """Return activations as (N, channels, cells): those of a dense layer have one cell, or one per time step.

    Args:
        activations: (N, K, h, w), (N, T, K, h, w), (N, K) or (N, T, K) float32, of `Backend.activations`.
        info: The layer.

    Raises:
        ValueError: The layer has neither channels over an image nor units.
    """
    if not info.is_spatial and len(info.output_shape) > (2 if info.kind == "dense" else 1):
        msg = f"layer {info.name!r} gives {info.output_shape}; a report needs channels of an image, or units"
        raise ValueError(msg)
    channels = np.moveaxis(activations, -3 if info.is_spatial else -1, 1)
    return np.ascontiguousarray(channels).reshape(*channels.shape[:2], -1)


class Statistics:
    """Collects figures from batch to batch.

    Args:
        channels: Their numbers, in the order in which they are given.
        nonlinearity: What the activations are taken after, as `LayerInfo.nonlinearity` says it.
    """

    def __init__(self, channels: Sequence[int], nonlinearity: str | None) -> None:
        self._channels = tuple(channels)
        self._rectified = nonlinearity in RECTIFIERS
        self._bounds = BOUNDS.get(nonlinearity or "")
        self._count = 0
        size = len(self._channels)
        self._mean, self._squares = np.zeros(size), np.zeros(size)
        self._lowest, self._highest = np.full(size, np.inf), np.full(size, -np.inf)
        self._zeros, self._saturated = np.zeros(size, np.int64), np.zeros(size, np.int64)

    def add(self, responses: NDArray[np.float32]) -> None:
        """Take a batch of activations, (N, K, cells) float32.

        Mean and sum of squared deviations of every picture are joined to those so far: Chan, Golub and
        LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979, eq. 1.5.

        Raises:
            ValueError: An activation is not a finite number.
        """
        samples, _, cells = responses.shape
        means = responses.mean(axis=2)
        if not np.isfinite(means).all():
            msg = "the layer's activations are not all finite numbers; check the network's weights for NaN"
            raise ValueError(msg)
        around = responses - means[:, :, None]
        np.square(around, out=around)
        self._join(means.astype(np.float64), around.sum(axis=2, dtype=np.float32).astype(np.float64), cells)
        np.minimum(self._lowest, responses.min(axis=(0, 2)), out=self._lowest)
        np.maximum(self._highest, responses.max(axis=(0, 2)), out=self._highest)
        if self._rectified:
            self._zeros += samples * cells - np.count_nonzero(responses, axis=(0, 2))
        if self._bounds:
            low, high = self._bounds
            far = np.abs(responses - (high + low) / 2) > SATURATED * (high - low) / 2
            self._saturated += np.count_nonzero(far, axis=(0, 2))

    def _join(self, means: NDArray[np.float64], squares: NDArray[np.float64], cells: int) -> None:
        """Join pictures of equally many cells: their means and sums of squared deviations, (N, K) each."""
        mean = means.mean(axis=0)
        inside = squares.sum(axis=0) + cells * np.square(means - mean).sum(axis=0)
        count = len(means) * cells
        total = self._count + count
        shift = mean - self._mean
        self._squares += inside + shift**2 * self._count * count / total
        self._mean += shift * count / total
        self._count = total

    def result(self) -> tuple[ChannelStatistics, ...]:
        """Return what has been found of every channel, in order.

        Raises:
            ValueError: There were no activations.
        """
        if not self._count:
            msg = "there are no activations to take figures of; give at least one picture"
            raise ValueError(msg)
        deviations = np.sqrt(self._squares / self._count)
        dead = self._highest <= 0 if self._rectified else self._highest == self._lowest
        return tuple(
            ChannelStatistics(
                channel=channel,
                mean=float(self._mean[row]),
                deviation=float(deviations[row]),
                lowest=float(self._lowest[row]),
                highest=float(self._highest[row]),
                zero_share=float(self._zeros[row] / self._count) if self._rectified else None,
                saturated_share=float(self._saturated[row] / self._count) if self._bounds else None,
                dead=bool(dead[row]),
            )
            for row, channel in enumerate(self._channels)
        )
