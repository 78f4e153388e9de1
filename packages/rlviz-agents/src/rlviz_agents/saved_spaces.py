# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and infos open.)
"""What a saved agent observes and how many actions it has, from the JSON beside the pickled spaces."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rlviz_agents.saved import SavedAgent

if TYPE_CHECKING:
    from gymnasium.spaces import Box
    from stable_baselines3.common.vec_env import VecEnv

_NUMBERS = ("float32", "float64", "uint8", "int8", "int16", "int32", "int64")
"""Types of the observations that are numbers in a row."""


@dataclass(frozen=True, slots=True)
class SavedSpaces:
    """The spaces of an agent.

    Attributes:
        shape: of one observation: (C, H, W), images; or (k,), numbers.
        dtype: name of the observations' type; `uint8` for images.
        n_actions: number of actions.
    """

    shape: tuple[int, ...]
    dtype: str
    n_actions: int

    @property
    def sees_images(self) -> bool:
        """Whether the agent observes images."""
        return len(self.shape) == 3

    def observation_space(self) -> "Box":
        """The space as the policy needs it: levels of 0 to 255, or numbers of any size."""
        import numpy as np
        from gymnasium import spaces

        if self.sees_images:
            return spaces.Box(0, 255, self.shape, np.uint8)
        return spaces.Box(-np.inf, np.inf, self.shape, np.float32)


def read_spaces(saved: SavedAgent) -> SavedSpaces:
    """Read the spaces; no pickle is run.

    Raises:
        ValueError: the agent observes neither images nor numbers in a row, or has no fixed number of actions.
    """
    observations, actions = saved.beside("observation_space"), saved.beside("action_space")
    given: object = observations.get("_shape") or observations.get("shape")  # gym's name before 0.19
    shape = tuple(given) if isinstance(given, list) else ()
    dtype = str(observations.get("dtype"))
    known = {3: ("uint8",), 1: _NUMBERS}.get(len(shape), ())
    if dtype not in known or not all(type(n) is int and n > 0 for n in shape):
        raise ValueError(_not_seen(saved, shape, dtype, "or numbers (one axis)"))
    count = str(actions.get("n", ""))
    if not count.isdecimal() or str(actions.get("start", "0")) != "0":
        message = f"{saved.path} has no fixed number of actions ({actions}); expected a Discrete action space"
        raise ValueError(message)
    return SavedSpaces(shape, dtype, int(count))


def check_fits(saved: SavedAgent, own: SavedSpaces, env: "VecEnv") -> None:
    """Compare the agent's spaces with those of the environment it is to play (it may have channels last).

    Raises:
        ValueError: they differ, or the agent sees no images: others are looked into, but not played.
    """
    from gymnasium import spaces

    if not own.sees_images:
        raise ValueError(_not_seen(saved, own.shape, own.dtype, "to play"))
    there, actions = env.observation_space, env.action_space
    given = tuple(there.shape or ())
    if not isinstance(there, spaces.Box) or own.shape not in (given, (given[-1:] + given[:-1])):
        message = (
            f"{saved.path} observes images of shape {own.shape}, its environment gives {given}; check --env, "
            "--env-kwargs and the frame_stack and env_wrapper in config.yml"
        )
        raise ValueError(message)
    if not isinstance(actions, spaces.Discrete) or int(actions.n) != own.n_actions:
        message = (
            f"{saved.path} has {own.n_actions} actions, its environment {actions}; "
            "check --env and --env-kwargs"
        )
        raise ValueError(message)


def _not_seen(saved: SavedAgent, shape: tuple[int, ...], dtype: str, further: str) -> str:
    what = f"{saved.path} observes {dtype} of shape {shape}, expected images (uint8, three axes) {further}"
    return f"{what}; choose an agent that was trained on those"
