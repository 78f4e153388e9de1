# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and infos open.)
"""What a saved agent observes and how many actions it has, from the JSON beside the pickled spaces."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rlviz_agents.saved import SavedAgent

if TYPE_CHECKING:
    from gymnasium.spaces import Box
    from stable_baselines3.common.vec_env import VecEnv

NUMBER_TYPES = ("float32", "float64", "uint8", "int8", "int16", "int32", "int64")
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

    def observation_space(self, env: "VecEnv | None" = None) -> "Box":
        """The space as the policy needs it: levels of 0 to 255, or numbers.

        Args:
            env: the environments that are played, checked by `check_fits`. Numbers have their limits, which
                the network does not know, from there; without any they are of any size.
        """
        import numpy as np
        from gymnasium import spaces

        if self.sees_images:
            return spaces.Box(0, 255, self.shape, np.uint8)
        if env is not None and isinstance(env.observation_space, spaces.Box):
            return env.observation_space
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
    known = {3: ("uint8",), 1: NUMBER_TYPES}.get(len(shape), ())
    if dtype not in known or not all(type(n) is int and n > 0 for n in shape):
        message = (
            f"{saved.path} observes {dtype} of shape {shape}, expected images (uint8, three axes) or numbers "
            "(one axis); choose an agent that was trained on those"
        )
        raise ValueError(message)
    count = str(actions.get("n", ""))
    if not count.isdecimal() or str(actions.get("start", "0")) != "0":
        message = f"{saved.path} has no fixed number of actions ({actions}); expected a Discrete action space"
        raise ValueError(message)
    return SavedSpaces(shape, dtype, int(count))


def check_fits(saved: SavedAgent, own: SavedSpaces, env: "VecEnv") -> None:
    """Compare the agent's spaces with those of the environment it is to play (it may have channels last).

    Raises:
        ValueError: they differ in shape, type or number of actions.
    """
    from gymnasium import spaces

    there, actions = env.observation_space, env.action_space
    given, dtype = tuple(there.shape or ()), str(there.dtype)
    fits = own.shape in (given, (given[-1:] + given[:-1])) and own.dtype == dtype
    if not isinstance(there, spaces.Box) or not fits:
        message = (
            f"{saved.path} observes {own.dtype} of shape {own.shape}, its environment gives {given} of "
            f"{dtype}; check --env, --env-kwargs and the frame_stack and env_wrapper in config.yml"
        )
        raise ValueError(message)
    if not isinstance(actions, spaces.Discrete) or int(actions.n) != own.n_actions:
        message = (
            f"{saved.path} has {own.n_actions} actions, its environment {actions}; "
            "check --env and --env-kwargs"
        )
        raise ValueError(message)
