"""A config's environment, in the words of the zoo's `config.yml`, which `rlviz_agents.make_env` reads."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rlviz_agents import check_env_id

from nn_video_generator.config import TrainingConfig

if TYPE_CHECKING:
    from gymnasium import Env
    from rlviz_agents.game_state import GameStateWrapper

_SB3 = "stable_baselines3.common.atari_wrappers"
_RESIZE = "gymnasium.wrappers.ResizeObservation"


@dataclass(frozen=True, slots=True)
class Environment:
    """How the environment is made.

    Attributes:
        hyperparams: `env_wrapper`, `frame_stack` and `normalize`, as in the zoo's `config.yml`.
        notes: what a person should know of it, one line each.
    """

    hyperparams: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def environment_of(config: TrainingConfig) -> Environment:
    """Turn a config's game into wrappers.

    Atari games get what agents are trained with: no-ops at the start, `max_skip`, an episode for each life,
    FIRE where the game waits for it, the picture in the config's size and colours, rewards of -1, 0 and 1.
    Other environments of pictures get the picture's size and colours alone; those of numbers get nothing, not
    even a frame stack.

    Raises:
        ValueError: the environment is not installed, or cannot be made.
    """
    import gymnasium
    from rlviz_agents.game_state import GameStateWrapper  # it also keeps the emulator's banner off stderr

    check_env_id(config.env_id)
    try:
        made = GameStateWrapper(gymnasium.make(config.env_id))
    except (gymnasium.error.Error, ImportError) as error:
        message = f"environment {config.env_id!r} cannot be made ({error}); install the package that it needs"
        raise ValueError(message) from error
    with closing(made):
        if not _is_of_pictures(made):
            return Environment({"normalize": False})
        is_atari = hasattr(made.unwrapped, "ale")
        wrappers = _atari(config, made) if is_atari else _picture(config, made)
        notes = _skipped_twice(config, made) if is_atari else ()
    stack = {"frame_stack": config.frame_stack} if config.frame_stack > 1 else {}
    return Environment({"env_wrapper": wrappers, **stack, "normalize": False}, notes)


def _is_of_pictures(env: "Env[Any, Any]") -> bool:
    from gymnasium.spaces import Box

    space = env.observation_space
    return isinstance(space, Box) and len(space.shape) == 3 and str(space.dtype) == "uint8"  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] (gymnasium leaves it open)


def _atari(config: TrainingConfig, env: "GameStateWrapper") -> list[Any]:
    """The wrappers of `AtariWrapper`, in its order; itself where it can make the picture."""
    size = config.resize
    if config.grayscale and size is not None and size[0] == size[1]:
        return [{f"{_SB3}.AtariWrapper": {"frame_skip": config.max_skip, "screen_size": size[0]}}]
    waits = "FIRE" in (env.action_meanings() or ())
    return [
        f"{_SB3}.NoopResetEnv",
        *([{f"{_SB3}.MaxAndSkipEnv": {"skip": config.max_skip}}] if config.max_skip > 1 else []),
        f"{_SB3}.EpisodicLifeEnv",
        *([f"{_SB3}.FireResetEnv"] if waits else []),
        *_picture(config, env),
        f"{_SB3}.ClipRewardEnv",
    ]


def _picture(config: TrainingConfig, env: "Env[Any, Any]") -> list[Any]:
    """Size and colours of the picture; without a size in the config, that of the game."""
    if not config.grayscale:
        return [] if config.resize is None else [{_RESIZE: {"shape": config.resize}}]
    height, width, *_ = config.resize or env.observation_space.shape or (84, 84)
    return [{f"{_SB3}.WarpFrame": {"width": width, "height": height}}]


def _skipped_twice(config: TrainingConfig, env: "Env[Any, Any]") -> tuple[str, ...]:
    """Tell where both the environment and `max_skip` skip frames."""
    own = {} if env.spec is None else env.spec.kwargs
    frames = own.get("frameskip", 1)
    if frames == 1 or config.max_skip == 1:
        return ()
    return (
        f"{config.env_id} skips {frames} frames itself, and game.max_skip {config.max_skip} comes on top; "
        "write max_skip: 1 where the training did not",
    )
