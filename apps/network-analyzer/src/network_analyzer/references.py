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
