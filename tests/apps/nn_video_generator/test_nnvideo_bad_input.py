"""What is wrong is told in one line: what was given, what was expected, what to do."""

import os
import shutil

import pytest
import yaml
from neural_videos import BREAKOUT, CARTPOLE, CLIP, SAMPLE, Made

CONFIG = {"game": {"env_id": BREAKOUT}, "train": {"algo": "ppo"}}


@pytest.fixture
def written(tmp_path):
    """Write a config; the options that name it beside the sample's checkpoints."""

    def write(config=CONFIG, model_dir=SAMPLE):
        path = tmp_path / "config.yaml"
        path.write_text(config if isinstance(config, str) else yaml.safe_dump(config), encoding="utf-8")
        return ("--model-dir", model_dir, "--config", path, "--output-dir", tmp_path / "out", *CLIP)

    return write


def test_a_folder_without_checkpoints_says_what_is_looked_for_and_what_is_there(cli, written, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "notes.txt").write_text("mine", encoding="utf-8")
    outcome = cli(*written(model_dir=tmp_path / "models"))
    outcome.fails_with_one_line("no checkpoint", "pct_50.zip", "rl_model_12345_steps.zip", "notes.txt")


def test_an_algorithm_that_contradicts_the_file_names_both(cli, written):
    config = {**CONFIG, "train": {"algo": "dqn"}}
    cli(*written(config)).fails_with_one_line("PPO", "DQN", "rl_model_100000_steps.zip")


def test_an_environment_that_is_not_installed_is_named(cli, written):
    config = {**CONFIG, "game": {"env_id": "NoSuchGame-v0"}}
    cli(*written(config)).fails_with_one_line("NoSuchGame", "install")


def test_yaml_that_makes_objects_is_refused(cli, written):
    text = f"game: {{env_id: {BREAKOUT}}}\ntrain: !!python/object/apply:os.system ['true']\n"
    cli(*written(text)).fails_with_one_line("more than data", "line 2")


def test_unknown_keys_are_named_and_do_no_harm(cli, written):
    config = {**CONFIG, "train": {"algo": "ppo", "lerning_rate": 1e-4}}
    outcome = cli(*written(config), "--milestones-pct", 50)
    assert outcome.status == 0, outcome.err
    assert "train.lerning_rate" in outcome.out
    assert "learning_rate" in outcome.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--fps", 0), ("frame rate", "0")),
        (("--fps", "fast"), ("frame rate", "fast")),
        (("--clip-seconds", 0), ("--clip-seconds 0", "give more")),
        (("--clip-seconds", "nan"), ("--clip-seconds nan",)),
        (("--total-seconds", 0), ("--total-seconds 0", "give more")),
        (("--total-seconds", -5), ("--total-seconds -5",)),
        (("--total-seconds", 0.1), ("too short for 2 checkpoints",)),
        (("--size", "961x540"), ("961x540", "even")),
        (("--size", "320x180"), ("320x180", "640x360")),
        (("--size", "large"), ("large", "960x540")),
        (("--speed", 0), ("--speed 0",)),
        (("--show", "reward,heat"), ("heat", "reward, actions, performance")),
        (("--epsilon", 2), ("--epsilon 2", "0 to 1")),
        (("--jobs", 0), ("--jobs 0",)),
        (("--deterministic", "--stochastic"), ("--deterministic and --stochastic",)),
        (("--milestones-pct", "ten"), ("ten", "0,1,10,50,100")),
        (("--milestones-pct", "77"), ("77", "10, 50")),
        (("--attention", "--layer", "conv9"), ("conv9", "features_extractor.cnn.4")),
        (("--attention", "--target", "JUMP"), ("JUMP", "NOOP")),
    ],
)
def test_an_option_that_means_nothing_is_told(options, words, cli, tmp_path):
    outcome = cli("--agent", SAMPLE, "--output-dir", tmp_path / "out", *CLIP, *options)
    outcome.fails_with_one_line(*words)


@pytest.mark.parametrize(
    "given",
    [
        ("--model-dir", SAMPLE),
        ("--agent", SAMPLE, "--model-dir", SAMPLE),
        ("--agent", SAMPLE, "--config", "c.yaml"),
    ],
)
def test_half_a_source_or_two_of_them_are_told(given, cli, tmp_path):
    outcome = cli(*given, "--output-dir", tmp_path)
    outcome.fails_with_one_line("--model-dir and --config, or --agent alone")


@pytest.fixture
def damaged(tmp_path):
    """The sample's training with its first checkpoint cut short."""
    run = tmp_path / "logs" / "ppo" / f"{BREAKOUT}_1"
    shutil.copytree(SAMPLE, run)
    checkpoint = run / "rl_model_100000_steps.zip"
    checkpoint.write_bytes(checkpoint.read_bytes()[:100_000])
    return run


def test_a_truncated_checkpoint_does_not_stop_the_others(damaged, cli, tmp_path):
    outcome = cli("--agent", damaged, "--output-dir", tmp_path / "out", *CLIP)
    assert outcome.status == 1
    assert Made.of(tmp_path / "out", "50").manifest["frames"] == 30
    assert "1 of 2 failed:\n" in outcome.err
    assert "rl_model_100000_steps.zip" in outcome.err
    assert not Made.of(tmp_path / "out", "10").video.exists()


def test_a_truncated_checkpoint_does_not_stop_those_in_other_processes(damaged, cli, tmp_path):
    outcome = cli("--agent", damaged, "--output-dir", tmp_path / "out", *CLIP, "--jobs", 2)
    assert outcome.status == 1
    assert Made.of(tmp_path / "out", "50").manifest["frames"] == 30


def test_a_truncated_checkpoint_is_left_out_of_the_whole_video(damaged, cli, tmp_path):
    outcome = cli("--agent", damaged, "--output-dir", tmp_path / "out", "--total-seconds", 1)
    assert outcome.status == 1
    video = Made(tmp_path / "out" / "breakout_1s_training.mp4")
    assert len(video.rows) == 30
    assert {row["chapter"] for row in video.rows} == {"50 %"}


def test_fire_in_a_game_without_it_is_told(cli, zoo_run, tmp_path):
    outcome = cli("--agent", zoo_run("ppo", CARTPOLE), "--output-dir", tmp_path, *CLIP, "--fire-on-reset")
    assert outcome.status == 1
    assert "FIRE" in outcome.err


def test_attention_of_a_network_without_maps_is_told(cli, zoo_run, tmp_path):
    outcome = cli("--agent", zoo_run("ppo", CARTPOLE), "--output-dir", tmp_path, *CLIP, "--attention")
    assert outcome.status == 1
    assert "needs a convolution" in outcome.err


def test_a_page_of_somebody_else_is_not_replaced(cli, tmp_path):
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    cli("--agent", SAMPLE, "--output-dir", tmp_path, *CLIP).fails_with_one_line("index.html", "exists")
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "mine"


def test_an_output_folder_below_a_file_is_told(cli, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    outcome = cli("--agent", SAMPLE, "--output-dir", tmp_path / "file" / "out", *CLIP)
    outcome.fails_with_one_line("file is a file", "expected a folder")


def test_an_output_folder_that_may_not_be_written_is_told(cli, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    outcome = cli("--agent", SAMPLE, "--output-dir", folder, *CLIP)
    assert outcome.status == 1
    assert "Permission denied" in outcome.err
