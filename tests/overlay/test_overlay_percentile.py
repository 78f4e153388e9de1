import numpy as np
import pytest
from rlviz_overlay import RunningPercentile


def floats(*values):
    return np.array(values, np.float32)


def test_the_percentile_of_the_first_map_is_full_brightness():
    scale = RunningPercentile(percentile=50)
    heat = scale(floats(1, 2, 4))
    assert scale.peak == pytest.approx(2)
    np.testing.assert_allclose(heat, [0.5, 1, 1])


def test_the_percentile_is_numpys_own():
    values = np.random.default_rng(0).uniform(0.1, 9, 137).astype(np.float32)
    for percentile in (1, 37.5, 99, 100):
        scale = RunningPercentile(percentile)
        scale(values)
        assert scale.peak == pytest.approx(np.percentile(values, percentile), rel=1e-5)


def test_values_of_zero_do_not_count():
    scale = RunningPercentile(percentile=50)
    scale(np.r_[np.zeros(1000, np.float32), floats(3)])
    assert scale.peak == pytest.approx(3)


def test_signs_stay():
    np.testing.assert_allclose(RunningPercentile(100)(floats(-2, 0, 1)), [-1, 0, 0.5])


def test_at_first_all_that_was_measured_counts_the_same():
    scale = RunningPercentile(100, half_life=1000, every=1)
    for value in (1, 2, 4):
        scale(floats(value))
    assert scale.peak == pytest.approx(2)


def test_after_a_half_life_half_of_what_was_seen_is_left():
    scale = RunningPercentile(100, half_life=8, every=1)
    for _ in range(200):
        scale(floats(1))
    for _ in range(8):
        scale(floats(4))
    assert scale.peak == pytest.approx(2, rel=1e-6)


def test_in_between_the_scale_stands_still():
    scale = RunningPercentile(100, every=4)
    peaks = []
    for value in (1, 8, 8, 8, 8):
        scale(floats(value))
        peaks.append(scale.peak)
    assert peaks[:4] == [1, 1, 1, 1]
    assert peaks[4] > 1


def test_a_map_of_nothing_is_dark_and_moves_nothing():
    scale = RunningPercentile(every=1)
    assert not scale(np.zeros(3, np.float32)).any()
    assert scale.peak == 0
    scale(floats(2))
    scale(np.zeros(3, np.float32))
    assert scale.peak == pytest.approx(2)


def test_reset_forgets():
    scale = RunningPercentile(100)
    scale(floats(8))
    scale.reset()
    scale(floats(1))
    assert scale.peak == pytest.approx(1)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match="not finite"):
        RunningPercentile()(floats(1, value))


@pytest.mark.parametrize("wrong", [{"percentile": 0}, {"percentile": 101}, {"half_life": 0}, {"every": 0}])
def test_numbers_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match="give a percentile above 0 to 100"):
        RunningPercentile(**wrong)
