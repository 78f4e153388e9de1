"""The three examples of the original's document, as they stand there, but for the model's random weights."""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from network_analyzer import NetworkAnalyzer

pytestmark = pytest.mark.slow

FIGURES = Path("docs/analysis/figures")


def keras_vgg16() -> Any:
    """VGG16 as `tf.keras.applications` makes it."""
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(0)
    return keras.applications.VGG16(weights=None)


def torch_vgg16() -> Any:
    """VGG16's convolutions under the same names (Simonyan and Zisserman, 2014, configuration D)."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    modules: list[tuple[str, Any]] = []
    before = 3
    for block, (depth, channels) in enumerate(
        zip((2, 2, 3, 3, 3), (64, 128, 256, 512, 512), strict=True), start=1
    ):
        for number in range(1, depth + 1):
            name = f"block{block}_conv{number}"
            modules += [
                (name, torch.nn.Conv2d(before, channels, 3, padding=1)),
                (f"{name}_relu", torch.nn.ReLU(inplace=True)),
            ]
            before = channels
        modules.append((f"block{block}_pool", torch.nn.MaxPool2d(2)))
    model = torch.nn.Sequential(OrderedDict(modules))
    model.input_shape = (3, 224, 224)
    return model


@pytest.mark.parametrize("vgg16", [keras_vgg16, torch_vgg16])
def test_the_examples_of_the_original_run(vgg16, here):
    cv2.imwrite("hand.png", np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8))
    mpimg = pytest.importorskip("matplotlib.image")

    model = vgg16()
    analyzer = NetworkAnalyzer(model, mode="save")
    analyzer.visualize_layer_weights("block1_conv1")
    analyzer.visualize_max_filter_respondence("block2_conv2", feature_ids=[24, 57, 89], optimization_steps=1)
    reference = mpimg.imread("hand.png")
    analyzer.visualize_activation_map("block1_conv1", reference, mode="gray")
    analyzer.visualize_activation_map("block1_conv1", reference, mode="heat")
    analyzer.visualize_activation_map("block1_conv2", reference, mode="plot")

    assert sorted(path.name for path in FIGURES.glob("*.png")) == [
        "feature_maps_block1_conv1_gray.png",
        "feature_maps_block1_conv1_heat.png",
        "feature_maps_block1_conv2_plot.png",
        "feature_maximization_block2_conv2_24_57_89.png",
        "weights_block1_conv1.png",
    ]
