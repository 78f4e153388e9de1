"""A channel's figures are those of all its activations, however they come in batches."""

import numpy as np
import pytest
from network_analyzer.report.statistics import Statistics, by_channel
from rlviz_cam import LayerInfo

BATCHES = (5, 1, 3, 8)


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def figures_of(responses: np.ndarray, nonlinearity: str | None = None, batches=BATCHES):
    statistics = Statistics(range(responses.shape[1]), nonlinearity)
    for part in np.split(responses, np.cumsum(batches)[:-1]):
        statistics.add(part)
    return statistics.result()


def test_figures_taken_batch_by_batch_are_those_of_all_activations_at_once():
    responses = drawn(sum(BATCHES), 4, 6) * np.array([1, 3, 0.01, 50], np.float32)[None, :, None] + 2
    for channel, row in enumerate(figures_of(responses)):
        every = responses[:, channel].astype(np.float64)
        assert row.channel == channel
        assert row.mean == pytest.approx(every.mean(), rel=1e-5)
        assert row.deviation == pytest.approx(every.std(), rel=1e-5)
        assert (row.lowest, row.highest) == (every.min(), every.max())


def test_a_deviation_far_smaller_than_the_mean_is_not_lost():
    responses = 1000 + drawn(sum(BATCHES), 2, 9)
    for channel, row in enumerate(figures_of(responses)):
        assert row.deviation == pytest.approx(responses[:, channel].astype(np.float64).std(), rel=1e-3)


def test_the_zero_share_behind_a_rectifier_counts_activations_that_are_exactly_0():
    responses = np.zeros((4, 2, 5), np.float32)
    responses[:, 0, :2] = 1e-9
    assert [row.zero_share for row in figures_of(responses, "relu", (4,))] == [0.6, 1.0]


def test_there_is_no_zero_share_where_nothing_is_rectified():
    assert figures_of(drawn(2, 1, 3), "tanh", (2,))[0].zero_share is None


@pytest.mark.parametrize(
    ("nonlinearity", "values", "share"),
    [
        ("tanh", [-1, -0.991, -0.98, 0, 0.98, 0.991, 1, 0.5], 0.5),
        ("sigmoid", [0, 0.004, 0.006, 0.5, 0.994, 0.996, 1, 0.5], 0.5),
        ("hardsigmoid", [0, 0, 0, 1, 0.5, 0.5, 0.5, 0.5], 0.5),
    ],
)
def test_the_saturated_share_counts_activations_beyond_0_99_of_the_half_range(nonlinearity, values, share):
    responses = np.array(values, np.float32).reshape(2, 1, 4)
    assert figures_of(responses, nonlinearity, (2,))[0].saturated_share == share


@pytest.mark.parametrize("nonlinearity", ["relu", "leakyrelu", "softmax", None])
def test_what_has_no_bounds_has_no_saturated_share(nonlinearity):
    assert figures_of(drawn(2, 1, 3), nonlinearity, (2,))[0].saturated_share is None


def test_behind_a_rectifier_a_channel_is_dead_when_it_never_rose_above_0():
    responses = np.zeros((3, 3, 4), np.float32)
    responses[:, 1] = 0.7
    responses[2, 2, 3] = 1e-6
    assert [row.dead for row in figures_of(responses, "relu", (2, 1))] == [True, False, False]


@pytest.mark.parametrize("nonlinearity", ["tanh", "leakyrelu", None])
def test_elsewhere_a_channel_is_dead_when_it_was_the_same_everywhere(nonlinearity):
    responses = np.full((3, 2, 4), -0.5, np.float32)
    responses[1, 1, 2] = -0.4
    assert [row.dead for row in figures_of(responses, nonlinearity, (2, 1))] == [True, False]


def test_figures_carry_the_numbers_of_the_channels_that_they_were_taken_of():
    statistics = Statistics([7, 2], None)
    statistics.add(drawn(2, 2, 3))
    assert [row.channel for row in statistics.result()] == [7, 2]


def test_an_activation_that_is_no_number_is_an_error():
    responses = drawn(2, 2, 3)
    responses[1, 0, 1] = np.nan
    with pytest.raises(ValueError, match="not all finite"):
        Statistics(range(2), None).add(responses)


def test_figures_of_nothing_are_an_error():
    with pytest.raises(ValueError, match="at least one picture"):
        Statistics(range(2), None).result()


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((3, 4, 5), (1, 2, 3)), ((2, 3, 4, 5), (2, 1, 3, 4)), ((6,), (1,)), ((2, 6), (2, 1))],
)
def test_channels_come_first_and_their_cells_in_order(shape, axes):
    activations = drawn(7, *shape)
    info = LayerInfo("any", "conv" if len(shape) > 2 else "dense", shape, len(shape) > 2)
    expected = activations.transpose(0, *axes)
    expected = expected.reshape(*expected.shape[:2], -1)
    np.testing.assert_array_equal(by_channel(activations, info), expected)


def test_a_layer_that_is_no_image_and_has_no_units_is_refused_by_name():
    info = LayerInfo("conv1d", "conv", (8, 20), is_spatial=False)
    with pytest.raises(ValueError, match=r"'conv1d' gives \(8, 20\)"):
        by_channel(drawn(2, 8, 20), info)
