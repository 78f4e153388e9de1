# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and infos open.)
"""Make the environment of a trained agent exactly as `rl_zoo3.record_video` does."""

import contextlib
import importlib
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rlviz_agents.zoo import AgentFiles

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv

WRAPPER_MODULES = (
    "stable_baselines3.common.atari_wrappers",
    "sb3_contrib.common.wrappers",
    "rl_zoo3.wrappers",
    "gymnasium.wrappers",
)
"""Modules whose wrappers a `config.yml` may name."""

CONSOLE_RATE = 60.0
"""Frames a second of the Atari console (NTSC, rounded as the Arcade Learning Environment does)."""

_DRAWN_BY_PYGAME = {
    "gymnasium.envs.classic_control": "classic-control",
    "gymnasium.envs.box2d": "box2d",
    "gymnasium.envs.toy_text": "toy-text",
}
"""Packages of environments that need pygame for their pictures, and the extra that brings it."""

_VEC_WRAPPERS = ("VecFrameStack", "VecTransposeImage", "VecCheckNan", "VecExtractDictObs")
_FORBIDDEN = ("RecordVideo", "HumanRendering")  # they write files, or open a window


def make_env(
    files: AgentFiles,
    *,
    n_envs: int = 1,
    seed: int = 0,
    env_kwargs: Mapping[str, Any] | None = None,
    no_render: bool = False,
    trust: bool = False,
) -> "VecEnv":
    """Seed all generators, then make the agent's environments, with the same calls as `rl_zoo3.record_video`.

    The only difference is one innermost wrapper that passes everything through (`GameStateWrapper`).

    Args:
        files: the agent.
        n_envs: number of environments; more than one run in processes of their own.
        seed: of Python's, NumPy's and PyTorch's global generators and of the environments.
        env_kwargs: arguments of the environment, over those in `args.yml`.
        no_render: as in the zoo; frames can be rendered all the same.
        trust: accept wrappers from any module and unpickle `vecnormalize.pkl`.

    Raises:
        ValueError: an id that is not installed, a wrapper or a pickle that would run foreign code, or
            arguments that the environment does not take.
        OSError: an environment's process died.
    """
    import gymnasium
    from rl_zoo3.utils import create_test_env
    from stable_baselines3.common.utils import set_random_seed

    from rlviz_agents.game_state import GameStateWrapper, WorkerStateWrapper

    if n_envs < 1:
        message = f"{n_envs} environments cannot be played; give at least 1"
        raise ValueError(message)
    set_random_seed(seed)
    check_env_id(files.env_id)
    hyperparams = {**files.hyperparams}
    wrappers = _as_list(hyperparams.get("env_wrapper"))
    if not trust:
        check_hyperparams(files)
    innermost = GameStateWrapper if n_envs == 1 else WorkerStateWrapper
    hyperparams["env_wrapper"] = [innermost, *wrappers]
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the zoo prints; a library stays quiet
            return create_test_env(
                files.env_id,
                n_envs=n_envs,
                stats_path=None if files.stats_path is None else str(files.stats_path),
                seed=seed,
                log_dir=None,
                should_render=not no_render,
                hyperparams=hyperparams,
                env_kwargs={**files.env_kwargs, **(env_kwargs or {}), "render_mode": "rgb_array"},
            )
    except (gymnasium.error.Error, TypeError) as error:
        message = (
            f"environment {files.env_id!r} could not be made ({error}); check --env-kwargs and its package"
        )
        raise ValueError(message) from error
    except (EOFError, ConnectionError) as error:
        message = (
            f"a process of environment {files.env_id!r} died; see its message above, or use 1 environment"
        )
        raise OSError(message) from error


def check_env_id(env_id: str) -> None:
    """Raise ValueError, with gymnasium's own suggestion, unless the id can be made here."""
    import gymnasium
    import rl_zoo3.import_envs  # pyright: ignore[reportUnusedImport]  # noqa: F401 (it registers)

    try:
        gymnasium.spec(env_id)
    except (gymnasium.error.Error, ImportError) as error:
        message = f"environment {env_id!r} is not installed ({error}); install the package that registers it"
        raise ValueError(message) from error


def deterministic_actions(env_id: str, *, deterministic: bool = False, stochastic: bool = False) -> bool:
    """Say whether `rl_zoo3.record_video` takes the greedy action, given its two flags.

    Its rule: greedy by default, but for Atari games and MiniGrid, which are sampled unless told otherwise;
    `stochastic` wins over `deterministic`. What counts as Atari is told from the id's registered entry point.

    Raises:
        ValueError: an id that is not installed.
    """
    import gymnasium

    check_env_id(env_id)
    entry_point = str(gymnasium.spec(env_id).entry_point)
    sampled_by_default = "AtariEnv" in entry_point or "minigrid" in entry_point
    return not (stochastic or (sampled_by_default and not deterministic))


def action_names(env: "VecEnv") -> tuple[str, ...]:
    """Name the actions of an environment made by `make_env`; by number where it has no names."""
    names: list[str] | None = env.env_method("action_meanings", indices=0)[0]
    if names is None:
        return tuple(str(action) for action in range(int(getattr(env.action_space, "n", 0))))
    return tuple(names)


def frame_rate(env: "VecEnv") -> float:
    """Frames a second that `rl_zoo3.record_video` gives the video of this environment."""
    metadata: Mapping[str, Any] = env.get_attr("metadata", indices=0)[0]
    return metadata.get("render_fps", 30)


def step_rate(env: "VecEnv") -> float:
    """Steps of the agent in a second of the game at its true speed.

    Atari: the console's 60 frames a second, divided by what the emulator and a wrapper (of several the
    outermost) skip. Others: what the environment says of its own rate (`render_fps`, or 30 as the zoo does),
    divided by what a wrapper skips.

    Args:
        env: made by `make_env`.
    """
    emulator_skip: float | None = env.env_method("emulator_skip", indices=0)[0]
    rate = frame_rate(env) if emulator_skip is None else CONSOLE_RATE / emulator_skip
    return float(rate) / _wrapper_skip(env)


def _wrapper_skip(env: "VecEnv") -> int:
    """How often a wrapper repeats each action."""
    from gymnasium.wrappers import AtariPreprocessing, MaxAndSkipObservation
    from rl_zoo3.wrappers import FrameSkip
    from stable_baselines3.common.atari_wrappers import MaxAndSkipEnv

    names = {MaxAndSkipEnv: "_skip", FrameSkip: "_skip", MaxAndSkipObservation: "_skip"}
    for wrapper, name in {**names, AtariPreprocessing: "frame_skip"}.items():
        if env.env_is_wrapped(wrapper, indices=0)[0]:
            return int(env.get_attr(name, indices=0)[0])
    return 1


def check_drawing(env: "VecEnv") -> None:
    """Raise ModuleNotFoundError where an environment cannot draw itself, before anything is played.

    Args:
        env: made by `make_env`.
    """
    spec: Any = env.get_attr("spec", indices=0)[0]
    for package, extra in _DRAWN_BY_PYGAME.items():
        if not str(spec.entry_point).startswith(package):
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # pygame greets
                importlib.import_module("pygame")
        except ImportError as error:
            message = (
                f"environment {spec.id!r} draws itself with pygame, which is not installed ({error}); "
                f"install 'gymnasium[{extra}]'"
            )
            raise ModuleNotFoundError(message) from error


def check_hyperparams(files: AgentFiles) -> None:
    """Raise ValueError where making the agent's environment would run code that is not on the lists here."""
    wrappers = _as_list(files.hyperparams.get("env_wrapper"))
    _check_wrappers(files, wrappers, _as_list(files.hyperparams.get("vec_env_wrapper")))
    _check_normalize(files, files.hyperparams)


def _as_list(named: object) -> list[Any]:
    """One wrapper, several or none, as `config.yml` may have them."""
    if named is None:
        return []
    return list(named) if isinstance(named, list) else [named]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _check_wrappers(files: AgentFiles, wrappers: list[Any], vec_wrappers: list[Any]) -> None:
    """Refuse wrappers that could be more than a wrapper of a known package."""
    for wrapper in wrappers:
        module, _, name = _dotted(wrapper).rpartition(".")
        if module not in WRAPPER_MODULES or not _is_wrapper(module, name):
            raise ValueError(_refused(files, wrapper, f"those of {', '.join(WRAPPER_MODULES)}"))
    for wrapper in vec_wrappers:
        module, _, name = _dotted(wrapper).rpartition(".")
        if not module.startswith("stable_baselines3.common.vec_env") or name not in _VEC_WRAPPERS:
            raise ValueError(_refused(files, wrapper, ", ".join(_VEC_WRAPPERS)))


def _refused(files: AgentFiles, wrapper: object, known: str) -> str:
    where = f"{files.stats_path}/config.yml"
    wanted = f"{where} wants the wrapper {_dotted(wrapper)!r}, expected one of {known}"
    return f"{wanted}; pass trust=True (--trust) to run it"


def _dotted(wrapper: object) -> str:
    """The wrapper's dotted name, with or without arguments in the YAML."""
    return str(next(iter(wrapper), "")) if isinstance(wrapper, Mapping) else str(wrapper)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _is_wrapper(module: str, name: str) -> bool:
    """Whether the name is a class of gymnasium's wrappers in that module, and one without side effects."""
    import gymnasium

    found = getattr(importlib.import_module(module), name, None)
    return isinstance(found, type) and issubclass(found, gymnasium.Wrapper) and name not in _FORBIDDEN


def _check_normalize(files: AgentFiles, hyperparams: Mapping[str, Any]) -> None:
    """Refuse an agent whose observations need statistics out of a pickle."""
    if files.stats_path is not None and hyperparams.get("normalize"):
        message = f"{files.stats_path}/vecnormalize.pkl is a pickle, which can run any code; "
        raise ValueError(message + "pass trust=True (--trust) if you know where it comes from")
