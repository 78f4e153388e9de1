"""What each unit of one layer adds to each unit of the next: weight x activation, exact."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.activity import Feed
from rlviz_cam.backends.base import Backend

Floats = NDArray[np.float32]

_BYTES = 2**25
"""Contributions held at once; larger arrays are fetched from the system anew each time, which costs more."""
_QUIET = 2**18
"""Multiplications of one matrix product at most: OpenBLAS spreads larger ones over threads, which burn
several times what they save here."""
_BLOCK = 64
"""Numbers of which the greatest stands for all, in the search for the strongest."""


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What the units of a source add to the sums of a layer's units, before bias and nonlinearity.

    The sum of a layer's unit is linear in what it is fed: z_o = b_o + sum_i c_io, where c_io gathers all the
    products of a weight and a number of source unit i. Of a convolution c_io is the mean over the cells of
    the target map: c_io = sum_k w_kio m_ki, where m_ki is the mean of the source map's numbers that the cells
    find under kernel position k, 0 in the padding. Of a dense layer that is fed maps, c_io is the sum over a
    map's cells.

    Attributes:
        weights: (sources, places, targets): places are kernel positions, or a map's cells, or one.
        rows: (kh, h) for a convolution: the share of the target's cells for which a row of the
            source is under a row of the kernel; None otherwise.
        columns: (kw, w), likewise.
    """

    weights: Floats
    rows: Floats | None = None
    columns: Floats | None = None

    @classmethod
    def of(cls, backend: Backend, layer: str, feed: Feed) -> Self:
        """Take a layer's weights and lay them out by what it is fed.

        Args:
            backend: The network.
            layer: One of its layers.
            feed: What it is fed, of ``Backend.feeds``.
        """
        if feed.source is None:
            (shape,) = backend.inputs().values()
        else:
            shape = backend.layer(feed.source).output_shape
        weights = backend.weights(layer) * np.float32(feed.factor)
        if weights.ndim == 2:
            return cls(_by_unit(weights, tuple(shape), feed.order))
        kh, kw, sources, targets = weights.shape
        cells = backend.layer(layer).output_shape[-2:]
        rows, columns = (
            _met(shape[axis + 1], cells[axis], (kh, kw)[axis], feed, axis) / np.float32(cells[axis])
            for axis in (0, 1)
        )
        weights = weights.transpose(2, 0, 1, 3).reshape(sources, kh * kw, targets)
        return cls(np.ascontiguousarray(weights), rows, columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of source and target units."""
        return self.weights.shape[0], self.weights.shape[2]

    def averaged(self, groups: int) -> Self:
        """Average the targets of each group, the group's number being the first: (groups, targets) flattened.

        The mean of a group's units is linear too, so that its contributions are the means of theirs.
        """
        sources, places, targets = self.weights.shape
        weights = self.weights.reshape(sources, places, groups, targets // groups).mean(axis=2)
        return replace(self, weights=np.ascontiguousarray(weights))

    def __call__(self, given: Floats) -> Floats:
        """Return all contributions.

        Args:
            given: What the source is, as it is: activations (N, units) or maps (N, K, h, w), or the network's
                input before any factor.

        Returns:
            (N, sources, targets) float32.
        """
        sources, places, targets = self.weights.shape
        width = _divisor(targets, _QUIET // (len(given) * places))
        found = np.empty((len(given), sources, targets // width, width), dtype=np.float32)
        gathered = self._gathered(given).transpose(1, 0, 2)[:, None]
        weights = self.weights.reshape(sources, places, -1, width).transpose(0, 2, 1, 3)
        np.matmul(gathered, weights, out=found.transpose(1, 2, 0, 3))
        return found.reshape(len(given), sources, targets)

    def strongest(
        self, given: Floats, count: int
    ) -> list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]]:
        """Return those of greatest magnitude, strongest first, for each sample; never one that is 0.

        Args:
            given: As for a call.
            count: How many at most.

        Returns:
            For each sample sources, targets and contributions, (E,) each.
        """
        size = max(_BYTES // (4 * math.prod(self.shape)), 1)
        found: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = []
        for first in range(0, len(given), size):
            flat = self(given[first : first + size]).reshape(-1, math.prod(self.shape))
            for row, places in zip(flat, strongest(flat, count), strict=True):
                kept = places[row[places] != 0]
                sources, targets = np.divmod(kept, self.shape[1])
                found.append((sources, targets, row[kept]))
        return found

    def _gathered(self, given: Floats) -> Floats:
        """Return the numbers that the weights are multiplied with, (N, sources, places)."""
        samples, sources = len(given), self.shape[0]
        if self.rows is None or self.columns is None:
            return given.reshape(samples, sources, -1)
        by_column = np.matmul(given, self.columns.T, dtype=np.float32)
        return np.matmul(self.rows, by_column, dtype=np.float32).reshape(samples, sources, -1)


def strongest(values: Floats, count: int) -> NDArray[np.int64]:
    """Return the places of the numbers of greatest magnitude in each row, strongest first.

    Args:
        values: (N, S).
        count: How many; all where there are fewer.

    Returns:
        (N, min(count, S)) int64; of equal ones the first comes first.
    """
    samples, size = values.shape
    magnitudes = np.abs(values)
    if size > 2 * count * _BLOCK and size % _BLOCK == 0:
        # the strongest of all are in the blocks whose own strongest are strongest
        blocks = magnitudes.reshape(samples, -1, _BLOCK)
        best = np.sort(_top(blocks.max(axis=2), count), axis=1)
        places = (best[:, :, None] * _BLOCK + np.arange(_BLOCK)).reshape(samples, -1)
        found = np.take_along_axis(places, _top(np.take_along_axis(magnitudes, places, 1), count), 1)
    else:
        found = _top(magnitudes, count)
    found = np.sort(found, axis=1)
    order = np.argsort(-np.take_along_axis(magnitudes, found, 1), axis=1, kind="stable")
    return np.take_along_axis(found, order, 1)


def _top(values: Floats, count: int) -> NDArray[np.int64]:
    if values.shape[1] <= count:
        return np.repeat(np.arange(values.shape[1], dtype=np.int64)[None], len(values), axis=0)
    return np.argpartition(values, -count, axis=1)[:, -count:]


def _divisor(number: int, most: int) -> int:
    """Return the greatest divisor of a number that is not above another, at least 1."""
    return max((one for one in range(1, min(number, most) + 1) if number % one == 0), default=1)


def _by_unit(weights: Floats, shape: tuple[int, ...], order: Sequence[int]) -> Floats:
    """Lay a dense layer's weights out as (sources, cells, targets), whatever the order of its inputs.

    Args:
        weights: (in, out).
        shape: Of a sample of the source: (units,) or (K, h, w).
        order: Its axes in the order of the weights' rows.
    """
    laid = weights.reshape(*(shape[axis] for axis in order), -1)
    back = [list(order).index(axis) for axis in range(len(shape))]
    return np.ascontiguousarray(laid.transpose(*back, len(shape)).reshape(shape[0], -1, weights.shape[1]))


def _met(size: int, cells: int, kernel: int, feed: Feed, axis: int) -> Floats:
    """Return (kernel, size): whether a row of the source is under a row of the kernel at any of the cells."""
    found = np.zeros((kernel, size), dtype=np.float32)
    for place in range(kernel):
        rows = np.arange(cells) * feed.stride[axis] + place * feed.dilation[axis] - feed.padding[axis]
        found[place, rows[(rows >= 0) & (rows < size)]] = 1
    return found
