"""Archives, read without unpacking them: tar, tar.gz (and bz2, xz) and zip."""

import bz2
import errno
import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

MEMBER_LIMIT = 1 << 30
"""Bytes of one member that are read into memory at most."""

ARCHIVE_LIMIT = 8 << 30
"""Bytes that an archive may unpack to while it is searched."""

HEAD = 1024
"""Bytes of a member that are looked at to tell what it is."""

_BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, RuntimeError, NotImplementedError, OverflowError, UnicodeError,
)  # fmt: skip
"""What the standard library raises on archives that are damaged, encrypted or of an unknown kind."""

_OPENERS = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
"""First bytes -> how such a file is unpacked while it is read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive.

    Attributes:
        name: As the archive has it; only ever a name, nothing is written.
        head: The first bytes of a CSV, empty for other files.
    """

    name: str
    head: bytes


def is_archive(path: Path) -> bool:
    """Whether a file is a zip or tar archive, compressed or not, by its first bytes.

    Raises:
        OSError: It cannot be opened.
    """
    with path.open("rb") as file:
        head = file.read(512)
    return head.startswith((*_OPENERS, b"PK\x03\x04", b"PK\x05\x06")) or head[257:262] == b"ustar"


def list_archive(path: Path) -> tuple[Entry, ...]:
    """The files in an archive, sorted by name.

    Raises:
        ValueError: It is damaged, encrypted, no archive, or unpacks to more than `ARCHIVE_LIMIT`.
        OSError: It cannot be opened.
    """
    with _readable(path):
        entries = _list_zip(path) if _is_zip(path) else _list_tar(path)
        return tuple(sorted(entries, key=lambda entry: entry.name))


def read_archive(path: Path, member: str) -> bytes:
    """The bytes of one file in an archive.

    Raises:
        ValueError: It is not there, larger than `MEMBER_LIMIT`, or the archive is damaged.
        OSError: The archive cannot be opened.
    """
    with _readable(path):
        data = _read_zip(path, member) if _is_zip(path) else _read_tar(path, member)
    if data is None:
        msg = f"{path}: has no file {member!r} in it"
        raise ValueError(msg)
    if len(data) > MEMBER_LIMIT:
        msg = f"{path}: {member!r} is larger than {MEMBER_LIMIT >> 20:,} MiB; unpack the archive first"
        raise ValueError(msg)
    return data


@contextmanager
def _readable(path: Path) -> Generator[None]:
    """Turn what the standard library says about broken archives into one line."""
    try:
        yield
    except (*_BROKEN, OSError) as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:
            raise
        reason = str(error).split("\n", 1)[0] or type(error).__name__
        msg = f"{path}: the archive cannot be read ({reason}); expected a tar, tar.gz or zip"
        raise ValueError(msg) from error


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _list_zip(path: Path) -> list[Entry]:
    with zipfile.ZipFile(path) as archive:
        entries: list[Entry] = []
        for info in archive.infolist():
            head = b""
            if not info.is_dir() and _is_csv(info.filename):
                with archive.open(info) as file:
                    head = file.read(HEAD)
            if not info.is_dir():
                entries.append(Entry(info.filename, head))
        return entries


def _read_zip(path: Path, member: str) -> bytes | None:
    with zipfile.ZipFile(path) as archive:
        if member not in archive.namelist():
            return None
        with archive.open(member) as file:
            return file.read(MEMBER_LIMIT + 1)


def _list_tar(path: Path) -> list[Entry]:
    entries: list[Entry] = []
    with _open_tar(path) as archive:
        for info in archive:
            if not info.isreg():
                continue
            head = b""
            file = archive.extractfile(info) if _is_csv(info.name) else None
            if file is not None:
                head = file.read(HEAD)
            entries.append(Entry(info.name.removeprefix("./"), head))
    return entries


def _read_tar(path: Path, member: str) -> bytes | None:
    with _open_tar(path) as archive:
        for info in archive:
            if info.isreg() and info.name.removeprefix("./") == member:
                file = archive.extractfile(info)
                return None if file is None else file.read(MEMBER_LIMIT + 1)
    return None


@contextmanager
def _open_tar(path: Path) -> Generator[tarfile.TarFile]:
    with _unpacked(path) as stream:
        counted = cast("IO[bytes]", _Counted(stream, path))
        with tarfile.open(fileobj=counted, mode="r|") as archive:
            yield archive


@contextmanager
def _unpacked(path: Path) -> Generator[IO[bytes]]:
    with path.open("rb") as file:
        head = file.read(6)
        file.seek(0)
        opener = next((opener for mark, opener in _OPENERS.items() if head.startswith(mark)), None)
        if opener is None:
            yield file
        else:
            with opener(file) as stream:
                yield cast("IO[bytes]", stream)


class _Counted:
    """A stream that ends with an error once more than `ARCHIVE_LIMIT` bytes came out of it."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream = stream
        self._path = path
        self._left = ARCHIVE_LIMIT

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            msg = f"{self._path}: unpacks to more than {ARCHIVE_LIMIT >> 30} GiB; unpack what is needed first"
            raise ValueError(msg)
        return data


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")
