"""What a model could choose from: as its metadata say, or as its log shows."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepracer_analyzer.logs.metadata import NAME, discrete_space, read_metadata
from deepracer_analyzer.views import Action, ActionSpace, Floats, Log

ROUNDING = 0.02
"""Degrees and m/s by which the same action may differ: simulator logs have two decimals."""

USUAL_STEERING, USUAL_SPEED = (-30.0, 30.0), (0.0, 4.0)
"""Degrees and m/s that the console allowed at most; taken where nothing tells."""

LOG = "the log"
NEITHER = "nothing: neither log nor metadata tell"
_UNLIKE = f"{LOG}; "

MANY = 500
"""A discrete action space is smaller."""


def find_action_space(log: Log, metadata: bytes | None) -> ActionSpace:
    """The action space of a log's model.

    Args:
        log: What it chose. Where the metadata contradict it, the log is right.
        metadata: The bytes of its `model_metadata.json`, or None.

    Returns:
        The space; its `origin` says where it is from, and why not from the metadata where these are wrong.
        A discrete space from the log alone has `Action(nan, nan)` for actions that were never chosen.
    """
    if metadata is None:
        return _from_log(log)
    try:
        space = read_metadata(metadata)
    except ValueError as error:
        return _unlike(_from_log(log), str(error))
    contradiction = _contradiction(log, space)
    return _unlike(_from_log(log), f"{NAME} says {contradiction}") if contradiction else space


def check_action_space(log: Log, space: ActionSpace) -> tuple[str, ...]:
    """What a person should know about an action space: one line each.

    Args:
        log: The log.
        space: What `find_action_space` found.
    """
    lines: list[str] = []
    if space.origin == NEITHER:
        lines.append(
            f"neither the log nor {NAME} tells it; drawn with the usual range, "
            f"{USUAL_STEERING[0]:g} to {USUAL_STEERING[1]:g} degrees and {USUAL_SPEED[1]:g} m/s"
        )
    elif space.origin.startswith(_UNLIKE):
        lines.append(f"taken from the log, because {space.origin.removeprefix(_UNLIKE)}")
    elif space.origin == LOG:
        lines.append(f"there is no {NAME}; what the log shows of it is taken")
    unknown = [index for index, action in enumerate(space.actions) if math.isnan(action.speed)]
    if unknown and len(unknown) < len(space.actions):
        named = ", ".join(str(index) for index in unknown[:10]) + (", ..." if len(unknown) > 10 else "")
        lines.append(f"action {named} was never chosen: unknown")
    return tuple(lines)


def with_commands(log: Log, space: ActionSpace) -> Log:
    """A log with the steering angles and commanded speeds of its actions where it lacks its own.

    A log that lacks none is handed back as it is.

    Args:
        log: The log.
        space: Its action space; only a discrete one tells more than the log.
    """
    frame, problems = log.frame, list(log.problems)
    index = frame["action"].to_numpy(np.intp)
    known = (index >= 0) & (index < len(space.actions))
    changed: dict[str, Floats] = {}
    for name, attribute in (("steer", "steering_angle"), ("throttle", "speed")):
        values = frame[name].to_numpy(np.float64)
        fill = known & np.isnan(values)
        if fill.any():
            of_action = np.array([getattr(action, attribute) for action in space.actions])
            values = values.copy()
            values[fill] = of_action[index[fill]]
            changed[name] = values
            problems.append(f"{name} of {fill.sum():,} rows is that of its action in {space.origin}")
    return replace(log, frame=frame.assign(**changed), problems=tuple(problems)) if changed else log


def _unlike(space: ActionSpace, reason: str) -> ActionSpace:
    return space if space.origin == NEITHER else replace(space, origin=f"{_UNLIKE}{reason}")


def _commands(log: Log) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Action index, steering angle and commanded speed of each row, as far as all are known."""
    frame = log.frame
    index = frame["action"].to_numpy(np.intp)
    steer, throttle = frame["steer"].to_numpy(np.float64), frame["throttle"].to_numpy(np.float64)
    known = np.isfinite(steer) & np.isfinite(throttle)
    return index[known], steer[known], throttle[known]


def _from_log(log: Log) -> ActionSpace:
    index, steer, throttle = _commands(log)
    if not len(index):
        kind = "discrete" if (log.frame["action"] >= 0).any() else "continuous"
        return ActionSpace(kind, (), USUAL_STEERING, USUAL_SPEED, NEITHER)
    if _is_continuous(index):
        steering, speed = (
            (float(steer.min()), float(steer.max())),
            (float(throttle.min()), float(throttle.max())),
        )
        return ActionSpace("continuous", (), steering, speed, LOG)
    chosen = _chosen(index, steer, throttle)
    unknown = Action(math.nan, math.nan)
    return discrete_space(tuple(chosen.get(one, unknown) for one in range(max(chosen) + 1)), LOG)


def _is_continuous(index: NDArray[np.intp]) -> bool:
    """Whether most rows have no action index: a damaged one in a discrete log has none either."""
    usable = (index >= 0) & (index < MANY)
    return bool(np.count_nonzero(usable) * 2 < len(index))


def _chosen(index: NDArray[np.intp], steer: Floats, throttle: Floats) -> dict[int, Action]:
    """Each action that was chosen, with the median of what it commanded, whatever a damaged row says."""
    usable = (index >= 0) & (index < MANY)
    rows = (
        pd.DataFrame({"steer": steer[usable], "throttle": throttle[usable]}).groupby(index[usable]).median()
    )
    values = rows.to_numpy(np.float64)
    return {
        int(one): Action(float(values[place, 0]), float(values[place, 1]))
        for place, one in enumerate(rows.index.to_numpy())
    }


def _contradiction(log: Log, space: ActionSpace) -> str | None:
    """What metadata say that the log shows to be otherwise, in a few words; None where they agree."""
    index, steer, throttle = _commands(log)
    if not len(index):
        return None
    kind = "continuous" if _is_continuous(index) else "discrete"
    if space.kind != kind:
        return f"the action space is {space.kind}, and the log's actions are {kind}"
    if kind == "continuous":
        return _outside(space, steer, throttle)
    chosen = _chosen(index, steer, throttle)
    if max(chosen) >= len(space.actions):
        return f"there are {len(space.actions)} actions, and the log has action {max(chosen)}"
    for one, action in chosen.items():
        said = space.actions[one]
        if max(abs(said.steering_angle - action.steering_angle), abs(said.speed - action.speed)) > ROUNDING:
            return f"action {one} is {_words(said)}, and in the log it is {_words(action)}"
    return None


def _outside(space: ActionSpace, steer: Floats, throttle: Floats) -> str | None:
    for what, values, (low, high), unit in (
        ("steering angles are", steer, space.steering, "degrees"),
        ("speeds are", throttle, space.speed, "m/s"),
    ):
        if values.min() < low - ROUNDING or values.max() > high + ROUNDING:
            seen = f"{values.min():g} to {values.max():g}"
            return f"{what} {low:g} to {high:g} {unit}, and in the log they are {seen}"
    return None


def _words(action: Action) -> str:
    return f"({action.steering_angle:g} degrees, {action.speed:g} m/s)"
