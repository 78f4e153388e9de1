"""Small logs of every schema on `tmp_path`, and the borrowed logs beside the checkout."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from deepracer_oval import csv_text, drive, simulator_text

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "deepracer"

MakeLog = Callable[..., Path]
"""See make_log()."""


@pytest.fixture
def shared() -> Path:
    """The folder of real logs; without it the test is skipped."""
    if not SHARED.is_dir():
        pytest.skip("the borrowed logs are not beside the checkout")
    return SHARED


@pytest.fixture
def make_log(tmp_path: Path) -> MakeLog:
    """Write a log of laps around an oval at constant speed, `deepracer_oval` has them in closed form.

    Args (of what it returns):
        name: path under `tmp_path`.
        schema: `A` to `D`, or `model_A`.
        action: `index`, or a continuous one: `space`, `quoted`, `unquoted`.
        simulator: whether it is a simulator log with SIM_TRACE_LOG lines.
        others: of `deepracer_oval.drive`.
    """

    def write(
        name: str = "0-iteration.csv",
        *,
        schema: str = "B",
        action: Any = "index",
        simulator: bool = False,
        **driving: Any,
    ) -> Path:
        rows = drive(**driving)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text = simulator_text if simulator else csv_text
        path.write_text(write_text(rows, schema, action))
        return path

    return write
