"""How the sample's pilot was made: `python -m donkey_gradcam.sample.sample_training` makes it again.

A network of donkeycar's kind `linear` (`default_n_linear` in its `parts/keras.py`: five convolutions, two
dense layers, one output each for steering and throttle, the same names) with about a quarter of the channels,
so that its file is small. It learns from drives on tracks that it is never shown on. Two penalties make it a
clear example: the last convolution pays for being active, which keeps it silent over bare floor, and the
first dense layer for large weights, which keeps neighbouring cells from playing against each other.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rlviz_video import check_output, whole_file

from donkey_gradcam.sample.sample_drive import drive_track

PILOT = "pilot.h5"

TRAINING_SEEDS = tuple(range(100, 110))
"""Tracks that it learns on; `demo` shows none of them."""

UNSEEN_SEEDS = (7, 8, 9)
"""Tracks that it is measured on; the first is the demo's."""

_FRAMES = 320  # of each track: about one lap
_CHANNELS = (8, 12, 16, 16, 16)
_EPOCHS = 8


def make_pilot(seed: int, *, penalties: bool = False) -> Any:  # noqa: ANN401 - a Keras model; its types are unknown
    """An untrained network of donkeycar's kind `linear`, small: 53,000 weights.

    Args:
        seed: of the weights.
        penalties: whether it pays for activity and large weights; what it computes is the same.
    """
    keras: Any = import_module("tf_keras")
    keras.utils.set_random_seed(seed)
    layers: Any = keras.layers
    x = pictures = keras.Input(shape=(120, 160, 3), name="img_in")
    shapes = zip(_CHANNELS, (5, 5, 5, 3, 3), (2, 2, 2, 1, 1), strict=True)
    for number, (channels, size, stride) in enumerate(shapes, start=1):
        activity = keras.regularizers.L1(1e-4) if penalties and number == len(_CHANNELS) else None
        convolution = layers.Conv2D(
            channels, size, stride, activation="relu", activity_regularizer=activity, name=f"conv2d_{number}"
        )
        x = layers.Dropout(0.1)(convolution(x))
    x = layers.Flatten(name="flattened")(x)
    weights = keras.regularizers.L2(1e-2) if penalties else None
    x = layers.Dense(24, activation="relu", kernel_regularizer=weights, name="dense_1")(x)
    x = layers.Dropout(0.1)(x)
    x = layers.Dense(16, activation="relu", name="dense_2")(x)
    outputs = [layers.Dense(1, activation="linear", name=f"n_outputs{number}")(x) for number in (0, 1)]
    return keras.Model(inputs=[pictures], outputs=outputs, name="linear")


def train(model: Any, epochs: int = _EPOCHS) -> None:  # noqa: ANN401
    """Train on the tracks of `TRAINING_SEEDS`, each picture also mirrored (then it steers the other way)."""
    keras: Any = import_module("tf_keras")
    drives = [read_drive(seed) for seed in TRAINING_SEEDS]
    pictures, commands = (np.concatenate(part) for part in zip(*drives, strict=True))
    pictures = np.concatenate([pictures, pictures[:, :, ::-1]])
    commands = np.concatenate([commands, commands * (-1, 1)])
    batch, rng = 64, np.random.default_rng(0)
    steps = epochs * (len(pictures) // batch)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse", loss_weights=[4.0, 1.0])
    for _ in range(epochs):
        order = rng.permutation(len(pictures))
        for first in range(0, len(order) - batch + 1, batch):
            chosen = np.sort(order[first : first + batch])
            model.train_on_batch(as_input(pictures[chosen]), list(commands[chosen].T))


def read_drive(seed: int, frames: int = _FRAMES) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Give a drive as arrays: pictures (n, 120, 160, 3) and commands (n, 2), steering and throttle."""
    drive = list(drive_track(frames, seed))
    commands = [(command.angle or 0.0, command.throttle or 0.0) for _, command in drive]
    return np.stack([frame for frame, _ in drive]), np.array(commands)


def as_input(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What donkeycar feeds a network: [0, 1]."""
    return pictures.astype(np.float32) / np.float32(255)


@dataclass(frozen=True, slots=True)
class Quality:
    """How near a pilot's steering comes to the driver's on one track.

    Attributes:
        seed: the track.
        correlation: Pearson's, over the drive.
        error: mean absolute difference; steering runs from -1 to 1.
        idle_error: the same for a pilot that always steers by the drive's mean.
    """

    seed: int
    correlation: float
    error: float
    idle_error: float

    def __str__(self) -> str:
        return (
            f"track {self.seed}: correlation {self.correlation:.3f}, mean absolute error {self.error:.3f} "
            f"(always the mean: {self.idle_error:.3f})"
        )


def measure(model: Any, seed: int) -> Quality:  # noqa: ANN401
    """Hold a pilot against the driver on a track."""
    pictures, commands = read_drive(seed)
    angle = np.asarray(model.predict(as_input(pictures), verbose=0)[0])[:, 0]
    driver = commands[:, 0]
    return Quality(
        seed,
        float(np.corrcoef(angle, driver)[0, 1]),
        float(np.abs(angle - driver).mean()),
        float(np.abs(driver.mean() - driver).mean()),
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("output", type=click.Path(path_type=Path, dir_okay=False), default=Path(PILOT))
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def main(output: Path, *, force: bool) -> None:
    """Train the sample's pilot into OUTPUT (.h5) and say how well it drives on tracks it has not seen."""
    check_output(output, force=force)
    learner, model = make_pilot(0, penalties=True), make_pilot(0)
    train(learner)
    model.set_weights(learner.get_weights())
    with whole_file(output) as part:
        model.save(part, include_optimizer=False, save_format="h5")
    for seed in UNSEEN_SEEDS:
        click.echo(measure(model, seed))


if __name__ == "__main__":
    main()
