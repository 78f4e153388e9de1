"""Small untrained agents in the zoo's layout, made by SB3 itself, so that every test runs everywhere."""

import shutil
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rlviz_agents import AgentFiles, FinalState, Step, find_agent

ENV = "BreakoutNoFrameskip-v4"
SHARED = Path(__file__).parents[2] / "../shared/agents"

HYPERPARAMS = OrderedDict(
    env_wrapper=["stable_baselines3.common.atari_wrappers.AtariWrapper"], frame_stack=4, policy="CnnPolicy"
)
ARGUMENTS = OrderedDict(algo="any", env=ENV, env_kwargs=None)


@pytest.fixture(scope="session")
def atari() -> Any:
    """The environment of the small agents, made without rlviz."""
    import rl_zoo3.import_envs  # noqa: F401
    from stable_baselines3.common.env_util import make_atari_env
    from stable_baselines3.common.vec_env import VecFrameStack

    env = VecFrameStack(make_atari_env(ENV, seed=0), 4)
    yield env
    env.close()


@pytest.fixture(scope="session")
def new_model(atari: Any) -> Callable[..., Any]:
    """Make an untrained model with a small last layer."""
    import torch
    from rl_zoo3.utils import ALGOS

    def make(algo: str, **keywords: Any) -> Any:
        torch.manual_seed(1)
        buffer, rollout = {"buffer_size": 1}, {"n_steps": 8}
        sizes = {"dqn": buffer, "qrdqn": buffer, "ppo": {**rollout, "batch_size": 4}, "a2c": rollout}[algo]
        policy = {"features_extractor_kwargs": {"features_dim": 16}, **keywords.pop("policy_kwargs", {})}
        model: Any = ALGOS[algo](
            "CnnPolicy", atari, policy_kwargs=policy, seed=1, device="cpu", **sizes, **keywords
        )
        if algo in ("dqn", "qrdqn"):
            model.exploration_rate = 0.25
        return model

    return make


@pytest.fixture(scope="session")
def zoo(tmp_path_factory: pytest.TempPathFactory, new_model: Callable[..., Any]) -> Path:
    """One agent of each algorithm, saved as `rl_zoo3.train` saves it; with checkpoints for DQN."""
    root = tmp_path_factory.mktemp("zoo")
    for algo in ("dqn", "qrdqn", "ppo", "a2c"):
        quantiles = {"n_quantiles": 5} if algo == "qrdqn" else {}
        run = root / algo / f"{ENV}_1"
        (run / ENV).mkdir(parents=True)
        new_model(algo, policy_kwargs=quantiles).save(run / f"{ENV}.zip")
        (run / ENV / "config.yml").write_text(yaml.dump(HYPERPARAMS))
        (run / ENV / "args.yml").write_text(yaml.dump(ARGUMENTS))
    dqn = root / "dqn" / f"{ENV}_1"
    for name in ("rl_model_9_steps.zip", "rl_model_20_steps.zip", "best_model.zip"):
        shutil.copy(dqn / f"{ENV}.zip", dqn / name)
    return root


@pytest.fixture(scope="session")
def save_number_agent() -> Callable[..., None]:
    """Save an untrained agent that observes numbers as `rl_zoo3.train` does, its statistics left out."""

    def save(env: Any, root: Path, algo: str, env_id: str, **config: object) -> None:
        from rl_zoo3.utils import ALGOS

        sizes: dict[str, Any] = {"buffer_size": 1} if algo in ("dqn", "qrdqn") else {"n_steps": 8}
        if algo == "ppo":
            sizes["batch_size"] = 4
        net = {"net_arch": [16]}
        model: Any = ALGOS[algo]("MlpPolicy", env, seed=1, device="cpu", policy_kwargs=net, **sizes)
        if algo in ("dqn", "qrdqn"):
            model.exploration_rate = 0.25
        run = root / algo / f"{env_id}_1"
        (run / env_id).mkdir(parents=True)
        model.save(run / f"{env_id}.zip")
        (run / env_id / "config.yml").write_text(yaml.dump({"policy": "MlpPolicy", **config}))
        (run / env_id / "args.yml").write_text(yaml.dump({"env": env_id, "env_kwargs": None}))

    return save


@pytest.fixture(scope="session")
def number_zoo(tmp_path_factory: pytest.TempPathFactory, save_number_agent: Callable[..., None]) -> Path:
    """An untrained agent of each algorithm for CartPole."""
    pytest.importorskip("pygame")
    root = tmp_path_factory.mktemp("numbers")
    for algo in ("dqn", "qrdqn", "ppo", "a2c"):
        save_number_agent("CartPole-v1", root, algo, "CartPole-v1")
    return root


@pytest.fixture
def own_zoo(zoo: Path, tmp_path: Path) -> Path:
    """A copy of the DQN agent that the test may spoil."""
    shutil.copytree(zoo / "dqn", tmp_path / "zoo" / "dqn")
    return tmp_path / "zoo"


@pytest.fixture
def dqn_files(zoo: Path) -> AgentFiles:
    return find_agent(zoo, "dqn", ENV)


@pytest.fixture
def make_step() -> Callable[..., Step]:
    """A step of two environments whose arrays all differ from those of the next one."""

    def make(index: int, frame_height: int = 6) -> Step:
        return Step(
            index=index,
            observations=np.full((2, 4, 3, 3), index % 251, np.uint8),
            actions=np.array([index, -index]),
            chosen=("greedy", "sampled", "random")[index % 3],
            rewards=np.array([index / 2, 0.0], np.float32),
            unclipped_rewards=np.array([index / 3, 1.0]),
            scores=np.array([index * 7.0, 2.0]),
            lives_left=np.array([5, -1]),
            dones=np.array([index % 2 == 0, True]),
            frame=np.random.default_rng(index).integers(0, 256, (frame_height, 8, 3), np.uint8),
            rams=np.full((2, 128), index % 7, np.uint8),
        )

    return make


@pytest.fixture
def final_state() -> FinalState:
    return FinalState(
        frame=np.full((6, 8, 3), 9, np.uint8),
        scores=np.array([12.0, 3.0]),
        lives_left=np.array([1, 0]),
        rams=np.full((2, 128), 200, np.uint8),
    )
