"""A run as one line of text per step, small enough to keep and exact enough to compare two runs."""

import hashlib
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rlviz_agents.steps import Step


@dataclass(frozen=True, slots=True)
class TraceRow:
    """What has to be the same for two runs to be the same run.

    Attributes:
        step: number of the step, from 0.
        actions: executed in each environment.
        rewards: as the wrapped environments gave them.
        dones: which environments' episodes ended.
        observations: SHA-256 of what the network received before the step.
        frame: SHA-256 of the picture rendered before the step.
        generators: SHA-256 of the states of Python's, NumPy's and PyTorch's global generators after the step,
            or empty where they are not known (steps from a recording).
    """

    step: int
    actions: tuple[int, ...]
    rewards: tuple[float, ...]
    dones: tuple[bool, ...]
    observations: str
    frame: str
    generators: str


@dataclass(frozen=True, slots=True)
class TraceDifference:
    """The first thing in which two runs differ.

    Attributes:
        step: number of the step.
        what: a field of TraceRow, or `length` when one run has ended.
        ours: its value in the first run.
        theirs: its value in the second run.
    """

    step: int
    what: str
    ours: object
    theirs: object


class TraceWriter:
    """Writes one JSON line per row, at once, so that a killed run leaves what it did."""

    def __init__(self, path: Path | str) -> None:
        self._file = Path(path).open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 (closed in __exit__)

    def write(self, row: TraceRow) -> None:
        """Append a row."""
        self._file.write(json.dumps(asdict(row)) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_trace(path: Path | str) -> Iterator[TraceRow]:
    """Read the rows of a trace.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line that is not a row of a trace.
    """
    with Path(path).open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row: dict[str, Any] = json.loads(line)
                for name in ("actions", "rewards", "dones"):
                    row[name] = tuple(row[name])
                parsed = TraceRow(**row)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                message = f"line {number} of {path} is no row of a trace ({error}); make the trace again"
                raise ValueError(message) from error
            yield parsed


def trace_step(step: Step, *, live: bool = True) -> TraceRow:
    """Make the row of a step.

    Args:
        step: the step.
        live: the step has just been played, and the global generators' states belong to it.
    """
    return trace_row(
        step.index, step.observations, step.actions, step.rewards, step.dones, step.frame, live=live
    )


def trace_row(
    step: int,
    observations: NDArray[Any],
    actions: NDArray[Any],
    rewards: NDArray[Any],
    dones: NDArray[Any],
    frame: NDArray[np.uint8],
    *,
    live: bool = True,
) -> TraceRow:
    """Make a row from arrays: observations (E, C, H, W) or (E, k), frame (H, W, 3), the others (E,)."""
    return TraceRow(
        step=step,
        actions=tuple(int(action) for action in actions),
        rewards=tuple(float(reward) for reward in rewards),
        dones=tuple(bool(done) for done in dones),
        observations=_sha256(observations.tobytes()),
        frame=_sha256(frame.tobytes()),
        generators=generator_states() if live else "",
    )


def generator_states() -> str:
    """SHA-256 of the states of the global random generators of Python, NumPy and PyTorch."""
    import torch

    numpy_state: Any = np.random.get_state(legacy=False)  # noqa: NPY002 (the generator that SB3 uses)
    parts = (
        repr(random.getstate()),
        repr(numpy_state["state"]["key"].tobytes()),
        repr(numpy_state["state"]["pos"]),
        repr(torch.random.get_rng_state().numpy().tobytes()),
    )
    return _sha256("\n".join(parts).encode())


def first_difference(ours: Iterable[TraceRow], theirs: Iterable[TraceRow]) -> TraceDifference | None:
    """Compare two runs step by step; the generators' states only where both are known.

    Returns:
        The first difference, or None for equal runs.
    """
    for step, (mine, other) in enumerate(zip_longest(ours, theirs)):
        if mine is None or other is None:
            return TraceDifference(
                step, "length", *("ended" if row is None else "goes on" for row in (mine, other))
            )
        for field in fields(TraceRow):
            one, two = getattr(mine, field.name), getattr(other, field.name)
            unknown = field.name == "generators" and not (one and two)
            if one != two and not unknown:
                return TraceDifference(step, field.name, one, two)
    return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
