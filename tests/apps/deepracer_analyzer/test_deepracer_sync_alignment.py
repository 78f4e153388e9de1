"""Facts about the path of pictures through a log."""

import numpy as np
import pytest
from deepracer_analyzer.sync.alignment import Alignment, align
from deepracer_analyzer.sync.step_odds import expected_odds, find_breaks, measured_odds
from deepracer_analyzer.views import BEFORE
from deepracer_hud import PAUSE, make_log, speeds_of

ROWS = 160


def find(speed, shown, *, breaks=(), rows_per_frame=1.0) -> Alignment:
    return align(shown, speed, expected_odds(len(speed), np.array(breaks, np.intp), rows_per_frame))


def rounded(speed, rows):
    """What pictures of these rows show."""
    rows = np.asarray(rows)
    return np.round(np.where(rows >= 0, speed[np.maximum(rows, 0)], 0), 2)


@pytest.fixture
def speed():
    return speeds_of(make_log(ROWS)[0])


@pytest.mark.parametrize("lag", [0, 1, 4, 9])
def test_a_constant_lag_is_found(speed, lag):
    rows = np.maximum(np.arange(ROWS) - lag, BEFORE)
    found = find(speed, rounded(speed, rows))
    np.testing.assert_array_equal(found.rows, rows)
    assert found.before == lag
    assert found.confidence[lag + 1 :].min() > 0.99


def test_a_lag_that_grows_is_found_where_it_grows(speed):
    frames = np.arange(ROWS)
    rows = frames - 3 - (frames >= 50) - (frames >= 90) - (frames >= 91)
    found = find(speed, rounded(speed, rows))
    np.testing.assert_array_equal(found.rows, np.maximum(rows, BEFORE))


def test_pictures_that_were_dropped_are_passed_over(speed):
    rows = np.delete(np.arange(ROWS), [20, 21, 50, 70, 71, 72, 73, 74, 75, 76, 77, 78])
    np.testing.assert_array_equal(find(speed, rounded(speed, rows)).rows, rows)


def test_a_cut_in_the_video_is_found(speed):
    rows = np.r_[np.arange(40), np.arange(110, ROWS)]
    np.testing.assert_array_equal(find(speed, rounded(speed, rows)).rows, rows)


def test_a_video_that_begins_in_a_later_lap_is_found():
    log, _ = make_log(600, laps=3)
    rows = np.arange(420, 560)
    np.testing.assert_array_equal(find(speeds_of(log), rounded(speeds_of(log), rows)).rows, rows)


def test_twice_as_many_pictures_as_rows_show_each_row_twice(speed):
    rows = np.repeat(np.arange(ROWS), 2)
    found = find(speed, rounded(speed, rows), rows_per_frame=0.5)
    np.testing.assert_array_equal(found.rows[1:], rows[1:])  # the first shows 0, as before the log


def test_half_as_many_pictures_as_rows_show_every_second_row(speed):
    rows = np.arange(0, ROWS, 2)
    found = find(speed, rounded(speed, rows), rows_per_frame=2.0)
    np.testing.assert_array_equal(found.rows, rows)


def test_misread_pictures_do_not_move_their_neighbours(speed):
    rows = np.arange(ROWS)
    shown = rounded(speed, rows)
    chance = np.random.default_rng(1)
    wrong = chance.choice(ROWS, ROWS // 8, replace=False)
    shown[wrong] = np.round(chance.uniform(0, 99, len(wrong)), 2)
    np.testing.assert_array_equal(find(speed, shown).rows, rows)


def test_pictures_that_were_not_read_are_filled_in(speed):
    rows = np.arange(ROWS) - 2
    shown = rounded(speed, rows)
    shown[30:70] = np.nan
    np.testing.assert_array_equal(find(speed, shown).rows, np.maximum(rows, BEFORE))


def test_speeds_that_are_off_in_the_last_digit_are_the_same_rows(speed):
    chance = np.random.default_rng(3)
    shown = rounded(speed, np.arange(ROWS)) + chance.choice([-0.01, 0, 0.01], ROWS)
    np.testing.assert_array_equal(find(speed, np.abs(shown)).rows, np.arange(ROWS))


def test_pictures_after_the_logs_end_stay_on_its_last_row_without_confidence(speed):
    shown = np.r_[rounded(speed, np.arange(ROWS)), np.random.default_rng(4).uniform(0, 4, 40).round(2)]
    found = find(speed, shown)
    assert found.after == 40
    np.testing.assert_array_equal(found.rows[-41:], ROWS - 1)
    assert not found.confidence[-40:].any()
    assert found.confidence[-45:-41].min() > 0.9


def test_a_row_lost_at_an_unknown_place_in_a_pause_leaves_doubt_there_and_nowhere_else():
    log, laps = make_log(ROWS, resets=(60,))
    speed = speeds_of(log)
    frames = np.arange(ROWS)
    rows = np.maximum(frames - 3 - (frames >= 74), BEFORE)
    found = find(speed, rounded(speed, rows), breaks=find_breaks(log, laps))
    standing = np.flatnonzero((rows > 61) & (rows < 60 + PAUSE - 1))
    elsewhere = np.setdiff1d(frames[5:], np.arange(standing[0] - 1, standing[-1] + 2))
    np.testing.assert_array_equal(found.rows[elsewhere], rows[elsewhere])
    assert found.confidence[elsewhere].min() > 0.95
    assert found.confidence[standing].min() < 0.5
    assert np.abs(found.rows - rows).max() <= 1


def test_when_nothing_was_read_nothing_is_sure(speed):
    found = find(speed, np.full(60, np.nan))
    assert found.confidence.max() < 0.9
    assert (np.diff(found.rows) >= 0).all()


def test_rows_never_fall_whatever_the_pictures_show(speed):
    for seed in range(5):
        shown = np.random.default_rng(seed).uniform(0, 4, 120).round(2)
        assert (np.diff(find(speed, shown).rows) >= 0).all()


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("frames", [1, 2, 5, 17])
def test_the_shortest_logs_and_videos_have_a_path(rows, frames):
    speed = np.linspace(1, 2, rows)
    found = find(speed, rounded(speed, np.minimum(np.arange(frames), rows - 1)))
    assert len(found.rows) == len(found.confidence) == frames
    assert found.rows.max() < rows
    assert ((found.confidence >= 0) & (found.confidence <= 1 + 1e-9)).all()


def dense(speed, odds, shown):
    """The documented chain as matrices: start (S,), steps (S, S), emissions (F, S)."""
    count = len(speed)
    steps = np.zeros((count + 2, count + 2))
    steps[0, :2] = 0.8, 0.2 - odds.cut
    steps[0, 2:-1] = odds.cut / count
    for row in range(count):
        state = row + 1
        steps[state, state] = odds.stay[row]
        steps[state, state + 1] = odds.go[row]
        for further, part in ((2, odds.skip), (3, odds.skip / 10)):
            if row + further < count:
                steps[state, state + further] = part
        steps[state, state + 4 : -1] = odds.cut / count
    steps[count, -1] += 1.1 * odds.skip + odds.cut
    steps[-1, -1] = 1
    early = np.exp(-np.arange(count) / 15)
    start = np.r_[0.5, 0.4 * early / early.sum() + 0.1 / count, 1e-9]
    away = np.abs(speed - shown[:, None])
    emissions = np.maximum(0.0027 * np.exp(-away / 0.15), 2e-5)
    emissions[away <= 0.0155] = 0.03
    emissions[away <= 0.0055] = 0.9
    outside = np.where(shown < 0.0055, 0.5, 0.002)[:, None]
    return start, steps, np.hstack([outside, emissions, outside])


@pytest.mark.parametrize("seed", range(4))
def test_path_and_confidence_are_those_of_the_documented_chain(seed):
    chance = np.random.default_rng(seed)
    speed = chance.choice([0, 0.5, 0.52, 1, 1.3, 2.2], 9).astype(np.float64)
    odds = expected_odds(9, np.array([4], np.intp), 1.0)
    shown = chance.choice(np.append(speed, 0.51), 12).astype(np.float64)
    start, steps, emissions = dense(speed, odds, shown)
    forward = [start * emissions[0]]
    best = [np.log(forward[0])]
    with np.errstate(divide="ignore"):
        for emission in emissions[1:]:
            forward.append(forward[-1] @ steps * emission)
            best.append((best[-1][:, None] + np.log(steps)).max(axis=0) + np.log(emission))
        score = np.log(steps)
    backward = [np.ones(11)]
    for emission in emissions[:0:-1]:
        backward.insert(0, steps @ (emission * backward[0]))
    posterior = np.array(forward) * np.array(backward)
    posterior /= posterior.sum(axis=1, keepdims=True)
    found = align(shown, speed, odds)
    after = np.arange(12) >= 12 - found.after
    states = np.where(after, 10, found.rows + 1)
    path = np.log(start[states[0]] * emissions[0, states[0]])
    for frame in range(1, 12):
        path += score[states[frame - 1], states[frame]] + np.log(emissions[frame, states[frame]])
    assert path == pytest.approx(best[-1].max())
    expected = np.where(after, 0, posterior[np.arange(12), states])
    np.testing.assert_allclose(found.confidence, expected, atol=1e-12)


def test_a_log_without_rows_is_an_error():
    with pytest.raises(ValueError, match="no rows"):
        align(np.zeros(3), np.zeros(0), expected_odds(0, np.zeros(0, np.intp), 1.0))


def test_a_video_without_pictures_has_an_empty_path(speed):
    assert len(find(speed, np.zeros(0)).rows) == 0


def test_breaks_are_the_first_rows_off_the_track_and_the_last_of_each_lap():
    log, laps = make_log(120, resets=(20, 70), laps=2)
    assert find_breaks(log, laps).tolist() == [20, 59, 70]


def test_a_standing_picture_is_likelier_right_after_a_break():
    odds = expected_odds(100, np.array([40], np.intp), 1.0)
    assert odds.stay[40] == odds.stay.max()
    assert odds.stay[40] > odds.stay[44] > odds.stay[60]
    assert odds.stay[39] < 0.01


def test_steps_are_measured_where_nothing_is_reset():
    rows = np.r_[BEFORE, np.arange(0, 50), np.arange(50, 150).repeat(2)]
    odds = measured_odds(150, np.zeros(0, np.intp), rows)
    assert odds.stay[0] == pytest.approx(100 / 249)


@pytest.mark.parametrize("rows_per_frame", [0.01, 0.3, 1, 3, 50])
def test_odds_of_all_steps_are_odds(rows_per_frame):
    odds = expected_odds(50, np.array([10, 11, 30], np.intp), rows_per_frame)
    total = odds.stay + odds.go + 1.1 * odds.skip + odds.cut
    np.testing.assert_allclose(total, 1)
    assert (odds.go > 0).all()
