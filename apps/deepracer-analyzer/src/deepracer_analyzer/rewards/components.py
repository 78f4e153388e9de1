"""The parts of a reward over a whole log, from expressions; their sum; and how they are made comparable.

Parts and sum are float64. Where a part cannot be computed, in Python's sense or because the log has no number
there, it is NaN in that row, and so is the sum: a gap in the chart, never a number that nobody computed.
`Components.problems` says so in a line for each part and cause.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from deepracer_analyzer.logs.schema import STATUSES
from deepracer_analyzer.rewards.expressions import Evaluation, Expression, kinds
from deepracer_analyzer.rewards.given import check_component, read_expressions
from deepracer_analyzer.rewards.grammar import one_line
from deepracer_analyzer.views import Components, Floats

__all__ = ["NORMALIZATIONS", "add", "compute", "normalize", "read_expressions", "where"]

NORMALIZATIONS = ("none", "max", "z-score")

MOST_COMPONENTS = 64


def compute(frame: pd.DataFrame, expressions: Mapping[str, str], normalization: str = "none") -> Components:
    """Compute each part of a reward for each row of a log, and their sum.

    Args: frame: The log frame, N rows. expressions: Name of a component -> expression, as in `expressions`.
        normalization: `none`; `max`: each part divided by its largest absolute value over the log, a part
        that is 0 everywhere stays 0; `z-score`: each part less its mean, divided by its standard deviation
        (of the population), a constant part becomes 0.

    Returns:
        The parts, normalised if that was asked for, and the sum of what the parts then are.

    Raises:
        ValueError: No component, too many, an unknown normalisation, or an expression that is refused.
    """
    _check(expressions, normalization)
    columns = kinds(frame)
    parsed = [Expression.parse(text, columns, name) for name, text in expressions.items()]
    problems: list[str] = []
    parts: list[Floats] = []
    for expression in parsed:
        evaluation = expression.evaluate(frame)
        problems += _failures(expression.name, evaluation, len(frame))
        problems += _statuses_never_met(expression, frame)
        values, lines = normalize(expression.name, evaluation.values, normalization)
        parts.append(values)
        problems += lines
    values = np.stack(parts)
    total, lines = add(values)
    return Components(
        names=tuple(expressions),
        expressions=tuple(expressions.values()),
        values=values,
        total=total,
        normalization=normalization,
        problems=(*problems, *lines),
    )


def _check(expressions: Mapping[str, str], normalization: str) -> None:
    if normalization not in NORMALIZATIONS:
        msg = f"normalization {normalization!r}: give one of {', '.join(NORMALIZATIONS)}"
        raise ValueError(msg)
    if not 1 <= len(expressions) <= MOST_COMPONENTS:
        msg = f"{len(expressions)} reward components: give 1 to {MOST_COMPONENTS}, such as Speed={{speed}}**2"
        raise ValueError(msg)
    for name, text in expressions.items():
        check_component(name, text)


def normalize(name: str, values: Floats, normalization: str) -> tuple[Floats, list[str]]:
    """One part made comparable, and what could not be done as asked.

    Args:
        name: Of the part.
        values: float64 (N,), finite or NaN; NaN stays NaN and counts for nothing.
        normalization: `none`, `max` or `z-score`.
    """
    known = values[np.isfinite(values)]
    if normalization == "none" or known.size == 0:
        return values, []
    largest = float(np.abs(known).max())
    if largest == 0 and normalization == "max":
        return values, []
    if normalization == "max":
        return values / largest, []
    if known.min() == known.max():
        line = f"{name!r} is {known[0]:g} wherever it has a value; its z-score is set to 0"
        return np.where(np.isfinite(values), 0.0, np.nan), [line]
    # In units of the largest value nothing overflows, and the score is the same.
    scaled = values / largest
    known = known / largest
    return (scaled - known.mean()) / known.std(), []


def add(values: Floats) -> tuple[Floats, list[str]]:
    """The sum of parts (K, N) in each row: NaN where a part is, or where it is too large to be a number."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = values.sum(axis=0)
    large = np.isfinite(values).all(axis=0) & ~np.isfinite(total)
    total[~np.isfinite(total)] = np.nan
    if not large.any():
        return total, []
    rows = where(int(large.sum()), int(large.argmax()), total.size)
    return total, [f"the sum of the parts is too large a number {rows}; it has no value there"]


def where(rows: int, first: int, of: int) -> str:
    """Some rows in words: how many of how many, and which is the first."""
    if rows == of:
        return f"in all {of:,} rows"
    return f"in row {first:,}" if rows == 1 else f"in {rows:,} of {of:,} rows, the first is row {first:,}"


def _failures(name: str, evaluation: Evaluation, rows: int) -> list[str]:
    return [
        f"{name!r}: {failure.cause} {where(failure.rows, failure.first, rows)}; "
        "neither it nor the sum has a value there"
        for failure in evaluation.failures
    ]


def _statuses_never_met(expression: Expression, frame: pd.DataFrame) -> Sequence[str]:
    strange = [
        (column, text)
        for column, text in expression.compared
        if not (column == "episode_status" and text in STATUSES) and text not in set(frame[column])
    ]
    return [
        f"{expression.name!r}: no row has {column} {one_line(text, 40)!r}; "
        f"there are {one_line(', '.join(sorted({str(v) for v in frame[column]})), 120)}"
        for column, text in strange
    ]
