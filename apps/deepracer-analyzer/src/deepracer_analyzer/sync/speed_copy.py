"""The user's log with the speed added as a column: a copy in which no other byte is changed."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rlviz_video import check_output, whole_file

from deepracer_analyzer.logs.schema import column_names, is_header
from deepracer_analyzer.views import Log

COLUMN = "speed"
AFTER = ("yaw", "Y")
"""The column behind which the speed is written; the second where the log lacks the first."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_COMMA_OR_GROUP = re.compile(r'"[^"]*"|\[[^\]]*\]|,')
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_MARKS = "\ufeff\u00ef\u00bb\u00bf"
"""A byte order mark, as UTF-16 and as Latin-1 decode it."""


def write_with_speed(log: Log, data: bytes, path: Path) -> Path | None:
    """Write a copy of a CSV log with the column `speed` after `yaw`; an existing copy is replaced.

    The speed is the log's own, from its positions (`speed` of `Log.frame`), and not what was read from the
    pictures. Lines that were not read as a row keep their bytes, with an empty cell if they are long enough.

    Args:
        log: The log as it was read.
        data: The log file's own bytes.
        path: Where the copy goes.

    Returns:
        The path; None where there is nothing to add: the log has a speed, or is no CSV but a simulator's log.

    Raises:
        ValueError: The log was not read from these bytes.
        OSError: The copy cannot be written.
    """
    if "speed_logged" in log.frame.columns:
        return None
    codec = _UTF16.get(data[:2], "latin-1")  # Latin-1 gives every byte back as it was
    lines = _LINE.findall(data.decode(codec, errors="surrogatepass"))
    header = next((line for line in lines if line.strip(_MARKS + " \t\r\n\0")), "")
    if not is_header(header.lstrip(_MARKS)):
        return None
    text = "".join(_with_speed(lines, header, log))
    path = check_output(path, force=True)
    with whole_file(path) as part:
        part.write_bytes(text.encode(codec, errors="surrogatepass"))
    return path


def _with_speed(lines: list[str], header: str, log: Log) -> Iterator[str]:
    names = column_names(header.strip(_MARKS + "\r\n").replace('"', "").split(","))
    keys = [names.index(name) for name in ("episode", "steps", "X", "Y")]
    fields = next(names.index(name) for name in AFTER if name in names) + 1
    rows = log.frame[["episode", "steps", "X", "Y"]].to_numpy(np.float64)
    speeds = log.frame[COLUMN].to_numpy(np.float64)
    at = 0
    for line in lines:
        if line.strip(_MARKS + "\r\n") == header.strip(_MARKS + "\r\n"):
            yield _insert(line, fields, COLUMN)
            continue
        cells = _cells(line)
        found = at < len(rows) and _numbers(cells, keys) == tuple(rows[at])
        yield _insert(line, fields, repr(float(speeds[at])) if found else "")
        at += found
    if at < len(rows):
        msg = (
            f"{len(rows) - at:,} rows of {log.source} are not in the bytes given with it; give the file's own"
        )
        raise ValueError(msg)


def _cells(line: str) -> list[str]:
    ends = [match.start() for match in _commas(line)]
    return [line[a:b] for a, b in zip([0, *(end + 1 for end in ends)], [*ends, len(line)], strict=True)]


def _numbers(cells: list[str], places: list[int]) -> tuple[float, ...]:
    """The numbers in some cells of a line; nothing where one is missing or no number."""
    try:
        return tuple(float(cells[place].strip(' "\t\r\n')) for place in places)
    except (IndexError, ValueError):
        return ()


def _insert(line: str, fields: int, cell: str) -> str:
    """A line with a cell behind its first `fields` cells; unchanged where it has fewer."""
    commas = list(_commas(line))
    body = line.rstrip("\r\n")
    if len(commas) >= fields:
        at = commas[fields - 1].start()
    elif len(commas) == fields - 1 and body.strip():
        at = len(body)
    else:
        return line
    return f"{line[:at]},{cell}{line[at:]}"


def _commas(line: str) -> Iterator[re.Match[str]]:
    """The commas between cells: not those in quotes or brackets."""
    return (match for match in _COMMA_OR_GROUP.finditer(line) if match[0] == ",")
