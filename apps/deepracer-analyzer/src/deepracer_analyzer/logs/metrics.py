"""The metrics beside a log: how long each episode took, by the simulator's own clock."""

import json
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class Trial:
    """One episode in a metrics file.

    Attributes:
        episode: Its number, from 0 as in logs.
        seconds: How long it took.
        end: When it ended, in seconds of the simulator's clock.
        phase: `training`, `evaluation`, or empty where the file is of an evaluation alone.
    """

    episode: int
    seconds: float
    end: float
    phase: str = ""


def read_metrics(data: bytes) -> tuple[Trial, ...]:
    """The episodes of a metrics file, in its order; what is no episode in it is passed over.

    Training metrics number episodes over the whole training, from 1; evaluations in between have the number
    of the episode before them. Evaluation metrics number trials, from 1.

    Raises:
        ValueError: It is not JSON with a list `metrics`.
    """
    try:
        content: Any = json.loads(data)
    except (ValueError, RecursionError) as error:
        msg = f"the metrics are not JSON ({str(error) or 'nested too deeply'})"
        raise ValueError(msg) from error
    found: Any = cast("dict[str, Any]", content).get("metrics") if isinstance(content, dict) else None
    entries = cast("list[Any]", found) if isinstance(found, list) else None
    if entries is None:
        msg = 'the metrics have no list "metrics" with "elapsed_time_in_milliseconds" of each episode'
        raise ValueError(msg)
    trials = [_trial(cast("dict[str, Any]", entry)) for entry in entries if isinstance(entry, dict)]
    return tuple(trial for trial in trials if trial is not None)


def _trial(entry: dict[str, Any]) -> Trial | None:
    number = _number(entry.get("episode", entry.get("trial")))
    elapsed = _number(entry.get("elapsed_time_in_milliseconds"))
    end = _number(entry.get("metric_time"))
    if number is None or elapsed is None or end is None:
        return None
    return Trial(int(number) - 1, elapsed / 1000, end / 1000, str(entry.get("phase", "")))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        return None
    return float(value)
