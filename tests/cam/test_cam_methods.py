"""The methods' formulas, on records written down by hand."""

import numpy as np
import pytest
from rlviz_cam import (
    EVIDENCE,
    METHODS,
    LayerRecord,
    eigen_cam,
    eigen_grad_cam,
    grad_cam,
    grad_cam_plus_plus,
    hires_cam,
    layer_cam,
    select_evidence,
    xgrad_cam,
)

A = np.array([[[[1, 0], [2, 1]], [[0, 3], [0, 1]]]], dtype=np.float32)  # two channels of 2 x 2 cells
G = np.array([[[[1, -1], [2, 2]], [[-2, 1], [0, -3]]]], dtype=np.float32)
RECORD = LayerRecord(A, G, {})


def record(activations, gradients):
    return LayerRecord(np.asarray(activations, np.float32), np.asarray(gradients, np.float32), {})


def random_record(seed=0, samples=3, channels=4, height=3, width=5):
    random = np.random.default_rng(seed)
    activations = np.maximum(random.standard_normal((samples, channels, height, width)), 0)
    return record(activations, random.standard_normal(activations.shape))


def test_grad_cam_weights_channels_by_their_mean_gradient():
    np.testing.assert_allclose(grad_cam(RECORD), A[:, 0] * 1 + A[:, 1] * -1)


def test_hires_cam_multiplies_cell_by_cell():
    np.testing.assert_allclose(hires_cam(RECORD), [[[1, 3], [4, -1]]])


def test_layer_cam_takes_the_positive_gradient_of_each_cell():
    np.testing.assert_allclose(layer_cam(RECORD), [[[1, 3], [4, 2]]])


def test_xgrad_cam_averages_gradients_with_the_activations_as_weights():
    first, second = (1 + 4 + 2) / 4, (3 - 3) / 4
    np.testing.assert_allclose(xgrad_cam(RECORD), first * A[:, 0] + second * A[:, 1])


def test_xgrad_cam_is_grad_cam_where_gradients_are_even():
    even = record(A, np.broadcast_to(np.array([2, -1], np.float32)[None, :, None, None], A.shape))
    np.testing.assert_allclose(xgrad_cam(even), grad_cam(even), rtol=1e-6)


def test_grad_cam_plus_plus_follows_equation_19_of_its_paper():
    sums = A.sum(axis=(2, 3), keepdims=True)
    alpha = np.where(G != 0, G**2 / np.where(G != 0, 2 * G**2 + sums * G**3, 1), 0)
    weights = (alpha * np.maximum(G, 0)).sum(axis=(2, 3), keepdims=True)
    np.testing.assert_allclose(grad_cam_plus_plus(RECORD), (weights * A).sum(axis=1), rtol=1e-6)


def test_eigen_cam_of_one_pattern_is_that_pattern_times_its_channels_norm():
    pattern = np.array([[0, 1], [2, 3]], dtype=np.float32)
    activations = pattern * np.array([3, 4], np.float32)[:, None, None]
    np.testing.assert_allclose(
        eigen_cam(record(activations[None], activations[None])), [5 * pattern], rtol=1e-5
    )


def test_eigen_cam_of_rectified_activations_is_nowhere_negative():
    assert (eigen_cam(random_record()) >= -1e-6).all()


def test_eigen_cam_needs_no_target():
    one = random_record()
    other = LayerRecord(one.activations, -one.gradients, {})
    np.testing.assert_array_equal(eigen_cam(one), eigen_cam(other))


def test_eigen_grad_cam_agrees_in_sign_with_hires_cam():
    maps, reference = eigen_grad_cam(random_record()), hires_cam(random_record())
    centred = reference - reference.mean(axis=(1, 2), keepdims=True)
    assert ((maps * centred).sum(axis=(1, 2)) > 0).all()


def test_eigen_grad_cam_turns_with_the_gradient():
    one = random_record()
    turned = LayerRecord(one.activations, -one.gradients, {})
    np.testing.assert_allclose(eigen_grad_cam(turned), -eigen_grad_cam(one), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", METHODS)
def test_a_map_has_the_layers_grid_in_float32(name):
    maps = METHODS[name](random_record())
    assert (maps.shape, maps.dtype) == ((3, 3, 5), np.float32)


@pytest.mark.parametrize("name", METHODS)
def test_a_batch_equals_its_samples_one_by_one(name):
    whole = random_record(samples=4)
    single = [
        METHODS[name](LayerRecord(whole.activations[n : n + 1], whole.gradients[n : n + 1], {}))[0]
        for n in range(4)
    ]
    np.testing.assert_allclose(METHODS[name](whole), single, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", METHODS)
def test_silent_activations_give_a_map_of_zeros(name):
    silent = record(np.zeros((2, 3, 4, 4)), np.ones((2, 3, 4, 4)))
    np.testing.assert_array_equal(METHODS[name](silent), np.zeros((2, 4, 4)))


@pytest.mark.parametrize("name", [name for name in METHODS if name != "eigencam"])
def test_gradients_of_zero_give_a_map_of_zeros(name):
    np.testing.assert_array_equal(METHODS[name](record(A, np.zeros_like(A))), np.zeros((1, 2, 2)))


@pytest.mark.parametrize("name", ["gradcam", "xgradcam", "hirescam", "eigengradcam"])
def test_negative_evidence_only_leaves_nothing_positive(name):
    uneven = record(A, -np.array([[1, 2], [3, 4]], np.float32) * np.ones_like(A))
    maps = METHODS[name](uneven)
    if name == "eigengradcam":  # a principal component is centred: it has both signs by its making
        assert maps.min() < 0 < maps.max()
    else:
        assert not select_evidence(maps, "positive").any()


@pytest.mark.parametrize("name", METHODS)
def test_one_cell_is_enough(name):
    maps = METHODS[name](record([[[[2]], [[3]]]], [[[[1]], [[-2]]]]))
    expected = {"gradcam": -4, "hirescam": -4, "xgradcam": -4, "layercam": 2, "gradcam++": 2 / 4}
    expected |= {"eigencam": 13**0.5, "eigengradcam": 0}
    np.testing.assert_allclose(maps, [[[expected[name]]]], rtol=1e-6)


@pytest.mark.parametrize("name", METHODS)
def test_methods_leave_the_record_as_it_was(name):
    given = random_record()
    before = given.activations.copy(), given.gradients.copy()
    METHODS[name](given)
    np.testing.assert_array_equal(given.activations, before[0])
    np.testing.assert_array_equal(given.gradients, before[1])


SIGNED = np.array([[[-2.0, 0.0, 3.0]]], dtype=np.float32)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("positive", [0, 0, 3]), ("negative", [2, 0, 0]), ("absolute", [2, 0, 3]), ("signed", [-2, 0, 3])],
)
def test_evidence_is_a_part_of_the_signed_map(name, expected):
    np.testing.assert_array_equal(select_evidence(SIGNED, name), [[expected]])


def test_evidence_is_a_new_array():
    assert not any(np.shares_memory(select_evidence(SIGNED, name), SIGNED) for name in EVIDENCE)


def test_unknown_evidence_is_an_error_that_lists_the_choices():
    with pytest.raises(ValueError, match=r"unknown evidence 'heat'; choose one of: positive, negative"):
        select_evidence(SIGNED, "heat")
