"""Contributions of one layer to the next: which are the strongest, averages, layouts."""

import numpy as np
import pytest
from rlviz_cam import Contributions
from rlviz_cam.contributions import strongest


@pytest.fixture
def drawn():
    random = np.random.default_rng(0)
    return lambda *shape: random.standard_normal(shape).astype(np.float32)


def test_a_dense_layers_contributions_are_weight_times_activation(drawn):
    weights, given = drawn(3, 1, 4), drawn(2, 3)
    np.testing.assert_array_equal(Contributions(weights)(given), given[:, :, None] * weights[:, 0])


def test_averaged_targets_get_the_means_of_their_contributions(drawn):
    weights, given = drawn(5, 1, 6), drawn(2, 5)
    found = Contributions(weights).averaged(3)(given)
    expected = Contributions(weights)(given).reshape(2, 5, 3, 2).mean(axis=2)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("size", [5, 63, 64, 4096, 5000, 32768])
def test_the_strongest_are_those_of_a_full_sort(drawn, size):
    values = drawn(3, size)
    expected = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :20]
    np.testing.assert_array_equal(strongest(values, 20), expected)


def test_of_equal_ones_the_first_comes_first():
    assert strongest(np.array([[0, -2, 1, 2, 2, -2]], dtype=np.float32), 4).tolist() == [[1, 3, 4, 5]]


def test_the_strongest_contributions_come_with_their_units_and_signs(drawn):
    contributions, given = Contributions(drawn(30, 4, 7)), drawn(2, 30, 2, 2)
    for whole, (sources, targets, values) in zip(
        contributions(given), contributions.strongest(given, 5), strict=True
    ):
        np.testing.assert_array_equal(values, whole[sources, targets])
        np.testing.assert_array_equal(np.abs(values), np.sort(np.abs(whole), axis=None)[:-6:-1])


def test_what_adds_nothing_is_not_among_the_strongest(drawn):
    given = np.array([[0, 2, 0], [0, 0, 0]], dtype=np.float32)
    some, none = Contributions(drawn(3, 1, 2)).strongest(given, 20)
    assert some[0].tolist() == [1, 1]
    assert [len(part) for part in none] == [0, 0, 0]


def test_a_batch_that_is_too_large_at_once_gives_the_same(drawn):
    contributions, given = Contributions(drawn(2048, 1, 1024)), drawn(9, 2048)
    whole = contributions.strongest(given, 3)
    for one, expected in zip(given, whole, strict=True):
        for part, other in zip(contributions.strongest(one[None], 3)[0], expected, strict=True):
            np.testing.assert_array_equal(part, other)
