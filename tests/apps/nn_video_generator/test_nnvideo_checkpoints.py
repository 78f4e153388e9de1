"""Checkpoints are found by their names, and each is after one percentage of the training."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from nn_video_generator.checkpoints import Checkpoint, find_checkpoints


def saved(path: Path, steps: int | None = None, total: int | None = None, **fields: object) -> Path:
    """What SB3 leaves behind, without a network in it."""
    data = {"num_timesteps": steps, "_total_timesteps": total, **fields}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data", json.dumps({key: value for key, value in data.items() if value is not None}))
        archive.writestr("policy.pth", b"weights")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())
    return path


def zoo_yaml(run: Path, **files: Mapping[str, object]) -> None:
    (run / "CartPole-v1").mkdir()
    for name, content in files.items():
        (run / "CartPole-v1" / f"{name}.yml").write_text(json.dumps(content))


def percents(folder: Path, **options) -> list[tuple[str, float]]:
    return [(one.path.name, one.percent) for one in find_checkpoints(folder, **options).checkpoints]


@pytest.mark.parametrize(
    ("stem", "percent"),
    [
        ("pct_50", 50),
        ("milestone_50", 50),
        ("step_12345_pct_50", 50),
        ("checkpoint_step_00012345_pct_50", 50),
        ("checkpoint_50pct", 50),
        ("50pct", 50),
        ("50_percent", 50),
        ("breakout-50-percent", 50),
        ("PCT_50", 50),
        ("pct_0", 0),
        ("pct_1", 1),
        ("pct_07", 7),
        ("pct_100", 100),
        ("pct_12.5", 12.5),
        ("12.5pct", 12.5),
        ("pct_33.3333", 33.33),
    ],
)
def test_the_percentage_stands_in_the_name(tmp_path: Path, stem: str, percent: float):
    saved(tmp_path / f"{stem}.zip")
    assert percents(tmp_path) == [(f"{stem}.zip", percent)]


@pytest.mark.parametrize(
    "stem",
    ["pct_12_5", "pct_101", "pct_-5", "apct_50", "pct_50_old", "pct_", "50", "replay_buffer", "rl_model_5"],
)
def test_what_is_no_percentage_is_not_taken_for_one(tmp_path: Path, stem: str):
    saved(tmp_path / f"{stem}.zip", 10, 100)
    with pytest.raises(
        FileNotFoundError, match=rf"expected names such as pct_50\.zip.*; there is: {stem}\.zip"
    ):
        find_checkpoints(tmp_path)


@pytest.mark.parametrize(
    ("percent", "label"), [(50, "50"), (0, "0"), (100, "100"), (12.5, "12.5"), (33.339, "33.34")]
)
def test_the_label_is_the_percentage_without_needless_digits(tmp_path: Path, percent: float, label: str):
    saved(tmp_path / f"pct_{percent}.zip")
    assert find_checkpoints(tmp_path).checkpoints[0].label == label


def test_steps_stand_in_the_name_or_in_the_file(tmp_path: Path):
    saved(tmp_path / "step_123_pct_1.zip", 999, 12345)
    saved(tmp_path / "pct_2.zip", 250, 12345)
    saved(tmp_path / "pct_3.zip")
    assert [one.steps for one in find_checkpoints(tmp_path).checkpoints] == [123, 250, None]


def test_checkpoints_lie_in_the_folder_and_in_milestones_and_come_by_percentage(tmp_path: Path):
    for name in ("pct_100.zip", "milestones/pct_0.zip", "milestones/9pct.zip", "pct_10.zip"):
        saved(tmp_path / name)
    assert [percent for _, percent in percents(tmp_path)] == [0, 9, 10, 100]


def test_the_percentage_of_steps_is_that_of_the_files_own_total(tmp_path: Path):
    saved(tmp_path / "rl_model_250_steps.zip", 250, 1000)
    saved(tmp_path / "ppo_rl_model_500_steps.zip", 500, 1000)
    assert [one.percent for one in find_checkpoints(tmp_path, total_timesteps=99999).checkpoints] == [25, 50]


def test_a_file_that_does_not_say_takes_the_total_of_the_config(tmp_path: Path):
    saved(tmp_path / "rl_model_250_steps.zip", 250)
    assert percents(tmp_path, total_timesteps=2000) == [("rl_model_250_steps.zip", 12.5)]


@pytest.mark.parametrize(
    ("files", "percent"),
    [
        ({"args": {"env": "CartPole-v1", "n_timesteps": 500}, "config": {"n_timesteps": 1e6}}, 50),
        ({"args": {"env": "CartPole-v1", "n_timesteps": -1}, "config": {"n_timesteps": 2500.0}}, 10),
    ],
)
def test_a_file_that_does_not_say_takes_the_total_of_the_zoo(tmp_path: Path, files: dict, percent: float):
    saved(tmp_path / "rl_model_250_steps.zip", 250)
    zoo_yaml(tmp_path, **files)
    assert percents(tmp_path) == [("rl_model_250_steps.zip", percent)]


def test_steps_of_an_unknown_number_are_refused(tmp_path: Path):
    saved(tmp_path / "rl_model_250_steps.zip", 250)
    with pytest.raises(
        ValueError, match=r"rl_model_250_steps\.zip in .* nothing says of how many; give train\.tot"
    ):
        find_checkpoints(tmp_path)


def test_steps_beyond_the_total_are_the_end_of_the_training(tmp_path: Path):
    saved(tmp_path / "rl_model_1024_steps.zip", 1024, 1000)
    assert percents(tmp_path) == [("rl_model_1024_steps.zip", 100)]


def test_a_truncated_file_is_found_by_its_name(tmp_path: Path):
    whole = saved(tmp_path / "rl_model_250_steps.zip", 250, 1000)
    (tmp_path / "rl_model_500_steps.zip").write_bytes(whole.read_bytes()[:40])
    (tmp_path / "pct_75.zip").write_bytes(b"")
    assert [(one.percent, one.steps) for one in find_checkpoints(tmp_path).checkpoints] == [
        (25, 250),
        (50, 500),
        (75, None),
    ]


@pytest.mark.parametrize("name", ["final_model", "best_model", "model", "CartPole-v1", "ALE-Breakout-v5"])
def test_a_lone_model_is_one_checkpoint_after_its_own_steps(tmp_path: Path, name: str):
    saved(tmp_path / f"{name}.zip", 250, 1000)
    assert find_checkpoints(tmp_path).checkpoints == (Checkpoint(tmp_path / f"{name}.zip", 25, 250, "25"),)


def test_a_lone_model_that_does_not_say_is_at_the_end_and_that_is_told(tmp_path: Path):
    saved(tmp_path / "final_model.zip")
    found = find_checkpoints(tmp_path)
    assert [one.label for one in found.checkpoints] == ["100"]
    assert found.notes == ("final_model.zip does not say when it was saved; it is taken to be after 100 %",)


def test_a_lone_model_is_one_video_whatever_milestones_are_asked_for(tmp_path: Path):
    saved(tmp_path / "best_model.zip", 370, 1000)
    found = find_checkpoints(tmp_path, milestones_pct=range(10, 101, 10))
    assert [one.label for one in found.checkpoints] == ["37"]
    assert found.notes == ("best_model.zip is the only checkpoint, after 37 % of the training",)


def test_of_several_lone_models_the_final_one_is_taken(tmp_path: Path):
    for name in ("best_model", "CartPole-v1", "final_model", "model"):
        saved(tmp_path / f"{name}.zip", 100, 100)
    found = find_checkpoints(tmp_path)
    assert [one.path.stem for one in found.checkpoints] == ["final_model"]
    assert len(found.notes) == 3


def test_the_final_model_joins_the_milestones_where_it_is_further(tmp_path: Path):
    saved(tmp_path / "rl_model_500_steps.zip", 500, 1000)
    saved(tmp_path / "CartPole-v1.zip", 1000, 1000)
    saved(tmp_path / "best_model.zip", 700, 1000)
    assert percents(tmp_path) == [("rl_model_500_steps.zip", 50), ("CartPole-v1.zip", 100)]


def test_the_final_model_that_is_a_milestone_is_not_a_second_one(tmp_path: Path):
    saved(tmp_path / "rl_model_500_steps.zip", 500, 1000)
    saved(tmp_path / "CartPole-v1.zip", 500, 1000)
    found = find_checkpoints(tmp_path)
    assert [one.path.name for one in found.checkpoints] == ["rl_model_500_steps.zip"]
    assert found.notes == ()


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        ({"pct_50.zip": 100, "milestone_50.zip": 200}, "milestone_50.zip"),
        ({"pct_50.zip": 200, "milestones/50pct.zip": 200}, "pct_50.zip"),
        ({"pct_50.zip": 200, "50pct.zip": 200}, "50pct.zip"),
        ({"pct_50.zip": None, "milestones/50pct.zip": 1}, "50pct.zip"),
    ],
)
def test_of_two_of_the_same_percentage_the_further_one_is_kept_and_the_other_told(
    tmp_path: Path, files: dict, kept: str
):
    for name, steps in files.items():
        saved(tmp_path / name, steps)
    found = find_checkpoints(tmp_path)
    assert [one.path.name for one in found.checkpoints] == [kept]
    (left,) = {Path(name).name for name in files} - {kept}
    assert found.notes == (f"{left} is left out: {kept} is after 50 % too",)


def test_only_the_milestones_that_are_asked_for_are_kept(tmp_path: Path):
    for name in ("pct_0", "pct_10", "pct_50", "pct_100"):
        saved(tmp_path / f"{name}.zip")
    found = find_checkpoints(tmp_path, milestones_pct=(10, 20, 30, 50))
    assert [one.label for one in found.checkpoints] == ["10", "50"]
    assert found.notes == (
        "no checkpoint after 20, 30 % of the training",
        "not asked for, and left out: the checkpoints after 0, 100 %",
    )


def test_a_milestone_is_met_where_the_steps_do_not_quite_reach_it(tmp_path: Path):
    saved(tmp_path / "rl_model_99960_steps.zip", 99960, 1_000_000)
    assert percents(tmp_path, milestones_pct=[10]) == [("rl_model_99960_steps.zip", 10.0)]


def test_milestones_that_are_not_there_are_answered_with_those_that_are(tmp_path: Path):
    saved(tmp_path / "pct_10.zip")
    with pytest.raises(
        FileNotFoundError, match=r"no checkpoint in .* after 20, 30 % .*; there are those after 10 %"
    ):
        find_checkpoints(tmp_path, milestones_pct=[20, 30])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere; give the folder"):
        find_checkpoints(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("entries", "there"),
    [
        ([], "nothing"),
        (["notes.txt", "data.csv"], "no zip file, but data.csv, notes.txt"),
        (["a.zip"], "a.zip"),
    ],
)
def test_a_folder_without_checkpoints_is_answered_with_the_patterns_and_what_is_there(
    tmp_path: Path, entries: list, there: str
):
    for name in entries:
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FileNotFoundError, match=re.escape(f"; there is: {there}")) as caught:
        find_checkpoints(tmp_path)
    assert "pct_50.zip, milestone_50.zip, step_12345_pct_50.zip" in str(caught.value)
    assert "\n" not in str(caught.value)
