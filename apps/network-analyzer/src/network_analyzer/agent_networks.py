"""Agents of Stable-Baselines3 as networks; imports rlviz-agents when an agent arrives."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rlviz_cam import PREPROCESSINGS, Backend, Preprocessing, open_backend

_ALGORITHM = "stable_baselines3.common.base_class"
"""Module of the class that all algorithms are of."""


def is_agent(model: object) -> bool:
    """Whether a model is a live algorithm of Stable-Baselines3, which need not be installed to tell."""
    return any(base.__module__ == _ALGORITHM for base in type(model).__mro__)


def open_agent(model: object, *, device: str = "auto") -> tuple[Backend, Preprocessing | None]:
    """Open a copy of a live agent's policy.

    Args:
        model: a DQN, QR-DQN, PPO or A2C that observes images or numbers in a row.
        device: `auto` (where the agent is), `cpu` or `cuda`.

    Returns:
        The network with the policy's named heads; and how levels of 0 to 255 become observations, or None
        where the agent does not say.

    Raises:
        ModuleNotFoundError: rlviz-agents is not installed.
        TypeError: an agent of another algorithm.
        ValueError: it observes something else.
    """
    with needing("an agent of Stable-Baselines3", "agents"):
        from rlviz_agents import policy_heads
    agent: Any = model
    space: Any = agent.observation_space
    shape: tuple[int, ...] = space.shape or ()
    if type(space).__name__ != "Box" or len(shape) not in {1, 3}:
        message = f"the agent observes {space}; expected images, a Box of shape (C, H, W), or numbers, (k,)"
        raise ValueError(message)
    backend = open_backend(policy_heads(agent), device=device, input_shape=shape)
    return backend, _observed(space)


def load_agent_file(path: Path, *, device: str = "auto", trust: bool = False) -> tuple[object, str]:
    """Load the agent in a zip; no code of the file is run unless it is trusted.

    Returns:
        The live algorithm, and its name: `dqn`, `qrdqn`, `ppo` or `a2c`.

    Raises:
        ModuleNotFoundError: rlviz-agents is not installed.
        OSError: the file cannot be read.
        ValueError: it is damaged, or no agent that can be looked into.
    """
    with needing(f"opening {path} as an agent of Stable-Baselines3", "agents"):
        from rlviz_agents import agent_file, load_agent

        files = agent_file(path)
        return load_agent(files, seed=None, device=device, trust=trust).model, files.algo


@contextmanager
def needing(what: str, extra: str) -> Generator[None]:
    """Say which extra to install when the block misses a package.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        message = f"{what} needs {error.name}; install network-analyzer[{extra}]"
        raise ModuleNotFoundError(message, name=error.name) from error


def _observed(space: Any) -> Preprocessing | None:  # noqa: ANN401 (gymnasium may be missing)
    """How levels of 0 to 255 become what an agent observes, from the bounds of its observations."""
    low, high = float(np.min(space.low)), float(np.max(space.high))
    if space.dtype == np.uint8:
        return PREPROCESSINGS["raw"]
    return Preprocessing.of_range(low, high) if np.isfinite([low, high]).all() and low < high else None
