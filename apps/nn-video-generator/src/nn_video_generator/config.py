"""The training's own config: the YAML file, or mapping, that the agent was trained with."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from rlviz_agents import ALGORITHMS

from nn_video_generator import config_values as kinds
from nn_video_generator.config_values import Kind, subsection, value

T = TypeVar("T")

RANDOMNESS_MODES = ("stochastic", "epsilon", "both")
"""What chance a showcase lets in: the policy's own, random actions, or both."""

_GAME = ("env_id", "frame_stack", "resize", "grayscale", "max_skip")
_TRAIN = ("algo", "learning_rate", "gamma", "clip_range", "ent_coef", "total_timesteps")
_SHOWCASE = (
    "showcase_mode",
    "showcase_exploration_rate",
    "showcase_seed_base",
    "showcase_stochastic_policy",
    "showcase_randomness_mode",
)
_TOP = ("game", "train", "milestones_pct", *_SHOWCASE)
_OF_OTHERS = (
    "logging", "paths", "project_name", "recording", "render", "seed", "stream", "training_video",
    "video_tools",
)  # fmt: skip
_OF_THE_TRAINING = (
    "batch_size", "buffer_size", "checkpoint_every_sec", "device", "exploration_final_eps",
    "exploration_fraction", "exploration_initial_eps", "gae_lambda", "gradient_steps", "keep_last",
    "learning_starts", "max_grad_norm", "n_envs", "n_epochs", "n_steps", "normalize_advantage",
    "optimize_memory_usage", "policy", "policy_kwargs", "save_freq", "seed", "target_kl",
    "target_update_interval", "tau", "train_freq", "vec_envs", "verbose", "vf_coef",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """What a config says of the game and of the training.

    Attributes:
        env_id: the gymnasium id of the environment.
        frame_stack: frames that the network sees at once.
        resize: height and width of what it sees; None for the size of the game.
        grayscale: whether it sees no colours.
        max_skip: steps of the emulator to one of the agent.
        algo: one of `rlviz_agents.ALGORITHMS`, or None where nothing says.
        learning_rate: a number, or text such as `lin_2.5e-4`; None where nothing says, as for what follows.
        gamma: discount, 0 to 1.
        clip_range: of PPO.
        ent_coef: weight of the entropy.
        total_timesteps: steps that the training was to take.
        milestones_pct: percentages of the training that videos are wanted of, in order.
        showcase_mode: whether the videos are to show some variety.
        showcase_exploration_rate: share of random actions then, 0 to 1.
        showcase_seed_base: seed then.
        showcase_stochastic_policy: whether actions are sampled from the policy then.
        showcase_randomness_mode: one of RANDOMNESS_MODES.
        unknown: keys that nothing here reads, dotted, each with the known name that is near to it.
    """

    env_id: str
    frame_stack: int = 4
    resize: tuple[int, int] | None = (84, 84)
    grayscale: bool = True
    max_skip: int = 4
    algo: str | None = None
    learning_rate: float | str | None = None
    gamma: float | None = None
    clip_range: float | str | None = None
    ent_coef: float | None = None
    total_timesteps: int | None = None
    milestones_pct: tuple[float, ...] | None = None
    showcase_mode: bool = False
    showcase_exploration_rate: float | None = None
    showcase_seed_base: int | None = None
    showcase_stochastic_policy: bool | None = None
    showcase_randomness_mode: str | None = None
    unknown: tuple[str, ...] = ()


def read_config(path: Path | str) -> TrainingConfig:
    """Read a config file; no tag in it makes an object.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not YAML, holds more than data, or a key of it holds what it may not.
    """
    path = Path(path)
    try:
        loaded: object = yaml.safe_load(path.read_bytes())
    except yaml.constructor.ConstructorError as error:
        message = f"{path} holds what is more than data ({_first_line(error)}); write plain values there"
        raise ValueError(message) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        message = f"{path} is not readable YAML ({_first_line(error)}); correct it there"
        raise ValueError(message) from error
    if not isinstance(loaded, Mapping):
        message = f"{path} holds {type(loaded).__name__}, expected sections such as game: and train:"
        raise ValueError(message)  # noqa: TRY004 (the file is wrong, not an argument)
    try:
        return parse_config(cast("Mapping[str, Any]", loaded))
    except ValueError as error:
        message = f"{path}: {error}"
        raise ValueError(message) from error


def parse_config(given: Mapping[str, Any]) -> TrainingConfig:
    """Check a config and take from it what is needed here.

    `milestones_pct` and the keys of a showcase may also stand in the section `recording`; what stands at the
    top counts.

    Raises:
        ValueError: no environment, or a key holds what it may not; the message names the key.
    """
    game, train, recording = (subsection(given, name) for name in ("game", "train", "recording"))
    env_id = value(game, "game.", "env_id", kinds.text())
    if env_id is None:
        message = "game.env_id is missing; name the environment there, such as BreakoutNoFrameskip-v4"
        raise ValueError(message)
    resize = None if "resize" in game else (84, 84)
    return TrainingConfig(
        env_id=env_id,
        frame_stack=_or(4, value(game, "game.", "frame_stack", kinds.whole(1, 64))),
        resize=_or(resize, value(game, "game.", "resize", kinds.size(1, 1024))),
        grayscale=_or(True, value(game, "game.", "grayscale", kinds.flag())),
        max_skip=_or(4, value(game, "game.", "max_skip", kinds.whole(1, 64))),
        algo=value(train, "train.", "algo", kinds.one_of(ALGORITHMS)),
        learning_rate=value(train, "train.", "learning_rate", kinds.schedule(0, 10)),
        gamma=value(train, "train.", "gamma", kinds.number(0, 1)),
        clip_range=value(train, "train.", "clip_range", kinds.schedule(0, 10)),
        ent_coef=value(train, "train.", "ent_coef", kinds.number(-10, 10)),
        total_timesteps=value(train, "train.", "total_timesteps", kinds.whole(1, 10**15)),
        milestones_pct=_either(given, recording, "milestones_pct", kinds.percentages()),
        showcase_mode=_or(False, _either(given, recording, "showcase_mode", kinds.flag())),
        showcase_exploration_rate=_either(given, recording, "showcase_exploration_rate", kinds.number(0, 1)),
        showcase_seed_base=_either(given, recording, "showcase_seed_base", kinds.whole(0, 2**32 - 1)),
        showcase_stochastic_policy=_either(given, recording, "showcase_stochastic_policy", kinds.flag()),
        showcase_randomness_mode=_either(
            given, recording, "showcase_randomness_mode", kinds.one_of(RANDOMNESS_MODES)
        ),
        unknown=(
            *_unknown(given, "", _TOP, _OF_OTHERS),
            *_unknown(game, "game.", _GAME, ()),
            *_unknown(train, "train.", _TRAIN, _OF_THE_TRAINING),
        ),
    )


def _or(default: T, found: T | None) -> T:
    return default if found is None else found


def _either(top: Mapping[str, Any], recording: Mapping[str, Any], key: str, kind: Kind[T]) -> T | None:
    """A key that may stand in two places; both are checked."""
    inner = value(recording, "recording.", key, kind)
    outer = value(top, "", key, kind)
    return inner if outer is None else outer


def _unknown(
    section: Mapping[str, Any], where: str, read: Iterable[str], ignored: Iterable[str]
) -> tuple[str, ...]:
    """Name the keys of a section that nothing knows, each with a name of one that is read and near to it."""
    read, known = tuple(read), {*read, *ignored}
    return tuple(_with_near(str(key), where, read) for key in section if str(key) not in known)


def _with_near(key: str, where: str, read: tuple[str, ...]) -> str:
    key = key[:60] if key.isprintable() else repr(key[:60])
    near = difflib.get_close_matches(key.lower(), read, n=1)
    return f"{where}{key} (meant {where}{near[0]}?)" if near else f"{where}{key}"


def _first_line(error: BaseException) -> str:
    """What went wrong and where, without the excerpt of the file."""
    if isinstance(error, yaml.MarkedYAMLError):
        where = "" if error.problem_mark is None else f" in line {error.problem_mark.line + 1}"
        return f"{error.problem or error.context}{where}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
