"""Importing the package is cheap, and playing brings in nothing that only training needs."""

import subprocess
import sys
from pathlib import Path

import pytest

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


def loaded(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after the code."""
    text = f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_no_framework():
    heavy = {"torch", "stable_baselines3", "gymnasium", "rl_zoo3", "pyarrow", "ale_py", "cv2"}
    assert not loaded("import rlviz_agents") & heavy


def test_playing_loads_nothing_of_training(zoo: Path):
    code = f"""
from rlviz_agents import *
files = find_agent({str(zoo)!r}, "dqn", {ENV!r})
env = make_env(files)
agent = load_agent(files, env)
policy_heads(agent.model)
list(play(agent, env, 1, deterministic=True))"""
    training = {"optuna", "matplotlib", "pandas", "plotly", "moviepy", "wandb", "tensorboard", "pyarrow"}
    modules = loaded(code)
    assert "stable_baselines3" in modules
    assert not modules & training
