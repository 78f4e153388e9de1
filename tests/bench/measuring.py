"""What the benches share: the cost of a process, runs that alternate, one line a figure."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ONE_THREAD = {"OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Cost:
    """What a process cost, its children included."""

    cpu: float
    wall: float
    memory: float


def cost_of(command: Sequence[str]) -> Cost:
    """Run a command to its end."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=os.environ | ONE_THREAD, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            log.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed: {log.read().decode()[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure by itself."""
    return Cost(*(statistics.median(getattr(c, name) for c in costs) for name in ("cpu", "wall", "memory")))


def alternate(commands: dict[str, Callable[[], Sequence[str]]], rounds: int) -> dict[str, Cost]:
    """A B C, A B C, ... and the median of each."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(cost_of(command()))
    return {name: median(found) for name, found in costs.items()}


def seconds_per_call(calls: dict[str, Callable[[], object]], *, rounds: int = 5) -> dict[str, float]:
    """CPU seconds of one call of each: median of rounds in turn, half a second each, the first left out."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            made, start = 0, time.process_time()
            while (spent := time.process_time() - start) < 0.5:
                call()
                made += 1
            found[name].append(spent / made)
    return {name: statistics.median(each[1:]) for name, each in found.items()}


def row(name: str, value: str, ratio: str = "", bar: str = "") -> None:
    print(f"{name:<58} {value:>24} {ratio:>10} {bar:>10}", flush=True)
