"""What a network did with a batch, as plain data."""

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
