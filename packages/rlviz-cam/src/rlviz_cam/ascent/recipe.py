"""How a preferred stimulus is looked for, and what was found."""

from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

Parameterisation = Literal["fourier", "pixels"]

ORIGINAL_SIZES = (56, 67, 80, 96, 115, 138, 165, 198, 237, 284, 340, 408)
"""Pixels of ``Recipe.original``: each 1.2 times the one before, rounded down."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Some steps at one size.

    Attributes:
        size: Height and width of the pictures, in pixels.
        steps: Gradient steps.
        settles: Whether nothing is moved any more, and each colour is changed for itself.
    """

    size: tuple[int, int]
    steps: int
    settles: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices of a gradient ascent on the input.

    Attributes:
        steps: Gradient steps at the first size.
        taper: Steps at each further size, relative to those at the size before it, rounded, at least one; 1
            gives every size the same. A step at twice the size is four times the work.
        scales: Of the sizes that the picture passes through, relative to ``size``; the last one is 1.
        size: Height and width of the final picture; ``None`` for the network's own input. A layer that can
            only be computed for the network's own size is shown pictures that are resized to that.
        parameterisation: ``fourier``: spectrum with 1/f amplitudes (Olah, Mordvintsev and Schubert, "Feature
            Visualization", Distill 2017); ``pixels``: each for itself. Both pass through a sigmoid into
            the range of levels.
        decorrelate: Whether the colours of an RGB picture are decorrelated, until it settles; other pictures
            never are.
        jitter: Pixels that a picture is moved by at most, in each step.
        zoom: Share by which it is made larger or smaller at most, in each step.
        rotate: Degrees by which it is turned at most, in each step.
        settle: Share of the steps at the final size, the last ones, in which nothing is moved and each colour
            is changed for itself: what was found becomes what the layer prefers to the pixel.
        rate: Step size of the optimizer, in the parameters of the pictures.
        l2: Weight of the mean squared distance from mid-grey, in levels of 0 to 1: what it comes to is taken
            from the objective.
        total_variation: Weight of the mean squared difference of neighbouring pixels, in levels of 0 to 1.

    Raises:
        ValueError: When a field has a value that no recipe can have.
    """

    steps: int = 30
    taper: float = 0.65
    scales: tuple[float, ...] = (0.25, 0.5, 1.0)
    size: tuple[int, int] | None = None
    parameterisation: Parameterisation = "pixels"
    decorrelate: bool = True
    jitter: int = 4
    zoom: float = 0.05
    rotate: float = 5.0
    settle: float = 0.6
    rate: float = 1.0
    l2: float = 0.0
    total_variation: float = 0.0

    def __post_init__(self) -> None:
        size = (1,) if self.size is None else self.size
        wrong = {
            "steps": (self.steps >= 1, "1 or more"),
            "taper": (0 < self.taper <= 1, "above 0, up to 1"),
            "scales": (
                self.scales[-1:] == (1.0,)
                and min(self.scales) > 0
                and list(self.scales) == sorted(self.scales),
                "ascending numbers above 0 that end at 1",
            ),
            "size": (min(size) >= 1, "a height and a width of 1 or more"),
            "parameterisation": (
                self.parameterisation in get_args(Parameterisation),
                f"one of: {', '.join(get_args(Parameterisation))}",
            ),
            "jitter": (self.jitter >= 0, "0 or more"),
            "zoom": (0 <= self.zoom < 1, "0 or more, below 1"),
            "rotate": (0 <= self.rotate <= 180, "0 to 180 degrees"),
            "settle": (0 <= self.settle <= 1, "0 to 1"),
            "rate": (0 < self.rate < np.inf, "above 0"),
            "l2": (0 <= self.l2 < np.inf, "0 or more"),
            "total_variation": (0 <= self.total_variation < np.inf, "0 or more"),
        }
        for name, (right, expected) in wrong.items():
            if not right:
                msg = f"{name} is {getattr(self, name)!r}, expected {expected}"
                raise ValueError(msg)

    @classmethod
    def original(cls, steps: int = 30) -> Self:
        """Twelve sizes from 56 to 408 px, each 1.2 times the one before, pixels, no transformations."""
        last = ORIGINAL_SIZES[-1]
        return cls(
            steps=steps,
            taper=1.0,
            scales=tuple(size / last for size in ORIGINAL_SIZES),
            size=(last, last),
            parameterisation="pixels",
            decorrelate=False,
            jitter=0,
            zoom=0.0,
            rotate=0.0,
            settle=0.0,
        )

    def stages(self, own: tuple[int, int], least: tuple[int, int] = (1, 1)) -> tuple[Stage, ...]:
        """Return what the picture passes through.

        Args:
            own: Height and width of the network's own input, in pixels.
            least: The smallest height and width that the layer can be computed for. Scales that are too
                small become the smallest that is not; of sizes that are the same, one is passed through.

        Raises:
            ValueError: When ``size`` is smaller than that.
        """
        final = own if self.size is None else self.size
        if final[0] < least[0] or final[1] < least[1]:
            given, needed = (f"{size[0]} x {size[1]}" for size in (final, least))
            msg = f"size {given} is too small: the layer needs pictures of {needed} or more"
            raise ValueError(msg)
        smallest = max(least[0] / final[0], least[1] / final[1])
        scales = (max(scale, smallest) for scale in self.scales)
        sizes = dict.fromkeys(
            (max(round(scale * final[0]), least[0]), max(round(scale * final[1]), least[1]))
            for scale in scales
        )
        stages = [
            Stage(size, max(round(self.steps * self.taper**place), 1)) for place, size in enumerate(sizes)
        ]
        last = stages.pop()
        settling = round(self.settle * last.steps)
        stages += [Stage(last.size, last.steps - settling), Stage(last.size, settling, settles=True)]
        return tuple(stage for stage in stages if stage.steps)


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
