"""Parameters become pictures and back, pictures are moved and charged: closed forms, and transposes exact."""

import numpy as np
import pytest
from rlviz_cam import Recipe
from rlviz_cam.ascent.noise import plain_noise
from rlviz_cam.ascent.optimizer import Adam
from rlviz_cam.ascent.painting import COLOURS, Painting
from rlviz_cam.ascent.regularizers import l2, total_variation
from rlviz_cam.ascent.sight import resize_matrices
from rlviz_cam.ascent.spectrum import Spectrum
from rlviz_cam.ascent.warping import Warp

SIZES = [(8, 8), (7, 9), (9, 8), (8, 7), (1, 1), (1, 6), (5, 1), (2, 2)]
WARPS = [
    {"shift": (1.3, -2.7), "zoom": 1.04, "turn": 5.0},
    {"shift": (0.0, 0.0), "zoom": 0.6, "turn": -30.0},
    {"shift": (-40.0, 3.5), "zoom": 1.9, "turn": 170.0},
]


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def product(a, b):
    return np.vdot(a.astype(np.float64), b.astype(np.float64))


@pytest.mark.parametrize("size", SIZES)
def test_the_transpose_of_a_spectrum_is_exact(size):
    spectrum = Spectrum(*size)
    parameters, images = drawn(2, 3, *spectrum.shape), drawn(2, 3, *size, seed=1)
    expected = product(spectrum.image(parameters), images)
    assert product(parameters, spectrum.adjoint(images)) == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("size", SIZES)
def test_a_spectrum_gives_any_image_back(size):
    spectrum, images = Spectrum(*size), drawn(3, *size)
    np.testing.assert_allclose(spectrum.image(spectrum.inverse(images)), images, atol=1e-5)


def test_a_wave_of_half_the_frequency_is_twice_as_large():
    spectrum = Spectrum(16, 16)
    parameters = np.zeros((2, *spectrum.shape), np.float32)
    parameters[0, 0, 4, 0] = parameters[1, 0, 2, 0] = 1
    fine, coarse = spectrum.image(parameters)
    assert coarse.max() == pytest.approx(2 * fine.max(), rel=1e-5)


@pytest.mark.parametrize("parameterisation", ["fourier", "pixels"])
@pytest.mark.parametrize("shape", [(1, 6, 7), (3, 6, 7), (4, 5, 8), (64, 3, 4), (2, 3, 6, 7)])
def test_pictures_give_their_parameters_back(parameterisation, shape):
    painting = Painting(parameterisation, shape)
    levels = np.random.default_rng(0).uniform(0.01, 0.99, (2, *shape)).astype(np.float32)
    np.testing.assert_allclose(painting.levels(painting.parameters(levels)), levels, atol=1e-4)


def test_black_and_white_are_taken_for_half_a_level_less():
    painting = Painting("pixels", (1, 1, 2))
    levels = painting.levels(painting.parameters(np.array([[[[0.0, 1.0]]]])))
    np.testing.assert_allclose(levels.ravel(), [1 / 512, 511 / 512], rtol=1e-4)


@pytest.mark.parametrize("parameterisation", ["fourier", "pixels"])
@pytest.mark.parametrize("shape", [(3, 6, 7), (4, 5, 8)])
def test_the_gradient_by_the_parameters_is_the_difference_quotient(parameterisation, shape):
    painting = Painting(parameterisation, shape)
    levels = np.random.default_rng(0).uniform(0.1, 0.9, (1, *shape)).astype(np.float32)
    parameters, by_levels = painting.parameters(levels), drawn(1, *shape, seed=1)
    step = np.float32(1e-2) * drawn(*parameters.shape, seed=2)
    after, before = (painting.levels(parameters + sign * step) for sign in np.array([1, -1], np.float32))
    quotient = product(after - before, by_levels) / 2
    assert product(painting.gradient(levels, by_levels), step) == pytest.approx(quotient, rel=1e-2)


@pytest.mark.parametrize(("shape", "mixed"), [((3, 2, 2), True), ((4, 2, 2), False), ((1, 2, 2), False)])
def test_colours_are_decorrelated_in_pictures_of_three_channels_alone(shape, mixed):
    parameters = drawn(1, *shape)
    plain = Painting("pixels", shape, decorrelate=False).levels(parameters)
    given = Painting("pixels", shape).levels(parameters)
    assert np.allclose(plain, given) != mixed


def test_the_first_decorrelated_colour_is_nearly_grey():
    red, green, blue = COLOURS[:, 0]
    assert min(red, green, blue) > 0.95 * max(red, green, blue)
    assert np.linalg.norm(COLOURS[:, 0]) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("how", WARPS)
def test_the_transpose_of_a_warp_is_exact(size, how):
    warp = Warp.of(size, **how)
    pictures, others = drawn(2, 3, *size), drawn(2, 3, *size, seed=1)
    expected = product(warp(pictures), others)
    assert product(pictures, warp.adjoint(others)) == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("how", WARPS)
def test_a_warp_keeps_a_flat_picture(how):
    flat = np.full((1, 1, 9, 7), 0.3, np.float32)
    np.testing.assert_allclose(Warp.of((9, 7), **how)(flat), flat, rtol=1e-6)


def test_a_warp_moves_by_whole_pixels_down_and_right():
    picture = drawn(1, 6, 8)
    moved = Warp.of((6, 8), shift=(2, 1), zoom=1, turn=0)(picture)
    np.testing.assert_allclose(moved[0, 2:, 1:], picture[0, :-2, :-1], atol=1e-6)


def test_a_warp_mirrors_at_the_borders():
    picture = drawn(1, 6, 8)
    moved = Warp.of((6, 8), shift=(2, 0), zoom=1, turn=0)(picture)
    np.testing.assert_allclose(moved[0, :2], picture[0, 1::-1], atol=1e-6)


def test_a_warp_turns_clockwise_about_the_middle():
    picture = drawn(1, 5, 5)
    turned = Warp.of((5, 5), shift=(0, 0), zoom=1, turn=90)(picture)
    np.testing.assert_allclose(turned[0], np.rot90(picture[0], -1), atol=1e-5)


def test_a_warp_makes_things_larger():
    picture = np.zeros((1, 9, 9), np.float32)
    picture[0, 3:6, 3:6] = 1
    assert Warp.of((9, 9), shift=(0, 0), zoom=2, turn=0)(picture).sum() == pytest.approx(36, rel=0.2)


def test_a_recipe_without_movements_draws_no_warp():
    still = Recipe(jitter=0, zoom=0.0, rotate=0.0)
    assert Warp.draw(still, (8, 8), np.random.default_rng(0)) is None


def test_drawn_movements_stay_within_the_recipes_limits():
    recipe = Recipe(jitter=2, zoom=0.0, rotate=0.0)
    ramp = np.broadcast_to(np.arange(20, dtype=np.float32), (1, 20, 20))
    warps = [Warp.draw(recipe, (20, 20), np.random.default_rng(seed)) for seed in range(50)]
    moved = [warp(ramp)[0, 10, 10] for warp in warps if warp is not None]
    assert len(moved) == 50
    assert 1 < np.max(np.abs(np.array(moved) - 10)) <= 2


@pytest.mark.parametrize(("given", "wanted"), [((3, 4), (6, 9)), ((6, 9), (3, 4)), ((5, 5), (5, 5))])
def test_resizing_keeps_a_flat_picture(given, wanted):
    rows, columns = resize_matrices(given, wanted)
    np.testing.assert_allclose(rows @ np.ones(given, np.float32) @ columns.T, np.ones(wanted), rtol=1e-6)


@pytest.mark.parametrize("charge", [l2, total_variation])
@pytest.mark.parametrize("shape", [(2, 3, 5, 6), (1, 2, 3, 4, 5), (2, 1, 1, 4), (1, 1, 1, 1)])
def test_the_gradient_of_a_charge_is_the_difference_quotient(charge, shape):
    levels = np.random.default_rng(0).random(shape).astype(np.float32)
    step = 1e-2 * drawn(*shape, seed=1)
    quotient = (charge(levels + step)[0] - charge(levels - step)[0]) / 2
    found = (charge(levels)[1] * step).reshape(len(levels), -1).sum(axis=1)
    np.testing.assert_allclose(found, quotient, rtol=1e-3, atol=1e-6)


def test_charges_of_a_checkerboard_are_known():
    board = np.indices((4, 4)).sum(axis=0)[None, None] % 2 * np.float32(1)
    assert l2(board)[0] == pytest.approx(0.25)
    assert total_variation(board)[0] == pytest.approx(2)


@pytest.mark.parametrize("scale", [1e-25, 1.0, 1e25])
def test_the_first_step_is_known_whatever_the_scale_of_the_gradients(scale):
    gradients = drawn(2, 5).astype(np.float64)
    taken = np.zeros((2, 5), np.float32)
    Adam(0.1).climb(taken, (gradients * scale).astype(np.float32))
    given = gradients / np.sqrt(np.square(gradients).mean(axis=1, keepdims=True))
    np.testing.assert_allclose(taken, 0.1 * given / (np.abs(given) + 0.3), rtol=1e-4)


def test_many_steps_along_one_gradient_are_all_alike():
    adam, parameters = Adam(0.1), np.zeros((1, 4), np.float32)
    ways = []
    for _ in range(5):
        before = parameters.copy()
        adam.climb(parameters, np.array([[1.0, -1.0, 1.0, 1.0]], np.float32))
        ways.append(parameters - before)
    np.testing.assert_allclose(ways, np.broadcast_to(ways[0], (5, 1, 4)), rtol=1e-3)


def test_an_image_without_a_gradient_stays_as_it_is():
    parameters = drawn(2, 5)
    before = parameters.copy()
    gradients = drawn(2, 5, seed=1)
    gradients[1] = 0
    Adam(0.1).climb(parameters, gradients)
    np.testing.assert_array_equal(parameters[1], before[1])
    assert (parameters[0] != before[0]).all()


@pytest.mark.parametrize("shape", [(1, 24, 30), (3, 24, 30), (2, 3, 24, 30)])
def test_plain_noise_has_the_contrasts_it_is_said_to_have(shape):
    noise = plain_noise(shape, 0)
    assert noise.shape == (6, *shape)
    deviations = noise.reshape(6, -1).std(axis=1) / 255
    np.testing.assert_allclose(deviations[:3], np.array([1, 0.5, 0.25]) / np.sqrt(12), rtol=0.1)
    np.testing.assert_allclose(deviations[4:], [0.125, 0.0625], rtol=0.1)


def test_smooth_noise_is_smoother_than_uniform_noise():
    noise = plain_noise((1, 32, 32), 0).astype(float)
    rough = np.abs(np.diff(noise, axis=-1)).mean(axis=(1, 2, 3)) / noise.std(axis=(1, 2, 3))
    assert rough[3:].max() < 0.7 * rough[:3].min()


def test_the_same_seed_gives_the_same_noise():
    np.testing.assert_array_equal(plain_noise((3, 8, 8), 5), plain_noise((3, 8, 8), 5))
    assert (plain_noise((3, 8, 8), 5) != plain_noise((3, 8, 8), 6)).any()
