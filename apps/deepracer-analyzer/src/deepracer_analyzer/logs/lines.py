"""The lines of a log, sorted: which are rows of its table, and which had to be left out."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deepracer_analyzer.logs.schema import NEEDED, column_names

NAMED = 4
"""So many lines are named in a problem, and the rest counted."""

_PAIR = re.compile(r'"?\[[ \t]*([^\[\]," \t\n]+)[ \t]*[ \t,][ \t]*([^\[\]," \t\n]+)[ \t]*\]"?')


@dataclass(frozen=True, slots=True)
class Table:
    """A log as text, before its fields are read.

    Attributes:
        names: Of the columns, as this package spells them.
        rows: One text a row, fields parted by commas, each with as many as there are names; without quotes.
        numbers: The line of the file that each row stood in, from 1.
        problems: What was left out, one line each.
    """

    names: tuple[str, ...]
    rows: tuple[str, ...]
    numbers: tuple[int, ...]
    problems: tuple[str, ...]


def join_pairs(text: str) -> str:
    """Write each bracketed pair without a comma or quotes: `"[4.3, 2]"` and `[4.3, 2]` become `[4.3 2]`.

    A continuous action's comma is not always quoted; the row has one field more then.
    """
    return _PAIR.sub(r"[\1 \2]", text) if "[" in text else text


def name_lines(numbers: Sequence[int]) -> str:
    """Lines for people: `line 7`, `lines 7, 9`, `lines 7, 8, 9, 12 and 40 more`."""
    named = ", ".join(f"{number:,}" for number in numbers[:NAMED])
    more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
    return f"line{'s' if len(numbers) > 1 else ''} {named}{more}"


def sort_rows(
    lines: Iterable[tuple[int, str]], names: tuple[str, ...], *, ended: bool, header: str = ""
) -> Table:
    """Keep the lines that have as many fields as there are names.

    Args:
        lines: Line number and text, without header and line feed.
        names: Of the columns.
        ended: Whether the last line ended with a line feed; a short one that did not was cut.
        header: The header's line, which a log that was put together from several has again.
    """
    expected = len(names)
    rows: list[str] = []
    numbers: list[int] = []
    headers: list[int] = []
    counts: dict[int, int] = {}
    last = 0
    for number, line in lines:
        if not line or line.isspace():
            continue
        last = number
        if line == header:
            headers.append(number)
            continue
        row = line if '"' not in line else _unquote(line)
        fields = 0 if row is None else row.count(",") + 1
        if row is not None and fields == expected:
            rows.append(row)
            numbers.append(number)
        else:
            counts[number] = fields
    problems = [f"{name_lines(headers)}: the header again; left out"] if headers else []
    if not ended and 0 < counts.get(last, 0) < expected:
        fields = counts.pop(last)
        problems.append(f"line {last:,}: the file was cut here ({fields} of {expected} fields); left out")
    return Table(names, tuple(rows), tuple(numbers), (*problems, *_miscounted(counts, expected)))


def _miscounted(counts: dict[int, int], expected: int) -> list[str]:
    kinds = {
        "quotes that do not close, or a quoted comma": [n for n, fields in counts.items() if not fields],
        "fewer": [number for number, fields in counts.items() if 0 < fields < expected],
        "more": [number for number, fields in counts.items() if fields > expected],
    }
    problems: list[str] = []
    for kind, numbers in kinds.items():
        if numbers:
            found = sorted({counts[number] for number in numbers})
            shown = ", ".join(str(one) for one in found[:NAMED])
            what = f"{shown} fields instead of {expected}" if found[0] else kind
            problems.append(f"{name_lines(numbers)}: {what}; left out")
    return problems


def _unquote(line: str) -> str | None:
    """A line without its quotes; None where a comma was quoted, or the quotes do not close."""
    try:
        fields = next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        return None
    return (
        None if any("," in field or '"' in field or "\n" in field for field in fields) else ",".join(fields)
    )


def csv_table(text: str, source: str) -> Table:
    """The rows of a CSV with a header.

    Raises:
        ValueError: Columns are missing without which there is nothing to show.
    """
    lines = enumerate(join_pairs(text).split("\n"), 1)
    header = next(line for _, line in lines if line.strip())
    unquoted = header.replace('"', "").rstrip()
    names, problems = _distinct(column_names(unquoted.split(",")))
    missing = [name for name in NEEDED if name not in names]
    if missing:
        columns = ", ".join(name for name in names if not name.startswith("\0"))
        msg = f"{source}: no column {', '.join(missing)}; a log needs {', '.join(NEEDED)} and has: {columns}"
        raise ValueError(msg)
    table = sort_rows(lines, names, ended=text.endswith("\n"), header=header)
    return Table(names, table.rows, table.numbers, (*problems, *table.problems))


def _distinct(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Names, each once; those that cannot be told apart start with a NUL character, to be left out."""
    seen: set[str] = set()
    distinct: list[str] = []
    problems: list[str] = []
    for index, name in enumerate(names):
        if name and name not in seen:
            seen.add(name)
            distinct.append(name)
            continue
        what = f"is a second {name}" if name else "has no name"
        problems.append(f"column {index + 1} {what}; left out")
        distinct.append(f"\0{index}")
    return tuple(distinct), problems
