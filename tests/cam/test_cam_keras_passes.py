"""Passes of Keras networks: what is explained, batches of every size, and a model left as it was found."""

import threading

import numpy as np
import pytest
from rlviz_cam import CamExtractor, Target, grad_cam, open_backend

pytestmark = pytest.mark.keras


TARGETS = [
    Target(),
    Target.unit(1),
    Target.unit([0, 2, 1, 1, 0]),
    Target.advantage(),
    Target.advantage(2),
    Target.contrast(2, 0),
    Target(minus=1),
    Target(index=0, sign=-1),
    Target(index=0, sign="own"),
    Target(minus="mean", sign="own"),
    Target(index=1, sign=(1, -1, -1, 1, -1)),
    Target(index=1, transform="log_softmax"),
    Target(transform="log_softmax", minus="mean", sign="own"),
]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.describe())
def test_what_a_pass_chooses_is_what_the_target_says(keras, pictures, channels_last, target):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    grid = layers.Conv2D(2, 3, activation="relu", name="conv")(picture)
    model = keras.Model(picture, layers.Dense(3, name="q")(layers.Flatten()(grid)))
    record = open_backend(model).record(pictures, "conv", target)
    units = record.outputs["q"]
    weights = target.weights(target.units({"q": units}))
    if target.transform == "log_softmax":  # d log softmax(y)_a / dy_b = [a = b] - softmax(y)_b
        odds = np.exp(units - units.max(axis=1, keepdims=True))
        share = odds / odds.sum(axis=1, keepdims=True)
        weights = weights - weights.sum(axis=1, keepdims=True) * share
    kernel = model.get_layer("q").get_weights()[0]
    expected = (weights @ kernel.T).reshape(5, 10, 8, 2)
    np.testing.assert_allclose(channels_last(record.gradients), expected, rtol=1e-3, atol=1e-5)


def test_quantiles_are_explained_through_their_mean(keras, pictures, channels_last):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    grid = layers.Conv2D(2, 3, activation="relu", name="conv")(picture)
    flat = layers.Dense(12, name="dense")(layers.Flatten()(grid))
    model = keras.Model(picture, layers.Reshape((4, 3), name="quantiles")(flat))
    record = open_backend(model).record(pictures, "conv", Target.quantile_mean(1))
    assert record.outputs["quantiles"].shape == (5, 4, 3)
    kernel = model.get_layer("dense").get_weights()[0].reshape(160, 4, 3)[:, :, 1].mean(axis=1)
    expected = np.broadcast_to(kernel.reshape(10, 8, 2), (5, 10, 8, 2))
    np.testing.assert_allclose(channels_last(record.gradients), expected, rtol=1e-4, atol=1e-6)


def test_a_probability_is_explained_through_its_softmax(keras, pictures, channels_last):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    grid = layers.Conv2D(2, 3, activation="relu", name="conv")(picture)
    model = keras.Model(picture, layers.Dense(3, activation="softmax", name="bins")(layers.Flatten()(grid)))
    record = open_backend(model).record(pictures, "conv", Target.unit(0))
    shares = record.outputs["bins"]
    slope = shares[:, :1] * (np.eye(3)[0] - shares)  # dp_a/dy_b = p_a ([a = b] - p_b)
    expected = (slope @ model.get_layer("bins").get_weights()[0].T).reshape(5, 10, 8, 2)
    np.testing.assert_allclose(channels_last(record.gradients), expected, rtol=1e-3, atol=1e-6)


def test_a_picture_cannot_be_a_target(pictures, with_decoder):
    with pytest.raises(ValueError, match=r"head 'img_out' has shape .* the target needs \(samples, units\)"):
        open_backend(with_decoder).record(pictures, "encode", Target(head="img_out"))


def test_in_its_own_direction_a_negative_output_is_explained_by_what_lowers_it(pictures, pilot):
    backend = open_backend(pilot)
    plain = backend.record(pictures, "conv2", Target(head="n_outputs0", index=0))
    own = backend.record(pictures, "conv2", Target(head="n_outputs0", index=0, sign="own"))
    signs = np.sign(plain.outputs["n_outputs0"])[:, :, None, None]
    np.testing.assert_array_equal(own.gradients, plain.gradients * signs)


@pytest.mark.parametrize("samples", [2, 3, 4, 5, 8, 11])
def test_a_batch_of_any_size_equals_its_parts(pilot, samples):
    from rlviz_cam.backends.keras import KerasBackend

    backend = KerasBackend(pilot, batch_size=4)
    batch = np.random.default_rng(samples).random((samples, 3, 12, 10), dtype=np.float32)
    target = Target.unit([number % 3 for number in range(samples)], head="n_outputs1")
    whole = backend.record(batch, "conv2", target)
    assert whole.gradients.shape == whole.activations.shape == (samples, 5, 4, 3)
    assert whole.outputs["n_outputs1"].shape == (samples, 3)
    for number in range(samples):
        one = backend.record(batch[[number]], "conv2", Target.unit(number % 3, head="n_outputs1"))
        np.testing.assert_allclose(whole.gradients[number], one.gradients[0], rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(whole.activations[number], one.activations[0], rtol=1e-4, atol=1e-6)


def test_equal_samples_have_equal_maps_wherever_they_stand(pictures, pilot):
    extractor = CamExtractor(open_backend(pilot))
    target = Target(head="n_outputs0", index=0)
    batch = np.concatenate(
        [pictures, pictures[:1], np.repeat(pictures[:1], 46, axis=0), pictures[1:4], pictures[:1]]
    )
    maps = extractor(batch, target).maps
    alone = extractor(pictures[[0, 0]], target).maps[0]
    for number in (0, 5, 6, 30, 31, 46, 47, 48, 51, len(batch) - 1):
        np.testing.assert_array_equal(maps[number], alone)


def test_a_pass_is_traced_once_whatever_the_size_of_the_batches(pictures, pilot):
    calls = []
    model = pilot
    backend = open_backend(model)
    extractor = CamExtractor(backend)
    extractor(pictures, Target(head="n_outputs0"))
    conv = model.get_layer("conv1")
    kept = conv.call
    conv.call = lambda *args, **kwargs: calls.append(1) or kept(*args, **kwargs)
    for count in (1, 2, 5, 1, 3):
        extractor(pictures[:count], Target(head="n_outputs0", index=0, sign=-1))
        backend.predict(pictures[:count])
    assert calls == []


def test_weights_that_change_change_the_maps(pictures, pilot):
    model = pilot
    backend = open_backend(model)
    before = backend.record(pictures, "conv2", Target(head="n_outputs0"))
    dense = model.get_layer("n_outputs0")
    dense.set_weights([2 * dense.get_weights()[0], dense.get_weights()[1]])
    after = backend.record(pictures, "conv2", Target(head="n_outputs0"))
    np.testing.assert_allclose(after.gradients, 2 * before.gradients, rtol=1e-5)


def test_xla_agrees(pictures, pilot):
    model = pilot
    plain, compiled = (open_backend(model, xla=xla) for xla in (False, True))
    target = Target(head="n_outputs1", sign="own")
    expected, found = (one.record(pictures, "conv1", target) for one in (plain, compiled))
    np.testing.assert_allclose(found.activations, expected.activations, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.gradients, expected.gradients, rtol=1e-4, atol=1e-6)


def test_half_precision_is_handed_over_in_single(keras, pictures):
    layers = keras.layers
    picture = layers.Input((12, 10, 3), dtype="float32")
    grid = layers.Conv2D(2, 3, name="conv", dtype="mixed_float16")(picture)
    grid = layers.ReLU(name="relu", dtype="mixed_float16")(grid)
    flat = layers.Flatten(dtype="mixed_float16")(grid)
    backend = open_backend(keras.Model(picture, layers.Dense(2, name="q", dtype="float32")(flat)))
    assert backend.layer("conv").taken_after == "relu"
    record = backend.record(pictures, "conv", Target())
    assert record.activations.dtype == record.gradients.dtype == record.outputs["q"].dtype == np.float32
    assert record.gradients.any()


def test_two_threads_get_what_one_gets(pictures, pilot):
    model = pilot
    target = Target(head="n_outputs0")
    expected = grad_cam(open_backend(model).record(pictures, "conv2", target))
    found = []

    def work(backend):
        found.extend(grad_cam(backend.record(pictures, "conv2", target)) for _ in range(5))

    threads = [threading.Thread(target=work, args=(open_backend(model),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert all(np.allclose(one, expected, rtol=1e-5) for one in found)


def state(model):
    """Everything that watching must not change."""
    layers = [model, *model.layers]
    return (
        [layer.__dict__.get("call") for layer in layers],
        [layer.trainable for layer in layers],
        [weights.tolist() for weights in model.get_weights()],
        [float(loss) for loss in model.losses],
        sorted(model.__dict__),
    )


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_is_left_as_found(pictures, channels_last, regularised, fails):
    model = regularised
    model(channels_last(pictures))
    before = state(model)
    backend = open_backend(model)
    try:
        backend.record(pictures, "conv", Target.unit(99) if fails else Target())
    except ValueError:
        assert fails
    backend.activations(pictures, ["conv", "norm"])
    backend.predict(pictures)
    backend.windows("conv")
    backend.randomized("conv", 0)
    assert state(model) == before


def test_the_model_is_left_as_found_when_its_code_raises(pictures, channels_last, regularised):
    model = regularised
    model(channels_last(pictures))
    conv = model.get_layer("conv")

    class Trap(Exception):
        pass

    def spring(*_, **__):
        raise Trap

    conv.call = spring
    before = state(model)
    with pytest.raises(Trap):
        open_backend(model).record(pictures, "conv", Target())
    assert state(model) == before
    assert conv.call is spring


def test_dropout_is_off_and_batch_statistics_are_not_changed(pictures, channels_last, regularised):
    model = regularised
    backend = open_backend(model)
    np.testing.assert_array_equal(backend.predict(pictures)["q"], backend.predict(pictures)["q"])
    np.testing.assert_allclose(
        backend.predict(pictures)["q"], model(channels_last(pictures), training=False), rtol=1e-5, atol=1e-6
    )


def test_a_model_can_still_be_trained_between_maps(pictures, channels_last, pilot):
    model = pilot
    model.compile("sgd", ["mse", "mse"])
    backend = open_backend(model)
    first = CamExtractor(backend)(pictures, Target(head="n_outputs0")).maps
    model.fit(channels_last(pictures), [np.ones((5, 1)), np.ones((5, 3))], epochs=1, verbose=0)
    second = CamExtractor(backend)(pictures, Target(head="n_outputs0")).maps
    fresh = CamExtractor(open_backend(model))(pictures, Target(head="n_outputs0")).maps
    assert not np.allclose(first, second)
    np.testing.assert_allclose(second, fresh, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("steps", "samples"), [(1, 48), (3, 32), (20, 4), (200, 1)])
def test_a_pass_holds_fewer_samples_where_each_is_many_images(keras, steps, samples):
    from rlviz_cam.backends.keras import KerasBackend

    layers = keras.layers
    frames = layers.Input((steps, 6, 5, 1), name="img_in")
    model = keras.Model(frames, layers.Dense(1)(layers.Flatten()(frames)))
    backend = KerasBackend(model)
    assert backend._passes.usual_size() == samples
    batch = np.random.default_rng(0).random((samples + 1, steps, 1, 6, 5), dtype=np.float32)
    np.testing.assert_allclose(
        next(iter(backend.predict(batch).values()))[-1:],
        next(iter(backend.predict(batch[-1:]).values())),
        rtol=1e-4,
    )


@pytest.mark.parametrize(("side", "scale", "samples"), [(40, 1, 48), (240, 1, 12), (240, 3, 4), (240, 99, 1)])
def test_a_pass_holds_fewer_samples_where_a_layer_makes_much_of_each(keras, side, scale, samples):
    from rlviz_cam.backends.keras import KerasBackend

    layers = keras.layers
    image = layers.Input((side, side, 1))
    model = keras.Model(image, layers.Conv2D(64, 1, name="conv")(image))  # 15 MB of 240 x 240 pixels
    assert KerasBackend(model)._passes.usual_size(scale) == samples


def test_resizable_layers_have_activations_of_images_of_another_size(keras, channels_last, pilot):
    images = np.random.default_rng(0).random((50, 3, 31, 22), dtype=np.float32)
    backend = open_backend(pilot)
    found = backend.activations(images, ["conv2", "conv1"])
    first = pilot.get_layer("conv1")(channels_last(images))
    np.testing.assert_allclose(channels_last(found["conv1"]), first, rtol=1e-4, atol=1e-6)
    second = pilot.get_layer("conv2")(first)
    np.testing.assert_allclose(channels_last(found["conv2"]), second, rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match=r"has shape \(3, 31, 22\), but the network expects \(3, 12, 10\)"):
        backend.activations(images, ["conv2", "dense"])
