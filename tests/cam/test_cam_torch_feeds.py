"""What feeds a layer of a PyTorch network, told exactly or not at all."""

import numpy as np
import pytest
from rlviz_cam import Contributions, open_backend

pytestmark = pytest.mark.torch
SHAPE = (2, 12, 10)


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (3, *SHAPE)).astype(np.uint8)


@pytest.fixture
def network(torch):
    """Make a module of a function of the input and of layers by name, seeded."""

    def make(forward, shape=SHAPE, **layers):
        class Network(torch.nn.Module):
            input_shape = shape

            def __init__(self) -> None:
                super().__init__()
                for name, layer in layers.items():
                    setattr(self, name, layer())

            def forward(self, given):
                return forward(self, given.float())

        with torch.random.fork_rng():
            torch.manual_seed(0)
            return Network()

    return make


@pytest.fixture
def pair(torch, network):
    """Two convolutions, the second of given geometry, and a dense layer of their maps."""

    def make(cells, **geometry):
        nn = torch.nn
        return network(
            lambda self, x: self.out(self.second(self.first(x / 255).relu()).relu().flatten(1)),
            first=lambda: nn.Conv2d(2, 4, 3, padding=1),
            second=lambda: nn.Conv2d(4, 5, **geometry),
            out=lambda: nn.Linear(5 * cells, 6),
        )

    return make


GEOMETRIES = [
    pytest.param({"kernel_size": 3}, 80, id="plain"),
    pytest.param({"kernel_size": (4, 2), "stride": (3, 2)}, 15, id="stride"),
    pytest.param({"kernel_size": 3, "padding": (2, 1)}, 140, id="padding"),
    pytest.param(
        {"kernel_size": 4, "padding": "same"},
        120,
        id="same",
        marks=pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
    ),
    pytest.param({"kernel_size": (2, 3), "dilation": (3, 2), "padding": 1}, 88, id="dilation"),
    pytest.param({"kernel_size": 5, "stride": 4, "padding": 2, "bias": False}, 9, id="few cells"),
]


@pytest.mark.parametrize(("geometry", "cells"), GEOMETRIES)
def test_contributions_and_bias_are_the_mean_of_a_maps_sums(torch, pair, pixels, geometry, cells):
    model = pair(cells, **geometry)
    backend = open_backend(model)
    first = backend.activations(pixels, ["first"])["first"]
    with torch.no_grad():
        expected = model.second(torch.from_numpy(first)).mean(dim=(2, 3)).numpy()
    bias = 0 if model.second.bias is None else model.second.bias.detach().numpy()
    found = Contributions.of(backend, "second", backend.feeds().layers["second"])(first)
    np.testing.assert_allclose(found.sum(axis=1) + bias, expected, rtol=1e-4, atol=1e-6)


def test_one_maps_contribution_is_what_it_alone_would_make(torch, pair, pixels):
    model = pair(80, kernel_size=3)
    backend = open_backend(model)
    first = backend.activations(pixels, ["first"])["first"]
    found = Contributions.of(backend, "second", backend.feeds().layers["second"])(first)
    alone = np.zeros_like(first)
    alone[:, 2] = first[:, 2]
    with torch.no_grad():
        expected = (model.second(torch.from_numpy(alone)).mean(dim=(2, 3)) - model.second.bias).numpy()
    np.testing.assert_allclose(found[:, 2], expected, rtol=1e-4, atol=1e-6)


def test_contributions_of_maps_to_a_dense_unit_are_sums_over_their_cells(torch, pair, pixels):
    model = pair(80, kernel_size=3)
    backend = open_backend(model)
    maps = backend.activations(pixels, ["second"])["second"]
    found = Contributions.of(backend, "out", backend.feeds().layers["out"])(maps)
    assert found.shape == (3, 5, 6)
    with torch.no_grad():
        expected = model.out(torch.from_numpy(maps).flatten(1)).numpy()
    np.testing.assert_allclose(
        found.sum(axis=1) + model.out.bias.detach().numpy(), expected, rtol=1e-4, atol=1e-6
    )


def test_contributions_of_the_input_are_those_after_the_networks_own_scaling(torch, pair, pixels):
    model = pair(80, kernel_size=3)
    backend = open_backend(model)
    feed = backend.feeds().layers["first"]
    assert feed.source is None
    assert feed.factor == pytest.approx(1 / 255, rel=1e-7)
    with torch.no_grad():
        expected = model.first(torch.from_numpy(pixels).float() / 255).mean(dim=(2, 3)).numpy()
    found = Contributions.of(backend, "first", feed)(pixels.astype(np.float32)).sum(axis=1)
    np.testing.assert_allclose(found + model.first.bias.detach().numpy(), expected, rtol=1e-4, atol=1e-6)


def test_a_nonlinearity_in_place_hides_nothing(torch):
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 3, 3), nn.ReLU(inplace=True), nn.Flatten()
    )
    feeds = open_backend(model, input_shape=SHAPE).feeds()
    assert (feeds.layers["0"].source, feeds.layers["2"].source) == (None, "0")
    assert not feeds.unknown


def test_a_head_of_several_rows_is_the_layer_that_returns_its_numbers(torch, network):
    model = network(
        lambda self, x: {"quantiles": self.out(x.flatten(1)).view(-1, 3, 2)},
        out=lambda: torch.nn.Linear(240, 6),
    )
    feeds = open_backend(model).feeds()
    assert feeds.heads == {"quantiles": "out"}
    assert feeds.layers["out"].source is None


def test_a_head_that_is_computed_from_a_layer_is_not_that_layer(torch, network):
    model = network(
        lambda self, x: {"q": (q := self.out(x.flatten(1))) - q.mean(dim=1, keepdim=True)},
        out=lambda: torch.nn.Linear(240, 4),
    )
    assert not open_backend(model).feeds().heads


def _first_two(torch, **second):
    nn = torch.nn
    return {"first": lambda: nn.Conv2d(2, 4, 3, padding=1), "second": lambda: nn.Conv2d(4, 4, 3, **second)}


def _added(self, x):
    return self.second((one := self.first(x).relu()) + one)


def _added_in_place(self, x):
    one = self.first(x).relu()
    one += 1
    return self.second(one)


def _pooled(self, x):
    from torch.nn.functional import max_pool2d

    return self.second(max_pool2d(self.first(x).relu(), 2))


def _turned(self, x):
    return self.second(self.first(x).relu().flip(1))


def _exchanged(self, x):
    return self.second(self.first(x).relu().transpose(2, 3))


@pytest.mark.parametrize("forward", [_added, _added_in_place, _pooled, _turned, _exchanged])
def test_what_changes_activations_on_the_way_is_no_feed(torch, network, forward):
    feeds = open_backend(network(forward, **_first_two(torch))).feeds()
    assert "neither another layer's activations nor the input" in feeds.unknown["second"]
    assert list(feeds.layers) == ["first"]


def test_maps_that_are_laid_out_in_another_order_are_no_feed(torch, network):
    model = network(
        lambda self, x: self.out(self.first(x).relu().permute(0, 2, 3, 1).flatten(1)),
        first=lambda: torch.nn.Conv2d(2, 4, 3),
        out=lambda: torch.nn.Linear(320, 3),
    )
    assert list(open_backend(model).feeds().unknown) == ["out"]


@pytest.mark.parametrize(
    "scaled",
    [
        lambda x: x / 127.5 - 1,
        lambda x: x.clamp(max=200) / 255,
        lambda x: x * x,
        lambda x: x.flip(3),
        lambda x: x / x.std(),
        lambda x: (x / 255).sqrt(),
    ],
    ids=["shifted", "clamped", "squared", "mirrored", "standardised", "bent"],
)
def test_an_input_that_is_not_scaled_by_one_factor_is_no_feed(torch, network, scaled):
    model = network(lambda self, x: self.first(scaled(x)), first=lambda: torch.nn.Conv2d(2, 4, 3))
    assert list(open_backend(model).feeds().unknown) == ["first"]


def test_a_normalisation_before_the_nonlinearity_leaves_nothing_to_tell_of_the_sums(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 3, 3))
    feeds = open_backend(model, input_shape=SHAPE).feeds()
    assert feeds.unknown == {"0": "something changes its sums before the nonlinearity 2"}
    assert feeds.layers["3"].source == "0"


def test_a_layer_that_is_used_twice_is_no_feed(torch, network):
    layers = _first_two(torch, padding=1)
    feeds = open_backend(network(lambda self, x: self.second(self.second(self.first(x))), **layers)).feeds()
    assert feeds.unknown == {"second": "it is used 2 times in one pass"}


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [({"groups": 2}, "in groups"), ({"padding": 1, "padding_mode": "circular"}, "'circular'")],
)
def test_a_convolution_of_another_kind_is_no_feed(torch, network, geometry, reason):
    layers = _first_two(torch, **geometry)
    feeds = open_backend(network(lambda self, x: self.second(self.first(x)), **layers)).feeds()
    assert reason in feeds.unknown["second"]


def test_telling_leaves_the_network_as_it_was(torch, pair):
    model = pair(80, kernel_size=3).train()
    model.first.weight.requires_grad_(requires_grad=False)
    before = {name: values.clone() for name, values in model.state_dict().items()}
    state = torch.random.get_rng_state()
    open_backend(model).feeds()
    assert all(torch.equal(values, before[name]) for name, values in model.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert model.training
    assert not model.first.weight.requires_grad
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def test_activity_survives_what_is_changed_in_place_later(torch, network, pixels):
    def forward(self, x):
        one = self.first(x).relu()
        two = self.second(one)
        one += 1
        return two

    model = network(forward, **_first_two(torch))
    found = open_backend(model).activity(pixels, ["first"]).activations["first"]
    with torch.no_grad():
        expected = model.first(torch.from_numpy(pixels).float()).relu().numpy()
    np.testing.assert_array_equal(found, expected)
