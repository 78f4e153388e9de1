"""Reading a simulation trace, whatever wrote it: CSV of every schema, or the lines of a simulator log."""

import hashlib
from pathlib import Path

from deepracer_analyzer.logs.columns import read_columns
from deepracer_analyzer.logs.completing import complete
from deepracer_analyzer.logs.decoding import decode, no_log
from deepracer_analyzer.logs.lines import Table, csv_table
from deepracer_analyzer.logs.members import read_file
from deepracer_analyzer.logs.schema import is_header, schema_of
from deepracer_analyzer.logs.sim_trace import SCHEMA, TAG, sim_trace_table
from deepracer_analyzer.views import Log


def read_log(path: Path | str, member: str | None = None) -> Log:
    """Read a log: a CSV, a simulator log, or one of them inside an archive.

    Args:
        path: The file, or the archive (tar, tar.gz, zip) that it is in.
        member: Its name inside the archive; None for a file.

    Returns:
        Its rows, with columns as `schema.COLUMNS` documents them.

    Raises:
        ValueError: It is no log, or nothing of it can be read.
        OSError: It cannot be opened.
    """
    return parse_log(read_file(Path(path), member), f"{path}!{member}" if member else str(path))


def parse_log(data: bytes, source: str) -> Log:
    """Read a log from its bytes.

    Args:
        data: A CSV of any schema, or a simulator log with SIM_TRACE_LOG lines.
        source: Where it is from, for people.

    Returns:
        Its rows, with columns as `schema.COLUMNS` documents them. What was wrong with the file, and what was
        done about it, stands in its `problems`; nothing is mended silently.

    Raises:
        ValueError: It is no log, it lacks a column without which there is nothing to show, or it has no row
            that can be read.
    """
    text = decode(data, source)
    problems = list(text.problems)
    table, schema = _table(text.text, data, source)
    problems.extend(table.problems)
    frame, lines = read_columns(table, source, problems.append)
    return Log(
        complete(frame, lines, problems.append),
        source,
        schema,
        hashlib.sha256(data).hexdigest(),
        tuple(problems),
    )


def _table(text: str, data: bytes, source: str) -> tuple[Table, str]:
    """The rows as text, and which schema they are."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    if is_header(first):
        table = csv_table(text, source)
        return table, schema_of(table.names)
    if TAG in text:
        return sim_trace_table(text, source), SCHEMA
    raise no_log(data, source)
