"""How a preferred stimulus is looked for, and what was found."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Parameterisation = Literal["fourier", "pixels"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices of a gradient ascent on the input.

    Attributes:
        steps: Gradient steps at each size.
        scales: Of the sizes that the picture passes through, relative to ``size``; the last one is 1.
        size: Height and width of the final picture; ``None`` for the network's own input. A layer that can
            only be computed for the network's own size is shown pictures that are resized to that.
        parameterisation: ``fourier``: spectrum with 1/f amplitudes (Olah, Mordvintsev and Schubert, "Feature
            Visualization", Distill 2017); ``pixels``: each for itself. Both pass through a sigmoid into
            the range of levels.
        decorrelate: Whether the colours of an RGB picture are decorrelated; other pictures never are.
        jitter: Pixels that a picture is moved by at most, in each step.
        zoom: Share by which it is made larger or smaller at most, in each step.
        rotate: Degrees by which it is turned at most, in each step.
        rate: Step size of the optimizer.
        l2: Weight of the mean squared distance from mid-grey, in levels of 0 to 1.
        total_variation: Weight of the mean squared difference of neighbouring pixels, in levels of 0 to 1.

    Raises:
        ValueError: When a field has a value that no recipe can have.
    """

    steps: int = 30
    scales: tuple[float, ...] = (0.25, 0.5, 1.0)
    size: tuple[int, int] | None = None
    parameterisation: Parameterisation = "fourier"
    decorrelate: bool = True
    jitter: int = 4
    zoom: float = 0.05
    rotate: float = 5.0
    rate: float = 0.05
    l2: float = 0.0
    total_variation: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Ascent:
    """Preferred stimuli, and what the network answers to exactly these pictures.

    Attributes:
        pictures: uint8 levels, (N, C, H, W) or (N, T, C, H, W), colours as red, green, blue: what is shown
            and what was measured. A dead channel's is mid-grey.
        scores: (N,) float32, the objective for ``pictures``.
        noise: (N,) float32, the highest objective among plain noise pictures of the same size.
        dead: (N,) bool: the objective is the same for every noise picture and all the way of the ascent.
        sizes: (H, W) of every size that was passed through.
        resized_to: The network's own size, where pictures are resized to it before it sees them; else None.
    """

    pictures: NDArray[np.uint8]
    scores: NDArray[np.float32]
    noise: NDArray[np.float32]
    dead: NDArray[np.bool_]
    sizes: tuple[tuple[int, int], ...]
    resized_to: tuple[int, int] | None = None
