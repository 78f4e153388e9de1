"""A zip by itself says which algorithm it is of, and nothing in it is run."""

import base64
import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from rlviz_agents import SavedAgent, agent_file, algorithm_of, load_agent, read_saved, sample_agents

ENV = "BreakoutNoFrameskip-v4"
SHARED = Path(__file__).parents[2] / "../shared/agents"
pytestmark = pytest.mark.torch


class Touch:
    """Unpickling an instance makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def saved(policy: object, *fields: str) -> SavedAgent:
    """A file with a pickled policy class and some fields."""
    pickled = {":type:": "", ":serialized:": base64.b64encode(pickle.dumps(policy)).decode()}
    return SavedAgent(Path("a.zip"), "", {"policy_class": pickled, **dict.fromkeys(fields)}, {})


@pytest.mark.parametrize("algo", ["dqn", "qrdqn", "ppo", "a2c"])
def test_a_file_of_each_algorithm_says_so(zoo: Path, algo: str):
    assert algorithm_of(read_saved(zoo / algo / f"{ENV}_1" / f"{ENV}.zip")) == algo


@pytest.mark.parametrize("algo", ["DQN", "PPO", "A2C"])
def test_an_agent_that_observes_numbers_says_so_too(tmp_path: Path, algo: str):
    import stable_baselines3

    buffer: Any = {"buffer_size": 1} if algo == "DQN" else {}
    getattr(stable_baselines3, algo)("MlpPolicy", "CartPole-v1", device="cpu", **buffer).save(
        tmp_path / "a.zip"
    )
    assert algorithm_of(read_saved(tmp_path / "a.zip")) == algo.lower()


def test_a_lone_file_is_loaded_like_one_in_the_zoo(zoo: Path):
    agent = load_agent(agent_file(zoo / "ppo" / f"{ENV}_1" / f"{ENV}.zip"), device="cpu")
    assert (agent.files.algo, agent.observation_shape, agent.n_actions) == ("ppo", (4, 84, 84), 4)


def test_nothing_is_claimed_of_the_environment(zoo: Path):
    files = agent_file(str(zoo / "a2c" / f"{ENV}_1" / f"{ENV}.zip"))
    assert (files.env_id, files.hyperparams, files.env_kwargs, files.stats_path) == ("", {}, {}, None)
    assert (files.name_prefix, files.log_path) == (ENV, zoo / "a2c" / f"{ENV}_1")


def test_the_shipped_agent_is_a_dqn():
    with sample_agents() as folder:
        assert agent_file(folder / "dqn" / f"{ENV}_1" / f"{ENV}.zip").algo == "dqn"


@pytest.mark.shared
def test_every_trained_agent_is_of_the_algorithm_of_its_folder():
    paths = sorted(SHARED.glob("*/*/*.zip"))
    if not paths:
        pytest.skip("no trained agents beside the checkout")
    assert [agent_file(path).algo for path in paths] == [path.parents[1].name for path in paths]


def test_another_algorithm_with_the_policies_of_ppo_is_refused():
    from stable_baselines3.common.policies import ActorCriticPolicy

    trpo = saved(ActorCriticPolicy, "gae_lambda", "ent_coef", "vf_coef", "batch_size", "target_kl")
    with pytest.raises(ValueError, match=r"a\.zip is of another algorithm than dqn, qrdqn, ppo, a2c"):
        algorithm_of(trpo)


def test_another_policy_is_refused_by_its_name():
    with pytest.raises(ValueError, match=r"another algorithm .*\(its policy: zipfile\.ZipFile\)"):
        algorithm_of(saved(zipfile.ZipFile, "clip_range", "n_epochs", "batch_size"))


def test_a_policy_that_is_a_program_is_refused_and_does_not_run(tmp_path: Path):
    with pytest.raises(ValueError, match=r"another algorithm .*\(its policy: code\)"):
        algorithm_of(saved(Touch(tmp_path / "ran")))
    assert not (tmp_path / "ran").exists()


def test_a_file_without_a_policy_class_is_refused(zoo: Path, tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("data", json.dumps({"clip_range": 0.1}))
        archive.writestr("policy.pth", b"")
    with pytest.raises(ValueError, match="of another algorithm"):
        agent_file(tmp_path / "a.zip")


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"none\.zip"):
        agent_file(tmp_path / "none.zip")


def test_reading_the_algorithm_loads_no_framework(zoo: Path):

    path = str(zoo / "dqn" / f"{ENV}_1" / f"{ENV}.zip")
    code = (
        f"import sys; from rlviz_agents import agent_file; agent_file({path!r});print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
