"""Tables as lines of text."""

import math
import textwrap
from collections.abc import Iterable, Sequence

UNKNOWN = "–"
"""In place of a value that is not known."""

WIDEST = 100
"""Characters a line of a table may have."""


def aligned(rows: Sequence[Sequence[str]], texts: int = 0) -> list[str]:
    """Columns as wide as they need, the first `texts` to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def fits(table: Sequence[str]) -> bool:
    """Whether no line of a table is wider than it may be."""
    return max(map(len, table)) <= WIDEST


def split(
    names: Sequence[Sequence[str]], columns: Sequence[Sequence[str]], texts: int = 0
) -> list[list[str]]:
    """As many tables as it takes to keep each within the widest line, at least one column in each.

    Args:
        names: The columns that every table begins with, row by row.
        columns: Those that are spread over the tables, row by row.
        texts: How many columns are to the left.
    """
    tables: list[list[str]] = []
    first, count = 0, len(columns[0])
    while first < count:
        last = count
        while True:
            rows = [[*name, *row[first:last]] for name, row in zip(names, columns, strict=True)]
            table = aligned(rows, texts)
            if fits(table) or last == first + 1:
                break
            last -= 1
        tables.append(table)
        first = last
    return tables


def wrapped(remarks: Iterable[str]) -> list[str]:
    """Remarks as lines that are no wider than a table."""
    return [
        line
        for remark in remarks
        for line in textwrap.wrap(remark, WIDEST, subsequent_indent="  ", break_on_hyphens=False)
    ]


def number(value: float, digits: int) -> str:
    """A number with so many digits after the point; `–` where it is not known."""
    return f"{value:.{digits}f}" if math.isfinite(value) else UNKNOWN


def known(value: float) -> float | None:
    """A number as JSON has it: None where it is not known."""
    return float(value) if math.isfinite(value) else None
