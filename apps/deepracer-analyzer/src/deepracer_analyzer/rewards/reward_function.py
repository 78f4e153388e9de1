"""The user's own reward function on what was logged: the old reward and the new one, side by side.

The file that the user named is run (`user_file`): it is theirs, and it can do whatever Python can. For each
row of the log its `reward_function(params)` is called with DeepRacer's parameters (`parameters`), in the
log's order and in one module, so that a function that remembers earlier steps does so as in the simulator. In
rows in which the car is prepared, paused or parked the simulator does not call it and writes 0; so does this.

Nothing that the function prints or warns of is shown; how much it was is said in `Components.problems`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.rewards.components import where
from deepracer_analyzer.rewards.parameters import NOT_IN_LOG, Parameters, build
from deepracer_analyzer.rewards.user_file import Kept, UserFunction, describe, open_function
from deepracer_analyzer.views import ActionSpace, Components, Floats, Log, Rows, Track

LOGGED = "logged"
"""The part that the log itself holds."""

NOT_CALLED = ("prepare", "pause", "park")
"""The statuses in which the simulator does not ask the reward function and writes 0."""

LARGEST = 1e5
"""The simulator stops at a reward beyond this, either way."""


@dataclass(slots=True)
class _Notes:
    """Rows that went otherwise than a reward should."""

    not_finite: list[int] = field(default_factory=list[int])
    not_logged: dict[str, list[int]] = field(default_factory=dict[str, list[int]])


def compute(path: Path, log: Log, track: Track, action_space: ActionSpace) -> Components:
    """Run a reward function on every step of a log.

    Args:
        path: The user's file; it is run.
        log: The steps.
        track: Where they were driven; without borders the parameters that need it are absent.
        action_space: Stands in for steering angle and speed where the log has none.

    Returns: Two parts, `logged` and the file's name without ending; the total is the new one. NaN where the
        function returned NaN or infinity, or needed a number that the log does not have in that row.

    Raises:
        ValueError: The file does not load, the function fails, needs what is not known, or returns no number;
            one line with the file's line and the log's row.
        OSError: The file cannot be read.
    """
    table = build(log, track, action_space)
    rewards = np.zeros(len(log.frame))
    notes = _Notes()
    with open_function(path) as function:
        for row, (called, given) in enumerate(zip(called_rows(log), table.rows(), strict=True)):
            if called:
                rewards[row] = _reward(function, given, log, row, notes)
    logged = _logged(log)
    name = path.stem if path.stem != LOGGED else f"{path.stem} (new)"
    return Components(
        names=(LOGGED, name),
        expressions=("the log's reward", f"{path.name}: reward_function(params)"),
        values=np.stack([logged, rewards]),
        total=rewards.copy(),
        problems=(*table.problems, *_problems(path, logged, rewards, notes, function.kept)),
    )


def called_rows(log: Log) -> NDArray[np.bool_]:
    """The rows in which the simulator asks the reward function, bool (N,)."""
    return ~np.isin(log.frame["episode_status"].to_numpy(dtype=np.str_), NOT_CALLED)


def agreement(components: Components, log: Log) -> str:
    """One line: in how many rows the new reward is the logged one, and by how much it differs elsewhere.

    Args:
        components: What `compute` returned for this log.
        log: The log.
    """
    logged, new = components.values
    counted = called_rows(log) & np.isfinite(logged) & np.isfinite(new)
    if not counted.any():
        return f"{components.names[1]}: no row has both a logged reward and a new one"
    # Simulator logs are written with four decimals.
    same = np.abs(new - logged) <= 5e-5 + 1e-9 * np.abs(logged)
    rows, equal = int(counted.sum()), int((counted & same).sum())
    share = f"{equal:,} of {rows:,} steps ({equal / rows:.1%})"
    line = f"{components.names[1]}: equal to the logged reward in {share}"
    if equal == rows:
        return line
    difference = np.where(counted, new - logged, 0)
    worst = int(np.abs(difference).argmax())
    first = int((counted & ~same).argmax())
    return f"{line}; first other row {first:,}, largest difference {difference[worst]:+.4g} in row {worst:,}"


def _reward(function: UserFunction, given: Parameters, log: Log, row: int, notes: _Notes) -> float:
    """One row's reward; NaN where it has none."""
    try:
        reward = _number(function.call(given))
    except (Exception, SystemExit) as error:
        if given.missed is None:
            msg = f"{function.place(error)}, {_step(log, row)}: {describe(error)}"
            raise ValueError(msg) from error
        reward, place = np.nan, function.place(error)
    else:
        place = str(function.path)
    if given.missed is not None:
        if given.missed.why != NOT_IN_LOG:
            msg = f"{place}: {given.missed}"
            raise ValueError(msg)
        notes.not_logged.setdefault(given.missed.key, []).append(row)
        return np.nan
    if not np.isfinite(reward):
        notes.not_finite.append(row)
        return np.nan
    return reward


def _number(returned: object) -> float:
    try:
        return float(returned)  # pyright: ignore[reportArgumentType]  what else it is says the error
    except Exception as error:
        shown = "nothing" if returned is None else f"a {type(returned).__name__}"
        msg = f"reward_function returned {shown} in place of a number"
        raise TypeError(msg) from error


def _step(log: Log, row: int) -> str:
    step, episode = log.frame["steps"].iloc[row], log.frame["episode"].iloc[row]
    return f"called for row {row:,} (step {step:g} of episode {episode:g})"


def _logged(log: Log) -> Floats:
    if "reward" not in log.frame.columns:
        return np.full(len(log.frame), np.nan)
    values = np.array(log.frame["reward"].to_numpy(dtype=np.float64, na_value=np.nan))
    values[~np.isfinite(values)] = np.nan
    return values


def _problems(path: Path, logged: Floats, rewards: Floats, notes: _Notes, kept: Kept) -> list[str]:
    problems: list[str] = []
    holes = np.isnan(logged)
    if holes.any():
        problems.append(f"the log has no reward {_where(np.flatnonzero(holes), holes.size)}")
    for key, rows in notes.not_logged.items():
        text = f"needs {key}, and the log has no number there, {_where(rows, holes.size)}"
        problems.append(f"{path.name} {text}; the new reward has no value there")
    if notes.not_finite:
        text = f"returned NaN or infinity {_where(notes.not_finite, holes.size)}"
        problems.append(f"{path.name} {text}; no value there, the simulator would have stopped")
    beyond = np.flatnonzero(np.abs(np.nan_to_num(rewards)) > LARGEST)
    if beyond.size:
        text = f"returned more than {LARGEST:,.0f} either way {_where(beyond, holes.size)}"
        problems.append(f"{path.name} {text}; the simulator would have stopped")
    if kept.lines:
        problems.append(f"{path.name} printed {kept.lines:,} lines, which are not shown")
    if kept.warnings:
        count = "a warning" if kept.warnings == 1 else f"{kept.warnings:,} warnings"
        problems.append(f"{path.name} gave {count}: {kept.first_warning}")
    return problems


def _where(rows: Sequence[int] | Rows, of: int) -> str:
    return where(len(rows), int(rows[0]), of)
