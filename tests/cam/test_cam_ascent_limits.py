"""What a layer asks of pictures: the smallest that it can be computed for, and how many fit into a pass."""

from typing import Any

import numpy as np
import pytest
from numpy_networks import PixelNetwork
from rlviz_cam import Objective, Recipe, WindowOp, find_preprocessing, open_backend
from rlviz_cam.ascent.climbing import climb
from rlviz_cam.ascent.limits import images_per_pass, smallest_size, spans


class WindowNetwork(PixelNetwork):
    """Says that its layer has these windows; `None`: that they cannot be worked out."""

    found: tuple[WindowOp, ...] | None = ()

    def windows(self, layer):
        if self.found is None:
            raise ValueError("two paths of different geometry join below the layer")
        return self.found


def seen_through(found, size=(120, 160)) -> Any:
    network = WindowNetwork(np.ones((2, 3), np.float32), np.zeros(2, np.float32), (3, *size))
    network.found = found
    return network


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ((WindowOp((8, 8), (4, 4)), WindowOp((4, 4), (2, 2)), WindowOp((3, 3))), (36, 36)),
        ((WindowOp((3, 5), (1, 1), (1, 1)),), (1, 3)),
        ((WindowOp((3, 3), (1, 1), (1, 1)), WindowOp((2, 2), (2, 2))), (2, 2)),
        ((WindowOp((3, 1), dilation=(4, 1)),), (9, 1)),
        ((), (1, 1)),
        ((WindowOp((500, 2)),), (120, 2)),
    ],
)
def test_every_window_fits_once_into_the_smallest_picture(found, expected):
    assert smallest_size(seen_through(found), "conv") == expected


@pytest.mark.parametrize(
    ("own", "expected"), [((224, 299), (56, 74)), ((84, 100), (32, 32)), ((20, 30), (20, 30))]
)
def test_windows_that_are_not_known_need_a_quarter_of_the_networks_size(own, expected):
    assert smallest_size(seen_through(None, own), "conv") == expected


@pytest.mark.torch
def test_a_layer_can_be_computed_for_its_smallest_picture_and_none_that_is_smaller(torch):
    nn = torch.nn
    convolutions = nn.Sequential(
        nn.Conv2d(1, 2, (5, 4), stride=(3, 2), padding=(1, 0)),
        nn.MaxPool2d(2),
        nn.Conv2d(2, 3, 3, dilation=2),
    )
    backend = open_backend(convolutions, input_shape=(1, 60, 50))
    height, width = smallest_size(backend, "2")
    assert convolutions(torch.zeros(1, 1, height, width)).shape == (1, 3, 1, 1)
    for size in ((height - 1, width), (height, width - 1)):
        with pytest.raises(RuntimeError, match="size"):
            convolutions(torch.zeros(1, 1, *size))


def test_a_pass_takes_fewer_images_of_larger_size():
    network: Any = PixelNetwork(np.ones((64, 3), np.float32), np.zeros(64, np.float32), (3, 224, 224))
    # 64 x 224 x 224 float32, four times: 51 MB of a GiB
    assert images_per_pass(network, "conv", (224, 224)) == 20
    assert images_per_pass(network, "conv", (448, 448)) == 5
    assert images_per_pass(network, "conv", (4000, 4000)) == 1


@pytest.mark.parametrize(("count", "at_once"), [(9, 2), (9, 9), (9, 100), (1, 1), (512, 20)])
def test_images_are_split_evenly_and_in_order(count, at_once):
    parts = [range(count)[part] for part in spans(count, at_once)]
    assert [number for part in parts for number in part] == list(range(count))
    lengths = [len(part) for part in parts]
    assert max(lengths) <= at_once
    assert max(lengths) - min(lengths) <= 1


def test_no_images_need_no_pass():
    assert not list(spans(0, 5))


def test_an_ascent_keeps_to_the_smallest_picture():
    network = seen_through((WindowOp((61, 45)),))
    found = climb(network, Objective.of_channels("conv", [0]), Recipe(steps=1), find_preprocessing("unit"))
    assert found.sizes == ((61, 81), (120, 160))
