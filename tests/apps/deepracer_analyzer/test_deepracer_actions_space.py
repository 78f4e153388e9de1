"""Facts about action spaces: from metadata of every version, from the log, and where both differ."""

import json
import math
from typing import Any

import numpy as np
import pytest
from deepracer_analyzer.logs.actions import check_action_space, find_action_space, with_commands
from deepracer_analyzer.logs.reading import parse_log, read_log
from deepracer_analyzer.views import Action
from deepracer_oval import ACTIONS, SCHEMAS, csv_text, drive


def oval_log(style: Any = "index", columns=(), **driving):
    return parse_log(csv_text(drive(**driving), "B", style, columns).encode(), "log.csv")


def discrete(actions=ACTIONS, *, index=False) -> list[dict]:
    entries = [{"steering_angle": angle, "speed": speed} for angle, speed in actions]
    return [{**entry, "index": place} for place, entry in enumerate(entries)] if index else entries


def metadata(space, **more) -> bytes:
    return json.dumps({"action_space": space, **more}).encode()


CONTINUOUS = {"steering_angle": {"high": 30.0, "low": -25.0}, "speed": {"high": 4.0, "low": 0.5}}


@pytest.mark.parametrize("index", [False, True])
def test_a_discrete_space_is_that_of_the_metadata(index):
    log = oval_log()
    space = find_action_space(log, metadata(discrete(index=index), version="4", action_space_type="discrete"))
    assert space.kind == "discrete"
    assert space.actions == tuple(Action(*action) for action in ACTIONS)
    assert space.steering == (-20.0, 20.0)
    assert space.speed == (1.0, 2.0)
    assert space.origin == "model_metadata.json"
    assert check_action_space(log, space) == ()


def test_indices_of_the_metadata_are_followed_in_any_order():
    space = find_action_space(oval_log(), metadata(discrete(index=True)[::-1]))
    assert space.actions == tuple(Action(*action) for action in ACTIONS)


def test_a_continuous_space_has_the_ranges_of_the_metadata():
    log = oval_log("space")
    space = find_action_space(log, metadata(CONTINUOUS, action_space_type="continuous"))
    assert (space.kind, space.actions) == ("continuous", ())
    assert (space.steering, space.speed) == ((-25.0, 30.0), (0.5, 4.0))
    assert check_action_space(log, space) == ()


def test_without_metadata_the_log_shows_the_actions_that_were_chosen():
    log = oval_log()
    space = find_action_space(log, None)
    assert space.kind == "discrete"
    assert space.actions[1:] == (Action(0.0, 2.0), Action(20.0, 1.5))
    assert math.isnan(space.actions[0].speed)
    assert (space.steering, space.speed) == ((0.0, 20.0), (1.5, 2.0))
    assert check_action_space(log, space) == (
        "there is no model_metadata.json; what the log shows of it is taken",
        "action 0 was never chosen: unknown",
    )


@pytest.mark.parametrize("style", ["space", "quoted", "unquoted"])
def test_without_metadata_a_continuous_log_shows_its_ranges(style):
    space = find_action_space(oval_log(style), None)
    assert (space.kind, space.actions) == ("continuous", ())
    assert (space.steering, space.speed) == ((0.0, 20.0), (1.5, 2.0))


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (discrete()[:2], "there are 2 actions, and the log has action 2"),
        (
            discrete(((-20, 1), (5, 2), (20, 1.5))),
            "action 1 is (5 degrees, 2 m/s), and in the log it is (0 degrees, 2 m/s)",
        ),
        (CONTINUOUS, "the action space is continuous, and the log's actions are discrete"),
    ],
)
def test_where_the_metadata_contradict_a_discrete_log_the_log_is_right(space, said):
    log = oval_log()
    found = find_action_space(log, metadata(space))
    assert found.actions[1:] == (Action(0.0, 2.0), Action(20.0, 1.5))
    line = check_action_space(log, found)[0]
    assert line.startswith("taken from the log, because model_metadata.json says")
    assert said in line


@pytest.mark.parametrize(
    ("space", "said"),
    [
        (discrete(), "the action space is discrete, and the log's actions are continuous"),
        (
            {**CONTINUOUS, "speed": {"low": 0.5, "high": 1.0}},
            "speeds are 0.5 to 1 m/s, and in the log they are",
        ),
        (
            {**CONTINUOUS, "steering_angle": {"low": -30, "high": 10}},
            "steering angles are -30 to 10 degrees, and in the log they are 0 to 20",
        ),
    ],
)
def test_where_the_metadata_contradict_a_continuous_log_the_log_is_right(space, said):
    log = oval_log("space")
    found = find_action_space(log, metadata(space))
    assert (found.steering, found.speed) == ((0.0, 20.0), (1.5, 2.0))
    assert said in check_action_space(log, found)[0]


def test_rounding_is_no_contradiction():
    slightly = [(angle + 0.004, speed - 0.004) for angle, speed in ACTIONS]
    assert find_action_space(oval_log(), metadata(discrete(slightly))).origin == "model_metadata.json"


BAD = {
    "text": b"no JSON",
    "binary": bytes(range(256)),
    "nested": b"[" * 100_000,
    "list": b"[1]",
    "nothing": b"{}",
    "empty": metadata([]),
    "words": metadata([{"steering_angle": "left", "speed": 1}]),
    "half": metadata([{"steering_angle": 10}]),
    "numbers": metadata([1, 2, 3]),
    "infinite": b'{"action_space": [{"steering_angle": Infinity, "speed": 1}]}',
    "indices": metadata([{"steering_angle": 1, "speed": 1, "index": "a"}, {"steering_angle": 1, "speed": 1}]),
    "range": metadata({"steering_angle": 30, "speed": 2}),
    "one range": metadata({"steering_angle": {"low": 1, "high": 2}}),
}


@pytest.mark.parametrize("kind", BAD)
def test_metadata_that_cannot_be_read_are_said_and_the_log_tells(kind):
    log = oval_log()
    space = find_action_space(log, BAD[kind])
    assert len(space.actions) == 3
    first = check_action_space(log, space)[0]
    assert first.startswith("taken from the log, because model_metadata.json ")
    assert "\n" not in first


WITHOUT_COMMANDS = tuple(name for name in SCHEMAS["B"] if name not in {"steer", "throttle"})


def test_a_log_without_commands_has_those_of_its_actions():
    log = oval_log(columns=WITHOUT_COMMANDS)
    space = find_action_space(log, metadata(discrete()))
    filled = with_commands(log, space)
    rows = drive()
    assert list(filled.frame["steer"]) == [row["steer"] for row in rows]
    assert list(filled.frame["throttle"]) == [row["throttle"] for row in rows]
    assert filled.problems[-1] == f"throttle of {len(rows)} rows is that of its action in model_metadata.json"
    assert np.isnan(log.frame["steer"]).all()


def test_a_log_with_commands_is_handed_back_as_it_is():
    log = oval_log()
    assert with_commands(log, find_action_space(log, metadata(discrete()))) is log


def test_where_nothing_tells_the_usual_range_is_taken_and_said():
    log = oval_log(columns=WITHOUT_COMMANDS)
    space = find_action_space(log, None)
    assert (space.kind, space.actions) == ("discrete", ())
    assert (space.steering, space.speed) == ((-30.0, 30.0), (0.0, 4.0))
    (line,) = check_action_space(log, space)
    assert "usual range" in line


def test_one_damaged_row_does_not_change_an_action():
    rows = drive()
    rows[5]["steer"] = -30.0
    log = parse_log(csv_text(rows).encode(), "log.csv")
    assert find_action_space(log, metadata(discrete())).origin == "model_metadata.json"


@pytest.mark.shared
def test_the_borrowed_metadata_agree_with_their_logs(shared):
    for model, actions in (("console", 14), ("drfc", 14)):
        data = (shared / model / "model" / "model_metadata.json").read_bytes()
        for path in (shared / model).rglob("*-iteration.csv"):
            log = read_log(path)
            space = find_action_space(log, data)
            assert (space.origin, len(space.actions)) == ("model_metadata.json", actions)
            assert check_action_space(log, space) == ()


@pytest.mark.shared
def test_borrowed_metadata_of_version_3_are_read(shared):
    data = (shared / "model_metadata_v3_discrete.json").read_bytes()
    space = find_action_space(oval_log(columns=WITHOUT_COMMANDS), data)
    assert len(space.actions) == 12
    assert space.actions[2] == Action(-20.0, 2.0)


@pytest.mark.shared
def test_model_a_chose_from_21_actions(shared):
    log = read_log(shared / "model_A/evaluation_job_logs/sim-trace/evaluation/0-iteration.csv")
    space = find_action_space(log, None)
    assert (len(space.actions), space.steering, space.speed) == (21, (-30.0, 30.0), (1.0, 3.0))
    assert space.actions[14] == Action(10.0, 3.0)
