"""Facts about the borrowed logs: each is read without a word, and the simulator's lines equal its CSV."""

import numpy as np
import pytest
from deepracer_analyzer.logs.reading import read_log

pytestmark = pytest.mark.shared

MODEL_A = "model_A/evaluation_job_logs/sim-trace/evaluation/0-iteration.csv"
CONSOLE = (
    "console/sim-trace/evaluation/20220612082523-IBZwYd0MRMqgwKlAe7bb0A/evaluation-simtrace/0-iteration.csv"
)
DROA = "continuous/sim-trace/training/droa-training-30wm3cccH9SOOML/training-simtrace"
LOGS = {
    MODEL_A: ("B", 2055, 3),
    CONSOLE: ("B", 737, 3),
    "console/sim-trace/training/training-simtrace/0-iteration.csv": ("B", 519, 20),
    "console/sim-trace/training/training-simtrace/14-iteration.csv": ("B", 1575, 20),
    "drfc/evaluation-20220709200242/evaluation-simtrace/0-iteration.csv": ("C", 650, 3),
    "drfc/training-simtrace/0-iteration.csv": ("B", 529, 20),
    "drfc/training-simtrace/12-iteration.csv": ("B", 1373, 20),
    "drfc/training-simtrace/26-iteration.csv": ("B", 2928, 20),
    f"{DROA}/0-iteration.csv": ("D", 397, 20),
    f"{DROA}/7-iteration.csv": ("D", 557, 20),
    f"{DROA}/14-iteration.csv": ("D", 1149, 20),
    "console/logs/evaluation/evaluation-20220612082853-IBZwYd0MRMqgwKlAe7bb0A-robomaker.log": (
        "SIM_TRACE_LOG", 737, 3,
    ),
    "continuous/logs/training/excerpt-simulation.log": ("SIM_TRACE_LOG", 331, 18),
}  # fmt: skip
SIMULATOR = {list(LOGS)[-2]: CONSOLE, list(LOGS)[-1]: f"{DROA}/0-iteration.csv"}
ROUNDED = {"X": 4, "Y": 4, "yaw": 4, "steer": 2, "throttle": 2, "reward": 4, "progress": 4, "track_len": 2}
ROUNDED |= {"wall_clock": 4, "pause_duration": 2}


def test_no_borrowed_log_is_left_out(shared):
    there = {str(path.relative_to(shared)) for path in shared.rglob("*-iteration.csv")}
    there |= {str(path.relative_to(shared)) for path in shared.rglob("*.log")}
    assert there == set(LOGS)


@pytest.mark.parametrize("name", LOGS)
def test_a_borrowed_log_is_read_whole(name, shared):
    log = read_log(shared / name)
    schema, rows, episodes = LOGS[name]
    assert log.problems == ()
    assert (log.schema, len(log.frame), log.frame["episode"].nunique()) == (schema, rows, episodes)
    needed = ["X", "Y", "yaw", "steer", "throttle", "reward", "progress", "track_len", "tstamp", "speed"]
    assert np.isfinite(log.frame[needed].to_numpy()).all()


@pytest.mark.parametrize("name", SIMULATOR)
def test_the_lines_of_a_simulator_are_the_csv_of_its_run_rounded(name, shared):
    lines, table = read_log(shared / name).frame, read_log(shared / SIMULATOR[name]).frame
    table = table.head(len(lines))
    assert list(lines.columns) == list(table.columns)
    for column in set(lines.columns) - {"speed"}:
        if column in ROUNDED:
            half = 0.5 * 10.0 ** -ROUNDED[column]
            assert np.abs(lines[column] - table[column]).max() <= half * 1.01, column
        else:
            assert list(lines[column]) == list(table[column]), column


def test_model_as_own_speed_is_the_computed_one_three_rows_later(shared):
    frame = read_log(shared / MODEL_A).frame
    computed, logged = frame["speed"].to_numpy(), frame["speed_logged"].to_numpy()
    assert np.median(np.abs(logged[3:53] - computed[:50])) < 0.01
    assert np.median(np.abs(logged[:50] - computed[:50])) > 0.1


def test_continuous_actions_have_no_index(shared):
    frame = read_log(shared / DROA / "14-iteration.csv").frame
    assert (frame["action"] == -1).all()
    assert frame["steer"].between(-25, 25).all()
    assert frame["throttle"].between(1, 2).all()
