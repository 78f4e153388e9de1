"""What files there are in a model folder or an archive; nothing is opened that is not asked for."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deepracer_analyzer.logs.archives import HEAD, list_archive

OUR_FOLDER = "deepracer_analysis"
"""What this tool makes lies in a folder of this name, and recordings start with it."""

_SKIPPED = {OUR_FOLDER, "__MACOSX", "__pycache__", "node_modules"}
DEEPEST = 16
MOST_FILES = 100_000


@dataclass(frozen=True, slots=True)
class Item:
    """A file in a model folder or archive.

    Attributes:
        parts: The folders it lies in, and its name, from the model folder on.
        path: The file, or the archive.
        member: Its name inside the archive; None for a file.
        head: The first bytes of a CSV, empty for other files.
    """

    parts: tuple[str, ...]
    path: Path
    member: str | None = None
    head: bytes = b""

    @property
    def name(self) -> str:
        """For people: the path from the model folder on, or `archive!member`."""
        return f"{self.path.name}!{self.member}" if self.member else "/".join(self.parts)


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a model.

    Attributes:
        items: Sorted by path; nothing hidden, and nothing that this tool made.
        problems: What could not be looked into, one line each.
    """

    items: tuple[Item, ...]
    problems: tuple[str, ...] = ()


def list_members(archive: Path) -> Listing:
    """The files in an archive.

    Raises:
        ValueError: It is damaged.
        OSError: It cannot be opened.
    """
    items = (Item(_parts(entry.name), archive, entry.name, entry.head) for entry in list_archive(archive))
    return Listing(tuple(item for item in items if item.parts and not any(map(_skipped, item.parts))))


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."})


def _skipped(part: str) -> bool:
    return part in _SKIPPED or part.startswith(".")


def list_folder(folder: Path, *, deep: bool = True) -> Listing:
    """The files in a folder and, with `deep`, in the folders in it; links are followed, each folder once.

    Raises:
        OSError: The folder itself cannot be read.
    """
    problems: list[str] = []
    items: list[Item] = []
    for path, parts in _walk(folder, problems, DEEPEST if deep else 0):
        if len(items) >= MOST_FILES:
            problems.append(f"more than {MOST_FILES:,} files; the search ended, give the model's own folder")
            break
        items.append(Item(parts, path, None, _head(path)))
    return Listing(tuple(sorted(items, key=lambda item: item.parts)), tuple(problems))


def _head(path: Path) -> bytes:
    if path.suffix.lower() != ".csv":
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""  # whoever opens it will be told


def _walk(folder: Path, problems: list[str], deepest: int) -> Iterator[tuple[Path, tuple[str, ...]]]:
    waiting: list[tuple[Path, tuple[str, ...]]] = [(folder, ())]
    seen: set[tuple[int, int]] = set()
    while waiting:
        here, parts = waiting.pop()
        try:
            status = here.stat()
            with os.scandir(here) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except OSError as error:
            if not parts:
                raise
            problems.append(f"{'/'.join(parts)}: cannot be looked into ({error.strerror})")
            continue
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        for entry in entries:
            below = (*parts, entry.name)
            if _skipped(entry.name):
                continue
            if _is(entry, folder=True):
                if len(parts) < deepest:
                    waiting.append((Path(entry.path), below))
            elif _is(entry, folder=False):
                yield Path(entry.path), below


def _is(entry: "os.DirEntry[str]", *, folder: bool) -> bool:
    try:
        return entry.is_dir() if folder else entry.is_file()
    except OSError:  # a link that leads nowhere, or round in a circle
        return False
