"""Keras networks: their inputs and heads, by name, and what cannot be opened."""

import numpy as np
import pytest
from rlviz_cam import CamExtractor, Target, open_backend

pytestmark = pytest.mark.keras


def test_heads_and_inputs_have_the_names_and_shapes_of_the_model(pilot):
    backend = open_backend(pilot)
    assert backend.inputs() == {"img_in": (3, 12, 10)}
    assert backend.heads() == {"n_outputs0": (1,), "n_outputs1": (3,)}
    assert backend.input_size == (12, 10)


def test_outputs_are_what_the_model_itself_computes(pictures, channels_last, pilot):
    model = pilot
    expected = model(channels_last(pictures), training=False)
    for found, wanted in zip(open_backend(model).predict(pictures).values(), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_gradients_are_those_of_the_tape(keras, tf, pictures, channels_last, pilot):
    model = pilot
    upper = keras.Model(model.get_layer("conv2").output, model.outputs[1])
    record = open_backend(model).record(pictures, "conv2", Target.contrast(2, 0, head="n_outputs1"))
    with tf.GradientTape() as tape:
        activations = tf.constant(channels_last(record.activations))
        tape.watch(activations)
        units = upper(activations)
        score = units[:, 2] - units[:, 0]
    np.testing.assert_allclose(
        channels_last(record.gradients), tape.gradient(score, activations), rtol=1e-4, atol=1e-7
    )


def test_a_sequential_model_has_one_head_named_by_its_last_layer(keras, pictures):
    model = keras.Sequential(
        [
            keras.layers.Input((12, 10, 3), name="camera"),
            keras.layers.Conv2D(2, 3, name="conv"),
            keras.layers.ReLU(name="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, name="q"),
        ]
    )
    backend = open_backend(model)
    assert list(backend.heads()) == ["q"]
    assert list(backend.inputs()) == ["camera"]
    assert CamExtractor(backend)(pictures, Target()).maps.shape == (5, 10, 8)


def test_outputs_by_name_are_heads_by_these_names(keras, pictures):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    flat = layers.Flatten()(layers.Conv2D(2, 3, name="conv")(picture))
    model = keras.Model(picture, {"angle": layers.Dense(1)(flat), "throttle": layers.Dense(2)(flat)})
    assert {name: one.shape for name, one in open_backend(model).predict(pictures).items()} == {
        "angle": (5, 1),
        "throttle": (5, 2),
    }


def two_inputs(keras, names=None):
    layers = keras.layers
    picture, speed = layers.Input((12, 10, 3), name="img_in"), layers.Input((2,), name="imu_in")
    flat = layers.Flatten()(layers.Conv2D(2, 3, activation="relu", name="conv")(picture))
    joined = layers.Concatenate()([layers.Dense(4, name="dense")(flat), layers.Dense(3, name="imu")(speed)])
    inputs = [picture, speed] if names is None else dict(zip(names, (picture, speed), strict=True))
    return keras.Model(inputs, layers.Dense(1, name="angle")(joined))


@pytest.mark.parametrize("names", [None, ["img_in", "imu_in"]])
def test_several_inputs_are_taken_by_name_in_any_order(keras, pictures, channels_last, names):
    model = two_inputs(keras, names)
    speeds = np.random.default_rng(0).random((5, 2), dtype=np.float32)
    given = [channels_last(pictures), speeds]
    expected = model(given if names is None else dict(zip(names, given, strict=True)))
    backend = open_backend(model)
    assert backend.inputs() == {"img_in": (3, 12, 10), "imu_in": (2,)}
    found = backend.predict({"imu_in": speeds, "img_in": pictures})["angle"]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_one_array_for_several_inputs_is_an_error_that_names_them(keras, pictures):
    with pytest.raises(ValueError, match=r"takes 2 by name: img_in \(3, 12, 10\), imu_in \(2,\)"):
        open_backend(two_inputs(keras)).predict(pictures)


@pytest.mark.parametrize("names", [["img_in"], ["img_in", "imu"], ["img_in", "imu_in", "more"]])
def test_wrong_missing_and_superfluous_names_are_an_error_that_lists_both(keras, pictures, names):
    given = {name: pictures if name == "img_in" else np.zeros((5, 2), dtype=np.float32) for name in names}
    with pytest.raises(
        ValueError, match=rf"given are named {', '.join(names)}, but the network takes img_in, imu_in; give"
    ):
        open_backend(two_inputs(keras)).predict(given)


def test_a_wrong_shape_of_one_of_several_inputs_is_named(keras, pictures):
    with pytest.raises(ValueError, match=r"of 'imu_in' has shape \(3,\), but the network expects \(2,\)"):
        open_backend(two_inputs(keras)).predict({"img_in": pictures, "imu_in": np.zeros((5, 3))})


def test_inputs_of_different_length_are_an_error(keras, pictures):
    with pytest.raises(ValueError, match=r"at least one sample, .* got shape img_in .*, imu_in \(4, 2\)"):
        open_backend(two_inputs(keras)).predict({"img_in": pictures, "imu_in": np.zeros((4, 2))})


def test_inputs_that_are_not_numbers_are_named_though_a_relu_hides_them(pictures, pilot):
    pictures[[1, 4], 0, 3, 3] = np.nan
    with pytest.raises(ValueError, match=r"input 'img_in' is not finite for 2 of 5 samples \(1, 4\)"):
        open_backend(pilot).predict(pictures)


def test_bytes_are_taken_as_they_are_and_not_scaled(pilot):
    frames = np.random.default_rng(0).integers(0, 256, (3, 3, 12, 10), dtype=np.uint8)
    backend = open_backend(pilot)
    np.testing.assert_array_equal(
        backend.predict(frames)["n_outputs0"], backend.predict(frames.astype(np.float32))["n_outputs0"]
    )


def test_grey_pictures_are_taken(keras):
    layers = keras.layers
    model = keras.Sequential([layers.Input((12, 10, 1)), layers.Conv2D(2, 3, name="conv"), layers.Flatten()])
    grey = np.random.default_rng(0).random((2, 1, 12, 10), dtype=np.float32)
    assert open_backend(model).activations(grey, ["conv"])["conv"].shape == (2, 2, 10, 8)


def test_a_picture_of_any_size_decides_with_the_first_batch(keras, pictures):
    layers = keras.layers
    model = keras.Sequential(
        [layers.Input((None, None, 3)), layers.Conv2D(2, 3, name="conv"), layers.GlobalAveragePooling2D()]
    )
    backend = open_backend(model)
    with pytest.raises(ValueError, match=r"shape of the network's input is not known; give input_shape="):
        backend.layers()
    backend.predict(pictures)
    assert backend.layer("conv").output_shape == (2, 10, 8)
    with pytest.raises(ValueError, match=r"shape \(3, 9, 9\), but the network expects \(3, 12, 10\)"):
        backend.predict(np.zeros((1, 3, 9, 9), dtype=np.float32))
    assert open_backend(model, input_shape=(3, 9, 9)).layer("conv").output_shape == (2, 7, 7)


def test_an_input_shape_that_contradicts_the_model_is_an_error(pilot):
    with pytest.raises(ValueError, match=r"shape \(3, 9, 9\), but the network expects \(3, 12, 10\)"):
        open_backend(pilot, input_shape=(3, 9, 9))


def test_a_device_that_is_not_there_is_an_error(tf, pilot):
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a CUDA device")
    with pytest.raises(ValueError, match=r"device 'cuda' was asked for, but there is no CUDA device"):
        open_backend(pilot, device="cuda")


def test_an_unknown_device_is_an_error_that_lists_the_choices(pilot):
    with pytest.raises(ValueError, match=r"unknown device 'tpu'; choose one of: auto, cpu, cuda"):
        open_backend(pilot, device="tpu")


def test_channels_first_inside_is_an_error_that_says_what_to_do(keras):
    layers = keras.layers
    picture = layers.Input((3, 12, 10))
    grid = layers.MaxPooling2D(1, data_format="channels_first", name="pool")(picture)
    with pytest.raises(ValueError, match=r"layer 'pool' keeps its channels first"):
        open_backend(keras.Model(picture, grid))


def test_another_framework_under_keras_is_an_error_that_says_what_to_do(keras, pilot, monkeypatch):
    model = pilot
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"computes with jax.*KERAS_BACKEND=tensorflow"):
        open_backend(model)


def test_threads_are_set_before_tensorflow_begins_and_not_after(tf):
    from rlviz_cam.backends.keras import limit_threads

    tf.constant(1)
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    assert limit_threads(threads + 1) is False
    assert tf.config.threading.get_intra_op_parallelism_threads() == threads
