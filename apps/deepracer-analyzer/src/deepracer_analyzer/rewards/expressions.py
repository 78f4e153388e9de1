"""Reward expressions: arithmetic on a log's columns, checked when read and computed on whole columns.

    "{speed}**2"
    "({progress}/{steps})*100"
    "(-20 if {episode_status}=='off_track' else 0)"
    "max(0, 1 - abs({steer})/30) * (0.5 < {speed} <= 4 and {all_wheels_on_track})"

`{column}` is a column of the log frame (`logs.schema.COLUMNS`): in each row a number, True and False being 1
and 0, or a text. An expression is made of

- numbers, True, False and `{columns}`;
- `+ - * / // % **`, a leading `+` or `-`, and parentheses;
- comparisons `< <= > >= == !=`, also chained; a column of texts is compared with `==` and `!=` to a text in
  quotes or to another such column;
- `and`, `or`, `not`, and `A if B else C`;
- `abs min max sqrt exp log sin cos clip`: `min` and `max` of two numbers or more, `log(x)` natural or
  `log(x, base)`, `clip(x, lowest, highest)`, angles in radians (`sin({yaw} * 3.14159265 / 180)`).

It means what Python means by it, in float64 (whole numbers are exact up to 2**53), computed on whole columns
at once (`formula`): both sides of an if-else are computed for every row, and what fails in the one that
Python would not have taken does not show. Where the side that is taken fails, that row has no value: it is
NaN, a gap in the chart. A number that the log does not have is NaN too, and as in Python any comparison with
it but `!=` is False.

The text is parsed into a syntax tree and never compiled or run (`grammar`): no attribute, index, name,
keyword, lambda, comprehension or f-string gets through, `9**9**9` is at once a number too large, and a text
that is too long or too deeply nested is refused in one line.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepracer_analyzer.rewards.formula import FAILURES, Formula, Table, codes_in
from deepracer_analyzer.rewards.grammar import ExpressionError, Kind, Reader, one_line
from deepracer_analyzer.views import Floats

__all__ = ["Evaluation", "Expression", "ExpressionError", "Failure", "Kind", "kinds"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Rows in which an expression has no value.

    Attributes:
        cause: Why, in words.
        rows: How many.
        first: The first of them.
    """

    cause: str
    rows: int
    first: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An expression on a log.

    Attributes:
        values: float64 (N,), finite, or NaN where there is no value.
        failures: Why there is none, by cause.
    """

    values: Floats
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A reward expression that was read and found to be arithmetic.

    Attributes:
        name: Of its component, for messages.
        text: As it was written.
        formula: What it computes.
        columns: The columns it uses, in the order of their first use.
        compared: Each column of texts with each text that it is compared to.
    """

    name: str
    text: str
    formula: Formula
    columns: tuple[str, ...]
    compared: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str, columns: Mapping[str, Kind], name: str = "expression") -> "Expression":
        """Read an expression.

        Args:
            text: The expression.
            columns: The columns there are, and what they hold; see `kinds`.
            name: Of its component.

        Raises:
            ExpressionError: It is anything else than described above, or too large.
        """
        reader = Reader(name, text, columns)
        whole = reader.read()
        return cls(name, text, whole, tuple(reader.used), tuple(reader.compared))

    def evaluate(self, frame: pd.DataFrame) -> Evaluation:
        """Compute it for each row of a log frame.

        Raises:
            ExpressionError: The frame lacks a column that it uses.
        """
        for column in self.columns:
            if column not in frame.columns:
                msg = (
                    f"reward component {one_line(self.name)!r}: the log has no column {{{one_line(column)}}}"
                )
                raise ExpressionError(msg)
        result = self.formula.evaluate(Table(frame))
        values = np.array(np.broadcast_to(result.values, (len(frame),)), np.float64)
        missing = ~np.isfinite(values)
        if result.failed is None and not missing.any():
            return Evaluation(values, ())
        failed = np.broadcast_to(np.uint8(0) if result.failed is None else result.failed, (len(frame),))
        failures = [_failure(FAILURES[code], failed == code) for code in codes_in(failed)]
        missing &= failed == 0
        if missing.any():
            failures.append(_failure(f"no number for {self._holes(frame, missing)} in the log", missing))
        values[(failed != 0) | missing] = np.nan
        return Evaluation(values, tuple(failures))

    def _holes(self, frame: pd.DataFrame, rows: NDArray[np.bool_]) -> str:
        kind, table = kinds(frame), Table(frame)
        numbers = [column for column in self.columns if kind[column] == "number"]
        holes = [column for column in numbers if not np.isfinite(table.numbers(column)[rows]).all()]
        return one_line(", ".join(f"{{{column}}}" for column in holes))


def kinds(frame: pd.DataFrame) -> dict[str, Kind]:
    """The columns of a log frame, and what each holds."""
    return {
        str(column): "number" if pd.api.types.is_numeric_dtype(dtype) else "text"
        for column, dtype in frame.dtypes.items()
    }


def _failure(cause: str, rows: NDArray[np.bool_]) -> Failure:
    return Failure(cause, int(rows.sum()), int(rows.argmax()))
