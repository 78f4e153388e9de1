"""The lists of a network's layers, the same for every framework."""

import pytest
from rlviz_cam import LayerInfo, open_backend
from rlviz_cam.backends.base import innermost


def in_torch():
    """An encoder of two convolutions inside, then a flatten and a dense layer; (2, 8, 6) in."""
    nn = pytest.importorskip("torch").nn
    encoder = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3))
    model = nn.Sequential()
    for name, module in (("encoder", encoder), ("flat", nn.Flatten()), ("fc", nn.Linear(4 * 4 * 2, 5))):
        model.add_module(name, module)
    return open_backend(model, input_shape=(2, 8, 6)), "."


def in_keras(name: str):
    """The same."""
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip(name)
    layers = keras.layers
    encoder = keras.Sequential(
        [
            keras.Input(shape=(8, 6, 2)),
            layers.Conv2D(3, 3, name="0"),
            layers.ReLU(name="1"),
            layers.BatchNormalization(name="2"),
            layers.Conv2D(4, 3, name="3"),
        ],
        name="encoder",
    )
    given = keras.Input(shape=(8, 6, 2))
    outputs = layers.Dense(5, name="fc")(layers.Flatten(name="flat")(encoder(given)))
    return open_backend(keras.Model(given, outputs)), "/"


@pytest.fixture(
    params=[
        pytest.param(in_torch, id="torch", marks=pytest.mark.torch),
        pytest.param(lambda: in_keras("tf_keras"), id="tf_keras", marks=pytest.mark.keras),
        pytest.param(lambda: in_keras("keras"), id="keras", marks=pytest.mark.keras),
    ]
)
def nested(request: pytest.FixtureRequest):
    """The network in each framework, and what stands between the parts of a layer's path."""
    return request.param()


def names(listed: tuple[LayerInfo, ...], separator: str) -> list[str]:
    return [info.name.replace(separator, "/") for info in listed]


def test_convolutions_and_dense_layers_are_listed_by_their_paths(nested):
    backend, separator = nested
    assert names(backend.layers(), separator) == ["encoder/0", "encoder/3", "fc"]


def test_every_layer_that_holds_no_other_is_listed_where_all_are_asked_for(nested):
    backend, separator = nested
    listed = names(backend.layers(every=True), separator)
    assert listed == ["encoder/0", "encoder/1", "encoder/2", "encoder/3", "flat", "fc"]


def test_a_layer_says_how_many_numbers_it_holds(nested):
    backend, separator = nested
    found = {
        info.name.replace(separator, "/"): info.parameters
        for info in backend.layers(every=True)
        if info.kind != "other" or info.name == "flat"
    }
    assert found == {
        "encoder/0": 3 * 3 * 2 * 3 + 3,
        "encoder/3": 3 * 3 * 3 * 4 + 4,
        "flat": 0,
        "fc": 32 * 5 + 5,
    }


def test_names_that_hold_others_are_left_out():
    assert innermost(["", "a", "a/b", "ab", "a/b/c", "d"], "/") == ("ab", "a/b/c", "d")


def test_a_digest_is_that_of_the_numbers_and_stays_the_same(nested):
    backend, _ = nested
    first = backend.digest()
    assert len(first) == 64
    assert backend.digest() == first
    assert backend.randomized(backend.layers()[-1].name, seed=1).digest() != first
