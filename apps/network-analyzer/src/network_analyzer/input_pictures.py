"""Whatever a person gives as a picture, as levels: files, arrays of any type, channels first or last.

How the axes of an array are told apart, for a network that takes (C, H, W):

1. two axes are a grey picture;
2. three axes of exactly the network's shape are taken as they are; of exactly (H, W, C) they have the
   channels last;
3. else a last axis of 1, 3 or 4 holds the channels of a picture: grey, colours, colours and transparency;
4. else a first axis of C, 1 or 3 holds channels;
5. one axis of length 1 more, in front, is a batch of one. For a network that takes (T, C, H, W), an axis of
   length T in front of a picture's own three holds the steps.
"""

from os import PathLike, fspath
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_video import read_picture

Levels = NDArray[np.uint8]
Shape = tuple[int, ...]
Notes = tuple[str, ...]
"""What was done to a picture, one sentence each."""

_SLACK = 1e-3
"""Of a float picture's range, what resizing and rounding may overshoot by."""


def read_given(given: object) -> NDArray[Any]:
    """Return a picture, or several, as an array: of a file, or of anything that NumPy makes an array of.

    Raises:
        OSError: The file cannot be read.
        TypeError: It is neither.
        ValueError: The file is no picture.
    """
    if isinstance(given, str | PathLike):
        return read_picture(fspath(cast("str | PathLike[str]", given)))
    array = np.asarray(given)
    if (
        array.dtype == bool
        or np.issubdtype(array.dtype, np.integer)
        or np.issubdtype(array.dtype, np.floating)
    ):
        return array
    msg = f"a {type(given).__name__} of type {array.dtype} is no picture; give an array of numbers or a path"
    raise TypeError(msg)


def as_levels(array: NDArray[Any]) -> tuple[Levels, Notes]:
    """Return a picture's levels of 0 to 255, whatever its type; of uint8 the array itself.

    Raises:
        ValueError: It is empty, or has values that no picture has.
    """
    if not array.size:
        msg = f"the picture is empty, of shape {array.shape}; give one with pixels"
        raise ValueError(msg)
    if array.dtype == np.uint8:
        return array, ()
    if array.dtype == bool:
        return array.astype(np.uint8) * 255, ("False and True are drawn black and white",)
    low, high = array.min(), array.max()
    if not np.isfinite([low, high]).all():
        msg = "the picture has values that are not finite; give levels of 0 to 255, or of 0 to 1"
        raise ValueError(msg)
    if np.issubdtype(array.dtype, np.floating):
        return _float_levels(array, float(low), float(high))
    if low < 0 or high > 255:
        msg = f"the picture's levels go from {low} to {high}; give levels of 0 to 255"
        raise ValueError(msg)
    return array.astype(np.uint8), ()


def _float_levels(array: NDArray[Any], low: float, high: float) -> tuple[Levels, Notes]:
    """Tell levels of 0 to 1 from those of 0 to 255 by the highest one."""
    top = 1 if high <= 1 + _SLACK else 255
    if low < -_SLACK * top or high > top * (1 + _SLACK):
        msg = (
            f"the picture's values go from {low:g} to {high:g}; give levels of 0 to 255, or of 0 to 1, "
            "and not what a preprocessing made of them"
        )
        raise ValueError(msg)
    levels = np.clip(np.rint(array * (255 / top)), 0, 255).astype(np.uint8)
    found = "none of its values is above 1" if top == 1 else "some of its values are above 1"
    return levels, (f"{found}, so they are taken to go from 0 to {top}",)


def channels_first(levels: Levels, shape: Shape) -> tuple[list[Levels], Notes]:
    """Return the pictures in an array with their channels first, as views.

    Args:
        levels: uint8 picture, or steps of pictures, of any layout; which is told by the rules of this module.
        shape: (C, H, W) or (T, C, H, W), what the network takes.

    Returns:
        One picture, or T of them, each (c, h, w) of the size that was given; c is 1 (grey), 3 (red, green,
        blue), or the network's own C.

    Raises:
        ValueError: It is no picture.
    """
    if len(shape) == 3:
        found = levels[0] if levels.ndim == 4 and len(levels) == 1 else levels
        picture, notes = _one(found, shape, shape)
        return [picture], notes
    found = levels[0] if levels.ndim == 5 and len(levels) == 1 else levels
    if found.ndim == 4 and len(found) == shape[0]:
        steps = [_one(step, shape[1:], shape) for step in found]
        return [picture for picture, _ in steps], steps[0][1]
    single = levels[0] if levels.ndim == 4 and len(levels) == 1 else levels
    picture, notes = _one(single, shape[1:], shape)
    return [picture] * shape[0], (*notes, f"one picture for {shape[0]} steps over time: repeated")


def _one(levels: Levels, shape: Shape, whole: Shape) -> tuple[Levels, Notes]:
    """Return one picture (c, h, w) for a network of pictures (C, H, W), which takes them as `whole`."""
    channels, *size = shape
    if levels.ndim == 2:
        return levels[None], ()
    if levels.ndim == 3:
        if levels.shape == shape:
            return levels, ()
        if levels.shape == (*size, channels):
            return levels.transpose(2, 0, 1), ()
        if levels.shape[-1] in {1, 3, 4}:
            notes = ("its transparency is left out",) if levels.shape[-1] == 4 else ()
            return levels[..., :3].transpose(2, 0, 1), notes
        if levels.shape[0] in {channels, 1, 3}:
            return levels, ()
    given = f"{len(levels)} pictures at once" if levels.ndim == 4 else f"an array of shape {levels.shape}"
    msg = f"{given}, expected one picture: (H, W), (H, W, 3), (H, W, 4), or {whole} as the network takes it"
    raise ValueError(msg)
