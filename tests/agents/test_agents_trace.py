"""Two traces are compared step by step, and the first difference is named."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rlviz_agents import (
    Step,
    TraceDifference,
    TraceRow,
    TraceWriter,
    first_difference,
    read_trace,
    trace_step,
)

pytestmark = pytest.mark.torch

ROWS = [
    TraceRow(
        step, (step, 2), (0.5, 0.0), (False, True), f"observation {step}", f"frame {step}", f"state {step}"
    )
    for step in range(4)
]


def test_rows_come_back_as_they_were(tmp_path: Path):
    with TraceWriter(tmp_path / "trace") as writer:
        for row in ROWS:
            writer.write(row)
    assert list(read_trace(tmp_path / "trace")) == ROWS


def test_a_row_is_in_the_file_before_the_trace_is_closed(tmp_path: Path):
    with TraceWriter(tmp_path / "trace") as writer:
        writer.write(ROWS[0])
        assert list(read_trace(tmp_path / "trace")) == ROWS[:1]


@pytest.mark.parametrize("line", ["", "{", "[]", '{"step": 0}', '{"step": 0, "actions": 1}'])
def test_a_line_that_is_no_row_is_named(tmp_path: Path, line: str):
    (tmp_path / "trace").write_text(line + "\n")
    with pytest.raises(ValueError, match=r"line 1 of .*trace is no row"):
        list(read_trace(tmp_path / "trace"))


def test_equal_runs_have_no_difference():
    assert first_difference(ROWS, list(ROWS)) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("actions", (2, 3)), ("rewards", (1.0, 0.0)), ("dones", (True, True))]
    + [(name, "other") for name in ("observations", "frame", "generators")],
)
def test_the_first_difference_is_named_with_its_step(field: str, value: Any):
    changed = [*ROWS[:2], dataclasses.replace(ROWS[2], **{field: value}), ROWS[3]]
    expected = TraceDifference(2, field, getattr(ROWS[2], field), value)
    assert first_difference(ROWS, changed) == expected


def test_a_shorter_run_is_a_difference():
    assert first_difference(ROWS[:3], ROWS) == TraceDifference(3, "length", "ended", "goes on")


def test_unknown_states_of_generators_are_not_compared():
    unknown = [dataclasses.replace(row, generators="") for row in ROWS]
    assert first_difference(ROWS, unknown) is None


def test_the_states_of_all_three_generators_count(make_step: Callable[..., Step]):
    import random

    import numpy as np
    import torch

    states = [trace_step(make_step(0)).generators]
    for draw in (random.random, np.random.rand, lambda: torch.rand(1)):
        draw()
        states.append(trace_step(make_step(0)).generators)
    assert len(set(states)) == 4
