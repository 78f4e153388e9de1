"""The action space in a `model_metadata.json`, of every version."""

import json
import math
from typing import Any, cast

from deepracer_analyzer.views import Action, ActionSpace

NAME = "model_metadata.json"


def read_metadata(data: bytes) -> ActionSpace:
    """The action space that a model was given.

    Args:
        data: JSON with `action_space`: a list of `{"steering_angle": deg, "speed": m/s}`, with or without
            `index`, or for a continuous one `{"steering_angle": {"low": ..., "high": ...}, "speed": {...}}`.

    Raises:
        ValueError: It is not that.
    """
    try:
        content: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = f"{NAME} is not JSON ({str(error) or 'nested too deeply'})"
        raise ValueError(msg) from error
    space: Any = cast("dict[str, Any]", content).get("action_space") if isinstance(content, dict) else None
    try:
        if isinstance(space, dict):
            return _continuous(cast("dict[str, Any]", space))
        if isinstance(space, list) and space:
            return _discrete(cast("list[Any]", space))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        msg = f"{NAME} has an action_space that cannot be read ({what})"
        raise ValueError(msg) from error
    msg = f'{NAME} has no action_space; expected a list of {{"steering_angle": deg, "speed": m/s}}'
    raise ValueError(msg)


def _continuous(space: dict[str, Any]) -> ActionSpace:
    steering, speed = (
        (_number(space[name]["low"]), _number(space[name]["high"])) for name in ("steering_angle", "speed")
    )
    return ActionSpace("continuous", (), (min(steering), max(steering)), (min(speed), max(speed)), NAME)


def _discrete(space: list[Any]) -> ActionSpace:
    indices = [entry.get("index", place) for place, entry in enumerate(space)]
    if sorted(indices) != list(range(len(space))):
        indices = list(range(len(space)))
    by_index = dict(zip(indices, space, strict=True))
    actions = tuple(
        Action(_number(by_index[index]["steering_angle"]), _number(by_index[index]["speed"]))
        for index in range(len(space))
    )
    return discrete_space(actions, NAME)


def discrete_space(actions: tuple[Action, ...], origin: str) -> ActionSpace:
    """A discrete action space with the range of its known actions; unknown ones are NaN."""
    known = [action for action in actions if not math.isnan(action.steering_angle + action.speed)]
    angles, speeds = [action.steering_angle for action in known], [action.speed for action in known]
    return ActionSpace("discrete", actions, (min(angles), max(angles)), (min(speeds), max(speeds)), origin)


def _number(value: object) -> float:
    number = float(cast("float", value))
    if not math.isfinite(number) or abs(number) > 1e4:
        msg = f"{value!r} is no angle or speed"
        raise ValueError(msg)
    return number
