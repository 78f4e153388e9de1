"""A tub as donkeycar writes it since version 4: `manifest.json`, catalogs of JSON lines, `images/`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from donkey_gradcam.drives.pictures import read_record_picture
from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.drives.tub_values import make_record, parse_object
from donkey_gradcam.views import Frame, Record

MANIFEST = "manifest.json"
"""The file that makes a folder a tub."""


class TubV2:
    """Reads the records of a tub one by one, without those that its manifest marks as deleted.

    The folder is only read; donkeycar's own reader opens a tub's files for writing unless told not to.

    Args:
        path: the tub's folder.
        note: what a person should know of it.

    Raises:
        OSError: the manifest, or a catalog that it lists, cannot be read.
        ValueError: the manifest is not a tub's.
    """

    kind = "tub v2"

    def __init__(self, path: Path, note: str = "") -> None:
        self.path = path
        self.note = note
        manifest = path / MANIFEST
        self._catalogs, self._deleted = _read_manifest(manifest)
        for catalog in self._catalogs:
            if not catalog.is_file():
                msg = (
                    f"{manifest} lists {catalog.name}, which is not there; copy the whole tub, "
                    f"or give {path / 'images'} to see the pictures alone"
                )
                raise FileNotFoundError(msg)

    @property
    def deleted_count(self) -> int:
        """How many records are marked as deleted."""
        return len(self._deleted)

    @property
    def count(self) -> int:
        """How many records there are, deleted ones not among them."""
        return self.count_between()

    def count_between(self, start: int = 0, end: int | None = None) -> int:
        """How many records records(start, end) gives; reads every catalog."""
        return sum(1 for _ in self.records(start, end))

    def records(
        self, start: int = 0, end: int | None = None, problems: Problems | None = None
    ) -> Iterator[Record]:
        """The records in the order they were driven; see Drive."""
        pictures = self.path / "images"
        for line in _lines(self._catalogs):
            if line.position in self._deleted:
                continue
            values = parse_object(line.text)
            if values is None:
                if not line.last:
                    raise ValueError(_broken(line))
                if problems is not None:
                    problems.add("cut", line.where)
                return
            record = make_record(values, line.position, pictures, line.where)
            if record.index >= start and (end is None or record.index < end):
                yield record

    def read(self, record: Record) -> Frame:
        """The record's picture at its own size; see Drive."""
        return read_record_picture(record)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a catalog; `position` counts through all catalogs from 0, as `deleted_indexes` does."""

    file: Path
    number: int
    position: int
    text: bytes
    last: bool = False

    @property
    def where(self) -> str:
        return f"{self.file} line {self.number}"


def _lines(catalogs: tuple[Path, ...]) -> Iterator[_Line]:
    """The lines of all catalogs up to each one's first empty line, one by one; the very last is marked."""
    position = 0
    before: _Line | None = None
    for catalog in catalogs:
        with catalog.open("rb") as file:
            for number, text in enumerate(file, 1):
                if not text.strip():
                    _check_nothing_follows(catalog, number, file)
                    break
                if before is not None:
                    yield before
                before = _Line(catalog, number, position, text)
                position += 1
    if before is not None:
        yield _Line(before.file, before.number, before.position, before.text, last=True)


def _check_nothing_follows(catalog: Path, number: int, rest: Iterator[bytes]) -> None:
    if any(text.strip() for text in rest):
        msg = (
            f"{catalog} line {number} is empty, and donkeycar reads no further there; "
            "remove the empty line from a copy of the tub"
        )
        raise ValueError(msg)


def _broken(line: _Line) -> str:
    return (
        f"{line.where} is not a record but {_excerpt(line.text)}; donkeycar leaves it out: write "
        f'{line.position} into "deleted_indexes" in {MANIFEST} and it is left out here too'
    )


def _excerpt(text: bytes) -> str:
    shown = text.strip().decode("utf-8", "replace")
    return repr(shown if len(shown) <= 40 else f"{shown[:37]}...")


def _read_manifest(path: Path) -> tuple[tuple[Path, ...], frozenset[int]]:
    """The catalogs that a manifest lists, in order, and the positions of the deleted records.

    They are in the manifest's last line; the others (inputs, types, two of metadata) are not needed.
    """
    values: dict[str, Any] | None = None
    for text in path.read_bytes().splitlines():
        if text.strip():
            values = parse_object(text)
    if values is None or "paths" not in values:
        msg = (
            f"{path} is not a tub's manifest, or cut off: its last line lists no catalogs; "
            f"give {path.parent / 'images'} to see the pictures alone"
        )
        raise ValueError(msg)
    names = _list_of(str, values["paths"], "paths", path)
    deleted = _list_of(int, values.get("deleted_indexes", []), "deleted_indexes", path)
    return tuple(path.parent / name for name in names), frozenset(deleted)


def _list_of(kind: type, value: object, key: str, path: Path) -> list[Any]:
    items = cast("list[Any]", value) if isinstance(value, list) else None
    if items is None or not all(isinstance(item, kind) for item in items):
        expected = "file names" if kind is str else "whole numbers"
        msg = f"{path}: {key!r} is {json.dumps(value)[:60]}; expected a list of {expected}, as in donkeycar's"
        raise ValueError(msg)
    return items
