"""DonkeyCar's pilots: told apart by their networks' own structure, fed and read as donkeycar does."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Backend

from donkey_gradcam.drives.config import KEYS
from donkey_gradcam.views import Command

Shapes = Mapping[str, tuple[int, ...]]
Outputs = Mapping[str, NDArray[np.float32]]

TYPES = (
    "linear", "categorical", "inferred", "memory", "imu", "behavior", "localizer", "rnn", "3d", "latent",
)  # fmt: skip
"""The pilot types that donkeycar builds from Keras networks."""

THROTTLE_RANGE = "MODEL_CATEGORICAL_MAX_THROTTLE_RANGE"
"""What a config calls the throttle of a categorical pilot's last bin; a model file does not say it."""

DEFAULT_THROTTLE_RANGE = float(KEYS[THROTTLE_RANGE].default)
"""Of the configs that donkeycar makes."""

_IMU = tuple(f"imu/{part}_{axis}" for part in ("acl", "gyr") for axis in "xyz")
_BEHAVIOR = "behavior/one_hot_state_array"


@dataclass(frozen=True, slots=True)
class Reading:
    """How one command is read from the outputs.

    Attributes:
        head: the output.
        unit: the unit whose value is the command, or None when the strongest of all units (bins) decides.
        first: the command of bin 0.
        step: the difference between neighbouring bins.
    """

    head: str
    unit: int | None = 0
    first: float = 0.0
    step: float = 1.0

    def values(self, outputs: Outputs) -> NDArray[np.float32]:
        """The commands of a batch, float32 (N,)."""
        units = outputs[self.head]
        if self.unit is None:
            return (units.argmax(axis=1) * self.step + self.first).astype(np.float32)
        return units[:, self.unit]

    def bins(self, outputs: Outputs) -> NDArray[np.float32] | None:
        """The probabilities of the bins, float32 (N, bins), when there are bins."""
        return outputs[self.head] if self.unit is None else None


@dataclass(frozen=True, slots=True)
class VectorInput:
    """An input beside the pictures.

    Attributes:
        name: of the network's input.
        size: numbers that it takes.
        keys: what they are called in a record: one key a number, or one key of a list. None for a pilot's
            memory, which is fed with what the pilot itself asked last.
    """

    name: str
    size: int
    keys: tuple[str, ...] | None

    def read(self, index: int, values: Mapping[str, object]) -> NDArray[np.float32]:
        """The numbers of one record, float32 (size,).

        Args:
            index: number of the record, for the message.
            values: what was recorded.

        Raises:
            ValueError: the record does not hold them.
        """
        found: list[object] = []
        for key in self.keys or ():
            value = values.get(key)
            found += list(value) if isinstance(value, list | tuple) else [value]  # pyright: ignore[reportUnknownArgumentType]
        try:
            numbers = np.array(found, np.float32)
        except (TypeError, ValueError):
            numbers = np.full(0, np.nan, np.float32)
        if numbers.shape != (self.size,) or not np.isfinite(numbers).all():
            msg = (
                f"record {index} does not hold the {self.size} numbers that the pilot's input {self.name!r} "
                f"takes ({', '.join(self.keys or ())}); give the tub that the pilot was trained on"
            )
            raise ValueError(msg)
        return numbers


@dataclass(frozen=True, slots=True)
class Pilot:
    """A network, as a pilot.

    Attributes:
        type: one of `TYPES`.
        image_input: name of the input that takes the pictures.
        image_shape: height, width and channels of one picture.
        steps: pictures that a decision rests on, or None for a network that takes one.
        vector: the input beside the pictures, or None.
        angle: how the steering is read.
        throttle: how the throttle is read, or None when it follows from the steering.
    """

    type: str
    image_input: str
    image_shape: tuple[int, int, int]
    steps: int | None
    vector: VectorInput | None
    angle: Reading
    throttle: Reading | None

    @property
    def remembers(self) -> bool:
        """Whether the pilot is fed with its own commands."""
        return self.vector is not None and self.vector.keys is None

    @property
    def run_up(self) -> int:
        """Records before a decision that it rests on, directly or through the pilot's memory."""
        if self.vector is not None and self.vector.keys is None:
            return self.vector.size
        return (self.steps or 1) - 1

    def commands(self, outputs: Outputs) -> list[Command]:
        """What the pilot asks for in each sample of a batch."""
        angles = self.angle.values(outputs)
        if self.throttle is None:
            return [Command(float(angle), inferred_throttle(float(angle))) for angle in angles]
        throttles = self.throttle.values(outputs)
        return [Command(float(a), float(t)) for a, t in zip(angles, throttles, strict=True)]


def pilot_of(
    backend: Backend,
    type_name: str = "auto",
    throttle_range: float | None = None,
    config: Mapping[str, Any] | None = None,
) -> Pilot:
    """Tell which of donkeycar's pilots an opened network is.

    Args:
        backend: the network.
        type_name: one of `TYPES`, or `auto` to tell from the structure.
        throttle_range: a categorical pilot's last bin; None for the config's, else donkeycar's own.
        config: what a `myconfig.py` says, or None.

    Raises:
        ValueError: the network is no pilot of donkeycar's, or not of the type that was named.
    """
    if throttle_range is None:
        throttle_range = DEFAULT_THROTTLE_RANGE if config is None else float(config[THROTTLE_RANGE])
    convolutions = [layer.name for layer in backend.layers() if layer.kind == "conv"]
    return open_pilot(
        backend.inputs(),
        backend.heads(),
        type_name=type_name,
        convolves_time=any(backend.weights(name).ndim == 5 for name in convolutions),
        throttle_range=throttle_range,
    )


def open_pilot(
    inputs: Shapes, heads: Shapes, *, type_name: str = "auto", convolves_time: bool = False,
    throttle_range: float = DEFAULT_THROTTLE_RANGE,
) -> Pilot:  # fmt: skip
    """Tell which of donkeycar's pilots a network is.

    Args:
        inputs: name -> shape of one sample, pictures channel-first.
        heads: name -> shape of one sample, in the network's own order.
        type_name: one of `TYPES`, or `auto` to tell from the structure.
        convolves_time: whether a convolution reaches over several pictures (`3d` rather than `rnn`).
        throttle_range: the throttle of a categorical pilot's last bin.

    Raises:
        ValueError: the network is no pilot of donkeycar's, or not of the type that was named.
    """
    name, shape, vector = _split(inputs)
    found = _type_of(shape, vector, heads, convolves_time=convolves_time)
    if type_name == "auto":
        type_name = found
    elif _FORM[type_name] != _FORM[found]:
        msg = (
            f"--type {type_name}: the network is built like a {found} pilot (inputs "
            f"{_listed(inputs)}; outputs {_listed(heads)}); leave --type out or name one like {found}"
        )
        raise ValueError(msg)
    angle, throttle = _readings(heads, throttle_range)
    steps = shape[0] if len(shape) == 4 else None
    channels, height, width = shape[-3:]
    source = None
    if vector is not None:
        keys = {"imu": _IMU, "behavior": (_BEHAVIOR,)}.get(type_name)
        source = VectorInput(vector[0], vector[1], keys)
    return Pilot(type_name, name, (height, width, channels), steps, source, angle, throttle)


_FORM: Mapping[str, str] = {
    "linear": "picture", "inferred": "picture", "localizer": "picture", "latent": "picture",
    "categorical": "picture", "memory": "vector", "imu": "vector", "behavior": "vector",
    "rnn": "pictures", "3d": "pictures",
}  # fmt: skip
"""What each type takes: types of one form can stand for each other."""


def _split(inputs: Shapes) -> tuple[str, tuple[int, ...], tuple[str, int] | None]:
    """The pictures' input and its shape, and the vector beside it."""
    pictures = {name: shape for name, shape in inputs.items() if len(shape) in {3, 4}}
    vectors = {name: shape for name, shape in inputs.items() if len(shape) == 1}
    if len(pictures) != 1 or len(vectors) > 1 or len(pictures) + len(vectors) != len(inputs):
        msg = (
            f"the network takes {_listed(inputs)}; a donkeycar pilot takes one input of pictures and at most "
            "one vector beside it"
        )
        raise ValueError(msg)
    ((name, shape),) = pictures.items()
    vector = next(((key, size[0]) for key, size in vectors.items()), None)
    return name, shape, vector


def _type_of(
    shape: tuple[int, ...], vector: tuple[str, int] | None, heads: Shapes, *, convolves_time: bool
) -> str:
    if len(shape) == 4:
        return "3d" if convolves_time else "rnn"
    if vector is not None:
        known = {"mem": "memory", "imu": "imu", "behavior": "behavior"}
        for part, type_name in known.items():
            if part in vector[0]:
                return type_name
        msg = (
            f"the network's input {vector[0]!r} ({vector[1]} numbers) is none of donkeycar's "
            "(mem_in, imu_in, xbehavior_in); name the pilot with --type memory, imu or behavior"
        )
        raise ValueError(msg)
    if any(len(one) == 3 for one in heads.values()):
        return "latent"
    sizes = [one[0] for one in heads.values() if len(one) == 1]
    if sizes[:2] == [1, 1]:
        return "localizer" if len(sizes) > 2 else "linear"
    if len(sizes) == 1:
        return "inferred" if sizes[0] == 1 else "linear"
    return "categorical"


def _readings(heads: Shapes, throttle_range: float) -> tuple[Reading, Reading | None]:
    """How steering and throttle are read: donkeycar's outputs in their order, pictures left aside."""
    vectors = [(name, shape[0]) for name, shape in heads.items() if len(shape) == 1]
    if not vectors:
        msg = f"the network's outputs are {_listed(heads)}; a pilot has one for the steering"
        raise ValueError(msg)
    name, units = vectors[0]
    if len(vectors) == 1:
        return Reading(name), Reading(name, 1) if units > 1 else None
    second, bins = vectors[1]
    angle = Reading(name) if units == 1 else Reading(name, None, -1.0, 2 / (units - 1))
    throttle = Reading(second) if bins == 1 else Reading(second, None, 0.0, throttle_range / bins)
    return angle, throttle


def inferred_throttle(angle: float) -> float:
    """The throttle that donkeycar infers from a steering angle a: e^(-m/2) - m/20, m = (a + 1) / 2 in [0, 1].

    As in donkeycar's `utils.throttle`, m is 0 at full left and 1 at full right, not 0 straight ahead.
    """
    magnitude = (min(max(angle, -1.0), 1.0) + 1) / 2
    return math.exp(-0.5 * magnitude) - 0.05 * magnitude


def _listed(shapes: Shapes) -> str:
    return (
        ", ".join(f"{name} {'x'.join(str(n) for n in shape)}" for name, shape in shapes.items()) or "nothing"
    )
