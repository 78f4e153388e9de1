"""The script that people write first, after "visualize features in 40 lines": a filter at a time, eager.

    python naive_analyzer.py FILTERS SIZES STEPS OUT.npz

A baseline of our own for the bench: VGG16 with random weights, block2_conv2, noise of 56 px, `STEPS` steps of
one GradientTape each, a picture made 1.2 times as large, and so on. What is shown is the last picture, clipped.
The rate is the one of 0.03, 0.1, 0.3, ..., 10 that ends highest for these nine filters.
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
RATE = 0.3
SEED = 0

Pictures = NDArray[np.float32]


def random_vgg16() -> Any:
    """The same random weights in every process, on one thread; images of any size."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(SEED)
    return keras.applications.VGG16(weights=None, include_top=False, input_shape=(None, None, 3))


def maximize(model: Any, number: int, sizes: Sequence[int], steps: int, rate: float = RATE) -> Pictures:
    """The picture (size, size, 3) in [0, 1] that a filter is shown with."""
    import keras
    import tensorflow as tf

    layers = keras.Model(model.input, model.get_layer(LAYER).output)
    noise = np.random.default_rng(number).uniform(150, 180, (1, sizes[0], sizes[0], 3)) / 255
    picture = tf.constant(noise, dtype=tf.float32)
    for size in sizes:
        picture = tf.image.resize(picture, (size, size), method="bicubic")
        for _ in range(steps):
            with tf.GradientTape() as tape:
                tape.watch(picture)
                response = tf.reduce_mean(layers(picture)[..., number])
            gradient = tape.gradient(response, picture)
            picture += rate * gradient / (tf.math.reduce_std(gradient) + 1e-8)
    return np.clip(picture[0].numpy(), 0, 1)


def gray_figure(maps: Pictures, path: Path) -> None:
    """64 maps (64, h, w), each an axes of its own."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(8, 8, figsize=(8, 8))
    for each, one in zip(axes.flat, maps, strict=True):
        each.imshow(one, cmap="gray")
        each.axis("off")
    figure.savefig(path)
    plt.close(figure)


def heat_figure(maps: Pictures, gray: Pictures, path: Path) -> None:
    """64 maps (64, h, w) as filled contours over the picture (h, w)."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(8, 8, figsize=(8, 8))
    for each, one in zip(axes.flat, maps, strict=True):
        each.imshow(gray, cmap="gray")
        each.contourf(one, cmap="jet", alpha=0.5)
        each.axis("off")
    figure.savefig(path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("filters")
    parser.add_argument("sizes")
    parser.add_argument("steps", type=int)
    parser.add_argument("out")
    parser.add_argument("--rate", type=float, default=RATE)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    model = random_vgg16()
    numbers = [int(number) for number in given.filters.split(",")]
    found = [maximize(model, number, sizes, given.steps, given.rate) for number in numbers]
    np.savez(given.out, *found)


if __name__ == "__main__":
    main()
