"""Keras networks over time steps: a map for every step."""

import numpy as np
import pytest
from rlviz_cam import CamExtractor, Covering, Target, WindowOp, calibrate, occlusion, open_backend

pytestmark = pytest.mark.keras


def test_a_layer_applied_at_every_step_is_one_layer(over_time):
    backend = open_backend(over_time())
    assert backend.inputs() == {"img_in": (3, 2, 12, 10)}
    assert backend.input_size == (12, 10)
    first, second, _ = backend.layers()
    assert (first.name, first.kind, first.output_shape, first.steps) == ("first", "conv", (3, 4, 5, 4), 3)
    assert (second.output_shape, second.is_spatial, second.taken_after) == ((3, 5, 4, 3), True, "act")
    assert backend.weights("first").shape == (3, 3, 2, 4)


def test_every_step_has_a_map_of_its_own(over_time, sequences):
    backend = open_backend(over_time())
    record = backend.record(sequences, "second", Target.unit(0))
    maps = CamExtractor(backend, "second")(sequences, Target.unit(0)).maps
    assert maps.shape == (4, 3, 4, 3)
    weights = record.gradients.mean(axis=(3, 4), keepdims=True)
    np.testing.assert_allclose(maps, (weights * record.activations).sum(axis=2), rtol=1e-4, atol=1e-7)


def test_a_step_is_what_the_inner_layer_makes_of_it(channels_last, over_time, sequences):
    model = over_time()
    found = open_backend(model).activations(sequences, ["first"])["first"]
    inner = model.get_layer("first").layer
    for step in range(3):
        np.testing.assert_allclose(
            channels_last(found[:, step]), inner(channels_last(sequences[:, step])), rtol=1e-4, atol=1e-6
        )


def test_a_convolution_over_time_has_steps_and_kernels_over_time(over_time, sequences):
    backend = open_backend(over_time("Conv3D"))
    info = backend.layer("first")
    assert (info.kind, info.output_shape, info.steps) == ("conv", (2, 4, 5, 4), 2)
    assert backend.weights("first").shape == (2, 3, 3, 2, 4)
    assert CamExtractor(backend)(sequences, Target.unit(1)).maps.shape == (4, 2, 1, 2)
    assert backend.windows("second") == (
        WindowOp((3, 3), (2, 2)),
        WindowOp((2, 2), (2, 2)),
        WindowOp((2, 1)),
    )


def test_a_whole_model_at_every_step_is_one_layer(keras):
    layers = keras.layers
    eye = keras.Sequential([layers.Input((12, 10, 2)), layers.Conv2D(3, 3, activation="relu")])
    frames = layers.Input((3, 12, 10, 2))
    grid = layers.TimeDistributed(eye, name="eyes")(frames)
    backend = open_backend(keras.Model(frames, layers.Dense(1, name="q")(layers.Flatten()(grid))))
    assert [(one.name, one.kind) for one in backend.layers()] == [("eyes", "conv"), ("q", "dense")]
    assert backend.layer("eyes").output_shape == (3, 3, 10, 8)
    assert backend.windows("eyes") == (WindowOp((3, 3)),)


def test_a_patch_is_covered_in_every_step(keras):
    layers = keras.layers
    frames = layers.Input((3, 6, 6, 1))
    model = keras.Model(frames, layers.Dense(1, use_bias=False, name="q")(layers.Flatten()(frames)))
    weights = np.random.default_rng(0).standard_normal((108, 1)).astype(np.float32)
    model.set_weights([weights])
    given = np.random.default_rng(1).random((2, 3, 1, 6, 6), dtype=np.float32)
    effects = occlusion(open_backend(model), given, Target(), patch=2, stride=2, fill=0)
    shares = (weights.reshape(3, 6, 6) * given[:, :, 0]).sum(axis=1)
    np.testing.assert_allclose(effects, shares.reshape(2, 3, 2, 3, 2).sum(axis=(2, 4)), rtol=1e-3, atol=1e-5)


def test_calibration_sums_the_evidence_of_the_steps(keras):
    layers = keras.layers
    frames = layers.Input((3, 12, 10, 2))
    grid = layers.TimeDistributed(layers.Conv2D(1, 2, strides=2, activation="relu", name="c"), name="conv")(
        frames
    )
    model = keras.Model(frames, layers.Dense(1, use_bias=False, name="q")(layers.Flatten()(grid)))
    model.layers[1].set_weights([np.full((2, 2, 2, 1), 0.25), np.zeros(1)])
    found = calibrate(
        open_backend(model),
        np.random.default_rng(3).random((8, 3, 2, 12, 10), dtype=np.float32),
        Target(),
        methods=["hirescam"],
        evidences=["signed"],
        covering=Covering(patch=2, stride=2, fill=0),
    )
    assert found.layer == "conv"
    assert found.best().agreement == pytest.approx(1, abs=1e-5)
