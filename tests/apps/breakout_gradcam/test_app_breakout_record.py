"""`record`: what is made, how it is called, and that its figures are those of the run."""

import json
import shutil
from fractions import Fraction

import cv2
import numpy as np
import pytest
from rlviz_agents import read_recording
from rlviz_video import sha256_file

ENV = "BreakoutNoFrameskip-v4"
STEPS = 40
FAST = ("--placement", "stretch")
"""Nothing is measured against occlusion: for tests of other things."""


@pytest.fixture(scope="module")
def rows(sample_run):
    return sample_run.rows


@pytest.fixture(scope="module")
def steps(recording):
    return list(read_recording(recording))


@pytest.fixture
def own_zoo(zoo, tmp_path):
    """A copy of the small DQN agent that the test may change."""
    shutil.copytree(zoo / "dqn" / f"{ENV}_1", tmp_path / "agents" / "dqn" / f"{ENV}_1")
    return tmp_path / "agents"


def test_the_folders_and_names_are_those_of_the_original_tool(sample_run):
    prefix = f"final-model-dqn-{ENV}"
    frames = [f"gradcam/frames/frame_{i:06d}.png" for i in range(STEPS)]
    assert sample_run.names == sorted(
        [
            f"original/{prefix}-step-0-to-step-{STEPS}.mp4",
            f"gradcam/{prefix}_gradcam.mp4",
            f"gradcam/{prefix}_gradcam.timeline.csv",
            f"gradcam/{prefix}_gradcam.manifest.json",
            *frames,
        ]
    )


def test_the_console_shows_the_lines_of_the_original_tool(cli, sample, made):
    folder = made().folder
    outcome = cli("record", "-f", sample, "-n", 5, "--seed", 42, "--deterministic", "-o", folder, *FAST)
    assert outcome.status == 0
    assert outcome.out.splitlines() == [
        f"Loading {sample}/dqn/{ENV}_1/{ENV}.zip",
        "Using seed: 42",
        "Using target layers: ['features_extractor.cnn.4: conv 64x7x7']",
        "Using deterministic=True, stochastic=False",
        "Recording original video...",
        "Starting recording for 5 timesteps...",
        "Environment shape: (1, 4, 84, 84)",
        "Step 0/5, Reward: 0.00, Total: 0.00",
        f"Grad-CAM video saved to: {made(steps=5).video}",
        "Recording completed!",
        "Total reward: 0.0",
        f"Original video folder: {folder}/original",
        f"Grad-CAM video folder: {folder}/gradcam",
    ]


def test_a_successful_run_says_nothing_on_stderr(cli, sample, made):
    outcome = cli("record", "-f", sample, "-n", 2, "-o", made().folder, *FAST)
    assert (outcome.status, outcome.err) == (0, "")


def test_the_gradcam_video_has_a_frame_a_step(sample_run, decode):
    assert decode(sample_run.video).frames.shape == (STEPS, 630, 840, 3)


def test_the_gradcam_video_has_the_games_frame_rate(sample_run, decode):
    assert decode(sample_run.video).rate == Fraction(30)


def test_the_original_video_has_as_many_frames_as_moviepy_makes_of_one_more_than_steps(sample_run, decode):
    from moviepy import ImageSequenceClip

    clip = ImageSequenceClip([np.zeros((2, 2, 3), np.uint8)] * (STEPS + 1), fps=30)
    assert len(decode(sample_run.original).frames) == len(list(clip.iter_frames()))


def test_the_original_video_shows_the_recorded_frames(sample_run, steps, decode):
    frames = decode(sample_run.original).frames
    for shown, step in zip(frames, steps, strict=False):
        assert np.abs(shown.astype(int) - step.frame).mean() < 6  # H.264 with halved colour planes


def test_the_saved_frames_are_the_videos_before_compression(sample_run, decode):
    shown = decode(sample_run.video).frames
    for number in (0, STEPS - 1):
        saved = cv2.imread(str(sample_run.folder / f"gradcam/frames/frame_{number:06d}.png"))
        assert saved is not None
        assert np.abs(saved[:, :, ::-1].astype(int) - shown[number]).mean() < 6


def test_the_timeline_has_a_row_a_frame(rows):
    assert [row["frame"] for row in rows] == list(range(STEPS))


def test_the_timeline_names_a_column_for_each_actions_value(rows):
    assert list(rows[0]) == [
        *("frame", "step", "episode", "action", "action_name", "chosen", "reward", "unclipped_reward"),
        *("score", "lives", "done", "value", "target_score", "evidence_for", "evidence_against"),
        *("heat_peak", "cell_y", "cell_x", "value_NOOP", "value_FIRE", "value_RIGHT", "value_LEFT"),
    ]


def test_the_timeline_says_what_the_recording_holds(rows, steps):
    columns = ("action", "chosen", "reward", "unclipped_reward", "score", "lives", "done")
    for row, step in zip(rows, steps, strict=True):
        assert {name: row[name] for name in columns} == {name: getattr(step, name) for name in columns}


def test_a_greedy_action_has_the_highest_value(rows):
    greedy = [row for row in rows if row["chosen"] == "greedy"]
    assert greedy
    for row in greedy:
        assert row[f"value_{row['action_name']}"] == max(
            row[name] for name in row if name.startswith("value_")
        )


def test_the_target_is_the_executed_actions_value(rows):
    for row in rows:
        assert row["target_score"] == pytest.approx(row[f"value_{row['action_name']}"], abs=1e-5)


def test_the_values_are_those_of_the_agents_own_network(rows, steps, sample):
    import torch
    from stable_baselines3 import DQN

    path = sample / "dqn" / f"{ENV}_1" / f"{ENV}.zip"
    model = DQN.load(path, device="cpu", buffer_size=1, custom_objects={"optimize_memory_usage": False})
    with torch.no_grad():
        seen = torch.as_tensor(np.stack([step.observation for step in steps]))
        values = model.q_net(seen).numpy()
    names = ("value_NOOP", "value_FIRE", "value_RIGHT", "value_LEFT")
    assert np.allclose([[row[name] for name in names] for row in rows], values, atol=1e-4)


def test_the_heat_is_normalised_and_its_cell_lies_in_the_grid(rows):
    assert all(0 <= row["heat_peak"] <= 1 for row in rows)
    assert all(0 <= row[cell] < 7 for row in rows for cell in ("cell_y", "cell_x"))


def test_the_manifest_says_how_the_video_was_made(sample_run, sample):
    manifest = sample_run.manifest
    assert manifest["tool"] == "breakout-gradcam"
    assert manifest["frames"] == STEPS
    assert manifest["interrupted"] is False
    assert manifest["run"]["env_id"] == ENV
    assert manifest["run"]["seed"] == 3
    assert manifest["run"]["deterministic"] is False
    assert manifest["run"]["model_sha256"] == sha256_file(sample / "dqn" / f"{ENV}_1" / f"{ENV}.zip")
    assert {"torch", "stable-baselines3", "breakout-gradcam", "av"} <= set(manifest["versions"])
    assert len(manifest["digest"]) == 64


def test_the_manifest_says_what_the_maps_are(sample_run):
    maps = sample_run.manifest["maps"]
    assert (maps["method"], maps["target"], maps["evidence"]) == ("gradcam", "action", "absolute")
    assert (maps["layer"], maps["taken_after"]) == ("features_extractor.cnn.4", "features_extractor.cnn.5")
    assert maps["receptive_field"]["size"] == [36, 36]


def test_the_manifest_says_which_placement_was_measured_to_be_best(sample_run):
    maps = sample_run.manifest["maps"]
    assert maps["placement_asked"] == "auto"
    assert maps["placement"] in {"stretch", "center", "field"}
    assert 0 < maps["placement_agreement"] < 1
    assert maps["placement_frames"] == 32


def test_json_is_all_that_is_printed_when_asked_for(cli, sample, made):
    outcome = cli("record", "-f", sample, "-n", 3, "-o", made().folder, "--json", *FAST)
    result = json.loads(outcome.out)
    assert (result["steps"], result["interrupted"]) == (3, False)
    assert result["paths"]["gradcam"] == str(made(steps=3).video)
    assert result["digest"] == made(steps=3).manifest["digest"]


def test_an_output_that_exists_is_not_overwritten(cli, recording, made):
    run = ("record", "--from-recording", recording, "-o", made().folder, *FAST)
    assert cli(*run).status == 0
    before = {name: (made().folder / name).stat().st_mtime_ns for name in made().names}
    cli(*run).fails_with_one_line("exists", "--force")
    assert {name: (made().folder / name).stat().st_mtime_ns for name in made().names} == before


def test_force_replaces_an_output_that_exists(cli, recording, made):
    run = ("record", "--from-recording", recording, "-o", made().folder, *FAST)
    assert cli(*run, "--evidence", "positive").status == 0
    assert cli(*run, "--force").status == 0
    assert made().manifest["maps"]["evidence"] == "absolute"


def test_one_step_makes_both_videos(cli, sample, made, decode):
    assert cli("record", "-f", sample, "-n", 1, "-o", made().folder).status == 0
    assert len(decode(made(steps=1).video).frames) == 1
    assert len(decode(made(steps=1).original).frames) >= 1


def test_no_steps_are_an_error_and_leave_nothing(cli, sample, made):
    outcome = cli("record", "-f", sample, "-n", 0, "-o", made().folder)
    outcome.fails_with_one_line("0", "1 or more")
    assert made().names == []


def test_without_an_output_folder_the_videos_lie_beside_the_agent(cli, own_zoo):
    assert cli("record", "-f", own_zoo, "-n", 2, *FAST).status == 0
    videos = own_zoo / "dqn" / f"{ENV}_1" / "videos"
    assert (videos / "gradcam" / f"final-model-dqn-{ENV}_gradcam.mp4").is_file()


def test_the_best_model_and_a_checkpoint_name_the_files_as_the_zoo_does(cli, own_zoo, made):
    folder = own_zoo / "dqn" / f"{ENV}_1"
    for name in ("best_model.zip", "rl_model_20_steps.zip"):
        shutil.copy(folder / f"{ENV}.zip", folder / name)
    run = ("record", "-f", own_zoo, "-n", 2, "-o", made().folder, *FAST)
    assert cli(*run, "--load-best").status == 0
    assert cli(*run, "--load-checkpoint", 20).status == 0
    videos = [name for name in made().names if name.startswith("original/")]
    assert videos == [
        f"original/best-model-dqn-{ENV}-step-0-to-step-2.mp4",
        f"original/checkpoint-20-dqn-{ENV}-step-0-to-step-2.mp4",
    ]


def test_the_flags_without_an_effect_here_are_accepted(cli, sample, made):
    flags = ("--no-render", "--custom-objects", "--exp-id", 1, "--device", "cpu", "--env-kwargs", "mode:0")
    assert cli("record", "-f", sample, "-n", 2, "-o", made().folder, *FAST, *flags).status == 0
    assert made(steps=2).manifest["run"]["env_kwargs"] == {"mode": "0"}


def test_another_atari_game_with_18_actions_is_recorded(cli, zoo, made, decode):
    env_id = "SeaquestNoFrameskip-v4"
    assert cli("record", "-f", zoo, "--env", env_id, "-n", 20, "-o", made().folder).status == 0
    files = made(env_id=env_id, steps=20)
    assert decode(files.video).frames.shape == (20, 630, 840, 3)
    assert sum(column.startswith("value_") for column in files.rows[0]) == 18


def test_of_two_environments_the_first_is_explained_and_both_are_in_the_original(
    cli, zoo, made, decode, tmp_path
):
    kept = tmp_path / "two.arrow"
    run = ("record", "-f", zoo, "-n", 12, "--n-envs", 2, "-o", made().folder, "--save-recording", kept)
    assert cli(*run, *FAST).status == 0
    files = made(steps=12)
    assert decode(files.original).frames.shape[1:] == (2 * 210, 160, 3)
    assert decode(files.video).frames.shape == (12, 630, 840, 3)
    first = [step.actions[0] for step in read_recording(kept)]
    assert [row["action"] for row in files.rows] == first


@pytest.mark.parametrize("algo", ["qrdqn", "ppo", "a2c"])
def test_the_other_algorithms_are_recorded(algo, cli, zoo, made, decode):
    assert cli("record", "-f", zoo, "--algo", algo, "-n", 20, "-o", made().folder).status == 0
    files = made(algo, steps=20)
    assert decode(files.video).frames.shape == (20, 630, 840, 3)
    assert len(decode(files.original).frames) == 21


@pytest.mark.parametrize("algo", ["ppo", "a2c"])
def test_the_action_values_of_an_actor_are_probabilities(algo, cli, zoo, made):
    assert cli("record", "-f", zoo, "--algo", algo, "-n", 5, "-o", made().folder, *FAST).status == 0
    for row in made(algo, steps=5).rows:
        values = [value for name, value in row.items() if name.startswith("value_")]
        assert sum(values) == pytest.approx(1, abs=1e-5)
        assert row["chosen"] == "sampled"
        assert row["target_score"] == pytest.approx(np.log(values[row["action"]]), abs=1e-4)
