"""The layers of Keras networks: names, order, nonlinearities, ways to a head, weights."""

from typing import Any

import numpy as np
import pytest
from rlviz_cam import CamExtractor, Target, automatic_layer, open_backend

pytestmark = pytest.mark.keras


def subclassed(keras, tf, function=False):
    """A model of its own class: branch attributes in another order than they are computed in."""

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.head = keras.layers.Dense(2, name="head")
            self.second = keras.layers.Conv2D(3, 3, name="second")
            self.first = keras.layers.Conv2D(2, 3, name="first")

        def call(self, given):
            grid = tf.nn.relu(self.second(tf.nn.relu(self.first(given))))
            return {"q": self.head(tf.reshape(grid, [-1, 8 * 6 * 3]))}

    if function:
        Network.call = tf.function(Network.call)
    model = Network()
    model(np.zeros((1, 12, 10, 3), dtype=np.float32))
    return model


@pytest.mark.parametrize("function", [False, True])
def test_a_subclassed_models_layers_come_in_the_order_of_computation(
    keras, tf, pictures, channels_last, function
):
    model = subclassed(keras, tf, function)
    backend = open_backend(model, input_shape=(3, 12, 10))
    assert [info.name for info in backend.layers()] == ["first", "second", "head"]
    assert backend.layer("second").taken_after == "relu()"
    np.testing.assert_allclose(backend.predict(pictures)["q"], model(channels_last(pictures))["q"], rtol=1e-5)
    column = model.head.weights[0].numpy()[:, 1].reshape(8, 6, 3).transpose(2, 0, 1)
    record = backend.record(pictures, "second", Target.unit(1))
    np.testing.assert_allclose(record.gradients, np.broadcast_to(column, (5, 3, 8, 6)), rtol=1e-5)


def test_a_subclassed_model_learns_its_input_from_the_first_batch(keras, tf, pictures):
    backend = open_backend(subclassed(keras, tf))
    with pytest.raises(ValueError, match=r"the network does not take inputs of shape input \(4, 12, 10\)"):
        backend.predict(np.zeros((1, 4, 12, 10), dtype=np.float32))
    assert backend.predict(pictures)["q"].shape == (5, 2)


def test_code_that_decides_by_a_tensors_value_is_an_error_that_says_what_to_do(
    keras, tf, pictures, channels_last
):
    class Deciding(keras.Model):
        def call(self, given):
            return given if bool(tf.reduce_sum(given) > 0) else -given

    model = Deciding()
    model(channels_last(pictures))
    with pytest.raises(ValueError, match=r"decides by the value of a tensor.*tf.cond"):
        open_backend(model).predict(pictures)


def test_a_model_without_weights_yet_is_an_error(keras):
    with pytest.raises(ValueError, match=r"the model is not built yet; call it once"):
        open_backend(keras.Sequential([keras.layers.Dense(2)]))


def test_a_layer_inside_a_model_is_named_by_both(pictures, channels_last, nested):
    model = nested
    backend = open_backend(model)
    assert [info.name for info in backend.layers()] == ["eye/conv", "conv", "q"]
    assert backend.layer("eye/conv").taken_after == "eye/relu"
    expected = model.get_layer("eye")(channels_last(pictures))
    np.testing.assert_allclose(
        channels_last(backend.activations(pictures, ["eye/conv"])["eye/conv"]), expected, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_array_equal(
        backend.activations(pictures, ["eye"])["eye"], backend.activations(pictures, ["eye/conv"])["eye/conv"]
    )


def test_a_layer_inside_a_models_weights_are_reached(nested):
    model = nested
    kernel = model.get_layer("eye").get_layer("conv").get_weights()[0]
    np.testing.assert_array_equal(open_backend(model).weights("eye/conv"), kernel)


def test_a_layer_that_is_used_twice_is_counted(keras, pictures):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    conv = layers.Conv2D(3, 3, padding="same", name="conv")
    model = keras.Model(picture, layers.Flatten()(conv(conv(picture))))
    with pytest.raises(ValueError, match=r"layer 'conv' is used 2 times in one pass; choose a layer"):
        open_backend(model).record(pictures, "conv", Target())


def test_one_relu_used_after_every_convolution_is_told_apart(keras, pictures):
    layers = keras.layers
    picture, relu = layers.Input((12, 10, 3)), layers.ReLU(name="relu")
    first = relu(layers.Conv2D(2, 3, name="first")(picture))
    second = relu(layers.Conv2D(3, 3, name="second")(first))
    backend = open_backend(keras.Model(picture, layers.Flatten()(second)))
    found = backend.activations(pictures, ["first", "second"])
    assert (found["first"].shape[1], found["second"].shape[1]) == (2, 3)
    assert found["second"].min() == 0


@pytest.mark.parametrize(
    ("between", "follows", "name"),
    [
        ([], "Activation", "act"),
        (["BatchNormalization"], "ReLU", "act"),
        (["Dropout", "BatchNormalization"], "LeakyReLU", "act"),
        ([], "ELU", "act"),
        (["MaxPooling2D"], "ReLU", None),
        ([], "Softmax", None),
    ],
)
def test_activations_are_after_the_nonlinearity_that_directly_follows(
    keras, pictures, channels_last, between, follows, name
):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    plain = layers.Conv2D(4, 3, name="conv")(picture)
    grid = plain
    for one in between:
        grid = layers.Dropout(0.5)(grid) if one == "Dropout" else getattr(layers, one)()(grid)
    grid = (
        layers.Activation("relu", name="act")(grid)
        if follows == "Activation"
        else getattr(layers, follows)(name="act")(grid)
    )
    model = keras.Model(picture, layers.Dense(1)(layers.Flatten()(grid)))
    for one in model.layers:
        if "normalization" in one.name:
            one.set_weights([np.linspace(0.5, 2, 4), np.full(4, 0.1), np.full(4, 0.2), np.full(4, 0.7)])
    backend = open_backend(model)
    assert backend.layer("conv").taken_after == name
    expected = keras.Model(picture, plain if name is None else grid)(channels_last(pictures), training=False)
    np.testing.assert_allclose(
        channels_last(backend.activations(pictures, ["conv"])["conv"]), expected, rtol=1e-4, atol=1e-6
    )


def test_a_layers_own_nonlinearity_is_named(pilot):
    backend = open_backend(pilot)
    assert [info.taken_after for info in backend.layers()] == ["relu", "relu", "tanh", None, None]


def test_naming_the_nonlinearity_itself_gives_the_same_record(pictures, nested):
    model = nested
    conv, relu = (
        open_backend(model).record(pictures, one, Target.unit(0)) for one in ("eye/conv", "eye/relu")
    )
    np.testing.assert_array_equal(conv.activations, relu.activations)
    np.testing.assert_array_equal(conv.gradients, relu.gradients)


def test_the_automatic_layer_lies_on_the_way_to_the_head(with_decoder):
    backend = open_backend(with_decoder)
    assert backend.path("angle") == ("encode", "angle")
    assert backend.path("img_out") == ("encode", "decode", "img_out")
    assert (automatic_layer(backend), automatic_layer(backend, "angle")) == ("img_out", "encode")


def test_a_layer_that_the_head_does_not_come_from_is_an_error(pictures, with_decoder):
    with pytest.raises(ValueError, match=r"head 'angle' does not depend on layer 'decode'; choose a layer"):
        open_backend(with_decoder).record(pictures, "decode", Target(head="angle"))


def test_an_unknown_head_is_an_error_that_lists_the_heads(with_decoder):
    with pytest.raises(ValueError, match=r"no head 'steering'; choose one of: img_out, angle"):
        open_backend(with_decoder).path("steering")


def test_an_output_that_is_a_picture_comes_channel_first(pictures, with_decoder):
    backend = open_backend(with_decoder)
    assert backend.heads()["img_out"] == (3, 12, 10)
    assert backend.predict(pictures)["img_out"].shape == (5, 3, 12, 10)


def test_a_network_without_convolutions_is_an_error_that_lists_its_layers(keras):
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((12, 10, 3)), layers.Flatten(), layers.Dense(3, name="a"), layers.Dense(2, name="b")]
    )
    with pytest.raises(ValueError, match=r"has only: a \(dense\), b \(dense\)"):
        CamExtractor(open_backend(model))


def test_weights_of_every_kind_of_convolution_have_inputs_and_outputs_last(keras):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    grid = layers.Conv2DTranspose(5, 2, name="transposed")(picture)
    grid = layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise")(grid)
    grid = layers.SeparableConv2D(4, 3, depth_multiplier=2, name="separable")(grid)
    backend = open_backend(keras.Model(picture, layers.Flatten()(grid)))
    shapes = {info.name: backend.weights(info.name).shape for info in backend.layers()}
    assert shapes == {"transposed": (2, 2, 3, 5), "depthwise": (3, 3, 5, 2), "separable": (3, 3, 10, 4)}


def test_a_separable_convolutions_weights_are_those_of_one_convolution(keras, pictures, channels_last):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    model = keras.Model(picture, layers.SeparableConv2D(4, 3, depth_multiplier=2, name="sep")(picture))
    backend = open_backend(model)
    plain = layers.Conv2D(4, 3, use_bias=False)
    plain.build((None, 12, 10, 3))
    plain.set_weights([backend.weights("sep")])
    found = backend.activations(pictures, ["sep"])["sep"]
    np.testing.assert_allclose(channels_last(found), plain(channels_last(pictures)), rtol=1e-4, atol=1e-5)


def test_randomized_weights_have_the_uniform_distribution(keras):
    layers = keras.layers
    model = keras.Sequential([layers.Input((288,)), layers.Dense(500, name="dense")])
    drawn = open_backend(model).randomized("dense", seed=0).weights("dense")
    assert np.abs(drawn).max() <= 288**-0.5
    np.testing.assert_allclose(drawn.std(), 288**-0.5 / 3**0.5, rtol=0.01)


def test_randomizing_resets_normalisations_and_reaches_into_models_and_recurrent_layers(
    regularised, over_time
):
    model = over_time()
    random: Any = open_backend(model).randomized("lstm", seed=0)
    changed = [
        not np.array_equal(old, new)
        for old, new in zip(model.get_weights(), random._model.get_weights(), strict=True)
    ]
    assert changed == [False] * 4 + [True] * 5

    model = regularised
    model.get_layer("norm").set_weights([np.full(3, 5.0)] * 4)
    drawn: Any = open_backend(model).randomized("norm", seed=0)
    np.testing.assert_array_equal(
        drawn._model.get_layer("norm").get_weights(), [[1] * 3, [0] * 3, [0] * 3, [1] * 3]
    )


def test_a_layer_inside_a_model_is_randomised_alone(nested):
    model = nested
    drawn = open_backend(model).randomized("eye/conv", seed=0)
    assert not np.isclose(drawn.weights("eye/conv"), open_backend(model).weights("eye/conv")).any()
    np.testing.assert_array_equal(
        open_backend(model).randomized("conv", seed=0).weights("eye/conv"),
        open_backend(model).weights("eye/conv"),
    )


def test_a_model_of_its_own_class_without_a_config_cannot_be_copied(keras):
    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(2, name="dense")

        def call(self, given):
            return self.dense(given)

        def get_config(self):
            raise NotImplementedError

    model = Network()
    model(np.zeros((1, 4), dtype=np.float32))
    backend = open_backend(model, input_shape=(4,))
    with pytest.raises(ValueError, match=r"cannot be copied; give its classes a get_config"):
        backend.randomized("dense", 0)
