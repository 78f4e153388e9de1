"""Facts about the scores of pilots on one drive, and about the table they stand in."""

import numpy as np
import pytest
from donkey_gradcam.comparing.compare_table import pairs_table, pilots_table, remarks
from donkey_gradcam.comparing.scores import Contestant, Paired, Scoreboard, unit_heat
from donkey_views import CAMERA, explained

RANDOM = np.random.default_rng(0)
LEFT = np.zeros((24, 32), np.float32)
LEFT[:, :16] = 1


def paired(xs, ys):
    pairs = Paired()
    for x, y in zip(xs, ys, strict=True):
        pairs.add(x, y)
    return pairs


def correlation(first, second):
    a, b = unit_heat(first, CAMERA), unit_heat(second, CAMERA)
    assert a is not None
    assert b is not None
    return a @ b


def board(*names, placements=()):
    placed = placements or ["field"] * len(names)
    known = zip(names, placed, strict=True)
    return Scoreboard([Contestant(name, "linear", "conv2d_5", place, 0.3) for name, place in known], CAMERA)


def scored(*frames, names=("a", "b"), shares=None, **more):
    """A scoreboard after frames, each given as the heat or view of every pilot."""
    scores = board(*names, **more)
    for frame in frames:
        items = [explained(one) if isinstance(one, float | np.ndarray) else one for one in frame]
        scores.add(items, shares or [{} for _ in items])
    return scores


def test_distance_and_correlation_are_those_of_the_whole_series():
    xs, ys = RANDOM.normal(size=(2, 300))
    pairs = paired(xs, ys)
    assert pairs.count == 300
    assert pairs.distance == pytest.approx(np.abs(xs - ys).mean())
    assert pairs.correlation == pytest.approx(np.corrcoef(xs, ys)[0, 1])


def test_a_pair_of_which_a_half_is_not_known_does_not_count():
    pairs = paired([1.0, None, 2.0, 0.0], [1.5, 9.0, None, 0.5])
    assert (pairs.count, pairs.distance) == (2, 0.5)


@pytest.mark.parametrize("ys", [[], [0.5], [0.5, 0.5, 0.5]])
def test_what_never_changes_has_no_correlation(ys):
    assert paired(np.arange(len(ys)), ys).correlation is None


def test_the_product_of_two_units_is_pearsons_correlation():
    a, b = RANDOM.random((2, 48, 64), np.float32)
    assert correlation(a, b) == pytest.approx(np.corrcoef(a.flat, b.flat)[0, 1], abs=1e-6)


def test_heat_of_different_sizes_is_compared_at_the_cameras():
    ramp = np.linspace(0, 1, 128, dtype=np.float32)
    large = np.tile(ramp, (96, 1))
    assert correlation(large, large[::8, ::8]) > 0.99


def test_of_several_steps_the_newest_is_compared():
    steps = np.stack([1 - LEFT, LEFT])
    assert correlation(steps, LEFT) == pytest.approx(1)


@pytest.mark.parametrize("value", [0.0, 0.3, 1e-9, 1e20])
def test_heat_that_is_the_same_everywhere_is_flat(value):
    assert unit_heat(np.full((24, 32), value, np.float32), CAMERA) is None


def test_weak_heat_is_not_flat():
    assert correlation(LEFT * np.float32(1e-30), LEFT) == pytest.approx(1)


def test_agreement_is_the_mean_over_frames():
    (pair,) = scored((LEFT, LEFT), (LEFT, 1 - LEFT), (LEFT, LEFT)).pairs
    assert pair.maps == pytest.approx(1 / 3)


def test_where_one_map_is_flat_nothing_agrees_and_that_is_said():
    scores = scored((LEFT, LEFT), (LEFT, 0.0))
    (pair,) = scores.pairs
    assert (pair.maps, pair.one_flat, pair.both_flat) == (pytest.approx(0.5), 1, 0)
    assert "on 1 frames the heat of just one is flat" in " ".join(remarks(scores.pilots, scores.pairs, 2))


def test_where_both_maps_are_flat_there_is_nothing_to_agree_on_and_that_is_said():
    scores = scored((LEFT, LEFT), (0.0, 0.0))
    (pair,) = scores.pairs
    assert (pair.maps, pair.one_flat, pair.both_flat) == (pytest.approx(1), 0, 1)
    assert "on 1 frames the heat of both is flat" in " ".join(remarks(scores.pilots, scores.pairs, 2))


def test_each_pair_is_scored_once():
    scores = scored((LEFT, LEFT, LEFT), names=("a", "b", "c"))
    assert [(pair.first, pair.second) for pair in scores.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]


def test_errors_are_against_the_person_and_distances_between_the_pilots():
    frames = [
        (explained(pilot=(a, 0.2), user=(user, 0.5)), explained(pilot=(a + 0.1, 0.6), user=(user, 0.5)))
        for a, user in ((0.0, 0.1), (0.5, 0.6), (-0.5, -0.4))
    ]
    scores = scored(*frames)
    first, second = scores.pilots
    (pair,) = scores.pairs
    assert first.steering_mae == pytest.approx(0.1)
    assert second.steering_mae == pytest.approx(0, abs=1e-6)
    assert (first.throttle_mae, second.throttle_mae) == pytest.approx((0.3, 0.1))
    assert first.steering_correlation == pytest.approx(1)
    assert (pair.steering_distance, pair.steering_correlation) == pytest.approx((0.1, 1))
    assert scores.steering_errors == (first.steering_mae, second.steering_mae)


def test_frames_without_evidence_are_counted_and_have_no_share():
    scores = board("a", "b")
    for heat, share in ((LEFT, 0.2), (0.0, None), (LEFT, 0.6)):
        items = [explained(heat), explained(LEFT)]
        scores.add(items, [{"road": share}, {"road": 1.0}])
    first, second = scores.pilots
    assert (first.empty, second.empty) == (1, 0)
    assert first.shares == {"road": pytest.approx(0.4)}


def test_without_a_person_errors_are_empty_and_the_table_says_why():
    scores = scored(*[(explained(LEFT, user=(None, None)),) * 2] * 3)
    lines = pilots_table(scores.pilots, ()).splitlines()
    assert lines[1].split() == ["a", "linear", "conv2d_5", "–", "–", "–", "0"]
    (said,) = remarks(scores.pilots, scores.pairs, 3)
    assert "the drive holds no commands of a person" in said


def test_frames_without_a_person_are_left_out_of_the_errors_and_counted():
    scores = scored((explained(LEFT),) * 2, (explained(LEFT, user=(None, None)),) * 2)
    assert "Errors are over 1 of 2 frames" in " ".join(remarks(scores.pilots, scores.pairs, 2))


def test_different_placements_are_said_since_they_lower_the_agreement():
    scores = scored((LEFT, LEFT), placements=("center", "field"))
    (said,) = remarks(scores.pilots, scores.pairs, 1)
    assert "a center, b field" in said
    assert "--placement field" in said


def test_the_tables_columns_are_aligned():
    shares = [{"road": 0.25, "excluded": 0.5}] * 2
    scores = scored((LEFT, LEFT), names=("a.h5", "another.keras"), shares=shares)
    lines = pilots_table(scores.pilots, ("road", "excluded")).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert "on the road" in lines[0]
    assert lines[1].split()[-2:] == ["25%", "50%"]
    assert "a.h5 / another.keras" in pairs_table(scores.pairs)
