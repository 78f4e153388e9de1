"""What feeds a layer of a Keras model, told exactly or not at all."""

import numpy as np
import pytest
from rlviz_cam import Contributions, open_backend

pytestmark = pytest.mark.keras
SHAPE = (2, 12, 10)


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (3, *SHAPE)).astype(np.float32)


@pytest.fixture
def opened(keras):
    """Open a model of a function of its input picture."""

    def make(outputs):
        picture = keras.layers.Input((12, 10, 2), name="picture")
        return open_backend(keras.Model(picture, outputs(keras.layers, picture)), device="cpu")

    return make


def sums(backend, layer, given):
    return Contributions.of(backend, layer, backend.feeds().layers[layer])(given).sum(axis=1)


@pytest.mark.parametrize(
    "geometry",
    [{"kernel_size": (4, 2), "strides": (3, 2)}, {"kernel_size": 4, "padding": "same", "strides": 2}],
    ids=["stride", "same"],
)
def test_contributions_and_bias_are_the_mean_of_a_maps_sums(opened, pixels, geometry):
    def network(layers, picture):
        grid = layers.Conv2D(4, 3, activation="relu", name="first")(picture)
        return layers.Conv2D(5, name="second", bias_initializer="ones", **geometry)(grid)

    backend = opened(network)
    found = backend.activations(pixels, ["first", "second"])
    np.testing.assert_allclose(
        sums(backend, "second", found["first"]) + 1, found["second"].mean(axis=(2, 3)), rtol=1e-3, atol=1e-3
    )


def test_maps_with_the_channels_last_are_laid_out_in_their_order(opened, pixels):
    def network(layers, picture):
        grid = layers.Conv2D(4, 3, activation="relu", name="first")(picture)
        return layers.Dense(6, name="out")(layers.Flatten()(grid))

    backend = opened(network)
    assert backend.feeds().layers["out"].order == (1, 2, 0)
    found = backend.activations(pixels, ["first", "out"])
    np.testing.assert_allclose(sums(backend, "out", found["first"]), found["out"], rtol=1e-3, atol=1e-2)


def test_the_input_is_scaled_by_the_models_own_factor(opened, pixels):
    def network(layers, picture):
        return layers.Conv2D(3, 3, use_bias=False, name="first")(layers.Rescaling(1 / 255)(picture))

    backend = opened(network)
    assert backend.feeds().layers["first"].factor == pytest.approx(1 / 255)
    found = backend.activations(pixels, ["first"])["first"]
    np.testing.assert_allclose(sums(backend, "first", pixels), found.mean(axis=(2, 3)), rtol=1e-3, atol=1e-5)


def pooled(layers, grid):
    return layers.MaxPooling2D(2)(grid)


def added(layers, grid):
    return layers.Add()([grid, grid])


def normalised(layers, grid):
    return layers.BatchNormalization()(grid)


def exchanged(layers, grid):
    return layers.Permute((2, 1, 3))(grid)


@pytest.mark.parametrize("between", [pooled, added, normalised, exchanged])
def test_what_changes_activations_on_the_way_is_no_feed(opened, between):
    def network(layers, picture):
        grid = layers.Conv2D(4, 3, activation="relu", name="first")(picture)
        return layers.Conv2D(5, 3, name="second")(between(layers, grid))

    feeds = opened(network).feeds()
    assert list(feeds.layers) == ["first"]
    assert list(feeds.unknown) == ["second"]


def test_an_input_that_is_shifted_is_no_feed(opened):
    def network(layers, picture):
        return layers.Conv2D(3, 3, name="first")(layers.Rescaling(1 / 127.5, offset=-1)(picture))

    assert "the input times one factor" in opened(network).feeds().unknown["first"]


def test_a_normalisation_before_the_nonlinearity_leaves_nothing_to_tell_of_the_sums(opened):
    def network(layers, picture):
        grid = layers.BatchNormalization()(layers.Conv2D(4, 3, name="first")(picture))
        return layers.Conv2D(5, 3, name="second")(layers.ReLU(name="relu")(grid))

    feeds = opened(network).feeds()
    assert "before the nonlinearity relu" in feeds.unknown["first"]
    assert feeds.layers["second"].source == "first"


def test_a_layer_that_is_used_twice_is_no_feed(opened):
    def network(layers, picture):
        twice = layers.Conv2D(2, 3, padding="same", name="twice")
        return twice(twice(picture))

    assert opened(network).feeds().unknown == {"twice": "it is used 2 times in one pass"}


def test_layers_of_another_kind_are_no_feed(opened):
    def network(layers, picture):
        grid = layers.DepthwiseConv2D(3, name="depthwise")(picture)
        return layers.Conv2D(4, 3, groups=2, name="grouped")(grid)

    unknown = opened(network).feeds().unknown
    assert unknown == {
        "depthwise": "a DepthwiseConv2D is not known",
        "grouped": "it is a convolution in groups",
    }
