"""The figures of each frame: a CSV table that is written while the video is."""

import csv
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO, TypeAlias, cast

import numpy as np

from rlviz_video.outputs import Output, check_output, naming, part_path

Cell: TypeAlias = str | int | float | bool | None
"""One value of a timeline; None is an empty cell."""

_FLUSH_SECONDS = 1.0


class Timeline(Output):
    """Streams one row a frame into `<name>.part.csv`, which becomes `<name>.csv` on success.

    Rows are flushed each second, so that a killed process leaves all but the last second. After an error in
    the block, the part stays under its own name, if it has rows. Numbers are written so that reading gives
    the same number.

    Args:
        path: The finished table, ending in `.csv`.
        columns: The names of the columns, in order.
        force: Whether existing files may be overwritten.

    Raises:
        ValueError: No columns, or two of the same name.
        OSError: The file exists or cannot be written.
    """

    def __init__(self, path: str | Path, columns: Sequence[str], *, force: bool = False) -> None:
        if not columns or len(set(columns)) != len(columns):
            message = f"columns {list(columns)} are not usable; give one or more different names"
            raise ValueError(message)
        self.path = check_output(path, force=force)
        self.part = part_path(self.path)
        self.columns = tuple(columns)
        self.rows = 0
        with naming(self.part):
            self._file: TextIO = self.part.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file, lineterminator="\n")
            self._writer.writerow(self.columns)
            self._file.flush()
        self._flushed = time.monotonic()

    def write(self, row: Mapping[str, object]) -> None:
        """Append one row.

        Args:
            row: A value for each column: text, int, float, bool, their NumPy scalars, or None (empty).

        Raises:
            ValueError: A column is missing or not one of the table's, or the table is closed.
            OSError: The file cannot be written.
        """
        if self._file.closed:
            message = f"{self.path} is closed; write all rows before finish()"
            raise ValueError(message)
        if set(row) != set(self.columns):
            message = f"row {self.rows} has columns {sorted(row)}; expected {sorted(self.columns)}"
            raise ValueError(message)
        with naming(self.part):
            self._writer.writerow([_text(row[name]) for name in self.columns])
            self.rows += 1
            now = time.monotonic()
            if now - self._flushed >= _FLUSH_SECONDS:
                self._file.flush()
                self._flushed = now

    def finish(self) -> None:
        """Close the table and give it its final name; a second call does nothing.

        Raises:
            OSError: The file cannot be written or renamed.
        """
        if self._file.closed:
            return
        self._close()
        with naming(self.path):
            self.part.replace(self.path)

    def abandon(self) -> None:
        """Close the table and leave it under its `.part` name; without rows, remove it."""
        if self._file.closed:
            return
        self._close()
        if not self.rows:
            self.part.unlink(missing_ok=True)

    def _close(self) -> None:
        with naming(self.part):
            self._file.close()


def read_timeline(path: str | Path) -> list[dict[str, Cell]]:
    """Read a timeline back, also the part of a killed process (a cut last line is left out).

    Returns:
        One dict a row. A cell is int, float or bool when its text is one, None when it is empty, else text.

    Raises:
        OSError: The file cannot be read.
        ValueError: A row has not as many cells as there are columns.
    """
    path = Path(path)
    with naming(path, "cannot read"):
        text = path.read_text(encoding="utf-8")
    lines = list(csv.reader(text[: text.rfind("\n") + 1].splitlines(keepends=True)))
    if not lines:
        return []
    columns = lines[0]
    rows: list[dict[str, Cell]] = []
    for number, cells in enumerate(lines[1:]):
        if len(cells) != len(columns):
            message = f"{path}, row {number}: {len(cells)} cells where {len(columns)} were expected"
            raise ValueError(message)
        rows.append({name: _value(cell) for name, cell in zip(columns, cells, strict=True)})
    return rows


def _text(value: object) -> str:
    if isinstance(value, np.floating):
        return str(cast("object", value))  # the shortest text of its own precision: 0.1, not 0.10000000149
    if isinstance(value, np.generic):
        value = cast("object", value.item())
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return str(value)


def _value(cell: str) -> Cell:
    if cell in ("", "true", "false"):
        return None if not cell else cell == "true"
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
