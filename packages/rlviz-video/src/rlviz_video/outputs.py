"""Output paths: checked before the work starts, written beside the final name, renamed on success."""

import os
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

_ADVICE = "choose another path, or pass --force to overwrite it"


class Output(ABC):
    """A file or folder that is written step by step: whole under its final name, or a part under another.

    Leaving the block finishes it; after an error it is closed and left under its `.part` name; an interrupt
    (Ctrl-C) finishes it with what there is. The error of the block is never replaced by a second one.
    """

    @abstractmethod
    def finish(self) -> None:
        """Complete the output and give it its final name; a second call does nothing."""

    @abstractmethod
    def abandon(self) -> None:
        """Close the output and leave it under its `.part` name."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
            return
        close = self.finish if isinstance(error, KeyboardInterrupt) else self.abandon
        try:
            close()
        except (OSError, ValueError) as second:
            if str(second) != str(error):
                error.add_note(str(second))


def part_path(path: Path) -> Path:
    """Give the name under which an unfinished output lies: `run.mp4` is `run.part.mp4` until it is whole."""
    return path.with_name(f"{path.stem}.part{path.suffix}")


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Give the name to write a file under: it gets its own when it is whole, or after an error there is none.

    Args:
        path: The finished file; one that exists is replaced.

    Yields:
        Its `.part` name.

    Raises:
        OSError: The file cannot be written or renamed; the message names it.
    """
    part = part_path(path)
    with naming(path):
        try:
            yield part
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def check_output(path: str | Path, *, force: bool = False) -> Path:
    """Make sure that an output file may be written, before any work is done; make its folder.

    An unfinished file of an earlier run (`<name>.part<suffix>`) counts as existing: it may be all that is
    left of that run.

    Args:
        path: Where the finished file shall lie.
        force: Whether existing files may be overwritten.

    Returns:
        The path as a Path.

    Raises:
        IsADirectoryError: `path` is a folder.
        FileExistsError: The file, or its unfinished part, exists and `force` is not given.
        OSError: The folder cannot be made.
    """
    path = Path(path)
    if path.is_dir():
        message = f"{path} is a folder; give the path of a file"
        raise IsADirectoryError(message)
    make_folder(path.parent)
    for existing in (path, part_path(path)):
        if existing.is_dir():
            message = f"{existing} is a folder where an output file must go; move it away"
            raise IsADirectoryError(message)
        if existing.exists() and not force:
            message = f"{existing} exists; {_ADVICE}"
            raise FileExistsError(message)
    return path


def check_mp4(path: str | Path) -> None:
    """Refuse a name that is not an MP4 file's.

    Raises:
        IsADirectoryError: `path` is a folder.
        ValueError: The name does not end in `.mp4`.
    """
    path = Path(path)
    if path.is_dir():
        message = f"{path} is a folder; give the path of a file"
        raise IsADirectoryError(message)
    if path.suffix.lower() != ".mp4":
        message = f"{path} does not end in .mp4; H.264 videos are written as .mp4, change the name"
        raise ValueError(message)


def make_folder(folder: str | Path) -> Path:
    """Make a folder and those above it, when they are not there yet.

    Raises:
        NotADirectoryError: A file lies where the folder shall be.
        OSError: The folder cannot be made.
    """
    folder = Path(folder)
    with naming(folder, "cannot make the folder"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            file = next(place for place in (folder, *folder.parents) if place.exists())
            message = f"{file} is a file; expected a folder, choose another path"
            raise NotADirectoryError(message) from error
    return folder


@contextmanager
def naming(path: Path, failed: str = "cannot write") -> Generator[None]:
    """Turn an OSError of the block into one of the same kind whose message is one line naming the path.

    Args:
        path: The file or folder the block works on.
        failed: What could not be done.

    Raises:
        OSError: The same built-in type, errno kept, with the message `<failed> <path>: <reason>`.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:  # already a message of ours
            raise
        raise _named(error, path, failed) from error


def _named(error: OSError, path: Path, failed: str) -> OSError:
    named = _builtin_type(error)(f"{failed} {path}: {error.strerror}")
    named.errno = error.errno
    return named


def _builtin_type(error: OSError) -> type[OSError]:
    """Find the built-in type: a codec library derives its own errors from OSError's subclasses."""
    for kind in type(error).__mro__:
        if kind.__module__ == "builtins" and issubclass(kind, OSError):
            return kind
    return OSError
