"""Facts about the report of actions: counts, words, sides, limits and figures."""

import json
from dataclasses import replace

import numpy as np
import pytest
from deepracer_analyzer.reports.actions_report import actions_report, write_actions
from deepracer_analyzer.reports.continuous_actions import ContinuousActions
from deepracer_analyzer.reports.discrete_actions import DiscreteActions, action_label
from deepracer_analyzer.views import Action, ActionSpace
from deepracer_ring import discrete_space, drive, laps_of, log, ring
from PIL import Image

CONTINUOUS = ActionSpace("continuous", (), (-25.0, 25.0), (1.0, 2.0), "the test")


def report(*drives, space=None, sectors=4):
    one = log(*drives)
    return actions_report(one, laps_of(one), ring(), space or discrete_space(), sectors=sectors)


def discrete(*drives, **more):
    made = report(*drives, **more)
    assert isinstance(made, DiscreteActions)
    return made


def continuous(*drives, **more):
    made = report(*drives, space=CONTINUOUS, **more)
    assert isinstance(made, ContinuousActions)
    return made


def by_place(actions=(0, 1, 2, 3)):
    """A lap of 10 s, each quarter of it with another action."""
    lap = drive(ring(), 10)
    quarter = np.minimum(lap["progress"].to_numpy() // 25, 3).astype(int)
    return lap.assign(action=np.array(actions)[quarter])


@pytest.mark.parametrize(
    ("steering", "label"),
    [
        (20.0, "20.0° left, 2.0 m/s"),
        (-20.0, "20.0° right, 2.0 m/s"),
        (0.0, "straight, 2.0 m/s"),
        (-0.0, "straight, 2.0 m/s"),
        (float("nan"), "unknown"),
    ],
)
def test_a_positive_steering_angle_is_to_the_left(steering, label):
    assert action_label(Action(steering, 2.0)) == label


def test_actions_are_counted_in_the_sector_where_they_were_chosen():
    counts = report(by_place()).counts
    assert counts.shape == (4, 6)
    assert counts.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert counts.sum() == 201
    assert np.count_nonzero(counts) == 4


def test_actions_stand_from_left_to_right_the_slower_first():
    made = discrete(by_place())
    assert made.order == (1, 0, 3, 2, 5, 4)
    lines = made.text().splitlines()
    assert lines[2].startswith("1       10.0° left, 1.0 m/s")
    assert lines[7].startswith("4       10.0° right, 2.0 m/s")


def test_actions_that_were_never_chosen_are_named():
    made = discrete(by_place())
    assert made.unused == (5, 4)
    assert "Never used: 5 (10.0° right, 1.0 m/s), 4 (10.0° right, 2.0 m/s)." in made.text()


def test_when_all_were_chosen_this_is_said():
    space = replace(discrete_space(), actions=discrete_space().actions[:4])
    assert "All 4 actions were used." in report(by_place(), space=space).text()


def test_the_most_used_action_is_named():
    assert (
        "Most used: action 2 (straight, 2.0 m/s), 75% of 201 rows." in report(by_place((2, 2, 0, 2))).text()
    )


def test_pauses_do_not_count_and_this_is_said():
    made = report(drive(ring(), 10, off_track_at=50, pause=1))
    assert made.counted.rows == 201
    assert "201 of 221 rows count: 20 are pauses." in made.text()


def test_rows_without_an_action_of_the_space_are_left_out_and_this_is_said():
    lap = drive(ring(), 10)
    lap.loc[:9, "action"] = -1
    lap.loc[10:14, "action"] = 99
    made = report(lap)
    assert made.totals.sum() == 186
    assert "15 do not say what was done" in made.text()


def test_rows_at_an_unknown_place_count_on_the_whole_track_alone():
    lap = drive(ring(), 10)
    lap.loc[50:59, "progress"] = np.nan
    made = report(lap)
    assert made.totals.sum() == 201
    assert made.counts.sum() == 191
    assert "10 rows are in no sector" in made.text()


def test_actions_the_log_alone_does_not_tell_stand_last():
    unknown = Action(float("nan"), float("nan"))
    space = replace(discrete_space(), actions=(unknown, *discrete_space().actions[1:]))
    made = discrete(by_place((1, 1, 1, 1)), space=space)
    assert made.order[-1] == 0
    data = json.loads(json.dumps(made.data(), allow_nan=False))
    assert data["actions"][-1]["steering_angle"] is None
    assert data["actions"][-1]["label"] == "unknown"


@pytest.mark.parametrize("sectors", [1, 3, 20])
def test_the_text_fits_100_columns_however_many_actions_are_unused(sectors):
    many = tuple(Action(float(angle), 1.0) for angle in range(-20, 20))
    made = report(by_place(), sectors=sectors, space=replace(discrete_space(), actions=many))
    assert max(map(len, made.text().splitlines())) <= 100
    assert ("S20" in made.text()) == (sectors == 20)


def test_json_holds_what_the_table_says():
    data = json.loads(json.dumps(report(by_place()).data(), allow_nan=False))
    assert data["kind"] == "discrete"
    assert [one["action"] for one in data["actions"]] == [1, 0, 3, 2, 5, 4]
    assert data["actions"][0]["steering_angle"] == 10
    assert data["actions"][0]["rows_by_sector"] == [0, 50, 0, 0]
    assert data["unused"] == [5, 4]
    assert sum(one["share"] for one in data["actions"]) == pytest.approx(1)
    assert [one["to"] for one in data["sectors"]] == [25, 50, 75, 100]


def spread(count=201):
    """A lap whose steering goes from 25 degrees to the left to 25 to the right, at the lowest speed."""
    lap = drive(ring(), 10)
    return lap.assign(action=-1, steer=np.linspace(25, -25, count), throttle=1.0)


def test_continuous_actions_are_counted_by_steering_and_speed():
    made = continuous(spread())
    assert made.totals.shape == (10, 6)
    assert made.totals[:, 0].tolist() == pytest.approx([20] * 10, abs=1)
    assert made.totals[:, 1:].sum() == 0
    assert made.counts[0, -2:, 0].sum() > 35  # the first quarter steers to the left


def test_the_share_at_each_limit_is_that_of_the_rows_there():
    lap = drive(ring(), 10).assign(action=-1, steer=25.0, throttle=1.5)
    lap.loc[:49, "steer"] = -25.0
    lap.loc[150:, "throttle"] = 2.0
    left, right, slowest, fastest = continuous(lap).limits[-1]
    assert left == pytest.approx(151 / 201)
    assert right == pytest.approx(50 / 201)
    assert slowest == 0
    assert fastest == pytest.approx(51 / 201)


def test_the_continuous_table_has_left_turns_to_the_left_and_the_fastest_on_top():
    lines = report(spread(), space=CONTINUOUS).text().splitlines()
    assert lines[0].split()[2:4] == ["25°L", "20°L"]
    assert lines[1].endswith(" 25°R")
    assert lines[2].startswith("1.83 to 2.00")
    assert lines[7].startswith("1.00 to 1.17")
    assert max(map(len, lines)) <= 100


def test_continuous_json_is_whole_even_where_a_sector_was_not_driven():
    made = report(spread().iloc[:60], space=CONTINUOUS)
    data = json.loads(json.dumps(made.data(), allow_nan=False))
    assert data["sectors"][3]["at_limit"] == dict.fromkeys(("left", "right", "slowest", "fastest"))
    assert np.array(data["rows_by_steering_and_speed"]).sum() == 60


def test_a_continuous_space_of_one_speed_can_be_counted():
    space = replace(CONTINUOUS, speed=(1.0, 1.0))
    assert report(spread(), space=space).totals.sum() == 201


@pytest.mark.parametrize("space", [discrete_space(), CONTINUOUS])
def test_a_log_that_does_not_say_what_was_chosen_is_one_line(space):
    silent = drive(ring(), 10).assign(action=-1, steer=np.nan)
    with pytest.raises(ValueError, match=r"ring\.csv: no row says what the model did"):
        report(silent, space=space)


@pytest.mark.parametrize(("space", "suffix"), [(discrete_space(), ".png"), (CONTINUOUS, ".svg")])
def test_a_figure_is_the_same_bytes_each_time(space, suffix, tmp_path):
    made = report(spread().assign(action=by_place()["action"]), space=space)
    for name in ("first", "second"):
        write_actions(made, tmp_path / f"{name}{suffix}")
    first, second = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("first", "second"))
    assert first == second


def columns_of(path, color):
    """The columns of pixels with a colour, above the labels."""
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), int)
    same = (np.abs(pixels - np.array(color)).max(axis=2) <= 2).sum(axis=0)
    return np.flatnonzero(same > 40)


def test_bars_of_left_turns_are_left_of_those_to_the_right(tmp_path):
    made = report(by_place((0, 4, 0, 4)), sectors=1)
    write_actions(made, tmp_path / "a.png")
    left, right = (
        columns_of(tmp_path / "a.png", (0x76, 0x2A, 0x83)),
        columns_of(tmp_path / "a.png", (0x1B, 0x78, 0x37)),
    )
    assert 0 < left.max() < right.min()


@pytest.mark.parametrize(
    ("space", "sectors"), [(discrete_space(), 1), (discrete_space(), 8), (CONTINUOUS, 5)]
)
def test_any_number_of_sectors_can_be_drawn(space, sectors, tmp_path):
    made = report(drive(ring(), 10), space=space, sectors=sectors)
    write_actions(made, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.width == 1200


def test_a_figure_is_not_overwritten_unless_forced(tmp_path):
    (tmp_path / "a.png").write_text("mine")
    with pytest.raises(FileExistsError, match="--force"):
        write_actions(report(by_place()), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "mine"
