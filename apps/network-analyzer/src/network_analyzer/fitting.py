"""Pictures brought to the size and the channels that a network takes."""

import numpy as np
from rlviz_overlay import Size, resize_frame
from rlviz_overlay.opencv import cv2

from network_analyzer.input_pictures import Levels, Notes, Shape


def fit_levels(levels: Levels, shape: Shape) -> tuple[Levels, Notes]:
    """Bring a picture to what a network takes.

    Colours become grey by their brightness (ITU-R BT.601), grey is repeated; one picture for a stack of
    frames is every frame of it. Made smaller, a picture is averaged over areas, made larger, interpolated.

    Args:
        levels: uint8 (c, h, w): 1 channel (grey), 3 (red, green, blue), or the network's own number.
        shape: (C, H, W), what the network takes.

    Returns:
        uint8 (C, H, W), a new array, and what was done.
    """
    given, wanted = len(levels), shape[0]
    notes: list[str] = []
    fitted = levels
    if given != wanted and given == 3:
        picture = np.ascontiguousarray(levels.transpose(1, 2, 0))
        fitted = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)[None]
        notes.append("turned grey")
    height, width = levels.shape[1:]
    size = Size(shape[2], shape[1])
    if (width, height) != (size.width, size.height):
        fitted = _resized(fitted, size)
        notes.append(f"resized from {width}x{height} to {size.width}x{size.height}")
    if len(fitted) != wanted:
        fitted = np.repeat(fitted, wanted, axis=0)
        notes.append(
            "grey repeated in three colours" if wanted == 3 else f"one picture for {wanted} frames: repeated"
        )
    return np.array(fitted, dtype=np.uint8, order="C"), tuple(notes)


def _resized(levels: Levels, size: Size) -> Levels:
    if len(levels) == 3:  # colours or three frames: each channel alike
        picture = np.ascontiguousarray(levels.transpose(1, 2, 0))
        return resize_frame(picture, size, smooth=True).transpose(2, 0, 1)
    channels = [resize_frame(np.ascontiguousarray(channel), size, smooth=True) for channel in levels]
    return np.stack(channels)
