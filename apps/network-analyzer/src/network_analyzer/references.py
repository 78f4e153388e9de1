"""A reference picture as the network takes it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Inputs
from rlviz_overlay import Frame

Levels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One picture, or one stack of frames, for one network.

    Attributes:
        levels: uint8 (C, H, W) or (T, C, H, W) of the network's own size, colours as red, green, blue: what
            goes through the preprocessing into the network.
        picture: uint8 (h, w, 3) RGB: what a person is shown; of the size that was given. Of a stack of
            frames, the last one.
        inputs: One sample by input name, ready for the backend; further inputs are zeros.
        notes: What was done to the picture, one sentence each; empty when nothing was.
    """

    levels: Levels
    picture: Frame
    inputs: Inputs
    notes: tuple[str, ...] = ()


def picture_levels(levels: Levels) -> list[Frame]:
    """Return what a network takes as the pictures that a person can look at, uint8 (H, W, 3) RGB each.

    Args:
        levels: uint8 (C, H, W), or (T, C, H, W) over time steps: of 3 channels one picture in colour, of 1 a
            grey one; of any other number one grey picture per channel, in order. Time steps follow each
            other.
    """
    if levels.ndim == 4:
        return [picture for step in levels for picture in picture_levels(step)]
    if len(levels) == 3:
        return [np.ascontiguousarray(levels.transpose(1, 2, 0))]
    return [np.repeat(channel[:, :, None], 3, axis=2) for channel in levels]
