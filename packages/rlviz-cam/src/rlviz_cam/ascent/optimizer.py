"""Adam, going up."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]

_FIRST = 0.9
_SECOND = 0.999
_SMALL = 0.3


@dataclass(slots=True)
class Adam:
    """Gradient ascent with moments of the gradient (Kingma and Ba, "Adam", ICLR 2015, algorithm 1).

    Each image's gradient is divided by its root mean square first, so that nothing depends on how large a
    network's responses are; an image whose gradient is 0 stays as it is. The constant under the fraction is
    0.3, so that parameters that hardly matter hardly move, and show no noise.

    Attributes:
        rate: Step size.
    """

    rate: float
    _steps: int = 0
    _mean: Numbers = field(default_factory=lambda: np.zeros((), np.float32))
    _square: Numbers = field(default_factory=lambda: np.zeros((), np.float32))

    def climb(self, parameters: Numbers, gradients: Numbers) -> None:
        """Move parameters (N, ...) up their gradients, in place; the gradients are overwritten."""
        if not self._steps:
            self._mean, self._square = np.zeros_like(parameters), np.zeros_like(parameters)
        self._steps += 1
        flat = gradients.reshape(len(gradients), -1)
        largest = np.maximum(flat.max(axis=1), -flat.min(axis=1))
        flat /= np.where(largest > 0, largest, np.float32(1))[:, None]
        size = np.sqrt(np.einsum("np,np->n", flat, flat) / flat.shape[1])
        flat /= np.where(size > 0, size, np.float32(1))[:, None]
        given = flat.reshape(gradients.shape)
        scaled = given * np.float32(1 - _FIRST)
        self._mean *= np.float32(_FIRST)
        self._mean += scaled
        np.square(given, out=scaled)
        scaled *= np.float32(1 - _SECOND)
        self._square *= np.float32(_SECOND)
        self._square += scaled
        np.sqrt(self._square, out=scaled)
        scaled += np.float32(_SMALL * (1 - _SECOND**self._steps) ** 0.5)
        np.divide(self._mean, scaled, out=scaled)
        scaled *= np.float32(self.rate * (1 - _SECOND**self._steps) ** 0.5 / (1 - _FIRST**self._steps))
        parameters += scaled
