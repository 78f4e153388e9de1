"""What a picture is charged for, and the gradients of that."""

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.float32]

_GREY = np.float32(0.5)


def l2(levels: Pictures) -> tuple[NDArray[np.float32], Pictures]:
    """Mean squared distance from mid-grey.

    Args:
        levels: (N, ..., H, W) in [0, 1].

    Returns:
        (N,), and the gradient by the levels.
    """
    away = levels - _GREY
    count = levels[0].size
    return np.square(away).reshape(len(levels), -1).mean(axis=1), away * np.float32(2 / count)


def total_variation(levels: Pictures) -> tuple[NDArray[np.float32], Pictures]:
    """Mean squared difference of pixels above one another, and the same of pixels beside one another.

    Args:
        levels: (N, ..., H, W) in [0, 1].

    Returns:
        (N,), and the gradient by the levels.
    """
    charged = np.zeros(len(levels), dtype=np.float32)
    gradients = np.zeros_like(levels)
    for axis in (-2, -1):
        if levels.shape[axis] == 1:
            continue
        difference = np.diff(levels, axis=axis)
        charged += np.square(difference).reshape(len(levels), -1).mean(axis=1)
        difference *= np.float32(2 / difference[0].size)
        moved = np.moveaxis(gradients, axis, 0)
        moved[1:] += np.moveaxis(difference, axis, 0)
        moved[:-1] -= np.moveaxis(difference, axis, 0)
    return charged, gradients
