"""Facts about running a user's own reward function on a log: what it is told, and what is said of it."""

import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from deepracer_analyzer.logs.reading import read_log
from deepracer_analyzer.logs.tracks import load_track
from deepracer_analyzer.rewards.parameters import OF_TRACK, build
from deepracer_analyzer.rewards.places import find_places, turned
from deepracer_analyzer.rewards.reward_function import agreement, called_rows, compute
from deepracer_analyzer.views import Track
from deepracer_ring import discrete_space, drive, log, ring, save_track

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "deepracer"

TRACK = ring()
LOG = log(drive(TRACK, beside=0.2, off_track_at=40.0), drive(TRACK, progress=20))
LINE = Track("driven line", TRACK.center)


def function(folder: Path, body: str, name: str = "mine.py") -> Path:
    """A file with a reward function of that body."""
    path = folder / name
    lines = "\n    ".join(body.splitlines())
    path.write_text(f"def reward_function(params):\n    {lines}\n", encoding="utf-8")
    return path


def run(path: Path, one=LOG, track=TRACK):
    return compute(path, one, track, discrete_space())


def told(one=LOG, track=TRACK) -> list[dict[str, Any]]:
    """Each row's parameters, as plain dictionaries."""
    return [dict(row) for row in build(one, track, discrete_space()).rows()]


# What the function is told


def test_the_logs_own_figures_keep_their_values():
    frame, rows = LOG.frame, told()
    for key, column in {"x": "X", "y": "Y", "progress": "progress", "steps": "steps"}.items():
        assert [row[key] for row in rows] == frame[column].tolist()
    assert {row["steering_angle"] for row in rows} == {10.0}
    assert {row["track_length"] for row in rows} == {TRACK.length}


def test_values_are_pythons_own():
    kinds = {key: type(value) for key, value in told()[5].items()}
    assert kinds == {
        "x": float, "y": float, "heading": float, "progress": float, "steps": int, "speed": float,
        "steering_angle": float, "track_length": float, "all_wheels_on_track": bool, "is_offtrack": bool,
        "is_crashed": bool, "closest_waypoints": list, "distance_from_center": float, "track_width": float,
        "projection_distance": float, "is_left_of_center": bool, "is_reversed": bool, "closest_objects": list,
        "objects_location": list, "objects_left_of_center": list, "object_in_camera": bool,
        "objects_speed": list, "objects_heading": list, "objects_distance_from_center": list,
        "objects_distance": list, "waypoints": list,
    }  # fmt: skip


def test_speed_is_the_chosen_one_as_in_the_simulator():
    assert {row["speed"] for row in told()} == {2.0}
    assert not np.isclose(LOG.frame["speed"], 2.0).any()


@pytest.mark.parametrize(
    ("yaw", "heading"), [(180.0, 180.0), (-180.0, -180.0), (190.0, -170.0), (12.5, 12.5)]
)
def test_heading_is_the_yaw_within_half_a_turn(yaw, heading):
    one = replace(LOG, frame=LOG.frame.assign(yaw=yaw))
    assert told(one)[0]["heading"] == pytest.approx(heading, abs=1e-9)


def test_off_track_and_crashed_are_the_status():
    status = LOG.frame["episode_status"].mask(LOG.frame.index == 3, "crashed")
    rows = told(replace(LOG, frame=LOG.frame.assign(episode_status=status)))
    assert [row["is_offtrack"] for row in rows] == (status == "off_track").tolist()
    assert [row["is_crashed"] for row in rows] == (status == "crashed").tolist()


def test_distance_and_side_are_those_of_the_drive():
    to_the_left = log(drive(TRACK, beside=0.2))
    for row in told(to_the_left):
        assert row["distance_from_center"] == pytest.approx(0.2, abs=1e-3)
        assert row["is_left_of_center"] is True
    to_the_right = log(drive(TRACK, beside=-0.2))
    assert not any(row["is_left_of_center"] for row in told(to_the_right))


def test_left_is_left_on_a_clockwise_track_too():
    track = ring(clockwise=True)
    assert all(row["is_left_of_center"] for row in told(log(drive(track, beside=0.2)), track))
    assert not any(row["is_left_of_center"] for row in told(log(drive(track, beside=-0.2)), track))


def test_the_width_is_that_between_the_borders():
    for row in told():
        assert row["track_width"] == pytest.approx(1.0, rel=2e-3)


def test_the_closest_waypoints_are_those_behind_and_ahead():
    one = log(drive(TRACK))
    for row in told(one)[1:-1]:
        share = row["progress"] / 100 * 72
        if not math.isclose(share, round(share), abs_tol=1e-6):
            assert row["closest_waypoints"] == [math.floor(share), math.floor(share) + 1]


def test_the_last_waypoint_is_the_first():
    assert told()[0]["waypoints"] == [(x, y) for x, y in TRACK.center.tolist()]


def test_a_race_without_objects_has_none():
    row = told()[0]
    assert row["objects_location"] == []
    assert row["closest_objects"] == [0, 0]
    assert row["object_in_camera"] is False


def test_an_episode_against_the_files_order_is_reversed_and_its_waypoints_with_it():
    backwards = turned(TRACK)
    one = log(drive(TRACK, progress=50), drive(backwards, progress=50, beside=0.2))
    rows, first = told(one), len(drive(TRACK, progress=50))
    assert {row["is_reversed"] for row in rows[:first]} == {False}
    assert {row["is_reversed"] for row in rows[first:]} == {True}
    assert rows[-1]["waypoints"] == rows[0]["waypoints"][::-1]
    behind, ahead = rows[-1]["closest_waypoints"]
    assert (behind, ahead) in {(35, 36), (36, 37)}
    assert rows[-1]["is_left_of_center"] is True
    assert build(one, TRACK, discrete_space()).problems == ()


def test_another_track_than_the_logs_is_noticed(tmp_path):
    other = load_track(save_track(TRACK, tmp_path, "other", roll=20))
    (problem,) = build(LOG, other, discrete_space()).problems
    assert "closest_waypoint is not that of track other in 100% of the rows" in problem


def test_without_steering_and_speed_the_actions_stand_in():
    one = replace(LOG, frame=LOG.frame.assign(steer=math.nan, throttle=math.nan, action=3))
    table = build(one, TRACK, discrete_space())
    row = next(table.rows())
    assert (row["steering_angle"], row["speed"]) == (0.0, 1.0)
    assert "steering_angle is that of the action in" in table.problems[0]


def test_a_line_without_borders_has_no_places():
    with pytest.raises(ValueError, match="--tracks DIR"):
        find_places(LINE, LINE.center)


# What comes of it


def test_old_and_new_stand_side_by_side(tmp_path):
    parts = run(function(tmp_path, "return params['progress']"))
    called = called_rows(LOG)
    assert parts.names == ("logged", "mine")
    assert parts.values[0].tolist() == LOG.frame["reward"].tolist()
    assert parts.values[1].tolist() == np.where(called, LOG.frame["progress"], 0).tolist()
    assert parts.total.tolist() == parts.values[1].tolist()
    assert parts.problems == ()


def test_prepared_and_paused_steps_are_zero_without_a_call(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("calls = [0]\ndef reward_function(params):\n    calls[0] += 1\n    return calls[0]\n")
    rewards = run(path).total
    called = called_rows(LOG)
    assert rewards[~called].tolist() == [0] * int((~called).sum())
    assert rewards[called].tolist() == list(range(1, int(called.sum()) + 1))


def test_a_function_may_change_its_parameters(tmp_path):
    body = "n = len(params['waypoints'])\nparams['waypoints'].clear()\nparams['x'] = 0\nreturn n"
    assert set(run(function(tmp_path, body)).total.tolist()) == {0.0, 73.0}


def test_what_float_takes_is_a_reward(tmp_path):
    assert run(function(tmp_path, "return True")).total.max() == 1.0


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path_before, modules_before = list(sys.path), set(sys.modules)
    path = function(tmp_path, "return 1.0")
    run(path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.py"]
    assert sys.path == path_before
    assert set(sys.modules) == modules_before
    assert sys.dont_write_bytecode is False


def test_a_changed_file_is_read_again(tmp_path):
    assert run(function(tmp_path, "return 1.0")).total.max() == 1.0
    assert run(function(tmp_path, "return 2.0")).total.max() == 2.0


def test_any_ending_will_do(tmp_path):
    assert run(function(tmp_path, "return 1", "reward.py.txt")).names == ("logged", "reward.py")


def test_a_file_called_logged_is_still_the_new_one(tmp_path):
    assert run(function(tmp_path, "return 1", "logged.py")).names == ("logged", "logged (new)")


def test_its_main_block_does_not_run(tmp_path):
    path = function(tmp_path, "return 1")
    path.write_text(path.read_text() + "if __name__ == '__main__':\n    raise SystemExit\n")
    assert run(path).problems == ()


def test_what_it_prints_is_counted_and_not_shown(tmp_path, capsys):
    parts = run(function(tmp_path, "print(params['x'])\nreturn 1"))
    assert parts.problems == (f"mine.py printed {int(called_rows(LOG).sum())} lines, which are not shown",)
    assert capsys.readouterr() == ("", "")


def test_its_warnings_are_counted_and_the_first_is_told(tmp_path):
    parts = run(function(tmp_path, "import warnings\nwarnings.warn('mind')\nreturn 1"))
    assert parts.problems == ("mine.py gave a warning: mind",)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_a_reward_that_is_not_finite_is_a_gap_and_named(tmp_path, text):
    parts = run(function(tmp_path, f"return float('{text}') if params['steps'] == 3 else 1"))
    rows = LOG.frame["steps"].to_numpy() == 3
    assert np.isnan(parts.total).tolist() == rows.tolist()
    assert parts.problems[0].startswith(
        f"mine.py returned NaN or infinity in 2 of {len(rows)} rows, the first is row 2"
    )


def test_a_reward_that_the_simulator_refuses_is_named(tmp_path):
    parts = run(function(tmp_path, "return -2e5 if params['steps'] == 3 else 1"))
    assert parts.total.min() == -2e5
    assert "the simulator would have stopped" in parts.problems[0]


def test_a_log_without_rewards_is_compared_with_nothing(tmp_path):
    parts = run(function(tmp_path, "return 1"), replace(LOG, frame=LOG.frame.drop(columns="reward")))
    assert np.isnan(parts.values[0]).all()
    assert "the log has no reward in all" in parts.problems[0]


def test_a_row_whose_number_the_log_lacks_is_a_gap(tmp_path):
    one = replace(LOG, frame=LOG.frame.assign(X=LOG.frame["X"].mask(LOG.frame.index == 7)))
    parts = run(function(tmp_path, "return params['distance_from_center']"), one)
    assert np.flatnonzero(np.isnan(parts.total)).tolist() == [7]
    assert parts.problems == (
        "mine.py needs distance_from_center, and the log has no number there, in row 7; "
        "the new reward has no value there",
    )
    assert run(function(tmp_path, "return params['speed']"), one).problems == ()


# What goes wrong


def refusal(path, one=LOG, track=TRACK, error: type[Exception] = ValueError):
    with pytest.raises(error) as caught:
        run(path, one, track)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert str(path) in message
    return message


@pytest.mark.parametrize("key", OF_TRACK)
def test_what_needs_the_track_is_absent_without_it(tmp_path, key):
    message = refusal(function(tmp_path, f"a = 1\nreturn float(bool(params['{key}']))"), track=LINE)
    assert f"line 3: params['{key}'] is not known" in message
    assert "--tracks DIR" in message


@pytest.mark.parametrize(
    "body",
    [
        "return params.get('track_width', 1.0)",
        "try:\n    return params['track_width']\nexcept KeyError:\n    return 1.0",
        "try:\n    return params['track_width']\nexcept Exception:\n    raise ValueError('no')",
    ],
)
def test_a_default_does_not_hide_what_is_not_known(tmp_path, body):
    assert "params['track_width'] is not known" in refusal(function(tmp_path, body), track=LINE)


def test_what_needs_no_track_runs_without_one(tmp_path):
    parts = run(function(tmp_path, "return params['speed'] * params['track_length']"), track=LINE)
    assert parts.total.max() == pytest.approx(2 * TRACK.length)


def test_a_key_that_no_simulator_gives_may_have_a_default(tmp_path):
    assert run(function(tmp_path, "return params.get('magic', 3)")).total.max() == 3


def test_an_error_names_the_line_and_the_row(tmp_path):
    message = refusal(function(tmp_path, "a = 1\nreturn a / (params['steps'] - 4)"))
    assert message.endswith(
        "mine.py, line 3, called for row 3 (step 4 of episode 0): ZeroDivisionError: division by zero"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return params['magic']", "line 2, called for row 1 (step 2 of episode 0): KeyError: 'magic'"),
        ("return None", "reward_function returned nothing in place of a number"),
        ("return 'high'", "reward_function returned a str in place of a number"),
        ("return [1]", "reward_function returned a list in place of a number"),
        ("return 1j", "reward_function returned a complex in place of a number"),
        ("return 10**400", "reward_function returned a int in place of a number"),
        ("import sys\nsys.exit('done')", "line 3, called for row 1 (step 2 of episode 0): SystemExit: done"),
        ("return reward_function(params)", "RecursionError"),
        ("raise ValueError('two\\nlines')", "ValueError: two\\nlines"),
    ],
)
def test_a_function_that_fails_is_one_line(tmp_path, body, message):
    assert message in refusal(function(tmp_path, body))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def reward_function(params)\n", "line 1: expected ':'"),
        (
            "import no_such_module_at_all\n",
            "line 1: ModuleNotFoundError: No module named 'no_such_module_at_all'",
        ),
        ("x = 1\ny = x / 0\n", "line 2: ZeroDivisionError"),
        ("raise SystemExit\n", "line 1: SystemExit"),
        ("def reward(params): return 1\n", "has no function reward_function"),
        ("reward_function = 3\n", "has no function reward_function"),
        ("", "has no function reward_function"),
        ("\0", "null bytes"),
    ],
)
def test_a_file_that_is_no_reward_function_is_one_line(tmp_path, text, message):
    path = tmp_path / "mine.py"
    path.write_text(text)
    assert message in refusal(path)


def test_a_file_that_is_no_text_is_one_line(tmp_path):
    path = tmp_path / "mine.py"
    path.write_bytes(b"\xff\xfe\x00")
    refusal(path)


def test_no_file_and_a_folder_are_named(tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere.py", error=FileNotFoundError)
    assert "a folder" in refusal(tmp_path, error=IsADirectoryError)


# Old against new


def test_agreement_counts_the_steps_in_which_the_simulator_asked(tmp_path):
    same = run(function(tmp_path, "return 1.0"))
    called = int(called_rows(LOG).sum())
    assert agreement(same, LOG) == f"mine: equal to the logged reward in {called} of {called} steps (100.0%)"
    other = run(function(tmp_path, "return 3.5 if params['steps'] == 3 else 1.0"))
    assert agreement(other, LOG).endswith("; first other row 2, largest difference +2.5 in row 2")


CENTRE_LINE = SHARED / "drfc" / "reward_function.py.txt"

LOGS = {
    "drfc/training-simtrace/0-iteration.csv": "reinvent_base",
    "drfc/training-simtrace/12-iteration.csv": "reinvent_base",
    "drfc/training-simtrace/26-iteration.csv": "reinvent_base",
    "model_A/evaluation_job_logs/sim-trace/evaluation/0-iteration.csv": "2022_july_pro_cw",
}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared logs are not here")
@pytest.mark.parametrize("name", LOGS)
def test_the_simulators_own_rewards_come_out_in_every_step(name):
    one = read_log(SHARED / name)
    track = load_track(SHARED / "tracks" / f"{LOGS[name]}.npy")
    parts = compute(CENTRE_LINE, one, track, discrete_space())
    assert parts.problems == ()
    np.testing.assert_allclose(parts.values[1], parts.values[0], atol=1e-12)
    assert "(100.0%)" in agreement(parts, one)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared logs are not here")
def test_the_waypoints_are_the_simulators_in_every_row():
    one = read_log(SHARED / "drfc" / "training-simtrace" / "26-iteration.csv")
    track = load_track(SHARED / "tracks" / "reinvent_base.npy")
    for logged, row in zip(one.frame["closest_waypoint"], told(one, track), strict=True):
        assert logged in row["closest_waypoints"]
