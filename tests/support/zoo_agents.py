"""Agents made on the spot, saved as RL Zoo saves its own."""

from collections import OrderedDict
from pathlib import Path
from typing import Any

import yaml


def save_as_the_zoo_does(model: Any, folder: Path, algo: str, env_id: str) -> Path:
    """Save a model with its `args.yml` and `config.yml`; returns the model's path."""
    run = folder / algo / f"{env_id}_1"
    (run / env_id).mkdir(parents=True)
    wrappers = ["stable_baselines3.common.atari_wrappers.AtariWrapper"]
    atari = "NoFrameskip" in env_id
    config = OrderedDict(env_wrapper=wrappers, frame_stack=4, policy="CnnPolicy") if atari else OrderedDict()
    (run / env_id / "config.yml").write_text(yaml.dump(config), encoding="utf-8")
    arguments = OrderedDict(algo=algo, env=env_id, env_kwargs=None)
    (run / env_id / "args.yml").write_text(yaml.dump(arguments), encoding="utf-8")
    model.save(run / f"{env_id}.zip")
    return run / f"{env_id}.zip"


def new_atari_model(algo: str, env: Any, **policy: Any) -> Any:
    """Make an untrained model of a network with a small last layer."""
    import torch
    from rl_zoo3.utils import ALGOS

    rollout = {"n_steps": 64}
    sizes: dict[str, dict[str, Any]] = {
        "dqn": {"buffer_size": 1},
        "qrdqn": {"buffer_size": 300, "learning_starts": 64, "target_update_interval": 100},
        "ppo": {**rollout, "batch_size": 32, "n_epochs": 1},
        "a2c": rollout,
    }
    torch.manual_seed(1)
    policy = {"features_extractor_kwargs": {"features_dim": 16}, **policy}
    return ALGOS[algo]("CnnPolicy", env, policy_kwargs=policy, seed=1, device="cpu", **sizes[algo])
