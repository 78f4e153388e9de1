"""Whether a Keras model rescales pictures itself, told from its layers; imports no framework."""

from collections.abc import Iterator
from typing import Any

import numpy as np

_LEAVE_LEVELS = frozenset(
    {"InputLayer", "Resizing", "CenterCrop", "Cropping2D", "ZeroPadding2D", "Permute", "Reshape", "Identity"}
)
"""Layers that move levels and do not change them; so do those whose name begins with Random."""

_SHRINKS = 0.1
"""Factor below which a Rescaling is meant for levels of 0 to 255, and not for 0 to 1."""


def own_rescaling(model: object) -> str | None:
    """Name the layer in which a model rescales levels of 0 to 255 itself, before anything that it learnt.

    That is a `Rescaling` or `Normalization` which pictures meet first, also inside a nested model; None where
    there is none.
    """
    for layer in _flat(model):
        inner = getattr(layer, "layer", layer)  # of a TimeDistributed
        names = [base.__name__ for base in type(inner).__mro__]
        if "Normalization" in names or ("Rescaling" in names and _shrinks(inner)):
            return str(layer.name)
        if not (_LEAVE_LEVELS.intersection(names) or names[0].startswith("Random")):
            return None
    return None


def _flat(model: object) -> Iterator[Any]:
    """Yield the layers that take pictures in the order of computation, those of nested models one by one."""
    layers: list[Any] = getattr(model, "layers", [])
    for layer in layers:
        if getattr(layer, "layers", None):
            yield from _flat(layer)
        elif len(getattr(getattr(layer, "output", None), "shape", range(4))) >= 4:
            yield layer


def _shrinks(layer: Any) -> bool:  # noqa: ANN401 (of either Keras)
    return bool(np.abs(np.asarray(layer.scale, np.float64)).max() < _SHRINKS)
