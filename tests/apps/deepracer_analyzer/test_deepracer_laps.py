"""Facts about laps: where they end, how long they took, what happened in them."""

import json

import numpy as np
import pytest
from deepracer_analyzer.logs.laps import find_laps, timing_note
from deepracer_analyzer.logs.layouts import find, read_member
from deepracer_analyzer.logs.reading import parse_log, read_log
from deepracer_oval import PAUSE_STEPS, SPEED, STEP, csv_text, drive


def laps_of(metrics: bytes | None = None, **driving):
    return find_laps(parse_log(csv_text(drive(**driving)).encode(), "log.csv"), metrics)


def metrics_of(*seconds: float, key: str = "trial", end: float = 0.0, **more) -> bytes:
    entries = [
        {
            key: number,
            "elapsed_time_in_milliseconds": round(one * 1000),
            "metric_time": round(end * 1000),
            **more,
        }
        for number, one in enumerate(seconds, 1)
    ]
    return json.dumps({"metrics": entries}).encode()


def test_laps_end_where_the_episode_changes():
    laps = laps_of(laps=3)
    rows = len(drive())
    assert [(lap.episode, lap.start, lap.stop) for lap in laps] == [
        (0, 0, rows), (1, rows, 2 * rows), (2, 2 * rows, 3 * rows),
    ]  # fmt: skip
    assert all(lap.complete and lap.progress == 100 for lap in laps)


def test_a_lap_takes_a_step_more_than_between_its_rows():
    for lap in laps_of(laps=2):
        assert lap.seconds == pytest.approx(lap.steps * STEP)
        assert lap.timed_by == "log"


def test_in_a_continuous_race_laps_follow_each_other_without_a_gap():
    laps = laps_of(laps=3, continuous_race=True)
    assert [lap.complete for lap in laps] == [True, True, True]
    assert sum(lap.seconds for lap in laps) == pytest.approx(laps[-1].stop * STEP)


def test_after_a_stall_the_time_counts_from_the_lap_before():
    rows = drive(2, steps=20)
    late = [{**row, "tstamp": row["tstamp"] + 1.0} if row["episode"] else row for row in rows]
    _, lap = find_laps(parse_log(csv_text(late).encode(), "log.csv"), None)
    assert lap.seconds == pytest.approx(rows[-1]["tstamp"] + 1.0 - rows[19]["tstamp"])


def test_after_a_long_silence_it_does_not():
    rows = drive(2, steps=20)
    late = [{**row, "tstamp": row["tstamp"] + 60.0} if row["episode"] else row for row in rows]
    _, lap = find_laps(parse_log(csv_text(late).encode(), "log.csv"), None)
    assert lap.seconds == pytest.approx(20 * STEP)


def test_pauses_count_in_a_laps_time_and_not_in_its_speed():
    (lap,) = laps_of(steps=40, off_track=(10, 20))
    assert lap.off_tracks == 2
    assert lap.steps == 40
    assert lap.seconds == pytest.approx(40 * STEP)
    assert lap.mean_speed == pytest.approx(SPEED)
    assert lap.max_speed == pytest.approx(SPEED)


def test_being_set_down_elsewhere_is_no_speed():
    rows = drive(2, steps=20)
    assert not any(lap.max_speed > SPEED + 1e-9 for lap in laps_of(laps=2, steps=20))
    moved = [{**row, "X": row["X"] + 50} if row["episode"] else row for row in rows]
    _, lap = find_laps(parse_log(csv_text(moved).encode(), "log.csv"), None)
    assert lap.max_speed == pytest.approx(SPEED)


def test_crashes_are_counted_by_their_begin():
    rows = drive(steps=20)
    for place, status in ((5, "crashed"), (6, "crashed"), (9, "crashed"), (12, "off_track")):
        rows[place]["episode_status"] = status
    (lap,) = find_laps(parse_log(csv_text(rows).encode(), "log.csv"), None)
    assert (lap.crashes, lap.off_tracks) == (2, 1)


def test_rewards_are_summed():
    (lap,) = laps_of(steps=20)
    assert lap.reward == pytest.approx(10.0)


def test_a_lap_that_was_not_finished_is_not_complete():
    (lap,) = laps_of(steps=20)
    assert not lap.complete
    assert 0 < lap.progress < 100


def test_steps_that_start_anew_are_another_lap():
    rows = [*drive(steps=10), *drive(steps=10, start=20.0)]
    laps = find_laps(parse_log(csv_text(rows).encode(), "log.csv"), None)
    assert [(lap.start, lap.stop) for lap in laps] == [(0, 10), (10, 20)]


def test_a_log_of_one_row_is_a_lap():
    (lap,) = laps_of(steps=1)
    assert (lap.start, lap.stop, lap.mean_speed) == (0, 1, 0.0)


@pytest.mark.parametrize("key", ["trial", "episode"])
def test_the_metrics_tell_the_time_where_there_are_some(key):
    laps = laps_of(metrics_of(1.30, 1.21, key=key), laps=2, steps=20)
    assert [lap.seconds for lap in laps] == [1.30, 1.21]
    assert {lap.timed_by for lap in laps} == {"metrics"}


def test_metrics_of_another_run_are_not_believed():
    laps = laps_of(metrics_of(30.0, 1.21), laps=2, steps=20)
    assert [lap.timed_by for lap in laps] == ["log", "metrics"]
    assert laps[0].seconds == pytest.approx(20 * STEP)


def test_of_an_episode_and_its_evaluations_the_one_with_its_end_is_taken():
    entries = [
        {"episode": 1, "elapsed_time_in_milliseconds": milliseconds, "metric_time": end, "phase": phase}
        for milliseconds, end, phase in ((1240, 11187, "training"), (1250, 20000, "evaluation"))
    ]
    (lap,) = laps_of(json.dumps({"metrics": entries}).encode(), steps=20)
    assert lap.seconds == 1.24


BAD_METRICS = {
    "text": b"no JSON",
    "nothing": b"",
    "nested": b"[" * 100_000,
    "list": b"[]",
    "number": b'{"metrics": 3}',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("kind", BAD_METRICS)
def test_metrics_that_cannot_be_read_are_said_and_the_log_tells(kind):
    laps = laps_of(BAD_METRICS[kind], steps=20)
    assert [lap.timed_by for lap in laps] == ["log"]
    note = timing_note(laps, BAD_METRICS[kind])
    assert note.startswith("by the log's time stamps: the metrics ")
    assert "\n" not in note


@pytest.mark.parametrize(
    "entry",
    [
        3,
        {},
        {"trial": "1"},
        {"trial": 1, "elapsed_time_in_milliseconds": None, "metric_time": 1},
        {"trial": True},
    ],
)
def test_what_is_no_episode_in_the_metrics_is_passed_over(entry):
    laps = laps_of(json.dumps({"metrics": [entry]}).encode(), steps=20)
    assert [lap.timed_by for lap in laps] == ["log"]


def test_it_is_said_by_what_laps_are_timed():
    both, one = metrics_of(1.25, 1.25), metrics_of(1.25, 30.0)
    assert timing_note(laps_of(both, laps=2, steps=20), both) == "by the metrics"
    assert timing_note(laps_of(one, laps=2, steps=20), one).startswith("1 of 2 by the metrics")
    assert "no metrics" in timing_note(laps_of(laps=2, steps=20), None)


def test_a_lap_that_begins_and_ends_off_the_track_is_one_off_track():
    rows = drive(steps=PAUSE_STEPS)
    for row in rows:
        row["episode_status"] = "off_track"
    (lap,) = find_laps(parse_log(csv_text(rows).encode(), "log.csv"), None)
    assert (lap.off_tracks, lap.mean_speed) == (1, 0.0)


def timed(shared):
    """Each borrowed log that has metrics, with them."""
    for model in ("model_A", "console", "drfc", "continuous"):
        found = find(shared / model)
        for file in found.logs:
            metrics = found.metrics_for(file)
            if metrics is not None:
                yield file, read_log(file.path), read_member(metrics)


@pytest.mark.shared
def test_lap_times_of_the_borrowed_logs_equal_their_metrics(shared):
    logs = list(timed(shared))
    assert len(logs) == 9
    for file, log, metrics in logs:
        told, counted = find_laps(log, metrics), find_laps(log, None)
        assert {lap.timed_by for lap in told} == {"metrics"}, file.name
        assert {lap.timed_by for lap in counted} == {"log"}
        differences = [abs(one.seconds - other.seconds) for one, other in zip(told, counted, strict=True)]
        assert np.max(differences) < 0.04, file.name


@pytest.mark.shared
def test_the_borrowed_laps_are_as_their_metrics_say(shared):
    for file, log, metrics in timed(shared):
        entries = json.loads(metrics)["metrics"]
        training = [entry for entry in entries if entry.get("phase") == "training"]
        by_number = {entry.get("episode", entry["trial"]) - 1: entry for entry in training or entries}
        for lap in find_laps(log, metrics):
            entry = by_number[lap.episode]
            assert int(lap.progress) == entry["completion_percentage"], file.name
            assert lap.complete == (entry["completion_percentage"] == 100)
            assert lap.off_tracks == entry.get("off_track_count", lap.off_tracks)
            assert lap.crashes == entry.get("crash_count", lap.crashes)
            assert lap.seconds == pytest.approx(entry["elapsed_time_in_milliseconds"] / 1000)


@pytest.mark.shared
def test_a_continuous_race_is_three_laps_though_one_row_says_so(shared):
    file = shared / "drfc" / "evaluation-20220709200242" / "evaluation-simtrace" / "0-iteration.csv"
    log = read_log(file)
    assert (log.frame["episode_status"] == "lap_complete").sum() == 1
    laps = find_laps(log, None)
    assert [lap.complete for lap in laps] == [True] * 3
    assert [lap.seconds for lap in laps] == pytest.approx([14.792, 13.801, 14.731], abs=0.04)
