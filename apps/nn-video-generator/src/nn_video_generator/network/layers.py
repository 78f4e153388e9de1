"""What the diagram shows of a network, as plain data: its layers, their activations, and what feeds what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["input", "conv", "dense", "output"]


@dataclass(frozen=True, slots=True)
class DiagramLayer:
    """One block of the diagram: a layer with all of its units.

    Attributes:
        name: the layer's path in the network, such as `features_extractor.cnn.0`; empty for the input.
        title: for people: `Input`, `Conv 1`, `Dense 1`, `Policy`, `Q-values`, `Value`.
        kind: what it is.
        shape: (K, h, w) of K maps, (units,) of others.
        column: place from left to right; the input is 0, the outputs are all in the last column. Layers that
            share a column lie one below the other (the networks of policy and value, where they are two).
    """

    name: str
    title: str
    kind: Kind
    shape: tuple[int, ...]
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The strongest contributions from one layer's units to another's, strongest first.

    Attributes:
        source: index of the layer that feeds.
        target: index of the layer that is fed.
        sources: int64 (E,), units (or maps) of the source layer.
        targets: int64 (E,), units (or maps) of the target layer.
        strengths: float32 (E,), weight x activation: what the source unit adds to the target unit's sum
            before its nonlinearity; of maps the mean over the target map's cells. Signed.
    """

    source: int
    target: int
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    strengths: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the network did with one observation.

    Attributes:
        activations: one array a layer of the diagram, float32, of the layer's shape: the observation itself
            (levels of 0 to 255, or numbers), values after the nonlinearity, raw outputs at the end.
        edges: one for each pair of layers that are connected.
        outputs: head -> values of this observation: `logits` (A,) and `value` (1,), `q` (A,), or `quantiles`
            (quantiles, A).
    """

    activations: tuple[NDArray[np.float32], ...]
    edges: tuple[Edges, ...]
    outputs: Mapping[str, NDArray[np.float32]]
