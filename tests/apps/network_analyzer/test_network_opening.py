"""Live networks of every framework are opened, and how pictures become their inputs is stated."""

from typing import Any

import numpy as np
import pytest
from network_analyzer.opening import open_network
from network_analyzer.references import reference_of
from network_analyzer.rescaling import own_rescaling
from rlviz_cam import PREPROCESSINGS, Preprocessing

DEFAULT = "the default; preprocessing= changes it"


@pytest.fixture
def model(build: Any) -> Any:
    return build((3, 12, 10), (4,), (2,))


def test_a_network_that_says_nothing_takes_levels_divided_by_255_by_default(model: Any):
    opened = open_network(model)
    assert (opened.preprocessing, opened.stated_by) == (PREPROCESSINGS["unit"], DEFAULT)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("raw", "raw"),
        ("unit", "unit"),
        ("-1,1", "-1..1"),
        ((0.0, 2.0), "0..2"),
        (Preprocessing("own"), "own"),
    ],
)
def test_what_the_caller_says_is_taken(model: Any, given: Any, name: str):
    opened = open_network(model, preprocessing=given)
    assert (opened.preprocessing.name, opened.stated_by) == (name, "given")


def test_a_preprocessing_that_does_not_exist_is_one_line(model: Any):
    with pytest.raises(ValueError, match=r"^no preprocessing 'vgg'; choose one of: unit[^\n]*$"):
        open_network(model, preprocessing="vgg")


def test_a_network_has_its_own_name_or_the_one_given(model: Any):
    assert open_network(model).name == ("Sequential" if "torch" in type(model).__module__ else "small")
    assert open_network(model, name="eyes").name == "eyes"


def test_a_reference_goes_into_every_framework_by_the_name_of_its_input(model: Any):
    opened = open_network(model)
    reference = reference_of(opened, np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8))
    assert opened.backend.activations(reference.inputs, ["conv1"])["conv1"].shape == (1, 4, 10, 8)


@pytest.mark.parametrize("given", [{"layers": 3}, None, object(), np.zeros((3, 3)), int])
def test_what_is_no_network_is_one_line(given: object):
    with pytest.raises(TypeError, match=r"^cannot open a model of type [^\n]*; give a [^\n]*$"):
        open_network(given)


def test_a_path_is_answered_with_what_opens_it():
    with pytest.raises(TypeError, match=r"^pilot\.h5 is a path, [^\n]*from_saved_model[^\n]*$"):
        open_network("pilot.h5")


# ---------------------------------------------------------------------- PyTorch


@pytest.mark.torch
def test_a_module_of_unknown_input_shape_shows_its_weights_and_asks_for_the_shape_for_the_rest():
    torch = pytest.importorskip("torch")
    opened = open_network(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3)))
    assert opened.backend.weights("0").shape == (3, 3, 3, 4)
    with pytest.raises(ValueError, match=r"input_shape=\(C, H, W\)"):
        reference_of(opened, np.zeros((8, 8, 3), np.uint8))


@pytest.mark.torch
def test_a_module_is_told_its_input_shape():
    torch = pytest.importorskip("torch")
    opened = open_network(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3)), input_shape=(3, 20, 30))
    assert opened.backend.layer("0").output_shape == (4, 18, 28)


@pytest.mark.torch
def test_a_modules_part_called_name_is_not_its_name():
    torch = pytest.importorskip("torch")

    class Reader(torch.nn.Sequential):
        def __init__(self) -> None:
            super().__init__()
            self.name = torch.nn.Conv2d(3, 4, 3)

    assert open_network(Reader()).name == "Reader"


# ---------------------------------------------------------------------- Keras models that rescale themselves


@pytest.fixture(params=["keras", "tf_keras"])
def keras(request: pytest.FixtureRequest) -> Any:
    pytest.importorskip("tensorflow")
    return pytest.importorskip(request.param)


def sequential(keras: Any, *layers: Any) -> Any:
    convolution = keras.layers.Conv2D(2, 3)
    return keras.Sequential([keras.Input((12, 10, 3)), *layers, convolution, keras.layers.Flatten()])


@pytest.mark.keras
@pytest.mark.parametrize("kind", ["Rescaling", "Normalization"])
def test_a_model_that_begins_with_a_rescaling_takes_levels_as_they_are(keras: Any, kind: str):
    first = (
        keras.layers.Rescaling(1 / 127.5, offset=-1, name="own")
        if kind == "Rescaling"
        else keras.layers.Normalization(mean=[120.0] * 3, variance=[3600.0] * 3, name="own")
    )
    opened = open_network(sequential(keras, first))
    assert (opened.preprocessing.name, opened.stated_by) == (
        "raw",
        "the model rescales itself, in layer 'own'",
    )


@pytest.mark.keras
def test_a_model_that_rescales_itself_sees_the_same_as_one_that_is_fed_so(keras: Any):
    own = sequential(keras, keras.layers.Rescaling(1 / 255))
    plain = sequential(keras)
    plain.set_weights(own.get_weights())
    picture = np.random.default_rng(0).integers(0, 256, (12, 10, 3), np.uint8)
    seen: list[np.ndarray] = []
    for model in (own, plain):
        opened = open_network(model)
        layer = opened.backend.layers()[0].name
        seen.append(opened.backend.activations(reference_of(opened, picture).inputs, [layer])[layer])
    np.testing.assert_allclose(seen[0], seen[1], rtol=1e-4, atol=1e-5)


@pytest.mark.keras
def test_layers_that_only_move_levels_may_stand_before_the_rescaling(keras: Any):
    layers = keras.layers
    before = (layers.RandomFlip("horizontal"), layers.Resizing(16, 16), layers.ZeroPadding2D(1))
    assert own_rescaling(sequential(keras, *before, layers.Rescaling(1 / 255, name="own"))) == "own"


@pytest.mark.keras
def test_a_rescaling_inside_a_nested_model_counts(keras: Any):
    inner = keras.Sequential([keras.Input((12, 10, 3)), keras.layers.Rescaling(1 / 255, name="own")])
    assert own_rescaling(sequential(keras, inner)) == "own"


@pytest.mark.keras
@pytest.mark.parametrize("number", range(4))
def test_other_models_do_not_rescale_themselves(keras: Any, number: int):
    layers = keras.layers
    first = [
        [],
        [layers.Rescaling(2.0, offset=-1)],  # for levels of 0 to 1
        [layers.Conv2D(3, 3), layers.Rescaling(1 / 255)],  # of what the network has made
        [layers.BatchNormalization()],
    ][number]
    assert own_rescaling(sequential(keras, *first)) is None


@pytest.mark.keras
def test_numbers_beside_the_picture_that_are_normalised_say_nothing_of_the_picture(keras: Any):
    layers = keras.layers
    picture, speed = keras.Input((12, 10, 3)), keras.Input((2,))
    known = layers.Normalization(mean=[1.0] * 2, variance=[4.0] * 2)(speed)
    seen = layers.Flatten()(layers.Conv2D(2, 3)(picture))
    assert own_rescaling(keras.Model([speed, picture], layers.Concatenate()([known, seen]))) is None


@pytest.mark.keras
def test_every_step_over_time_may_be_rescaled(keras: Any):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3, 12, 10, 3)),
            layers.TimeDistributed(layers.Rescaling(1 / 255), name="own"),
            layers.TimeDistributed(layers.Conv2D(2, 3)),
        ]
    )
    assert own_rescaling(model) == "own"


@pytest.mark.keras
def test_a_subclassed_model_says_nothing(keras: Any):
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first = keras.layers.Conv2D(2, 3)

        def call(self, inputs: Any) -> Any:
            return self.first(inputs)

    model = Own()
    model(np.zeros((1, 12, 10, 3), np.float32))
    assert open_network(model, input_shape=(3, 12, 10)).stated_by == DEFAULT
