"""How a picture becomes what a network takes: stated by whoever trained it, never guessed from weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """An affine map of each channel: value = (level - mean) / deviation, for levels of 0 to 255.

    Attributes:
        name: What it is called.
        mean: One number, or one per channel in the network's order.
        deviation: One number, or one per channel in the network's order.
        reverses: Whether the network takes blue, green, red; pictures are red, green, blue.

    Raises:
        ValueError: When a deviation is 0 or below, or the numbers of channels contradict each other.
    """

    name: str
    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)
    reverses: bool = False

    def __post_init__(self) -> None:
        if min(self.deviation, default=0) <= 0:
            msg = f"preprocessing {self.name!r} divides by {self.deviation}; give numbers above 0"
            raise ValueError(msg)
        if len({len(self.mean), len(self.deviation)} - {1}) > 1 or not self.mean:
            msg = (
                f"preprocessing {self.name!r} has {len(self.mean)} means and {len(self.deviation)} deviations"
            )
            raise ValueError(msg)

    @classmethod
    def of_range(cls, low: float, high: float) -> "Preprocessing":
        """Levels of 0 to 255 stretched over [low, high].

        Raises:
            ValueError: When the range is empty.
        """
        if not low < high:
            msg = f"a range from {low:g} to {high:g} is empty; give the value of black, then that of white"
            raise ValueError(msg)
        deviation = 255 / (high - low)
        return cls(f"{low:g}..{high:g}", (0.0 - low * deviation,), (deviation,))

    def __call__(self, levels: NDArray[np.generic]) -> NDArray[np.float32]:
        """Return what the network takes.

        Args:
            levels: (..., C, H, W), 0 to 255, colours as red, green, blue.

        Raises:
            ValueError: When the network takes another number of channels.
        """
        self.check(levels.shape[-3])
        given = levels[..., ::-1, :, :] if self.reverses else levels
        return np.ascontiguousarray((given.astype(np.float32) - _planes(self.mean)) / _planes(self.deviation))

    def gradient(self, gradients: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return ds/dlevels, (..., C, H, W) in the picture's order, from ds/dvalues in the network's."""
        scaled = gradients / _planes(self.deviation)
        return scaled[..., ::-1, :, :] if self.reverses else scaled

    def check(self, channels: int) -> None:
        """Refuse a number of channels that this preprocessing is not for.

        Raises:
            ValueError: Naming both.
        """
        meant = max(len(self.mean), len(self.deviation), 3 if self.reverses else 1)
        if meant not in {1, channels}:
            msg = f"preprocessing {self.name!r} is for {meant} channels, the network takes {channels}"
            raise ValueError(msg)

    def describe(self) -> str:
        """Say it as a formula."""
        order = ", blue first" if self.reverses else ""
        if self.name in PREPROCESSINGS:
            return f"{self.name}: {PREPROCESSING_NOTES[self.name]}"
        return f"{self.name}: (level - {_listed(self.mean)}) / {_listed(self.deviation)}{order}"


def _planes(numbers: tuple[float, ...]) -> NDArray[np.float32]:
    return np.asarray(numbers, dtype=np.float32)[:, None, None]


def _listed(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)


PREPROCESSINGS: Mapping[str, Preprocessing] = MappingProxyType(
    {
        one.name: one
        for one in (
            Preprocessing("unit", (0.0,), (255.0,)),
            Preprocessing("raw"),
            Preprocessing("symmetric", (127.5,), (127.5,)),
            Preprocessing(
                "torch",
                (0.485 * 255, 0.456 * 255, 0.406 * 255),
                (0.229 * 255, 0.224 * 255, 0.225 * 255),
            ),
            Preprocessing("caffe", (103.939, 116.779, 123.68), (1.0,), reverses=True),
        )
    }
)
"""The usual ones by name."""

PREPROCESSING_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "unit": "levels / 255, from 0 to 1 (DonkeyCar, ToTensor)",
        "raw": "levels as they are, 0 to 255 (Stable-Baselines3's agents; models that rescale themselves)",
        "symmetric": "levels / 127.5 - 1, from -1 to 1 (Keras' MobileNet, Inception, Xception)",
        "torch": "levels / 255, less ImageNet's mean, by its deviation (torchvision)",
        "caffe": "blue, green, red, less ImageNet's mean (Keras' VGG and ResNet)",
    }
)
"""What each of `PREPROCESSINGS` does and who uses it."""


def find_preprocessing(given: "str | tuple[float, float] | Preprocessing") -> Preprocessing:
    """Return a preprocessing by its name, by the values of black and white, or as it is.

    Raises:
        ValueError: When there is none of that name, or the range is empty.
    """
    if isinstance(given, Preprocessing):
        return given
    if not isinstance(given, str):
        return Preprocessing.of_range(*given)
    if given in PREPROCESSINGS:
        return PREPROCESSINGS[given]
    try:
        low, high = (float(part) for part in given.split(","))
    except ValueError as error:
        names = ", ".join(PREPROCESSINGS)
        msg = (
            f"no preprocessing {given!r}; choose one of: {names}; or give the values of black and white: 0,1"
        )
        raise ValueError(msg) from error
    return Preprocessing.of_range(low, high)
