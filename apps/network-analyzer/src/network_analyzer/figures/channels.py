"""What all figures of a layer's channels have in common."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import format_value


def check_channels(values: NDArray[np.floating], features: Sequence[int], axes: int) -> None:
    """Refuse values that are no numbers, or not one group of them for each feature.

    Args:
        values: (K, ...).
        features: K numbers of channels.
        axes: How many axes there must be.

    Raises:
        ValueError: Naming what was given.
    """
    if values.ndim != axes or len(values) != len(features) or not values.size:
        msg = (
            f"values of shape {values.shape} for {len(features)} features; "
            f"give an array of {axes} axes, the first as long as there are features, 1 or more"
        )
        raise ValueError(msg)
    wrong = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    if wrong.size:
        first = features[int(wrong[0])]
        msg = f"feature {first} has values that are no finite numbers; check weights and input"
        raise ValueError(msg)


def number(value: float) -> str:
    """A number as figures write it: three digits, a real minus sign."""
    return format_value(float(value), ".3g")
