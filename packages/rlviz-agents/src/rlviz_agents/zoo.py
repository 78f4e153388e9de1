"""Find a trained agent in the zoo's folders, with the zoo's own meaning of every flag."""

import ast
import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlviz_agents.saved_yaml import read_yaml

ALGORITHMS = ("dqn", "qrdqn", "ppo", "a2c")
"""The zoo's names of the algorithms whose policies can be played and explained."""


@dataclass(frozen=True, slots=True)
class AgentFiles:
    """A trained agent in the zoo's layout, found but not loaded.

    Attributes:
        model_path: the model's zip file.
        name_prefix: what `rl_zoo3.record_video` begins the video's name with (`final-model-dqn-...`).
        log_path: the folder of the training run.
        stats_path: the folder of `config.yml` and `args.yml`, or None where there is none.
        algo: one of ALGORITHMS.
        env_id: the gymnasium id of the environment; empty where it is not known.
        exp_id: number of the training run, -1 for none.
        hyperparams: what `config.yml` says, with `normalize` filled in.
        env_kwargs: keyword arguments of the environment from `args.yml`.
    """

    model_path: Path
    name_prefix: str
    log_path: Path
    stats_path: Path | None
    algo: str
    env_id: str
    exp_id: int
    hyperparams: Mapping[str, Any]
    env_kwargs: Mapping[str, Any]


def find_agent(
    folder: Path | str,
    algo: str,
    env_id: str,
    *,
    exp_id: int = 0,
    load_best: bool = False,
    load_checkpoint: int | None = None,
    load_last_checkpoint: bool = False,
    trust: bool = False,
) -> AgentFiles:
    """Find an agent as `rl_zoo3.record_video` does.

    Args:
        folder: root of the training logs (`-f`).
        algo: one of ALGORITHMS.
        env_id: gymnasium id, such as `BreakoutNoFrameskip-v4` or `ALE/Breakout-v5`.
        exp_id: number of the training run; 0 is the latest, -1 says that there is no folder per run.
        load_best: take `best_model.zip`.
        load_checkpoint: take `rl_model_<this>_steps.zip`.
        load_last_checkpoint: take the checkpoint of most steps.
        trust: run the code that the YAML files hold.

    Raises:
        FileNotFoundError: no such agent; the message lists what the folder has.
        ValueError: an algorithm that is not one of ALGORITHMS, or a YAML file that is not data.
    """
    check_algorithm(algo)
    from huggingface_sb3 import EnvironmentName  # pyright: ignore[reportMissingTypeStubs] (has none)
    from rl_zoo3.utils import get_latest_run_id, get_model_path

    name: Any = EnvironmentName(env_id)
    root = Path(folder)
    if not root.is_dir():
        message = (
            f"no folder {root}; give the folder of the training logs, which holds <algo>/<env>_<number>/"
        )
        raise FileNotFoundError(message)
    run = get_latest_run_id(str(root / algo), name) if exp_id == 0 else exp_id
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the zoo prints; a library stays quiet
            prefix, model_path, log_path = get_model_path(
                run or -1,
                str(folder),
                algo,
                name,
                load_best,
                None if load_checkpoint is None else str(load_checkpoint),
                load_last_checkpoint,
            )
    except (AssertionError, ValueError) as error:
        wanted = (
            "best_model.zip" if load_best
            else f"rl_model_{load_checkpoint}_steps.zip" if load_checkpoint is not None
            else "rl_model_*_steps.zip" if load_last_checkpoint
            else f"{name}.zip"
        )  # fmt: skip
        raise FileNotFoundError(_not_found(root, algo, name, run, wanted)) from error
    stats_folder = Path(log_path) / name
    hyperparams, stats_path = read_hyperparams(stats_folder, trust=trust)
    return AgentFiles(
        model_path=Path(model_path),
        name_prefix=prefix,
        log_path=Path(log_path),
        stats_path=stats_path,
        algo=algo,
        env_id=name.gym_id,
        exp_id=run or -1,
        hyperparams=hyperparams,
        env_kwargs=read_env_kwargs(stats_folder / "args.yml", trust=trust),
    )


def check_algorithm(algo: str) -> None:
    """Raise ValueError unless the algorithm is one of ALGORITHMS."""
    if algo not in ALGORITHMS:
        message = f"algorithm {algo!r} has no policy that can be explained from images; choose one of: "
        raise ValueError(message + ", ".join(ALGORITHMS))


def list_agents(folder: Path | str) -> tuple[str, ...]:
    """Name the agents in a folder of training logs, as `<algo>/<env>_<number>`."""
    runs = Path(folder).glob("*/*/")
    return tuple(sorted(f"{run.parent.name}/{run.name}" for run in runs if any(run.glob("*.zip"))))


def parse_env_kwargs(values: Sequence[str]) -> dict[str, Any]:
    """Read `key:value` pairs, as the zoo's `--env-kwargs` does, with literals only.

    Args:
        values: pairs such as `mode:1` or `difficulty:None`; strings are quoted: `obs_type:'rgb'`.

    Raises:
        ValueError: a pair without a colon, or a value that is no Python literal.
    """
    parsed: dict[str, Any] = {}
    for pair in values:
        key, colon, text = pair.partition(":")
        if not colon or not key.isidentifier():
            message = f"environment argument {pair!r} is not key:value; write for example mode:1"
            raise ValueError(message)
        try:
            parsed[key] = ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
            message = (
                f"environment argument {pair!r}: {text!r} is no Python literal; write a number, True, None, "
                "a 'quoted text', a list or a dict"
            )
            raise ValueError(message) from error
    return parsed


def read_hyperparams(stats_folder: Path, *, trust: bool) -> tuple[dict[str, Any], Path | None]:
    """What `rl_zoo3.utils.get_saved_hyperparams` returns, without running what the file says."""
    if not stats_folder.is_dir():
        return {}, None
    if trust:
        from rl_zoo3.utils import get_saved_hyperparams

        return get_saved_hyperparams(str(stats_folder))[0], stats_folder
    config = stats_folder / "config.yml"
    if not config.is_file():
        return {"normalize": (stats_folder / "obs_rms.pkl").is_file()}, stats_folder
    hyperparams = read_yaml(config)
    return {**hyperparams, "normalize": hyperparams.get("normalize", False)}, stats_folder


def read_env_kwargs(args_file: Path, *, trust: bool) -> dict[str, Any]:
    """The environment's keyword arguments that the training was started with."""
    if not args_file.is_file():
        return {}
    loaded = read_yaml(args_file, trust=trust).get("env_kwargs")
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        message = (
            f"{args_file} says env_kwargs: {loaded!r}, expected a mapping; restore the file the zoo wrote"
        )
        raise ValueError(message)  # noqa: TRY004 (the file is wrong, not an argument)
    return dict(loaded)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _not_found(root: Path, algo: str, name: str, run: int, wanted: str) -> str:
    """One sentence on what was asked for and what there is."""
    log_path = root / algo / f"{name}_{run}" if run > 0 else root / algo
    if run > 0 and log_path.is_dir():
        models = ", ".join(sorted(path.name for path in log_path.glob("*.zip"))) or "no zip file"
        return f"no {wanted} in {log_path}; it has: {models}"
    agents = ", ".join(list_agents(root)) or "no agent"
    return f"no agent {algo}/{name}{f'_{run}' if run > 0 else ''} in {root}; it has: {agents}"
