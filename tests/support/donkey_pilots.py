"""Networks of the ten kinds that donkeycar trains, defined anew: the same names, layers and outputs.

`build_pilot(keras, kind)` takes the Keras to build with, ``tf_keras`` or ``keras``. Shapes are as small as
each architecture allows; weights are random and seeded, and batch normalisation has statistics of its own, so
that a weight lost on the way shows in the outputs.
"""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

Shape = tuple[int, int, int]

SMALL: Mapping[str, Shape] = {
    "linear": (72, 96, 3),
    "categorical": (80, 112, 3),
    "inferred": (72, 96, 3),
    "memory": (72, 96, 3),
    "imu": (72, 96, 3),
    "behavior": (72, 96, 3),
    "localizer": (72, 96, 3),
    "rnn": (48, 64, 3),
    "3d": (48, 64, 3),
    "latent": (112, 120, 3),
}
"""(H, W, C) of one frame, for each kind."""

KINDS = tuple(SMALL)
STEPS: Mapping[str, int] = {"rnn": 3, "3d": 4}
"""Frames of one sample, for the kinds that take several."""


def build_pilot(keras: ModuleType, kind: str, input_shape: Shape | None = None, *, seed: int = 0) -> Any:
    """Build one pilot, not compiled.

    Args:
        keras: ``tf_keras`` or ``keras``.
        kind: One of `KINDS`.
        input_shape: (H, W, C) of one frame, instead of the small one; (120, 160, 3) is donkeycar's own.
        seed: Of the weights.
    """
    keras.backend.clear_session()
    model = _BUILDERS[kind](keras, input_shape or SMALL[kind])
    random = np.random.default_rng(seed)
    model.set_weights([_drawn(random, weight.shape) for weight in model.get_weights()])
    return model


def save_model(model: Any, path: Path) -> Path:
    """Save as the name says, .h5, .keras or else a SavedModel; Keras's advice against .h5 is not heard."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        if path.suffix in (".h5", ".keras"):
            model.save(path)
        else:
            model.save(path, save_format="tf")
    return path


def pilot_inputs(model: Any, samples: int = 2, *, seed: int = 1) -> dict[str, np.ndarray]:
    """Draw a batch: input name -> (N, ...) float32 in [0, 1], channels last, as Keras takes it."""
    random = np.random.default_rng(seed)
    return {
        name: random.random((samples, *shape[1:]), dtype=np.float32)
        for name, shape in _shapes_of_inputs(model)
    }


def pilot_outputs(model: Any, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """Run a model on named inputs; every output in the model's own order, float32."""
    fed = [inputs[name] for name, _ in _shapes_of_inputs(model)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Keras 3 on a list where a lone tensor is the input
        outputs = model(fed, training=False)
    return [np.asarray(output) for output in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def _shapes_of_inputs(model: Any) -> list[tuple[str, tuple[int, ...]]]:
    return [(tensor.name.split(":")[0], tuple(tensor.shape)) for tensor in model.inputs]


def _drawn(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw a weight whose size keeps activations near one through many layers; a vector is positive."""
    if len(shape) < 2:
        return random.uniform(0.05, 0.25, shape).astype(np.float32)
    spread = (2 / np.prod(shape[:-1])) ** 0.5
    return (random.standard_normal(shape) * spread).astype(np.float32)


class _Stack:
    """Calls layers one after another, each on what the one before gave."""

    def __init__(self, keras: ModuleType, start: Any) -> None:
        self.layers = keras.layers
        self.out = start

    def dense(self, units: int, drop: float = 0.0, **named: Any) -> "_Stack":
        self.out = self.layers.Dense(units, activation="relu", **named)(self.out)
        return self.dropout(drop)

    def dropout(self, rate: float) -> "_Stack":
        if rate:
            self.out = self.layers.Dropout(rate)(self.out)
        return self

    def convolution(self, filters: int, size: int, stride: int, drop: float, **named: Any) -> "_Stack":
        layer = self.layers.Conv2D(filters, size, strides=stride, activation="relu", **named)
        self.out = layer(self.out)
        return self.dropout(drop)

    def flat(self, name: str = "flattened") -> "_Stack":
        self.out = self.layers.Flatten(name=name)(self.out)
        return self


def _camera(keras: ModuleType, shape: tuple[int, ...]) -> Any:
    return keras.Input(shape=shape, name="img_in")


def _seen(keras: ModuleType, image: Any, fourth_stride: int = 1) -> _Stack:
    """The five convolutions that most kinds share, flattened."""
    stack = _Stack(keras, image)
    table = ((24, 5, 2), (32, 5, 2), (64, 5, 2), (64, 3, fourth_stride), (64, 3, 1))
    for number, (filters, size, stride) in enumerate(table, start=1):
        stack.convolution(filters, size, stride, 0.2, name=f"conv2d_{number}")
    return stack.flat()


def _heads(keras: ModuleType, features: Any, activations: Mapping[str, str], units: int = 1) -> list[Any]:
    return [
        keras.layers.Dense(units, activation=activation, name=name)(features)
        for name, activation in activations.items()
    ]


def _bins(keras: ModuleType, features: Any) -> list[Any]:
    angle = keras.layers.Dense(15, activation="softmax", name="angle_out")(features)
    throttle = keras.layers.Dense(20, activation="softmax", name="throttle_out")(features)
    return [angle, throttle]


def _regression(names: tuple[str, ...]) -> Callable[[ModuleType, Shape], Any]:
    def build(keras: ModuleType, shape: Shape) -> Any:
        image = _camera(keras, shape)
        features = _seen(keras, image).dense(100, 0.2, name="dense_1").dense(50, 0.2, name="dense_2").out
        return keras.Model([image], _heads(keras, features, dict.fromkeys(names, "linear")), name="linear")

    return build


def _categorical(keras: ModuleType, shape: Shape) -> Any:
    image = _camera(keras, shape)
    features = (
        _seen(keras, image, fourth_stride=2).dense(100, 0.2, name="dense_1").dense(50, 0.2, name="dense_2")
    )
    return keras.Model([image], _bins(keras, features.out), name="categorical")


def _memory(keras: ModuleType, shape: Shape, length: int = 3) -> Any:
    image, memory = _camera(keras, shape), keras.Input(shape=(2 * length,), name="mem_in")
    seen, remembered = _seen(keras, image), _Stack(keras, memory)
    for step in range(1, length):
        remembered.dense(2 * (length - step), 0.1, name=f"mem_c_{step}")
    both = _Stack(keras, keras.layers.concatenate([seen.out, remembered.out]))
    features = both.dense(100, 0.2, name="dense_1").dense(50, 0.2, name="dense_2").out
    outputs = _heads(keras, features, {"n_outputs0": "tanh", "n_outputs1": "sigmoid"})
    return keras.Model([image, memory], outputs, name="memory")


def _imu(keras: ModuleType, shape: Shape) -> Any:
    image, sensors = _camera(keras, shape), keras.Input(shape=(6,), name="imu_in")
    seen, felt = _seen(keras, image).dense(100, 0.1), _Stack(keras, sensors).dense(14).dense(14).dense(14)
    both = _Stack(keras, keras.layers.concatenate([seen.out, felt.out])).dense(50, 0.1).dense(50, 0.1)
    outputs = _heads(keras, both.out, {"out_0": "linear", "out_1": "linear"})
    return keras.Model([image, sensors], outputs, name="imu")


def _behavior(keras: ModuleType, shape: Shape, states: int = 2) -> Any:
    image, state = _camera(keras, shape), keras.Input(shape=(states,), name="xbehavior_in")
    seen, wanted = _seen(keras, image).dense(100, 0.1), _Stack(keras, state)
    for _ in range(3):
        wanted.dense(2 * states)
    both = _Stack(keras, keras.layers.concatenate([seen.out, wanted.out])).dense(100, 0.1).dense(50, 0.1)
    return keras.Model([image, state], _bins(keras, both.out), name="behavioral")


def _localizer(keras: ModuleType, shape: Shape, locations: int = 8) -> Any:
    image = _camera(keras, shape)
    features = _seen(keras, image).dense(100, 0.2).dense(50, 0.2).out
    driving = _heads(keras, features, {"angle": "linear", "throttle": "linear"})
    place = keras.layers.Dense(locations, activation="softmax", name="zloc")(features)
    return keras.Model([image], [*driving, place], name="localizer")


def _rnn(keras: ModuleType, shape: Shape) -> Any:
    layers = keras.layers
    image = _camera(keras, (STEPS["rnn"], *shape))
    x = image
    for filters, size, stride in ((24, 5, 2), (32, 5, 2), (32, 3, 2), (32, 3, 1)):
        convolution = layers.Conv2D(filters, size, strides=stride, activation="relu")
        x = layers.TimeDistributed(layers.Dropout(0.3))(layers.TimeDistributed(convolution)(x))
    for layer in (
        layers.MaxPooling2D(pool_size=(2, 2)),
        layers.Flatten(name="flattened"),
        layers.Dense(100, activation="relu"),
        layers.Dropout(0.3),
    ):
        x = layers.TimeDistributed(layer)(x)
    x = layers.Dropout(0.1)(layers.LSTM(128, return_sequences=True, name="LSTM_seq")(x))
    x = layers.Dropout(0.1)(layers.LSTM(128, return_sequences=False, name="LSTM_fin")(x))
    features = _Stack(keras, x).dense(128, 0.1).dense(64).dense(10).out
    return keras.Model([image], _heads(keras, features, {"model_outputs": "linear"}, units=2), name="lstm")


def _3d(keras: ModuleType, shape: Shape) -> Any:
    layers = keras.layers
    image = _camera(keras, (STEPS["3d"], *shape))
    x = image
    for filters, stride in ((16, 3), (32, 1), (64, 1), (128, 1)):
        strides = (1, stride, stride)
        x = layers.Conv3D(filters, (3, 3, 3), strides=strides, padding="same", activation="relu")(x)
        x = layers.MaxPooling3D(pool_size=(1, 2, 2), strides=(1, 2, 2))(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Activation("relu")(layers.BatchNormalization()(layers.Dense(256)(x)))
        x = layers.Dropout(0.5)(x)
    return keras.Model([image], layers.Dense(2, name="outputs")(x), name="3dcnn")


def _latent(keras: ModuleType, shape: Shape) -> Any:
    image = _camera(keras, shape)
    stack = _Stack(keras, image)
    table = ((24, 5, 2), (32, 5, 2), (32, 5, 2), (32, 3, 1), (32, 3, 1), (64, 3, 2), (64, 3, 2))
    for number, (filters, size, stride) in enumerate(table, start=1):
        stack.convolution(filters, size, stride, 0.2, name=f"conv2d_{number}")
    decoded = stack.convolution(64, 1, 2, 0.0, name="latent").out
    for number, filters in enumerate((64, 64, 32, 32, 32), start=1):
        decoded = keras.layers.Conv2DTranspose(filters, 3, strides=2, name=f"deconv2d_{number}")(decoded)
    decoded = keras.layers.Conv2DTranspose(1, 3, strides=2, name="img_out")(decoded)
    features = stack.flat().dense(256, 0.2).dense(100, 0.2).dense(50, 0.2).out
    driving = _heads(keras, features, {"n_outputs0": "linear", "n_outputs1": "linear"})
    return keras.Model([image], [decoded, *driving], name="latent")


_BUILDERS: Mapping[str, Callable[[ModuleType, Shape], Any]] = {
    "linear": _regression(("n_outputs0", "n_outputs1")),
    "categorical": _categorical,
    "inferred": _regression(("n_outputs0",)),
    "memory": _memory,
    "imu": _imu,
    "behavior": _behavior,
    "localizer": _localizer,
    "rnn": _rnn,
    "3d": _3d,
    "latent": _latent,
}
