"""The folder of one training run in the zoo's layout, whichever models it holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rlviz_agents.saved_yaml import read_yaml
from rlviz_agents.zoo import ALGORITHMS, AgentFiles, read_env_kwargs, read_hyperparams

_ARGUMENTS = "args.yml"
_CONFIG = "config.yml"


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a folder `<logs>/<algo>/<env>_<number>` says of the training.

    Attributes:
        folder: of the run.
        algo: one of ALGORITHMS, or None where neither `args.yml` nor the folder above says.
        env_id: the gymnasium id of the environment.
        exp_id: number of the run, -1 for none.
        n_timesteps: steps that the training was to take, or None where nothing says.
        stats_path: the folder of `config.yml` and `args.yml`, or None where there is none.
        hyperparams: what `config.yml` says, with `normalize` filled in.
        env_kwargs: keyword arguments of the environment from `args.yml`.
    """

    folder: Path
    algo: str | None
    env_id: str
    exp_id: int
    n_timesteps: int | None
    stats_path: Path | None
    hyperparams: Mapping[str, Any]
    env_kwargs: Mapping[str, Any]

    def files(self, model_path: Path, algo: str) -> AgentFiles:
        """Describe a model of this run, wherever it lies, for `make_env` and `load_agent`.

        Args:
            model_path: the model's zip file.
            algo: the model's own algorithm (`algorithm_of`).
        """
        return AgentFiles(
            model_path=model_path,
            name_prefix=f"{model_path.stem}-{algo}-{_folder_name(self.env_id)}",
            log_path=self.folder,
            stats_path=self.stats_path,
            algo=algo,
            env_id=self.env_id,
            exp_id=self.exp_id,
            hyperparams=self.hyperparams,
            env_kwargs=self.env_kwargs,
        )


def read_training_run(folder: Path | str, *, trust: bool = False) -> TrainingRun:
    """Read what the zoo wrote beside the models of a run; the models themselves are not looked at.

    Args:
        folder: `<logs>/<algo>/<env>_<number>`. It may be renamed: `args.yml` tells the environment.
        trust: run the code that the YAML files hold.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: neither a YAML file nor the folder's name says which environment it was, or a YAML file is
            not data.
    """
    folder = Path(folder)
    if not folder.is_dir():
        message = f"no folder {folder}; give the folder of one training run: <logs>/<algo>/<env>_<number>"
        raise FileNotFoundError(message)
    name, number = _split(folder.resolve().name)
    stats_path = _stats_folder(folder, name)
    arguments, config = _read(stats_path, _ARGUMENTS, trust=trust), _read(stats_path, _CONFIG, trust=trust)
    hyperparams, env_kwargs = {}, {}
    if stats_path is not None:
        hyperparams, _ = read_hyperparams(stats_path, trust=trust)
        env_kwargs = read_env_kwargs(stats_path / _ARGUMENTS, trust=trust)
    return TrainingRun(
        folder=folder,
        algo=_algorithm(arguments, folder),
        env_id=_env_id(arguments, stats_path, folder, name),
        exp_id=number,
        n_timesteps=_steps(arguments) or _steps(config),
        stats_path=stats_path,
        hyperparams=hyperparams,
        env_kwargs=env_kwargs,
    )


def _split(name: str) -> tuple[str, int]:
    """`Env-v0_3` into its environment and its number; -1 for none."""
    found = re.fullmatch(r"(.+)_(\d+)", name)
    return (found[1], int(found[2])) if found else (name, -1)


def _folder_name(env_id: str) -> str:
    """What the zoo calls an environment in paths: `ALE-Breakout-v5`."""
    return env_id.rpartition(":")[2].replace("/", "-")


def _stats_folder(folder: Path, name: str) -> Path | None:
    """The subfolder of the environment's name, or the only one with a YAML file of the zoo."""
    if (folder / name).is_dir():
        return folder / name
    named = {path.parent for file in (_ARGUMENTS, _CONFIG) for path in folder.glob(f"*/{file}")}
    return named.pop() if len(named) == 1 else None


def _read(stats_path: Path | None, file: str, *, trust: bool) -> dict[str, Any]:
    if stats_path is None or not (stats_path / file).is_file():
        return {}
    return read_yaml(stats_path / file, trust=trust)


def _steps(written: Mapping[str, Any]) -> int | None:
    """`n_timesteps`; the zoo writes -1 for what the other file says."""
    steps: object = written.get("n_timesteps")
    return int(steps) if isinstance(steps, int | float) and steps >= 1 else None


def _algorithm(arguments: Mapping[str, Any], folder: Path) -> str | None:
    named = (arguments.get("algo"), folder.resolve().parent.name)
    return next((name for name in named if name in ALGORITHMS), None)


def _env_id(arguments: Mapping[str, Any], stats_path: Path | None, folder: Path, name: str) -> str:
    """The id in `args.yml`, or the registered one that the zoo's folders are named after."""
    given: object = arguments.get("env")
    if isinstance(given, str) and given:
        return given
    import gymnasium
    import rl_zoo3.import_envs  # pyright: ignore[reportUnusedImport]  # noqa: F401 (it registers)

    names = (name,) if stats_path is None else (stats_path.name, name)
    for wanted in names:
        known = sorted(env_id for env_id in gymnasium.registry if _folder_name(env_id) == wanted)
        if known:
            return known[0]
    message = (
        f"{folder} does not say of which environment it is: it has no <env>/{_ARGUMENTS}, and {name!r} is "
        "none that is installed; install its package, or restore the file"
    )
    raise ValueError(message)
