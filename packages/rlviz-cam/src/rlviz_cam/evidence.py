"""Which part of a signed map is shown."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Maps = NDArray[np.float32]


def _positive(maps: Maps) -> Maps:
    return np.maximum(maps, 0)


def _negative(maps: Maps) -> Maps:
    return np.maximum(-maps, 0)


def _absolute(maps: Maps) -> Maps:
    return np.abs(maps)


def _signed(maps: Maps) -> Maps:
    return maps.copy()


EVIDENCE: Mapping[str, Callable[[Maps], Maps]] = MappingProxyType(
    {"positive": _positive, "negative": _negative, "absolute": _absolute, "signed": _signed}
)
"""What raises the score, what lowers it (as positive heat), both by size, both with their sign."""


def select_evidence(maps: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    """Return the chosen part of signed maps, same shape, as a new array.

    Args:
        maps: Signed maps of any shape.
        name: One of :data:`EVIDENCE`: ``positive`` max(L, 0), ``negative`` max(-L, 0), ``absolute`` |L|,
            ``signed`` L.

    Raises:
        ValueError: When there is no such choice.
    """
    if name not in EVIDENCE:
        msg = f"unknown evidence {name!r}; choose one of: {', '.join(EVIDENCE)}"
        raise ValueError(msg)
    return EVIDENCE[name](maps)
