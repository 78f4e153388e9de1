"""A command line called as a user does: in this process or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Outcome:
    """What one call of a command line did: its exit status and what it printed."""

    status: int
    out: str
    err: str

    def fails_with_one_line(self, *words: str, status: int = 1) -> None:
        """Assert that the call failed with one line on stderr that holds all words, and no traceback."""
        assert self.status == status, self.err or self.out
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err + self.out
        for word in words:
            assert word in lines[0], self.err


def caller(main: Callable[[Sequence[str]], int], capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Calls a command line in this process."""

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        printed = capfd.readouterr()
        return Outcome(status, printed.out, printed.err)

    return call


@contextmanager
def starter(module: str, folder: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts a module in processes (and process groups) of their own, which end with the block.

    Args:
        module: what `python -m` runs, unless a call names another.
        folder: where they work.
    """
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object, module: str = module, **keywords: Any) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
            **keywords,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
