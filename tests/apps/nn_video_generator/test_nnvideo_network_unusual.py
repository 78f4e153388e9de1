"""Networks of which not everything can be told: what is left out, and that it is said."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nn_video_generator.network.reader import NetworkReader  # noqa: E402 - after what it needs
from rlviz_cam import open_backend  # noqa: E402
from torch import nn  # noqa: E402

pytestmark = pytest.mark.torch
SHAPE = (2, 12, 12)


class Heads(nn.Module):
    """Layers by name, and a function of them and the input."""

    input_shape: Any = SHAPE

    def __init__(self, outputs, **layers) -> None:
        super().__init__()
        torch.manual_seed(0)
        for name, layer in layers.items():
            setattr(self, name, layer)
        self.outputs = outputs

    def forward(self, pixels):
        return self.outputs(self, pixels.float() / 255)


@pytest.fixture(autouse=True)
def _unchanged_random_state():
    with torch.random.fork_rng():
        yield


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (2, *SHAPE)).astype(np.uint8)


def described(reader):
    return [(layer.name, layer.title, layer.kind, layer.column) for layer in reader.layers]


def test_a_pooling_between_leaves_no_edges_and_is_told():
    model = Heads(
        lambda self, x: {"q": self.out(self.pool(self.conv(x).relu()).flatten(1))},
        conv=nn.Conv2d(2, 3, 3),
        pool=nn.MaxPool2d(2),
        out=nn.Linear(75, 4),
    )
    reader = NetworkReader(open_backend(model))
    assert list(reader.without_edges) == [2]
    assert "neither another layer's activations nor the input" in reader.without_edges[2]


def test_what_has_no_edges_is_read_all_the_same(pixels):
    model = Heads(
        lambda self, x: {"q": self.out(self.pool(self.conv(x).relu()).flatten(1))},
        conv=nn.Conv2d(2, 3, 3),
        pool=nn.MaxPool2d(2),
        out=nn.Linear(75, 4),
    )
    reading = NetworkReader(open_backend(model)).read(pixels)[1]
    assert [(edges.source, edges.target) for edges in reading.edges] == [(0, 1)]
    with torch.no_grad():
        expected = model(torch.from_numpy(pixels))["q"][1].numpy()
    np.testing.assert_allclose(reading.activations[-1], expected, rtol=1e-4, atol=1e-6)


def test_an_output_that_no_single_layer_returns_shows_its_values_without_edges(pixels):
    """A dueling network: Q = V + A - mean A."""

    def dueling(self, x):
        advantage = self.advantage(x.flatten(1))
        return {"q": self.state(x.flatten(1)) + advantage - advantage.mean(dim=1, keepdim=True)}

    model = Heads(dueling, state=nn.Linear(288, 1), advantage=nn.Linear(288, 4))
    reader = NetworkReader(open_backend(model))
    assert described(reader)[-1] == ("q", "Q-values", "output", reader.layers[-1].column)
    assert reader.without_edges[len(reader.layers) - 1] == "the output is not what one layer returns"
    reading = reader.read(pixels)[0]
    np.testing.assert_array_equal(reading.activations[-1], reading.outputs["q"])


def test_a_layer_that_is_used_twice_is_left_out_and_told(pixels):
    model = Heads(
        lambda self, x: {"q": self.out(self.twice(self.twice(x.flatten(1)).relu()).relu())},
        twice=nn.Linear(288, 288),
        out=nn.Linear(288, 4),
    )
    reader = NetworkReader(open_backend(model))
    assert described(reader) == [("", "Input", "input", 0), ("out", "Q-values", "output", 1)]
    assert "used 2 times" in reader.left_out["twice"]
    assert list(reader.without_edges) == [1]
    assert not reader.read(pixels)[0].edges


def test_activations_that_are_neither_units_nor_maps_are_left_out_and_told(pixels):
    model = Heads(
        lambda self, x: {"q": self.out(self.rows(x.flatten(2)).relu().flatten(1))},
        rows=nn.Conv1d(2, 3, 5),
        out=nn.Linear(420, 4),
    )
    reader = NetworkReader(open_backend(model))
    assert reader.left_out == {"rows": "its activations are neither units nor maps, but (3, 140)"}
    assert reader.without_edges == {1: "what feeds it is not in the diagram"}
    assert len(reader.read(pixels)[0].activations) == 2


def test_layers_beside_the_way_to_the_outputs_are_not_in_the_diagram():
    model = Heads(
        lambda self, x: {"q": self.out(x.flatten(1)), "aside": self.aside(x.flatten(1))},
        out=nn.Linear(288, 4),
        aside=nn.Linear(288, 2),
    )
    assert [layer.name for layer in NetworkReader(open_backend(model)).layers] == ["", "out"]


def test_five_convolutions_of_any_geometry_are_connected_one_by_one(pixels):
    sizes = [2, 8, 16, 12, 24, 8]
    convs = [
        part for given, made in pairwise(sizes) for part in (nn.Conv2d(given, made, 3, padding=1), nn.ELU())
    ]
    model = Heads(
        lambda self, x: {"q": self.body(x)}, body=nn.Sequential(*convs, nn.Flatten(), nn.Linear(1152, 18))
    )
    reader = NetworkReader(open_backend(model), edges=7)
    assert [layer.column for layer in reader.layers] == list(range(7))
    edges = reader.read(pixels)[0].edges
    assert [(one.source, one.target, len(one.strengths)) for one in edges] == [
        (place, place + 1, 7) for place in range(6)
    ]


def test_a_network_of_numbers_as_actions_is_an_error():
    model = Heads(lambda self, x: {"mean": self.out(x.flatten(1))}, out=nn.Linear(288, 2))
    with pytest.raises(ValueError, match=r"has the heads mean; expected one of q, quantiles, logits"):
        NetworkReader(open_backend(model))


def test_a_network_of_two_inputs_is_an_error():
    class Two(nn.Module):
        input_shape = {"one": (3,), "two": (3,)}  # noqa: RUF012 - a shape for each input

        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Linear(3, 2)

        def forward(self, given):
            return {"q": self.out(given["one"] + given["two"])}

    with pytest.raises(ValueError, match=r"takes 2 inputs \(one, two\), expected one"):
        NetworkReader(open_backend(Two()))


def test_observations_of_another_shape_are_an_error_that_names_both(pixels):
    model = Heads(lambda self, x: {"q": self.out(x.flatten(1))}, out=nn.Linear(288, 4))
    with pytest.raises(ValueError, match=r"shape \(2, 12, 11\), but the network expects \(2, 12, 12\)"):
        NetworkReader(open_backend(model)).read(pixels[..., :11])
