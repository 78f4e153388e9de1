"""A file that was found, on disk or inside an archive, and its bytes."""

from pathlib import Path
from typing import Protocol

from rlviz_video.outputs import naming

from deepracer_analyzer.logs.archives import read_archive


class Located(Protocol):
    """Where a file is."""

    @property
    def path(self) -> Path:
        """The file, or the archive that it is in."""
        ...

    @property
    def member(self) -> str | None:
        """Its name inside the archive; None for a file."""
        ...


def read_member(file: Located) -> bytes:
    """The bytes of something that was found.

    Raises:
        ValueError: The archive that it is in is damaged, or it is too large to be read unopened.
        OSError: It cannot be opened.
    """
    return read_file(file.path, file.member)


def read_file(path: Path, member: str | None = None) -> bytes:
    """The bytes of a file, or of a member of an archive.

    Raises:
        ValueError: The archive is damaged or has no such member.
        OSError: It cannot be opened.
    """
    if member is not None:
        return read_archive(path, member)
    if path.is_dir():
        msg = f"{path}: is a folder; give a file"
        raise IsADirectoryError(msg)
    with naming(path, "cannot read"):
        return path.read_bytes()
