"""From the camera's picture to what the pilot's network receives."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from donkey_gradcam.views import Frame


class Sight:
    """Prepares pictures as donkeycar does before its pilot sees them.

    Args:
        config: what a `myconfig.py` says, or None: then the network's input size decides.
        input_shape: (height, width, channels) of one picture of the network's input.

    Attributes:
        note: what a person should be told of the preparation, or ""; known after the first picture.
    """

    def __init__(self, config: Mapping[str, Any] | None, input_shape: tuple[int, int, int]) -> None:
        del config
        self._shape = input_shape
        self.note = ""

    def __call__(self, frame: Frame) -> NDArray[np.uint8]:
        """Prepare one picture.

        Args:
            frame: uint8 (H, W, 3), RGB.

        Returns:
            uint8 (height, width, channels), of `input_shape`.
        """
        height, width, channels = self._shape
        if frame.shape == self._shape:
            return frame
        picture = Image.fromarray(frame)
        if picture.size != (width, height):
            picture = picture.resize((width, height))
        if channels == 1:
            picture = picture.convert("L")
        return np.asarray(picture).reshape(self._shape)
