"""Find the models that were kept during a training, and tell after which percent of it each was."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rlviz_agents import read_saved, read_training_run

PATTERNS = (
    "pct_50.zip",
    "milestone_50.zip",
    "step_12345_pct_50.zip",
    "checkpoint_50pct.zip",
    "50_percent.zip",
    "rl_model_12345_steps.zip",
    "final_model.zip",
    "best_model.zip",
    "model.zip",
    "<env>.zip",
)
"""How a checkpoint may be called, for people; any percentage, `12.5` too."""

_NUMBER = r"(?P<percent>\d+(?:\.\d+)?)"
_OF_PERCENT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:.*[_-])?(?:pct|milestone)[_-]?{_NUMBER}",
        rf"(?:.*[_-])?{_NUMBER}[_-]?(?:pct|percent)",
    )
)
_OF_STEPS = re.compile(r"(?:.*[_-])?rl_model_(?P<steps>\d+)_steps", re.IGNORECASE)
_STEPS_BESIDE = re.compile(r"(?:^|[_-])step_(?P<steps>\d+)[_-]", re.IGNORECASE)
_LONE = ("final_model", "model", "best_model")
_ENVIRONMENT = re.compile(r".+-v\d+")
_NEAR = 0.05  # a milestone of 10 % is also met by the checkpoint after 9.98 %


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model that was kept during a training.

    Attributes:
        path: the model's zip file; it may be damaged.
        percent: of the training that was over by then, 0 to 100.
        steps: environment steps trained until then, or None where nothing says.
        label: the percentage for people and file names: `50`, `12.5`.
    """

    path: Path
    percent: float
    steps: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Found:
    """The checkpoints of a folder.

    Attributes:
        checkpoints: by percent, each percent once.
        notes: what a person should know of the choice, one line each.
    """

    checkpoints: tuple[Checkpoint, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Model:
    """A zip file, and what it says itself; None for what it does not, or where it is damaged."""

    path: Path
    steps: int | None
    total: int | None


def find_checkpoints(
    folder: Path | str,
    *,
    milestones_pct: Sequence[float] | None = None,
    total_timesteps: int | None = None,
) -> Found:
    """Find the checkpoints of a folder, and of `milestones/` in it, by their names (PATTERNS).

    The percentage stands in the name, or is that of the steps trained; a damaged file counts by its name.
    The final model (`final_model`, `<env>`) joins them where it is further than they are. Where there is
    nothing but a final, best or unnamed model, that is the one checkpoint, whatever milestones are asked for.

    Args:
        folder: of the training.
        milestones_pct: the percentages that are wanted, each met to 0.05; None for all.
        total_timesteps: steps that the training was to take, for files that do not say.

    Returns:
        By percent. Of two of the same percent, the one of more steps; then that of the shorter path.

    Raises:
        FileNotFoundError: there is no such folder, or no checkpoint in it that is wanted.
        ValueError: a name tells steps, but nothing tells of how many.
    """
    folder = Path(folder)
    models = _models(folder)
    total = total_timesteps or _zoo_total(folder)
    named, notes = _each_percent_once(_named(folder, models, total))
    if not named:
        return _lone(folder, models, total, milestones_pct)
    final = _final(models, total)
    if final is not None and final.percent > named[-1].percent:
        named = (*named, final)
    if milestones_pct is None:
        return Found(named, notes)
    wanted, more = _wanted(folder, named, milestones_pct)
    return Found(wanted, (*notes, *more))


def label(percent: float) -> str:
    """Write a percentage for people and file names: `50`, `12.5`, two decimals at most."""
    return f"{round(percent, 2):.10g}"


def _models(folder: Path) -> tuple[_Model, ...]:
    """Every zip file of the folder and of its `milestones`, by name."""
    if not folder.is_dir():
        message = f"no folder {folder}; give the folder that the training kept its checkpoints in"
        raise FileNotFoundError(message)
    paths = [path for place in (folder, folder / "milestones") for path in sorted(place.glob("*.zip"))]
    return tuple(_model(path) for path in paths if path.is_file())


def _model(path: Path) -> _Model:
    try:
        data = read_saved(path).data
    except (ValueError, OSError):  # it is found all the same, and told when it is to be played
        return _Model(path, None, None)
    return _Model(path, _count(data.get("num_timesteps")), _count(data.get("_total_timesteps")) or None)


def _count(value: object) -> int | None:
    whole = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return int(value) if whole and value >= 0 else None  # pyright: ignore[reportArgumentType, reportOperatorIssue]


def _zoo_total(folder: Path) -> int | None:
    """What the zoo's YAML files beside the models say, if there are any."""
    if not any(folder.glob("*/args.yml")) and not any(folder.glob("*/config.yml")):
        return None
    return read_training_run(folder).n_timesteps


def _named(folder: Path, models: Iterable[_Model], total: int | None) -> tuple[Checkpoint, ...]:
    """The checkpoints whose names tell a percentage or steps."""
    models = tuple(models)
    common = total or max((model.total for model in models if model.total), default=None)
    found: list[Checkpoint] = []
    for model in models:
        if (percent := _percent_in(model.path.stem)) is not None:
            found.append(_checkpoint(model.path, percent, _steps_beside(model)))
        elif named := _OF_STEPS.fullmatch(model.path.stem):
            steps = int(named["steps"])
            of = model.total or common
            if of is None:
                message = (
                    f"{model.path.name} in {folder} is after {steps} steps, but nothing says of how many; "
                    "give train.total_timesteps in the config"
                )
                raise ValueError(message)
            found.append(_checkpoint(model.path, min(100 * steps / of, 100), steps))
    return tuple(found)


def _percent_in(stem: str) -> float | None:
    """The percentage that a name tells; None where it tells none, or more than all of the training."""
    for pattern in _OF_PERCENT:
        if (found := pattern.fullmatch(stem)) and float(found["percent"]) <= 100:
            return float(found["percent"])
    return None


def _steps_beside(model: _Model) -> int | None:
    """The steps trained: as the name has them beside its percentage, or as the file says."""
    found = _STEPS_BESIDE.search(model.path.stem)
    return int(found["steps"]) if found else model.steps


def _checkpoint(path: Path, percent: float, steps: int | None) -> Checkpoint:
    percent = round(percent, 2)
    return Checkpoint(path, percent, steps, label(percent))


def _each_percent_once(found: Iterable[Checkpoint]) -> tuple[tuple[Checkpoint, ...], tuple[str, ...]]:
    """Keep one checkpoint of each percentage, and tell what is left out for it."""
    ordered = sorted(found, key=_preference)
    kept = {one.percent: one for one in reversed(ordered)}
    notes = tuple(
        f"{one.path.name} is left out: {kept[one.percent].path.name} is after {one.label} % too"
        for one in ordered
        if one is not kept[one.percent]
    )
    return tuple(kept[percent] for percent in sorted(kept)), notes


def _preference(one: Checkpoint) -> tuple[int, int, str]:
    """Most steps first; then what lies higher in the folders; then by name."""
    return -(one.steps if one.steps is not None else -1), len(one.path.parts), one.path.name


def _final(models: Iterable[_Model], total: int | None) -> Checkpoint | None:
    """The model at the end of the training, where it says itself when that was."""
    for model in models:
        if model.path.stem == "final_model" or _ENVIRONMENT.fullmatch(model.path.stem):
            percent = _own_percent(model, total)
            if percent is not None:
                return _checkpoint(model.path, percent, model.steps)
    return None


def _own_percent(model: _Model, total: int | None) -> float | None:
    of = model.total or total
    return None if of is None or model.steps is None else min(100 * model.steps / of, 100)


def _lone(
    folder: Path, models: Sequence[_Model], total: int | None, milestones_pct: Sequence[float] | None
) -> Found:
    """The one model of a folder without milestones; at the end of the training unless it says otherwise."""
    ranks = {stem: rank for rank, stem in enumerate(_LONE)}
    candidates = [m for m in models if m.path.stem in ranks or _ENVIRONMENT.fullmatch(m.path.stem)]
    if not candidates:
        raise FileNotFoundError(_none_found(folder, models))
    model = min(candidates, key=lambda m: (ranks.get(m.path.stem, 0.5), len(m.path.parts), m.path.name))
    percent = _own_percent(model, total)
    one = _checkpoint(model.path, 100 if percent is None else percent, model.steps)
    notes = [
        f"{other.path.name} is left out for {model.path.name}" for other in candidates if other is not model
    ]
    if percent is None:
        notes.append(f"{model.path.name} does not say when it was saved; it is taken to be after 100 %")
    if milestones_pct is not None:
        notes.append(f"{model.path.name} is the only checkpoint, after {one.label} % of the training")
    return Found((one,), tuple(notes))


def _wanted(
    folder: Path, found: tuple[Checkpoint, ...], milestones_pct: Sequence[float]
) -> tuple[tuple[Checkpoint, ...], tuple[str, ...]]:
    """The checkpoints that are nearest to the wanted percentages, and notes on the others."""
    kept: set[Checkpoint] = set()
    missing: list[str] = []
    for percent in milestones_pct:
        nearest = min(found, key=lambda one: abs(one.percent - percent))
        if abs(nearest.percent - percent) <= _NEAR + 1e-9:
            kept.add(nearest)
        else:
            missing.append(label(percent))
    there = ", ".join(one.label for one in found)
    if not kept:
        asked = ", ".join(missing)
        message = (
            f"no checkpoint in {folder} after {asked} % of the training; there are those after {there} %"
        )
        raise FileNotFoundError(message)
    notes: list[str] = []
    if missing:
        notes.append(f"no checkpoint after {', '.join(missing)} % of the training")
    if left := [one.label for one in found if one not in kept]:
        notes.append(f"not asked for, and left out: the checkpoints after {', '.join(left)} %")
    return tuple(one for one in found if one in kept), tuple(notes)


def _none_found(folder: Path, models: Sequence[_Model]) -> str:
    there = ", ".join(model.path.name for model in models)
    if not there:
        entries = sorted(entry.name for entry in folder.iterdir())
        there = f"no zip file, but {', '.join(entries[:10])}" if entries else "nothing"
    return f"no checkpoint in {folder}; expected names such as {', '.join(PATTERNS)}; there is: {there}"
