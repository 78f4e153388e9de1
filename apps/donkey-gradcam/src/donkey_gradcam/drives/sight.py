"""From the camera's picture to what the pilot's network receives."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from donkey_gradcam.drives.config import Config
from donkey_gradcam.drives.transformations import make_transformations, transformation_names
from donkey_gradcam.views import Frame


class Sight:
    """Prepares pictures as donkeycar does before its pilot sees them.

    With a config: resized to its IMAGE_W and IMAGE_H, made grey for IMAGE_DEPTH 1, then transformed. Without
    one, the network's input says what the size and the number of channels are.

    Args:
        config: what a `myconfig.py` says, or None.
        input_shape: (height, width, channels) of one picture of the network's input.

    Attributes:
        steps: names of the config's transformations, in order.
        note: what a person should be told in one line, or ""; complete after the first picture.

    Raises:
        ValueError: a transformation is unknown or does not fit the one before, or the network takes other
            channels than the config makes.
    """

    def __init__(self, config: Config | None, input_shape: tuple[int, int, int]) -> None:
        height, width, channels = input_shape
        if channels not in {1, 3}:
            msg = f"the network takes pictures of {channels} channels; expected 1 (grey) or 3 (RGB)"
            raise ValueError(msg)
        self._size = (width, height)
        self._camera_size = self._size if config is None else (config["IMAGE_W"], config["IMAGE_H"])
        self._depth = channels if config is None else config["IMAGE_DEPTH"]
        self._transform = None if config is None else make_transformations(config)
        self.steps: tuple[str, ...] = () if config is None else transformation_names(config)
        self.note = self._compare(channels)
        self._is_first = True

    def __call__(self, frame: Frame) -> NDArray[np.uint8]:
        """Prepare one picture.

        Args:
            frame: uint8 (H, W, 3), RGB.

        Returns:
            uint8 (height, width, channels), of `input_shape`; may be `frame` itself.
        """
        if self._is_first and _size(frame) != self._camera_size:
            what = "the network takes" if self._transform is None else "the config says"
            note = f"the pictures are {_text(_size(frame))} and {what} {_text(self._camera_size)}: resized"
            self.note = f"{note}; {self.note}" if self.note else note
        self._is_first = False
        return resize_picture(self._prepare(frame), self._size)

    def _prepare(self, frame: Frame) -> NDArray[np.uint8]:
        """The picture as the config has it, (h, w, 1 or 3), before it is fitted to the network."""
        seen = resize_picture(frame, self._camera_size)
        if self._depth == 1:
            seen = np.asarray(Image.fromarray(seen).convert("L"))[:, :, None]
        if self._transform is not None:
            seen = self._transform(seen)
        return seen.reshape(*seen.shape[:2], -1)

    def _compare(self, channels: int) -> str:
        """Prepare an empty picture, to know before the first real one whether the network can take it."""
        width, height = self._camera_size
        made = self._prepare(np.zeros((height, width, 3), np.uint8))
        if made.shape[2] != channels:
            msg = (
                f"the config makes pictures of {made.shape[2]} channels and the network takes {channels}; "
                "give the pilot's own config (IMAGE_DEPTH and TRANSFORMATIONS decide)"
            )
            raise ValueError(msg)
        if _size(made) == self._size:
            return ""
        return (
            f"the config makes pictures of {_text(_size(made))} and the network takes {_text(self._size)}: "
            "resized; is it this pilot's config?"
        )


def resize_picture(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture at another size as donkeycar does it (Pillow's default: bicubic); itself where it fits.

    Args:
        picture: uint8 (h, w, 3) or (h, w, 1).
        size: wanted width and height.
    """
    if _size(picture) == size:
        return picture
    flat = picture[:, :, 0] if picture.shape[2] == 1 else picture
    resized = np.asarray(Image.fromarray(flat).resize(size))
    return resized.reshape(*resized.shape[:2], -1)


def _size(picture: NDArray[np.uint8]) -> tuple[int, int]:
    return picture.shape[1], picture.shape[0]


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
