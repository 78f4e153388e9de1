import numpy as np
import pytest
from rlviz_overlay import (
    SCALES,
    Fixed,
    NoHeatError,
    PerFrame,
    RunningMax,
    Smoother,
    TypicalPeak,
    check_scale,
    make_scale,
    typical_peak,
)

RNG = np.random.default_rng(0)
MAPS = [(RNG.normal(size=(7, 7)) * scale).astype(np.float32) for scale in (1, 0.1, 5, 0.5)]


def normalizers():
    return [PerFrame(), RunningMax(), Fixed(2.0)]


@pytest.mark.parametrize("normalize", normalizers())
def test_heat_is_float32_within_one_and_keeps_shape_and_signs(normalize):
    for raw in MAPS:
        heat = normalize(raw)
        assert heat.dtype == np.float32
        assert heat.shape == raw.shape
        assert np.abs(heat).max() <= 1
        assert (np.sign(heat) == np.sign(raw)).all()


@pytest.mark.parametrize("normalize", normalizers())
def test_a_zero_map_is_no_heat(normalize):
    assert (normalize(np.zeros((3, 3), np.float32)) == 0).all()


@pytest.mark.parametrize("normalize", normalizers())
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_map_that_is_not_finite_is_an_error(normalize, bad):
    raw = np.zeros((3, 3), np.float32)
    raw[1, 1] = bad
    with pytest.raises(ValueError, match="not finite"):
        normalize(raw)


@pytest.mark.parametrize("normalize", normalizers())
def test_the_raw_map_is_not_changed(normalize):
    raw = MAPS[0].copy()
    normalize(raw)
    assert (raw == MAPS[0]).all()


def test_per_frame_makes_a_constant_map_one():
    assert (PerFrame()(np.full((4, 5), 0.003, np.float32)) == 1).all()


def test_running_max_never_falls():
    normalize, peaks = RunningMax(), []
    for raw in MAPS:
        normalize(raw)
        peaks.append(normalize.peak)
    assert peaks == sorted(peaks)
    assert peaks == [max(float(np.abs(m).max()) for m in MAPS[: n + 1]) for n in range(len(MAPS))]


def test_running_max_shows_the_same_map_alike_once_the_peak_was_seen():
    normalize = RunningMax()
    normalize(MAPS[2])
    first, _, again = normalize(MAPS[0]), normalize(MAPS[1]), normalize(MAPS[0])
    assert (first == again).all()


def test_running_max_starts_again_after_a_reset():
    normalize = RunningMax()
    normalize(MAPS[2])
    normalize.reset()
    assert np.abs(normalize(MAPS[1])).max() == 1


def test_fixed_divides_by_its_value_and_clips():
    heat = Fixed(2.0)(np.array([[-5, -1, 0, 1, 2, 3]], np.float32))
    assert heat.tolist() == [[-1, -0.5, 0, 0.5, 1, 1]]


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), 1e-60])
def test_a_fixed_scale_needs_a_number_above_zero(value):
    with pytest.raises(ValueError, match="above 0"):
        Fixed(value)


@pytest.mark.parametrize("name", SCALES)
def test_every_scale_is_made_by_its_name(name):
    scale = SCALES[name]
    normalize = make_scale(name, 3.0 if scale.needs_value or scale.measured else None)
    assert np.abs(normalize(MAPS[0])).max() <= 1


def test_only_the_episode_scale_is_reset_at_episodes():
    assert [name for name, scale in SCALES.items() if scale.resets_each_episode] == ["episode"]


@pytest.mark.parametrize(("name", "value"), [("nope", None), ("fixed", None), ("clip", 1.0)])
def test_a_scale_that_cannot_be_made_is_an_error(name, value):
    with pytest.raises(ValueError, match=name):
        make_scale(name, value)


@pytest.mark.parametrize("half_life", [1, 3, 7.5])
def test_a_frames_weight_halves_each_half_life(half_life):
    smooth = Smoother(half_life)
    smooth(np.ones((2, 2), np.float32))
    zero = np.zeros((2, 2), np.float32)
    means = [float(smooth(zero)[0, 0]) for _ in range(30)]
    assert means == pytest.approx([0.5 ** ((n + 1) / half_life) for n in range(30)], rel=1e-5)


def test_a_constant_map_stays_as_it_is_when_smoothed():
    smooth = Smoother(4)
    for _ in range(5):
        assert smooth(MAPS[0]) == pytest.approx(MAPS[0], rel=1e-6)


def test_a_half_life_of_zero_passes_maps_through():
    smooth = Smoother(0)
    assert all((smooth(raw) == raw).all() for raw in MAPS)


def test_smoothing_forgets_at_a_reset():
    smooth = Smoother(4)
    smooth(MAPS[0])
    smooth.reset()
    assert (smooth(MAPS[1]) == MAPS[1]).all()


def test_changing_a_smoothed_map_does_not_change_the_next():
    smooth = Smoother(4)
    smooth(np.ones((2, 2), np.float32))[...] = 100
    assert (smooth(np.ones((2, 2), np.float32)) == 1).all()


def test_maps_of_another_shape_need_a_reset():
    smooth = Smoother(4)
    smooth(np.ones((2, 2), np.float32))
    with pytest.raises(ValueError, match="reset"):
        smooth(np.ones((3, 2), np.float32))


def test_a_negative_half_life_is_an_error():
    with pytest.raises(ValueError, match="half-life of -1"):
        Smoother(-1)


def test_the_typical_peak_goes_half_of_the_way_in_a_half_life_in_factors():
    normalize = TypicalPeak(half_life=4, headroom=1)
    normalize(np.full((2, 2), 16, np.float32))
    for _ in range(4):
        normalize(np.full((2, 2), 1, np.float32))
    assert normalize.peak == pytest.approx(4)


def test_steady_maps_reach_the_inverse_of_the_headroom():
    normalize = TypicalPeak(headroom=2)
    steady = np.full((2, 2), 3, np.float32)
    assert [float(normalize(steady).max()) for _ in range(5)] == pytest.approx([0.5] * 5)


def test_maps_of_nothing_leave_the_typical_peak_as_it_is():
    normalize = TypicalPeak()
    normalize(np.full((2, 2), 3, np.float32))
    before = normalize.peak
    normalize(np.zeros((2, 2), np.float32))
    assert normalize.peak == before


def test_an_outlier_is_clipped_and_hardly_darkens_what_follows():
    normalize = TypicalPeak()
    usual = np.full((2, 2), 1, np.float32)
    before = float(normalize(usual).max())
    assert normalize(10 * usual).max() == 1
    assert float(normalize(usual).max()) > 0.9 * before


def test_maps_of_nothing_are_no_heat():
    assert not TypicalPeak()(np.zeros((2, 2), np.float32)).any()


@pytest.mark.parametrize("numbers", [(0, 1), (-1, 1), (np.nan, 1), (np.inf, 1), (60, 0), (60, np.nan)])
def test_a_typical_peak_needs_numbers_above_zero(numbers):
    with pytest.raises(ValueError, match="above 0"):
        TypicalPeak(*numbers)


SAMPLE = np.stack([np.eye(3, dtype=np.float32) * peak for peak in (1, -4, 0, 16)])


def test_the_typical_peak_of_a_sample_is_a_geometric_mean_without_maps_of_nothing():
    assert typical_peak(SAMPLE, headroom=1) == pytest.approx(4)


def test_full_heat_is_half_above_the_typical_peak():
    assert typical_peak(SAMPLE) == pytest.approx(6)


def test_the_order_of_a_sample_does_not_matter():
    assert typical_peak(SAMPLE[::-1]) == pytest.approx(typical_peak(SAMPLE))


@pytest.mark.parametrize("shape", [(0, 3, 3), (4, 3, 3)])
def test_a_sample_without_heat_says_nothing_about_full_heat(shape):
    with pytest.raises(NoHeatError, match=f"none of the {shape[0]} maps"):
        typical_peak(np.zeros(shape, np.float32))


def test_a_sample_that_is_not_finite_is_an_error():
    with pytest.raises(ValueError, match="not finite"):
        typical_peak(np.full((2, 3, 3), np.nan, np.float32))


@pytest.mark.parametrize("headroom", [0, -1, float("nan"), float("inf")])
def test_the_headroom_is_above_zero(headroom):
    with pytest.raises(ValueError, match="headroom"):
        typical_peak(SAMPLE, headroom)


def test_the_typical_scale_shows_equal_maps_alike_whatever_lies_between():
    normalize = make_scale("typical", typical_peak(SAMPLE))
    first, _, again = normalize(MAPS[0]), normalize(MAPS[2]), normalize(MAPS[0])
    assert (first == again).all()
    assert normalize(np.full((2, 2), 3, np.float32)) == pytest.approx(0.5)


def test_the_typical_scale_is_made_of_a_measured_value_alone():
    with pytest.raises(ValueError, match="typical_peak"):
        make_scale("typical")


def test_only_the_typical_scale_is_measured_beforehand():
    assert [name for name, scale in SCALES.items() if scale.measured] == ["typical"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("nope", None), ("fixed", None), ("fixed", 0), ("fixed", float("nan")), ("clip", 1.0), ("typical", 1.0)],
)
def test_a_persons_choice_that_cannot_be_is_refused_beforehand(name, value):
    with pytest.raises(ValueError, match="scale"):
        check_scale(name, value)


@pytest.mark.parametrize("name", SCALES)
def test_a_persons_choice_of_each_scale_is_accepted(name):
    check_scale(name, 2.0 if SCALES[name].needs_value else None)
