"""What was trained, and how to play each of its checkpoints."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rlviz_agents import (
    AgentFiles,
    SavedAgent,
    TrainingRun,
    algorithm_of,
    check_env_id,
    read_saved,
    read_training_run,
)

from nn_video_generator.checkpoints import Checkpoint, find_checkpoints
from nn_video_generator.config import TrainingConfig
from nn_video_generator.config_environment import environment_of

_USUAL_GAMMA = 0.99  # of all four algorithms in stable_baselines3


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A training with its checkpoints.

    Attributes:
        game: for the title, such as `Breakout`.
        env_id: the gymnasium id of the environment.
        algo: one of `rlviz_agents.ALGORITHMS`.
        learning_rate: as it is to be written (`2.5e-4`, `lin_2.5e-4`), or None where nothing says.
        checkpoints: by percent of the training.
        notes: what a person should know of what was found, one line each.
        training: what makes the environment.
        usual_gamma: the discount of a checkpoint that does not say its own.
    """

    game: str
    env_id: str
    algo: str
    learning_rate: str | None
    checkpoints: tuple[Checkpoint, ...]
    notes: tuple[str, ...]
    training: TrainingRun
    usual_gamma: float = _USUAL_GAMMA

    def files(self, checkpoint: Checkpoint) -> AgentFiles:
        """Describe a checkpoint for `make_env` and `load_agent`.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged, or of another algorithm than the training was of.
        """
        _check_algorithm(read_saved(checkpoint.path), self.algo)
        return self.training.files(checkpoint.path, self.algo)

    def gamma(self, checkpoint: Checkpoint) -> float:
        """The discount that a checkpoint was trained with: its own, or else what the config says, or 0.99.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged.
        """
        own: object = read_saved(checkpoint.path).data.get("gamma")
        if isinstance(own, int | float) and not isinstance(own, bool) and 0 <= own <= 1:
            return float(own)
        return self.usual_gamma


def from_config(
    model_dir: Path | str, config: TrainingConfig, milestones_pct: Sequence[float] | None = None
) -> TrainedRun:
    """Describe a training by its config.

    Args:
        model_dir: folder of the checkpoints, which may also lie in its `milestones`.
        config: of the training.
        milestones_pct: percentages of the training that are wanted; None for those of the config, or, where
            it names none, for every checkpoint.

    Raises:
        FileNotFoundError: there is no such folder, or no checkpoint in it.
        ValueError: the environment is not installed, or a checkpoint is of another algorithm than the config.
    """
    environment = environment_of(config)
    training = TrainingRun(
        folder=Path(model_dir),
        algo=config.algo,
        env_id=config.env_id,
        exp_id=-1,
        n_timesteps=config.total_timesteps,
        stats_path=Path(model_dir),  # the zoo stacks frames only where there is such a folder
        hyperparams={**environment.hyperparams, "learning_rate": config.learning_rate},
        env_kwargs={},
    )
    wanted = config.milestones_pct if milestones_pct is None else milestones_pct
    usual_gamma = _USUAL_GAMMA if config.gamma is None else config.gamma
    return _trained(training, wanted, usual_gamma, environment.notes)


def from_zoo(
    folder: Path | str, milestones_pct: Sequence[float] | None = None, *, trust: bool = False
) -> TrainedRun:
    """Describe a training in the zoo's layout.

    Args:
        folder: of the run, `<logs>/<algo>/<env>_<number>`.
        milestones_pct: percentages of the training that are wanted; None for every checkpoint.
        trust: run the code that the YAML files hold.

    Raises:
        FileNotFoundError: there is no such folder, or no checkpoint in it.
        ValueError: its environment is not installed, a checkpoint is of another algorithm than the rest, or
            a YAML file is not data.
    """
    training = read_training_run(folder, trust=trust)
    check_env_id(training.env_id)
    return _trained(training, milestones_pct, _USUAL_GAMMA, ())


def _trained(
    training: TrainingRun, milestones_pct: Sequence[float] | None, usual_gamma: float, notes: tuple[str, ...]
) -> TrainedRun:
    """Find the checkpoints, and check them against what is said of the training."""
    found = find_checkpoints(
        training.folder, milestones_pct=milestones_pct, total_timesteps=training.n_timesteps
    )
    readable = _readable(found.checkpoints)
    algo = training.algo or _first_algorithm(training.folder, readable)
    for saved in readable:
        _check_algorithm(saved, algo)
    own, said = _own_rate(readable), written_rate(training.hyperparams.get("learning_rate"))
    if own and said and own != said:
        notes = (*notes, f"the config's learning rate is {said}, the checkpoints' own {own}, which is shown")
    return TrainedRun(
        game=game_title(training.env_id),
        env_id=training.env_id,
        algo=algo,
        learning_rate=own or said,
        checkpoints=found.checkpoints,
        notes=(*found.notes, *notes),
        training=training,
        usual_gamma=usual_gamma,
    )


def game_title(env_id: str) -> str:
    """Name a game as its id does, without namespace, version and variant: `Space Invaders`."""
    name = re.sub(r"-v\d+$", "", env_id.rpartition("/")[2].rpartition(":")[2])
    name = re.sub(r"(-ramDeterministic|-ramNoFrameskip|-ram|Deterministic|NoFrameskip)$", "", name)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)


def written_rate(rate: object) -> str | None:
    """Write a learning rate for people: `2.5e-4`, `0.01`, `lin_2.5e-4`; None for what is none."""
    if isinstance(rate, str):
        return rate or None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not rate > 0:
        return None
    if rate >= 0.01:
        return f"{rate:g}"
    mantissa, _, exponent = f"{rate:.5e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def _readable(checkpoints: Sequence[Checkpoint]) -> list[SavedAgent]:
    """The checkpoints that are whole; the others are told when they are to be played."""
    whole: list[SavedAgent] = []
    for checkpoint in checkpoints:
        try:
            whole.append(read_saved(checkpoint.path))
        except (ValueError, OSError):
            continue
    return whole


def _first_algorithm(folder: Path, readable: Sequence[SavedAgent]) -> str:
    if not readable:
        message = f"no checkpoint in {folder} can be read; copy them again"
        raise ValueError(message)
    return algorithm_of(readable[0])


def _check_algorithm(saved: SavedAgent, algo: str) -> None:
    own = algorithm_of(saved)
    if own != algo:
        message = (
            f"{saved.path} was saved by {own.upper()}, but the training is said to be of {algo.upper()}; "
            f"write {own} there, or give the right folder"
        )
        raise ValueError(message)


def _own_rate(readable: Sequence[SavedAgent]) -> str | None:
    """The learning rate that the files tell, where it is a number or one of the known schedules."""
    for saved in readable:
        rate: object = saved.data.get("learning_rate")
        if isinstance(rate, dict):
            fields = cast("Mapping[str, Any]", rate)
            linear = written_rate(fields.get("initial_value"))
            rate = f"lin_{linear}" if linear else fields.get("val")
        if written := written_rate(rate):
            return written
    return None
