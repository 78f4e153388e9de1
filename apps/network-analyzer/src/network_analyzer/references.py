"""A reference picture as the network takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Frame

from network_analyzer.fitting import fit_levels
from network_analyzer.input_pictures import Levels, as_levels, channels_first, read_given
from network_analyzer.opened import Opened


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One picture, or one stack of frames, for one network.

    Attributes:
        levels: uint8 (C, H, W) or (T, C, H, W) of the network's own size, colours as red, green, blue: what
            goes through the preprocessing into the network. Of a network that takes numbers in a row, those,
            from the lowest as 0 to the highest as 255, (1, 1, k): to be looked at only.
        picture: uint8 (h, w, 3) RGB: what a person is shown; of the size that was given. Of a stack of
            frames, the last one.
        inputs: One sample by input name, ready for the backend; further inputs are zeros.
        notes: What was done to the picture, one sentence each; empty when nothing was.
    """

    levels: Levels
    picture: Frame
    inputs: Mapping[str, NDArray[Any]]
    notes: tuple[str, ...] = ()


def reference_of(opened: Opened, given: object) -> Reference:
    """Bring a picture into the form that a network takes; what was given is not changed.

    Args:
        opened: The network.
        given: A path to a picture; or an array, (H, W), (H, W, 1), (H, W, 3) red, green, blue, or (H, W, 4);
            channels may come first, or last, and one axis more may be a batch of one: the rules are those of
            `network_analyzer.input_pictures`. Levels are of 0 to 255, or, of floats that stay below 1, of 0
            to 1. An agent's observation, (4, 84, 84), is taken as it is. One picture for a network that takes
            a stack of frames, or steps over time, is repeated. A network that takes numbers in a row takes
            them as they are, (k,).

    Raises:
        OSError: The file cannot be read.
        TypeError: It is no picture at all.
        ValueError: It is empty, has values that no picture has, or axes that cannot be told; or the network
            takes several pictures, or none.
    """
    inputs = opened.backend.inputs()
    images = {name: shape for name, shape in inputs.items() if len(shape) in {3, 4}}
    if not images and [len(shape) for shape in inputs.values()] == [1]:
        (name,) = inputs
        return _numbers(name, inputs[name][0], given)
    if len(images) != 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in inputs.items())
        msg = f"the network takes {listed}; a picture needs one input of shape (C, H, W)"
        raise ValueError(msg)
    ((name, shape),) = images.items()
    levels, notes = as_levels(read_given(given))
    pictures, told = channels_first(levels, shape)
    fitted = [fit_levels(picture, shape[-3:]) for picture in pictures]
    own = np.stack([one for one, _ in fitted]) if len(shape) == 4 else fitted[0][0]
    zeros = [f"the network's further input {other} is all zeros" for other in inputs if other != name]
    return Reference(
        levels=own,
        picture=np.array(picture_levels(pictures[-1])[-1]),
        inputs={
            other: opened.preprocessing(own[None]) if other == name else np.zeros((1, *one), np.float32)
            for other, one in inputs.items()
        },
        notes=(*notes, *told, *fitted[0][1], *zeros),
    )


def _numbers(name: str, count: int, given: object) -> Reference:
    """Take the numbers of a network that sees no picture; they go in as they are."""
    numbers = np.atleast_1d(np.squeeze(read_given(given))).astype(np.float32)
    if numbers.shape != (count,) or not np.isfinite(numbers).all():
        msg = f"numbers of shape {numbers.shape} are given; the network takes {count} finite ones, ({count},)"
        raise ValueError(msg)
    low, high = float(numbers.min()), float(numbers.max())
    levels = np.rint((numbers - low) * (255 / ((high - low) or 1))).astype(np.uint8).reshape(1, 1, -1)
    note = (
        f"{count} numbers, shown from {low:g} (black) to {high:g} (white); the network takes them as they are"
    )
    return Reference(levels, picture_levels(levels)[0], {name: numbers[None]}, (note,))


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
