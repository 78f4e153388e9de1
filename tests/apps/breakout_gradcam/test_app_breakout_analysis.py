"""`calibrate` and `analyze` measure what they say."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from breakout_gradcam.__main__ import main
from rlviz_agents import read_recording
from rlviz_cam import METHODS, PLACEMENTS

THINGS = ("ball", "paddle", "bricks")


@pytest.fixture(scope="module")
def table(sample) -> dict[str, Any]:
    """The calibration of the sample agent on 64 frames of a run of 1,000 steps, as JSON."""
    run = ["calibrate", "-f", sample, "-n", 1000, "--frames", 64, "--json"]
    command = [sys.executable, "-m", "breakout_gradcam", *map(str, run)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def agreement(table) -> dict[tuple[str, str, str], float]:
    """(method, evidence, placement) -> agreement with occlusion."""
    return {(row["method"], row["evidence"], row["placement"]): row["agreement"] for row in table["rows"]}


def test_calibration_measures_everything_and_noise_beside_it(agreement):
    assert set(agreement) == {
        (method, evidence, placement)
        for method in (*METHODS, "random")
        for evidence in ("positive", "absolute")
        for placement in PLACEMENTS
    }


def test_noise_agrees_with_nothing(agreement):
    assert all(abs(value) < 0.06 for (method, *_), value in agreement.items() if method == "random")


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_gradcams_absolute_evidence_agrees_better_than_its_positive_part(placement, agreement):
    assert agreement["gradcam", "absolute", placement] > agreement["gradcam", "positive", placement]


@pytest.mark.parametrize("evidence", ["positive", "absolute"])
def test_gradcam_agrees_best_where_heat_fills_the_fields(evidence, agreement):
    field = agreement["gradcam", evidence, "field"]
    assert field > max(agreement["gradcam", evidence, other] for other in ("stretch", "center")) + 0.02


def test_gradcam_beats_noise_by_far(agreement):
    assert agreement["gradcam", "absolute", "field"] > 0.25


def test_the_table_is_printed_with_what_it_means(cli, recording):
    said = cli("calibrate", "--from-recording", recording, "--frames", 8).out
    assert "Agreement of features_extractor.cnn.4 with occlusion, 8 frames" in said
    lines = said.splitlines()
    assert [line.split() for line in lines if line.startswith("method")] == [
        ["method", "evidence", "stretch", "center", "field"]
    ]
    assert sum(line.startswith("random") for line in lines) == 2
    assert lines[-1].startswith("Best: --method")


def test_no_frames_to_calibrate_on_are_refused(cli, recording):
    cli("calibrate", "--from-recording", recording, "--frames", 0).fails_with_one_line("--frames 0")


def test_calibration_of_another_algorithm_runs(cli, zoo):
    outcome = cli("calibrate", "-f", zoo, "--algo", "ppo", "-n", 12, "--frames", 4, "--json")
    assert len(json.loads(outcome.out)["rows"]) == 2 * 3 * (len(METHODS) + 1)


@pytest.fixture(scope="module")
def rows(recording, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """The analysis of the shared run as CSV; an empty cell is an empty text."""
    path = tmp_path_factory.mktemp("analysis") / "rows.csv"
    run = ["analyze", "--from-recording", recording, "-o", path]
    assert main([str(part) for part in run]) == 0
    return read_csv(path)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_analysis_has_a_row_a_step(rows, recording):
    assert [int(row["step"]) for row in rows] == [step.index for step in read_recording(recording)]


def test_shares_lie_between_0_and_1(rows):
    shares = [float(row[f"{thing}_share"]) for row in rows for thing in THINGS if row[f"{thing}_share"]]
    assert shares
    assert all(0 <= share <= 1 for share in shares)


def test_the_chance_of_the_ball_is_the_share_of_cells_whose_window_holds_it(rows):
    """NatureCNN's last cells see windows of 36 pixels, 8 apart, from 0 on; the picture was resized to 84."""
    checked = 0
    for row in rows:
        if not row["ball_x"]:
            continue
        y, x = (int(row["ball_y"]) + 2) * 84 / 210, (int(row["ball_x"]) + 1) * 84 / 160
        seeing = [[8 * i <= place <= 8 * i + 36 for i in range(7)] for place in (y, x)]
        assert float(row["ball_chance"]) == pytest.approx(sum(seeing[0]) * sum(seeing[1]) / 49)
        checked += 1
    assert checked > 20


def test_all_bricks_are_seen_by_the_upper_cells(rows):
    """A full wall (rows 23 to 37 of 84, all columns) is seen by the first five rows of windows."""
    assert float(rows[0]["bricks_chance"]) == pytest.approx(5 / 7)


def test_the_margin_of_a_greedy_action_is_positive(rows):
    assert all(float(row["margin"]) >= 0 for row in rows if row["chosen"] == "greedy")


def test_the_runner_up_is_another_action(rows):
    assert all(row["runner_up"] != row["action"] for row in rows)


def test_the_landing_place_stays_while_the_ball_falls_freely(rows):
    """Walls and paddle apart, the ball flies straight; its positions are whole pixels."""
    falls: list[list[float]] = [[]]
    for row in rows:
        free = row["landing_x"] and 16 < int(row["ball_x"]) < 142
        if free:
            falls[-1].append(float(row["landing_x"]))
        elif falls[-1]:
            falls.append([])
    long = [fall for fall in falls if len(fall) >= 8]
    assert long
    assert all(max(fall) - min(fall) <= 4 for fall in long)


def test_the_ball_lands_where_it_was_expected(rows):
    """At the paddle's height the ball is where its fall said ten steps before."""
    found = 0
    for early, late in zip(rows, rows[10:], strict=False):
        fell = early["landing_x"] and late["landing_x"] and late["ball_direction"] == "down"
        if fell and 180 <= int(late["ball_y"]) <= 185:
            assert float(early["landing_x"]) == pytest.approx(int(late["ball_x"]), abs=6)
            found += 1
    assert found


def test_the_text_says_what_the_table_holds(cli, recording, rows):
    said = cli("analyze", "--from-recording", recording).out
    first = rows[0]
    assert f"Frame 0: Action = {first['action']} ({first['chosen']})" in said
    assert f"├─ margin {float(first['margin']):+.4f} over {first['runner_up']}" in said
    share, chance = float(first["ball_share"]), float(first["ball_chance"])
    assert f"ball {share:.0%} (by chance {chance:.0%})" in said


def test_the_text_begins_with_what_the_maps_cannot_show(cli, recording):
    said = cli("analyze", "--from-recording", recording).out
    assert said.startswith("The map is a grid of 7x7 cells. Each cell sees 36x36 of the 84x84 input pixels")


def test_json_is_one_object_a_frame(cli, recording, rows):
    said = cli("analyze", "--from-recording", recording, "--json").out
    found = [json.loads(line) for line in said.splitlines()]
    assert [row["action"] for row in found] == [row["action"] for row in rows]


def test_another_game_has_no_shares(cli, zoo, tmp_path):
    run = ("analyze", "-f", zoo, "--env", "SeaquestNoFrameskip-v4", "-n", 5)
    outcome = cli(*run, "-o", tmp_path / "rows.csv")
    assert "Only Breakout's RAM is read for objects" in outcome.out
    for row in read_csv(tmp_path / "rows.csv"):
        assert not any(row[f"{thing}_share"] or row[f"{thing}_chance"] for thing in THINGS)
        assert row["margin"]


def test_a_table_that_exists_is_not_overwritten(cli, recording, tmp_path):
    (tmp_path / "rows.csv").write_text("mine", encoding="utf-8")
    run = ("analyze", "--from-recording", recording, "-o", tmp_path / "rows.csv")
    cli(*run).fails_with_one_line("rows.csv exists", "--force")
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8") == "mine"
    assert cli(*run, "--force").status == 0
