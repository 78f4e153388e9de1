"""Bad input is one line that says what was given and what to do, and status 1 (usage: 2); nothing is made."""

import base64
import json
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ENV = "BreakoutNoFrameskip-v4"


class Intruder:
    """Unpickling this makes a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self._path),)


@pytest.fixture
def agents(zoo, tmp_path) -> Path:
    """A copy of the small DQN agent that the test may spoil."""
    shutil.copytree(zoo / "dqn" / f"{ENV}_1", tmp_path / "agents" / "dqn" / f"{ENV}_1")
    return tmp_path / "agents"


@pytest.fixture
def model(agents) -> Path:
    """The zip of that agent."""
    return agents / "dqn" / f"{ENV}_1" / f"{ENV}.zip"


@pytest.fixture
def record(cli, agents, made):
    """Record a few steps of the spoiled agent, or with other options."""

    def call(*options: object):
        return cli("record", "-f", agents, "-n", 3, "-o", made().folder, "--placement", "field", *options)

    return call


@pytest.fixture
def save(new_model, tmp_path, request):
    """Save a model in the zoo's layout under `own`; returns that folder."""

    def call(model: Any, algo: str, env_id: str, **config: object) -> Path:
        import yaml

        run = tmp_path / "own" / algo / f"{env_id}_1"
        (run / env_id).mkdir(parents=True)
        (run / env_id / "config.yml").write_text(yaml.dump(config), encoding="utf-8")
        model.save(run / f"{env_id}.zip")
        return tmp_path / "own"

    return call


def change_data(model: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the `data` entry of a saved model."""
    with zipfile.ZipFile(model) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    data = json.loads(entries["data"])
    change(data)
    entries["data"] = json.dumps(data).encode()
    with zipfile.ZipFile(model, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def plant(model: Path, field: str, evil: object) -> None:
    """Put a pickle into a field of a saved model, where SB3 would unpickle it."""
    text = base64.b64encode(pickle.dumps(evil)).decode()
    change_data(model, lambda data: data.update({field: {":type:": "<class 'x'>", ":serialized:": text}}))


def plant_yaml(path: Path, key: str, evil: Path) -> None:
    """Put a call into a YAML file of the zoo."""
    ordered, call = "!!python/object/apply:collections.OrderedDict", "!!python/object/apply:os.mkdir"
    path.write_text(f"{ordered}\n- - - {key}\n    - {call} [{evil}]\n", encoding="utf-8")


def test_a_missing_agent_lists_those_there_are(record):
    record("--env", "PongNoFrameskip-v4").fails_with_one_line(
        "no agent dqn/PongNoFrameskip-v4", f"it has: dqn/{ENV}_1"
    )


def test_a_missing_experiment_lists_the_agents_there_are(record):
    record("--exp-id", 7).fails_with_one_line(f"dqn/{ENV}_7", f"it has: dqn/{ENV}_1")


def test_a_missing_checkpoint_lists_the_models_there_are(record):
    record("--load-checkpoint", 5).fails_with_one_line("no rl_model_5_steps.zip in ", f"it has: {ENV}.zip")


def test_a_missing_folder_is_named(record, tmp_path):
    record("-f", tmp_path / "nowhere").fails_with_one_line("nowhere")


def test_an_unknown_algorithm_lists_the_known_ones(record):
    record("--algo", "sac").fails_with_one_line("'sac'", "'dqn', 'qrdqn', 'ppo', 'a2c'", status=2)


def test_an_unknown_option_is_one_line(record):
    record("--no-such-option").fails_with_one_line("--no-such-option", status=2)


def test_an_unknown_command_is_one_line(cli):
    cli("play").fails_with_one_line("play", "--help", status=2)


def test_a_number_that_is_none_is_one_line(record):
    record("-n", "many").fails_with_one_line("'many'", status=2)


def test_no_command_shows_the_help(cli):
    outcome = cli()
    assert outcome.status == 2
    assert "Commands:" in outcome.err


def test_an_environment_that_is_not_installed_is_named(record, agents, model):
    folder = agents / "dqn" / "NoSuchGame-v0_1"
    folder.mkdir()
    shutil.copy(model, folder / "NoSuchGame-v0.zip")
    record("--env", "NoSuchGame-v0").fails_with_one_line("'NoSuchGame-v0' is not installed", "install")


def test_a_truncated_zip_is_named(record, model, made):
    model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])
    record().fails_with_one_line(str(model))
    assert made().names == []


def test_an_empty_file_is_named(record, model):
    model.write_bytes(b"")
    record().fails_with_one_line(str(model))


def test_a_malicious_policy_class_is_refused_and_does_not_run(record, model, tmp_path):
    plant(model, "policy_class", Intruder(tmp_path / "ran"))
    record().fails_with_one_line(str(model), "--trust")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("field", ["lr_schedule", "exploration_schedule", "replay_buffer_class", "surprise"])
def test_a_malicious_field_does_not_run_while_the_agent_plays(field, record, model, tmp_path):
    plant(model, field, Intruder(tmp_path / "ran"))
    assert record().status == 0
    assert not (tmp_path / "ran").exists()


def test_the_same_field_runs_for_who_trusts_the_file(record, model, tmp_path):
    plant(model, "surprise", Intruder(tmp_path / "ran"))
    record("--trust")
    assert (tmp_path / "ran").exists()


def test_a_malicious_args_yml_is_refused_and_does_not_run(record, model, tmp_path):
    plant_yaml(model.parent / ENV / "args.yml", "env_kwargs", tmp_path / "ran")
    record().fails_with_one_line("args.yml")
    assert not (tmp_path / "ran").exists()


def test_a_malicious_config_yml_is_refused_and_does_not_run(record, model, tmp_path):
    plant_yaml(model.parent / ENV / "config.yml", "frame_stack", tmp_path / "ran")
    record().fails_with_one_line("config.yml")
    assert not (tmp_path / "ran").exists()


def test_a_wrapper_of_another_package_is_refused(record, model):
    config = model.parent / ENV / "config.yml"
    config.write_text("env_wrapper: os.system\nframe_stack: 4\n", encoding="utf-8")
    record().fails_with_one_line("os.system", "--trust")


@pytest.mark.parametrize("field", ["policy_class", "exploration_schedule", "surprise"])
def test_verify_refuses_a_malicious_zip_before_record_video_sees_it(field, cli, agents, model, tmp_path):
    plant(model, field, Intruder(tmp_path / "ran"))
    outcome = cli("verify", "-f", agents, "-n", 3)
    outcome.fails_with_one_line(str(model), "--trust")
    assert not (tmp_path / "ran").exists()


def test_verify_lets_record_video_read_what_it_replaces_itself(cli, agents, model, tmp_path):
    plant(model, "lr_schedule", Intruder(tmp_path / "ran"))
    assert cli("verify", "-f", agents, "-n", 3).status == 0
    assert not (tmp_path / "ran").exists()


def test_verify_refuses_a_malicious_args_yml_before_record_video_sees_it(cli, agents, model, tmp_path):
    plant_yaml(model.parent / ENV / "args.yml", "env_kwargs", tmp_path / "ran")
    cli("verify", "-f", agents, "-n", 3).fails_with_one_line("args.yml")
    assert not (tmp_path / "ran").exists()


def test_weights_that_are_no_numbers_are_named(record, save, new_model):
    import torch

    model = new_model("dqn")
    with torch.no_grad():
        model.q_net.q_net[0].weight[0, 0] = float("nan")
    wrapper = "stable_baselines3.common.atari_wrappers.AtariWrapper"
    folder = save(model, "dqn", ENV, env_wrapper=[wrapper], frame_stack=4)
    record("-f", folder).fails_with_one_line("q_net.q_net.0.weight")


def test_an_agent_that_sees_no_images_is_refused(record, save):
    from stable_baselines3 import PPO

    folder = save(PPO("MlpPolicy", "CartPole-v1", device="cpu"), "ppo", "CartPole-v1")
    outcome = record("-f", folder, "--algo", "ppo", "--env", "CartPole-v1")
    outcome.fails_with_one_line("CartPole-v1.zip", "image")


def test_an_agent_without_a_convolution_is_refused(record, save, atari, made):
    from stable_baselines3 import DQN

    model = DQN("MlpPolicy", atari(), policy_kwargs={"net_arch": [8]}, buffer_size=1, device="cpu")
    wrapper = "stable_baselines3.common.atari_wrappers.AtariWrapper"
    folder = save(model, "dqn", ENV, env_wrapper=[wrapper], frame_stack=4)
    record("-f", folder).fails_with_one_line("spatial")
    assert made().names == []


def test_a_wrong_observation_shape_is_named_with_both_shapes(record, model):
    config = model.parent / ENV / "config.yml"
    config.write_text(config.read_text(encoding="utf-8").replace("- 4", "- 2"), encoding="utf-8")
    record().fails_with_one_line("(4, 84, 84)", "(84, 84, 2)")


def test_an_unknown_layer_lists_those_there_are(record, made):
    record("--layer", "conv9").fails_with_one_line("'conv9'", "features_extractor.cnn.4")
    assert made().names == []


def test_a_layer_without_a_picture_lists_those_with_one(record):
    outcome = record("--layer", "features_extractor.linear.0")
    outcome.fails_with_one_line("features_extractor.linear.0", "features_extractor.cnn.4")


@pytest.mark.parametrize("target", ["JUMP", "7", "contrast:LEFT", "contrast:LEFT,JUMP", ""])
def test_an_unknown_target_lists_the_actions(target, record, made):
    record("--target", target).fails_with_one_line(
        "expected action, advantage, value", "NOOP, FIRE, RIGHT, LEFT"
    )
    assert made().names == []


def test_a_fixed_scale_without_a_value_is_refused_before_anything_is_made(record, made):
    record("--scale", "fixed").fails_with_one_line("fixed", "value")
    assert made().names == []


def test_a_recording_that_is_none_is_named(record, tmp_path):
    (tmp_path / "notes.txt").write_text("nothing of the kind", encoding="utf-8")
    outcome = record("--from-recording", tmp_path / "notes.txt")
    outcome.fails_with_one_line("notes.txt", "--save-recording")


def test_a_missing_recording_is_named(record, tmp_path):
    record("--from-recording", tmp_path / "run.arrow").fails_with_one_line("run.arrow", "--save-recording")


def test_a_recording_whose_model_has_changed_is_refused(record, new_model, model, tmp_path):
    kept = tmp_path / "run.arrow"
    assert record("--save-recording", kept).status == 0
    other = new_model("dqn")
    other.num_timesteps = 99
    other.save(model)
    record("--from-recording", kept, "--force").fails_with_one_line("another model", "restore")


def test_a_recording_whose_model_is_gone_says_which_agent_is_missing(record, model, tmp_path):
    kept = tmp_path / "run.arrow"
    assert record("--save-recording", kept).status == 0
    model.unlink()
    record("--from-recording", kept, "--force").fails_with_one_line(ENV)


def test_a_recording_finds_its_model_in_a_folder_that_was_moved(record, agents, tmp_path):
    kept, moved = tmp_path / "run.arrow", tmp_path / "moved"
    assert record("--save-recording", kept).status == 0
    agents.rename(moved)
    assert record("--from-recording", kept, "--force", "-f", moved).status == 0


@pytest.mark.parametrize("pair", ["mode", "mode:nothing()", ":1"])
def test_environment_arguments_that_are_no_literals_are_refused(pair, record):
    record("--env-kwargs", pair).fails_with_one_line("environment argument")


def test_an_environment_argument_that_the_game_does_not_know_is_named(record):
    record("--env-kwargs", "colour:3").fails_with_one_line("colour", "--env-kwargs")


def test_several_environment_arguments_stand_behind_one_flag(record, made):
    assert record("--env-kwargs", "mode:0", "difficulty:1").status == 0
    assert made(steps=3).manifest["run"]["env_kwargs"] == {"mode": "0", "difficulty": "1"}


def test_no_environments_are_refused(record):
    record("--n-envs", 0).fails_with_one_line("0 environments")


def test_a_device_that_is_not_there_is_refused(record, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    record("--device", "cuda").fails_with_one_line("no CUDA device")


def test_a_process_prints_the_same_one_line(process, sample):
    run = process("record", "-f", sample, "-n", 3, "--target", "JUMP")
    out, err = run.communicate(timeout=60)
    assert run.returncode == 1
    assert err.startswith("breakout-gradcam: target 'JUMP'")
    assert err.count("\n") == 1
    assert "Traceback" not in out
