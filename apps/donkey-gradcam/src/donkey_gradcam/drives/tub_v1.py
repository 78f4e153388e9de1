"""A tub as donkeycar wrote it before version 4: `record_<number>.json` and its pictures in one folder."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from donkey_gradcam.drives.pictures import read_record_picture
from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.drives.tub_values import make_record, parse_object
from donkey_gradcam.views import Frame, Record

_RECORD = re.compile(r"record_(\d+)\.json")


class TubV1:
    """Reads the records of a tub by their number, without those that its `exclude.json` lists.

    Args:
        path: the tub's folder.
        note: what a person should know of it.

    Raises:
        OSError: the folder cannot be read.
        ValueError: `exclude.json` is not a list of numbers.
    """

    kind = "tub v1"

    def __init__(self, path: Path, note: str = "") -> None:
        self.path = path
        self.note = note
        excluded = _read_excluded(path / "exclude.json")
        self._numbers = sorted(number for number in _numbers(path) if number not in excluded)

    @property
    def count(self) -> int:
        """How many records there are, excluded ones not among them."""
        return len(self._numbers)

    def count_between(self, start: int = 0, end: int | None = None) -> int:
        """How many records records(start, end) gives."""
        return sum(1 for _ in self._between(start, end))

    def records(
        self, start: int = 0, end: int | None = None, problems: Problems | None = None
    ) -> Iterator[Record]:
        """The records in the order of their numbers; see Drive."""
        for number in self._between(start, end):
            file = self.path / f"record_{number}.json"
            values = parse_object(file.read_bytes())
            if values is None:
                if number != self._numbers[-1]:
                    msg = (
                        f"{file} is not a record; remove it from a copy of the tub (`manage.py check --fix`)"
                    )
                    raise ValueError(msg)
                if problems is not None:
                    problems.add("cut", str(file))
                return
            yield make_record(values, number, self.path, str(file))

    def read(self, record: Record) -> Frame:
        """The record's picture at its own size; see Drive."""
        return read_record_picture(record)

    def _between(self, start: int, end: int | None) -> Iterator[int]:
        return (number for number in self._numbers if number >= start and (end is None or number < end))


def is_tub_v1(path: Path) -> bool:
    """Whether the folder holds records as donkeycar wrote them before version 4."""
    return next(_numbers(path), None) is not None


def _numbers(path: Path) -> Iterator[int]:
    """The numbers of the records in a folder, in no order."""
    for file in path.iterdir():
        match = _RECORD.fullmatch(file.name)
        if match is not None:
            yield int(match[1])


def _read_excluded(path: Path) -> frozenset[int]:
    if not path.is_file():
        return frozenset()
    try:
        value: object = json.loads(path.read_bytes())
    except ValueError:
        value = None
    if not isinstance(value, list) or not all(isinstance(item, int) for item in cast("list[object]", value)):
        msg = f"{path} is not a list of record numbers, as donkeycar writes it; mend or remove it"
        raise ValueError(msg)
    return frozenset(cast("list[int]", value))
