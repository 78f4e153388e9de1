"""What describes a run: enough to name it, to repeat it, and to draw it without its environment."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from rlviz_agents.environment import action_names, frame_rate, step_rate
from rlviz_agents.interventions import Interventions
from rlviz_agents.loading import Agent

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv

_DISTRIBUTIONS = (
    "rlviz-agents",
    "stable-baselines3",
    "sb3-contrib",
    "rl-zoo3",
    "gymnasium",
    "ale-py",
    "torch",
    "numpy",
)


def run_header(
    agent: Agent,
    env: "VecEnv",
    *,
    n_timesteps: int,
    seed: int,
    deterministic: bool,
    env_kwargs: Mapping[str, Any] | None = None,
    interventions: Interventions | None = None,
) -> dict[str, Any]:
    """Describe a run in JSON values, for the header of a recording or a manifest.

    Returns:
        `env_id`, `algo`, `exp_id`, `name_prefix`, `model`, `model_sha256`, `action_names`, `fps`
        (of the zoo's video), `step_rate` (steps a second at the game's true speed), `observation_shape`
        (C, H, W) or (k,), `n_envs`, `n_timesteps`, `seed`, `deterministic`, `interventions` (their fields, or
        None), `env_kwargs` (as text) and `versions`.
    """
    files = agent.files
    return {
        "env_id": files.env_id,
        "algo": files.algo,
        "exp_id": files.exp_id,
        "name_prefix": files.name_prefix,
        "model": str(files.model_path.resolve()),
        "model_sha256": agent.sha256,
        "action_names": list(action_names(env)),
        "observation_shape": list(agent.observation_shape),
        "fps": frame_rate(env),
        "step_rate": step_rate(env),
        "n_envs": env.num_envs,
        "n_timesteps": n_timesteps,
        "seed": seed,
        "deterministic": deterministic,
        "interventions": None if interventions is None else asdict(interventions),
        "env_kwargs": {key: repr(value) for key, value in {**files.env_kwargs, **(env_kwargs or {})}.items()},
        "versions": library_versions(),
    }


def library_versions() -> dict[str, str]:
    """Versions of the installed libraries that decide how a run goes."""
    found: dict[str, str] = {}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
