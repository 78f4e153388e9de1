"""What bench_network.py runs in processes of their own: rlviz's ascent, responses to pictures, maps.

All on the network of naive_analyzer.py, and on one thread.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from naive_analyzer import FILTERS, LAYER, numbers, on_one_thread, random_vgg16, vgg16_up_to
from numpy.typing import NDArray

CANVAS = 224
MAPS_LAYER = "block1_conv1"


def ascend(given: argparse.Namespace) -> None:
    """Maximize filters as NetworkAnalyzer does; keep the pictures as the baseline does, in [0, 1]."""
    from network_analyzer import NetworkAnalyzer
    from rlviz_cam import Recipe

    on_one_thread()
    recipe = Recipe.original(given.steps) if given.original else Recipe(steps=given.steps)
    if given.size:
        recipe = replace(recipe, scales=(1.0,), size=(given.size, given.size))
    recipe = replace(recipe, rate=given.rate or recipe.rate)
    analyzer = NetworkAnalyzer(random_vgg16(), mode="return")
    found = analyzer.maximize(LAYER, given.filters, recipe=recipe, chunk=given.chunk)
    np.savez(given.out, *(np.moveaxis(found.pictures, 1, -1) / np.float32(255)))


def shown(picture: NDArray[np.floating]) -> NDArray[np.uint8]:
    """A picture in [0, 1] as it is shown on the canvas: levels of 0 to 255."""
    import cv2

    fitted = cv2.resize(picture, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA)
    return np.rint(np.clip(fitted, 0, 1) * 255).astype(np.uint8)


def respond(given: argparse.Namespace) -> None:
    """Measure what each filter answers to its own picture on the canvas."""
    on_one_thread()
    model = vgg16_up_to(LAYER)
    with np.load(given.pictures) as kept:
        pictures = [shown(kept[name]) for name in kept.files]
    answers = [
        float(np.mean(model(picture[None] / np.float32(255))[..., number]))
        for number, picture in zip(given.filters, pictures, strict=True)
    ]
    np.save(given.out, answers)


def activate(given: argparse.Namespace) -> None:
    """Keep the first layer's 64 maps of a frame of the shipped sample."""
    import cv2
    from network_analyzer import sample

    on_one_thread()
    frame = cv2.imread(str(Path(sample.__file__).with_name("frames") / "00.jpg"))
    assert frame is not None
    picture = cv2.cvtColor(cv2.resize(frame, (CANVAS, CANVAS)), cv2.COLOR_BGR2RGB)
    maps = vgg16_up_to(MAPS_LAYER)(picture[None] / np.float32(255))
    np.savez(given.out, maps=np.ascontiguousarray(np.moveaxis(maps[0].numpy(), -1, 0)), picture=picture)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    jobs: dict[str, Any] = {"ascend": ascend, "respond": respond, "activate": activate}
    parser.add_argument("job", choices=jobs)
    parser.add_argument("out", type=Path)
    parser.add_argument("--filters", type=numbers, default=FILTERS)
    parser.add_argument("--original", action="store_true", help="the baseline's sizes and steps")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--size", type=int, help="this size alone")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--chunk", type=int)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args(argv)
    jobs[given.job](given)


if __name__ == "__main__":
    main()
