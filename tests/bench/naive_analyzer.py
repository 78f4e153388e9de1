"""The script that people write first: a filter at a time, eager; 64 axes a figure.

    python naive_analyzer.py OUT.npz --filters 24,57 --sizes 56,67,80 --steps 30

A baseline of our own for the bench, after the feature maximization that is passed around as forty lines of
code: from noise of 56 px, a few steps of one GradientTape each, then a picture 1.2 times as large, and so on.
What is shown is the last picture, clipped to [0, 1]. The gradient is divided by its deviation; with the rate
below the pictures end highest: rates from 0.0025 to 3 were tried on these filters.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYER = "block2_conv2"
FILTERS = (24, 57, 89, 120, 42, 26, 45, 21, 99)
SIZES = (56, 67, 80, 96, 115, 138, 165, 198, 237, 284, 340, 408)
RATE = 0.01
SEED = 0

Pictures = NDArray[np.float32]


def on_one_thread() -> None:
    """Keep TensorFlow to one thread, and give every process the same random weights."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(SEED)


def random_vgg16(**choices: Any) -> Any:
    import keras

    applications: Any = keras.applications  # whose types have no weights=None
    return applications.VGG16(weights=None, **choices)


def vgg16_up_to(layer: str) -> Any:
    """From an image of any size to a layer."""
    import keras

    whole = random_vgg16(include_top=False, input_shape=(None, None, 3))
    return keras.Model(whole.input, whole.get_layer(layer).output)


def maximize(model: Any, number: int, sizes: Sequence[int], steps: int, rate: float = RATE) -> Pictures:
    """Return the picture (size, size, 3) that a filter is shown with."""
    import tensorflow as tf

    noise = np.random.default_rng(number).uniform(150, 180, (1, sizes[0], sizes[0], 3)) / 255
    picture = tf.constant(noise, dtype=tf.float32)
    for size in sizes:
        picture = tf.image.resize(picture, (size, size), method="bicubic")
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(picture)
                response = tf.reduce_mean(model(picture)[..., number])
            gradient = tape.gradient(response, picture)
            picture += rate * gradient / (tf.math.reduce_std(gradient) + 1e-8)
    return np.clip(picture[0].numpy(), 0, 1)


def gray_figure(maps: Pictures, path: Path) -> None:
    """Save 64 maps (64, h, w), each an axes of its own."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(8, 8, figsize=(8, 8))
    for each, one in zip(axes.flat, maps, strict=True):
        each.imshow(one, cmap="gray")
        each.axis("off")
    figure.savefig(path)
    plt.close(figure)


def heat_figure(maps: Pictures, gray: NDArray[np.uint8], path: Path) -> None:
    """Save 64 maps (64, h, w) as filled contours over the picture (h, w)."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(8, 8, figsize=(8, 8))
    for each, one in zip(axes.flat, maps, strict=True):
        each.imshow(gray, cmap="gray")
        each.contourf(one, cmap="jet", alpha=0.5)
        each.axis("off")
    figure.savefig(path)
    plt.close(figure)


def numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--filters", type=numbers, default=FILTERS)
    parser.add_argument("--sizes", type=numbers, default=SIZES)
    parser.add_argument("--steps", type=int, default=30)
    given = parser.parse_args()
    on_one_thread()
    model = vgg16_up_to(LAYER)
    np.savez(given.out, *(maximize(model, number, given.sizes, given.steps) for number in given.filters))


if __name__ == "__main__":
    main()
