"""From rows of text to columns of numbers: what cannot be read is left out or marked, and said."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepracer_analyzer.logs.lines import Table, name_lines
from deepracer_analyzer.logs.schema import KINDS, LIMITS, NEEDED, STATUSES
from deepracer_analyzer.views import Floats

_TRUE, _FALSE = ("true", "1", "1.0"), ("false", "0", "0.0")

Say = Callable[[str], None]
"""Takes a problem, one line."""


def read_columns(table: Table, source: str, say: Say) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """The columns that a log has, each of its kind; rows without the needed numbers are left out.

    Args:
        table: The log's rows.
        source: Its name, for messages.
        say: Takes each problem.

    Returns:
        Known columns as in `schema.KINDS` and unknown ones as they are, index 0, 1, 2, ...; `action`
        is -1 for continuous actions, and NaN stands for missing floats. Beside it the line of each row.

    Raises:
        ValueError: There is no row, or none can be read.
    """
    if not table.rows:
        said = f": {'; '.join(table.problems)}" if table.problems else ""
        msg = f"{source}: a log without a single row{said}"
        raise ValueError(msg)
    raw = _parse(table)
    lines = np.array(table.numbers, np.intp)
    needed = {name: _numbers(raw[name], name) for name in NEEDED}
    good = np.logical_and.reduce([np.isfinite(values) for values in needed.values()])
    if not good.all():
        bad = [name for name, values in needed.items() if not np.isfinite(values).all()]
        rows = name_lines(lines[~good].tolist())
        problem = f"{rows}: {', '.join(bad)} missing, no number or impossible; left out"
        if not good.any():
            msg = f"{source}: not one of its {len(good):,} rows can be read; {problem}"
            raise ValueError(msg)
        say(problem)
        raw, lines = cast("pd.DataFrame", raw[good]), lines[good]
    columns = {name: _column(raw[name], name, lines, say) for name in table.names if name[0] != "\0"}
    return pd.DataFrame(columns), lines


def _parse(table: Table) -> pd.DataFrame:
    return pd.read_csv(
        StringIO("\n".join(table.rows)),
        names=list(table.names),
        header=None,
        index_col=False,
        quoting=csv.QUOTE_NONE,
        skip_blank_lines=False,
        skipinitialspace=True,
        low_memory=False,
    )


def _numbers(column: "pd.Series[Any]", name: str) -> Floats:
    """A column as float64; NaN where it holds no number, or one outside its limits."""
    numbers = pd.to_numeric(column, errors="coerce")
    values = cast("Floats", numbers.to_numpy(np.float64, na_value=np.nan))
    low, high = LIMITS.get(name, (-np.inf, np.inf))
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(values) & (values >= low) & (values <= high), values, np.nan)


def _column(column: "pd.Series[Any]", name: str, lines: NDArray[np.intp], say: Say) -> NDArray[Any]:
    """One column of its kind; what it lacks is said."""
    kind = KINDS.get(name)
    if kind is None:
        return column.to_numpy()
    if name == "action":
        return _actions(column, lines, say)
    if kind == "text":
        return _statuses(column, lines, say)
    values = _truth(column) if kind == "bool" else _numbers(column, name)
    missing = np.isnan(values)
    if missing.any():
        instead = {"int": "-1", "bool": "False", "float": "unknown"}[kind]
        say(f"{name_lines(lines[missing].tolist())}: {name} missing or not readable; taken as {instead}")
    if kind == "int":
        return np.where(missing, -1, values).astype(np.int64)
    return values > 0 if kind == "bool" else values


def _truth(column: "pd.Series[Any]") -> Floats:
    """1 for true, 0 for false, NaN for neither."""
    if column.dtype == np.bool_:
        return column.to_numpy(np.float64)
    words = column.astype(str).str.strip().str.lower()
    truth = np.where(words.isin(_TRUE), 1.0, np.where(words.isin(_FALSE), 0.0, np.nan))
    return cast("Floats", truth)


def _actions(column: "pd.Series[Any]", lines: NDArray[np.intp], say: Say) -> NDArray[np.int64]:
    """Indices of actions; -1 for continuous ones, which are a bracketed pair."""
    values = _numbers(column, "action")
    unread = np.isnan(values)
    if unread.any():
        unread &= ~column.astype(str).str.startswith("[").to_numpy(np.bool_)
    if unread.any():
        say(f"{name_lines(lines[unread].tolist())}: action missing or not readable; taken as -1 (unknown)")
    return np.where(np.isnan(values), -1, values).astype(np.int64)


def _statuses(column: "pd.Series[Any]", lines: NDArray[np.intp], say: Say) -> NDArray[Any]:
    words = column.fillna("").astype(str).str.strip()
    strange = ~words.isin(STATUSES).to_numpy(np.bool_)
    if strange.any():
        found = ", ".join(repr(word) for word in sorted(set(words[strange]))[:3])
        say(f"{name_lines(lines[strange].tolist())}: unknown episode_status ({found})")
    return words.to_numpy(object)
