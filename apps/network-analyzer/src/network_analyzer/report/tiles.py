"""Patches and stimuli as small pictures of a page."""

from collections.abc import Sequence
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Box
from rlviz_overlay import DARK, Color, Frame, Size, new_canvas, resize_frame

from network_analyzer.input_pictures import Levels
from network_analyzer.references import picture_levels
from network_analyzer.report.patches import Patch

SIDE = 84
"""Longer side in pixels that a tile has at most."""
GAP = 2
"""Pixels between the frames of one tile."""
PAGE: Color = (20, 23, 26)
"""What tiles lie on."""
CHECK = 4
"""Pixels of a square of the pattern that stands for what lies outside a picture."""


def patch_tile(patch: Patch, side: int = SIDE) -> Frame:
    """Return a patch as a picture; squares stand for what lies outside of the picture it was cut from.

    Patches smaller than the side are enlarged by a whole number, larger ones made smaller. A stack of frames
    is shown row by row, the oldest first.

    Args:
        patch: The patch.
        side: Longer side at most, in pixels.

    Returns:
        uint8 (h, w, 3), RGB.
    """
    box = patch.box
    frames = picture_levels(patch.levels)
    size = Size(box.right - box.left, box.bottom - box.top)
    room = _room(len(frames), side)
    return _beside_each_other([_placed(frame, size, patch.inside, room) for frame in frames])


def stimulus_tile(levels: Levels, side: int = SIDE) -> Frame:
    """Return a stimulus, (C, H, W) or (T, C, H, W), as a picture; see `patch_tile`."""
    frames = picture_levels(levels)
    size = Size.of(frames[0])
    whole = Box(0, 0, size.height, size.width)
    room = _room(len(frames), side)
    return _beside_each_other([_placed(frame, size, whole, room) for frame in frames])


def outside(size: Size) -> Frame:
    """Return the pattern that stands for what lies outside a picture."""
    rows, columns = np.indices((size.height, size.width)) // CHECK
    squares = ((rows + columns) % 2)[:, :, None] == 1
    return np.where(squares, np.array(DARK.rule, np.uint8), np.array(DARK.track, np.uint8))


def _room(frames: int, side: int) -> int:
    columns = ceil(sqrt(frames))
    return max(1, (side - GAP * (columns - 1)) // columns)


def _placed(frame: Frame, size: Size, inside: Box, room: int) -> Frame:
    """Return a picture at its place in a box of this size, as large as there is room."""
    scale = room / max(size.width, size.height, 1)
    scale = float(int(scale)) if scale >= 1 else scale
    tile = outside(Size(max(1, round(size.width * scale)), max(1, round(size.height * scale))))
    top, bottom = round(inside.top * scale), round(inside.bottom * scale)
    left, right = round(inside.left * scale), round(inside.right * scale)
    if top < bottom and left < right and frame.size:
        tile[top:bottom, left:right] = resize_frame(frame, Size(right - left, bottom - top))
    return tile


def _beside_each_other(frames: Sequence[Frame]) -> Frame:
    if len(frames) == 1:
        return frames[0]
    height, width = frames[0].shape[:2]
    columns = ceil(sqrt(len(frames)))
    rows = ceil(len(frames) / columns)
    whole = Size(columns * (width + GAP) - GAP, rows * (height + GAP) - GAP)
    canvas: NDArray[np.uint8] = new_canvas(whole, PAGE)
    for number, frame in enumerate(frames):
        y, x = number // columns * (height + GAP), number % columns * (width + GAP)
        canvas[y : y + height + GAP, x : x + width + GAP] = DARK.rule
        canvas[y : y + height, x : x + width] = frame
    return canvas
