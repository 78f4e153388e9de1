"""Gradient ascent on networks of a few lines of NumPy, whose highest answers are known in closed form."""

import dataclasses
import re
from itertools import pairwise

import numpy as np
import pytest
from numpy_networks import DenseNetwork, PixelNetwork
from rlviz_cam import Ascent, Objective, Recipe, find_preprocessing
from rlviz_cam.ascent.climbing import GREY, climb

STILL = Recipe(jitter=0, zoom=0.0, rotate=0.0)
"""Nothing is moved: what a linear network prefers is then known pixel by pixel."""
LONG = dataclasses.replace(STILL, steps=100, scales=(1.0,))
SHAPES = [(1, 6, 9), (3, 7, 5), (4, 8, 8), (64, 3, 4), (2, 3, 5, 6)]


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def dense(shape=(3, 7, 5), units=4, **fields):
    return DenseNetwork(drawn(units, *shape), drawn(units, seed=1), **fields)


def climbed(network, channels, recipe=STILL, preprocessing="unit", layer="units", **options) -> Ascent:
    return found_for(network, Objective.of_channels(layer, channels), recipe, preprocessing, **options)


def found_for(network, objective, recipe=STILL, preprocessing="unit", **options) -> Ascent:
    return climb(network, objective, recipe, find_preprocessing(preprocessing), **options)


def answers(network, ascent, preprocessing="unit", layer="units"):
    """What each unit answers to each picture, (pictures, units)."""
    shown = find_preprocessing(preprocessing)(ascent.pictures)
    return network.activations({"image": shown, **_zeros(network, len(shown))}, [layer])[layer]


def _zeros(network, count):
    return {name: np.zeros((count, *shape)) for name, shape in network.others.items()}


@pytest.mark.parametrize(("parameterisation", "closeness"), [("pixels", 0.01), ("fourier", 0.03)])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_highest_answer_of_a_linear_unit_is_reached(shape, parameterisation, closeness):
    network = dense(shape)
    recipe = dataclasses.replace(LONG, parameterisation=parameterisation, steps=200)
    found = climbed(network, range(4), recipe)
    best = np.maximum(network.weights, 0).reshape(4, -1).sum(axis=1) + network.bias
    np.testing.assert_allclose(found.scores, best, rtol=closeness)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_preferred_picture_of_a_linear_unit_is_white_where_its_weight_is_positive(shape):
    network = dense(shape)
    found = climbed(network, range(4), dataclasses.replace(LONG, decorrelate=False))
    assert found.pictures.dtype == np.uint8
    np.testing.assert_array_equal(found.pictures > 127, network.weights > 0)
    assert np.minimum(found.pictures, 255 - found.pictures).max() < 10


def test_the_lowest_answer_is_reached_against_the_direction():
    network = dense()
    lowest = Objective.of_directions("units", -np.eye(4, dtype=np.float32)[:2])
    found = found_for(network, lowest, LONG)
    worst = np.minimum(network.weights, 0).reshape(4, -1).sum(axis=1) + network.bias
    np.testing.assert_allclose(found.scores, -worst[:2], rtol=0.01)


def test_a_direction_among_units_is_climbed():
    network = dense()
    direction = np.array([1.0, -2.0, 0.5, 0.0], np.float32)
    found = found_for(network, Objective.of_directions("units", direction), LONG)
    combined = np.tensordot(direction, network.weights, 1)
    best = np.maximum(combined, 0).sum() + direction @ network.bias
    assert found.scores[0] == pytest.approx(best, rel=0.01)


@pytest.mark.parametrize("preprocessing", ["unit", "raw", "symmetric", "torch", "caffe"])
def test_what_is_measured_is_what_is_shown(preprocessing):
    network = dense()
    found = climbed(network, range(4), Recipe(steps=3), preprocessing)
    np.testing.assert_array_equal(found.scores, np.diagonal(answers(network, found, preprocessing)))


def test_a_network_that_takes_blue_first_prefers_the_same_colours_shown_red_first():
    weights = np.zeros((1, 3, 4, 4), np.float32)
    weights[0, 0] = 1  # blue, for this network
    weights[0, 1:] = -1
    found = climbed(DenseNetwork(weights, np.zeros(1, np.float32)), [0], LONG, "caffe")
    np.testing.assert_array_equal(found.pictures[0] > 127, np.broadcast_to([[[0]], [[0]], [[1]]], (3, 4, 4)))


def test_l2_draws_the_picture_to_its_closed_form_between_grey_and_white():
    weights = np.linspace(-1, 1, 24, dtype=np.float32).reshape(1, 1, 4, 6)
    network = DenseNetwork(weights, np.zeros(1, np.float32))
    recipe = dataclasses.replace(LONG, l2=24.0, rate=0.05, steps=400)
    found = climbed(network, [0], recipe)
    # the maximum of <w, x> - l2 / n |x - 0.5|^2 is at x = 0.5 + n w / (2 l2)
    np.testing.assert_allclose(found.pictures / 255, 0.5 + 24 * weights / 48, atol=0.02)


def test_total_variation_flattens_the_picture_to_its_closed_form():
    weights = np.array([[[[1.0, -0.5]]]], np.float32)
    network = DenseNetwork(weights, np.zeros(1, np.float32))
    recipe = dataclasses.replace(LONG, total_variation=2.0, l2=1.0, rate=0.05, steps=400)
    found = climbed(network, [0], recipe)
    # a = x0 - 0.5, b = x1 - 0.5: a - b / 2 - 2 (a - b)^2 - (a^2 + b^2) / 2, whose gradient is 0 at
    # 1 - 4 (a - b) - a = 0 and -1 / 2 + 4 (a - b) - b = 0: a = 1 / 3, b = 1 / 6
    np.testing.assert_allclose(found.pictures.ravel() / 255, [0.5 + 1 / 3, 0.5 + 1 / 6], atol=0.01)


def test_the_same_seed_gives_the_same_bytes():
    network = dense()
    first, second = (climbed(network, range(4), Recipe(steps=3), seed=5) for _ in range(2))
    assert first.pictures.tobytes() == second.pictures.tobytes()
    assert first.scores.tobytes() == second.scores.tobytes()


def test_another_seed_gives_another_picture():
    first, second = (climbed(dense(), [1], Recipe(steps=3), seed=seed) for seed in (0, 1))
    assert (first.pictures != second.pictures).any()


@pytest.mark.parametrize("chunk", [1, 2, 3, 5])
def test_the_number_of_images_in_a_pass_changes_nothing(chunk):
    network = dense(units=5, nonlinearity="relu")
    whole = climbed(network, range(5), Recipe(steps=4), chunk=5)
    parts = climbed(network, range(5), Recipe(steps=4), chunk=chunk)
    np.testing.assert_array_equal(parts.pictures, whole.pictures)
    np.testing.assert_array_equal(parts.scores, whole.scores)


def test_no_pass_takes_more_images_than_are_allowed():
    network = dense(units=5)
    climbed(network, range(5), Recipe(steps=4), chunk=2)
    assert max(network.passes) == 2


def test_a_unit_has_the_same_picture_whatever_else_is_asked_for():
    alone = climbed(dense(), [2], Recipe(steps=4))
    among = climbed(dense(), [3, 0, 2], Recipe(steps=4))
    np.testing.assert_array_equal(among.pictures[2], alone.pictures[0])


def test_a_unit_that_is_asked_for_twice_has_one_picture():
    found = climbed(dense(), [1, 1], Recipe(steps=4))
    np.testing.assert_array_equal(found.pictures[0], found.pictures[1])


def test_a_dead_unit_is_reported_and_is_grey():
    network = dense(nonlinearity="relu")
    network.weights[2], network.bias[2] = 0, -1
    network.weights[3], network.bias[3] = -np.abs(network.weights[3]), -0.1
    found = climbed(network, range(4), Recipe(steps=10))
    np.testing.assert_array_equal(found.dead, [False, False, True, True])
    assert (found.pictures[2:] == GREY).all()
    np.testing.assert_array_equal(found.scores[2:], [0, 0])
    np.testing.assert_array_equal(found.noise[2:], [0, 0])


def test_a_unit_that_never_changes_is_dead_whatever_its_answer():
    network = dense()
    network.weights[1] = 0
    found = climbed(network, range(4), Recipe(steps=3))
    np.testing.assert_array_equal(found.dead, [False, True, False, False])
    assert found.scores[1] == network.bias[1]


def test_a_unit_that_is_silent_for_all_noise_is_woken():
    weights = drawn(1, 1, 16, 16)
    best = np.maximum(weights, 0).sum()
    network = DenseNetwork(weights, np.array([-0.9 * best], np.float32), nonlinearity="relu")
    found = climbed(network, [0], STILL)
    assert found.noise[0] == 0
    assert not found.dead[0]
    assert found.scores[0] > 0


@pytest.mark.parametrize("recipe", [Recipe(steps=1, rate=1e-6), Recipe(steps=1, rate=1e-6, l2=1e6)])
def test_every_live_unit_is_above_noise_even_with_a_recipe_that_leads_nowhere(recipe):
    network = dense((1, 9, 8), 20, nonlinearity="relu")
    found = climbed(network, range(20), recipe)
    assert not found.dead.any()
    assert (found.scores > found.noise).all()
    np.testing.assert_array_equal(found.scores, np.diagonal(answers(network, found)))


def test_noise_is_the_highest_answer_to_any_of_the_plain_noise_pictures():
    network = dense(units=3)
    asked = []
    given = network.activations

    def kept(inputs, layers):
        asked.append(given(inputs, layers)[layers[0]])
        return {layers[0]: asked[-1]}

    network.activations = kept
    found = climbed(network, range(3), Recipe(steps=1), chunk=100)
    np.testing.assert_array_equal(found.noise, asked[0][:6].max(axis=0))


def test_a_softmax_is_climbed_by_the_scores_before_it():
    network = dense(nonlinearity="softmax")
    plain = dense()
    found, expected = (climbed(one, range(4), Recipe(steps=5)) for one in (network, plain))
    np.testing.assert_array_equal(found.pictures, expected.pictures)
    np.testing.assert_allclose(found.noise, expected.noise, rtol=1e-5)
    np.testing.assert_array_equal(found.scores, expected.scores)


def test_inputs_beside_the_image_are_zeros():
    network, alone = dense(others={"memory": (3,), "speed": (1,)}), dense()
    found, expected = (climbed(one, range(4), Recipe(steps=5)) for one in (network, alone))
    np.testing.assert_array_equal(found.pictures, expected.pictures)
    np.testing.assert_array_equal(found.scores, expected.scores)


def test_a_network_without_an_image_is_refused_in_one_line():
    network = DenseNetwork(drawn(2, 5), drawn(2))
    with pytest.raises(ValueError, match=re.escape("0 images (C, H, W) or (T, C, H, W)")) as raised:
        climbed(network, [0])
    assert "image (5,)" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_preprocessing_of_another_number_of_channels_is_refused():
    with pytest.raises(ValueError, match="is for 3 channels, the network takes 4"):
        climbed(dense((4, 5, 5)), [0], preprocessing="caffe")


@pytest.mark.parametrize("options", [{"seed": -1}, {"chunk": 0}])
def test_a_seed_or_chunk_without_meaning_is_refused(options):
    with pytest.raises(ValueError, match="0 or more and a chunk of 1 or more"):
        climbed(dense(), [0], **options)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_convolution_sees_the_small_pictures_themselves(shape):
    network = PixelNetwork(drawn(3, shape[-3]), np.zeros(3, np.float32), (*shape[:-2], 20, 12))
    found = climbed(network, [1], Recipe(steps=2, scales=(0.25, 1.0)), layer="conv")
    assert found.sizes == ((5, 3), (20, 12))
    assert set(network.sizes) == set(found.sizes)
    assert found.resized_to is None


def test_a_convolution_shows_a_picture_of_any_size():
    network = PixelNetwork(drawn(3, 4), np.zeros(3, np.float32), (4, 8, 8))
    found = climbed(network, range(3), Recipe(steps=2, size=(17, 30)), layer="conv")
    assert found.pictures.shape == (3, 4, 17, 30)
    shown = network.activations(find_preprocessing("unit")(found.pictures), ["conv"])["conv"]
    np.testing.assert_array_equal(found.scores, np.diagonal(shown.mean(axis=(2, 3))))


def test_the_highest_answer_of_a_convolution_of_one_pixel_is_reached():
    network = PixelNetwork(drawn(6, 3), np.zeros(6, np.float32), (3, 10, 12))
    found = climbed(network, range(6), Recipe(steps=150), layer="conv")
    np.testing.assert_allclose(found.scores, np.maximum(network.weights, 0).sum(axis=1), rtol=0.01)


def test_a_network_of_one_size_is_shown_small_pictures_made_larger():
    network = PixelNetwork(drawn(3, 4), np.zeros(3, np.float32), (4, 10, 12), resizable=False)
    found = climbed(network, range(3), Recipe(steps=2), layer="conv")
    assert set(network.sizes) == {(10, 12)}
    assert found.resized_to == (10, 12)
    assert found.sizes[0] == (2, 3)


@pytest.mark.parametrize("size", [(5, 6), (20, 24), (7, 30)])
def test_a_linear_network_of_one_size_prefers_the_picture_that_its_weights_are_resized_to(size):
    network = dense((3, 10, 12))
    recipe = dataclasses.replace(LONG, size=size, steps=200, scales=(0.5, 1.0), taper=1.0)
    found = climbed(network, range(4), recipe)
    rows, columns = (_linear(before, after) for before, after in zip(size, (10, 12), strict=True))
    seen = rows.T @ network.weights.astype(np.float64) @ columns
    best = np.maximum(seen, 0).reshape(4, -1).sum(axis=1) + network.bias
    np.testing.assert_allclose(found.scores, best, rtol=0.01)


def _linear(before, after):
    """Linear interpolation at the centres of `after` pixels, by NumPy's own function."""
    places = (np.arange(after) + 0.5) * before / after - 0.5
    return np.array([np.interp(places, np.arange(before), one) for one in np.eye(before)]).T


def test_a_cell_is_one_of_the_networks_own_size():
    network = PixelNetwork(drawn(2, 3), np.zeros(2, np.float32), (3, 10, 12))
    objective = Objective.of_channels("conv", [0, 1], cell=(8, 11))
    found = found_for(network, objective, LONG)
    assert found.resized_to == (10, 12)
    np.testing.assert_allclose(found.scores, np.maximum(network.weights, 0).sum(axis=1), rtol=0.01)


@pytest.mark.parametrize("recipe", [Recipe(steps=4), Recipe.original(steps=2)])
def test_a_step_is_one_pass_and_the_pictures_are_measured_once(recipe):
    network = PixelNetwork(np.ones((1, 3), np.float32), np.zeros(1, np.float32), (3, 16, 16))
    given = dataclasses.replace(recipe, size=(16, 16))
    climbed(network, [0], given, layer="conv")
    assert network.passes == [1] * (sum(stage.steps for stage in given.stages((16, 16))) + 1)


def test_the_last_steps_move_nothing():
    network = PixelNetwork(np.ones((1, 1), np.float32), np.zeros(1, np.float32), (1, 12, 12))
    seen = []
    given = network.input_gradients

    def kept(inputs, objective, **options):
        seen.append(inputs)
        return given(inputs, objective, **options)

    network.input_gradients = kept
    recipe = Recipe(steps=8, scales=(1.0,), jitter=3, settle=0.5, rate=1e-6)
    climbed(network, [0], recipe, layer="conv")
    changes = [np.abs(after - before).max() for before, after in pairwise(seen[:8])]
    assert min(changes[:3]) > 0.01
    assert max(changes[4:]) < 1e-4
