"""The folder of a training run tells its environment, its length and how its environment was wrapped."""

from pathlib import Path

import pytest
from rlviz_agents import find_agent, read_training_run

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


def written(run: Path, name: str, **files: str) -> Path:
    (run / name).mkdir(parents=True)
    for file, text in files.items():
        (run / name / f"{file}.yml").write_text(text)
    return run


def test_a_run_describes_its_models_as_finding_the_agent_does(zoo: Path):
    found = find_agent(zoo, "dqn", ENV)
    run = read_training_run(zoo / "dqn" / f"{ENV}_1")
    files = run.files(found.model_path, "dqn")
    assert (run.algo, run.env_id, run.exp_id) == ("dqn", ENV, 1)
    same = ("model_path", "log_path", "stats_path", "algo", "env_id", "exp_id", "hyperparams", "env_kwargs")
    assert [getattr(files, name) for name in same] == [getattr(found, name) for name in same]


def test_a_run_can_be_read_without_a_final_model(own_zoo: Path):
    run = own_zoo / "dqn" / f"{ENV}_1"
    (run / f"{ENV}.zip").unlink()
    assert read_training_run(run).hyperparams["frame_stack"] == 4


def test_a_renamed_run_is_told_by_its_arguments(own_zoo: Path):
    renamed = (own_zoo / "dqn" / f"{ENV}_1").rename(own_zoo / "my best run")
    run = read_training_run(renamed)
    assert (run.env_id, run.exp_id, run.algo) == (ENV, -1, None)


@pytest.mark.parametrize(
    ("folder", "env_id"),
    [("ALE-Pong-v5_2", "ALE/Pong-v5"), ("CartPole-v1_2", "CartPole-v1"), (f"{ENV}_2", ENV)],
)
def test_without_arguments_the_folder_names_a_registered_environment(
    tmp_path: Path, folder: str, env_id: str
):
    (tmp_path / "ppo" / folder).mkdir(parents=True)
    run = read_training_run(tmp_path / "ppo" / folder)
    assert (run.env_id, run.exp_id, run.algo, run.stats_path) == (env_id, 2, "ppo", None)


def test_a_folder_that_names_no_environment_is_refused(tmp_path: Path):
    with pytest.raises(
        ValueError, match=r"does not say of which environment it is: it has no <env>/args\.yml"
    ):
        read_training_run(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere; give the folder of one training run"):
        read_training_run(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("args", "config", "steps"),
    [
        ("n_timesteps: 500", "n_timesteps: 1000000.0", 500),
        ("n_timesteps: -1", "n_timesteps: 1000000.0", 1_000_000),
        ("n_timesteps: -1", "{}", None),
    ],
)
def test_the_length_is_that_of_the_command_or_else_that_of_the_hyperparameters(
    tmp_path: Path, args: str, config: str, steps: int | None
):
    run = written(tmp_path / "CartPole-v1_1", "CartPole-v1", args=f"env: CartPole-v1\n{args}", config=config)
    assert read_training_run(run).n_timesteps == steps


def test_yaml_that_is_more_than_data_is_refused_unless_it_is_trusted(tmp_path: Path):
    text = "env: CartPole-v1\nenv_kwargs: !!python/object/apply:builtins.dict {}"
    run = written(tmp_path / "CartPole-v1_1", "CartPole-v1", args=text)
    with pytest.raises(ValueError, match=r"args\.yml holds what is more than data"):
        read_training_run(run)
    assert read_training_run(run, trust=True).env_id == "CartPole-v1"
