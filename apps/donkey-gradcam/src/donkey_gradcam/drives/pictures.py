"""Pictures as donkeycar reads them (with Pillow), and a plain folder of them as a drive."""

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from rlviz_video import PICTURE_SUFFIXES, natural_order

from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.views import Frame, Record

_FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF")
"""Pillow's names of what PICTURE_SUFFIXES stand for: no other decoder is tried on a damaged file."""

_DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, OverflowError),
    *(struct.error, Image.DecompressionBombError),
)
"""What Pillow's decoders raise on damaged files."""


class PictureError(ValueError):
    """A picture that cannot be used.

    Args:
        message: which picture, and why.
        kind: "missing", "truncated" or "unreadable".
    """

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


def read_picture(path: Path) -> Frame:
    """Read a picture file as donkeycar does; grey is repeated to three channels, transparency is dropped.

    Returns:
        uint8 (H, W, 3), RGB; it may be read-only.

    Raises:
        PictureError: the file is missing, truncated or not a picture; the message names it.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        msg = f"{path} is not there"
        raise PictureError(msg, "missing") from error
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}"
        raise PictureError(msg, "unreadable") from error
    if not data:
        msg = f"{path} is empty"
        raise PictureError(msg, "truncated")
    try:
        return _decode(data)
    except Image.UnidentifiedImageError as error:
        msg = f"{path} is not a picture"
        raise PictureError(msg, "unreadable") from error
    except _DAMAGE as error:
        msg = f"{path} cannot be used: {str(error) or type(error).__name__}"
        raise PictureError(msg, "truncated" if "truncated" in str(error).lower() else "unreadable") from error


def _decode(data: bytes) -> Frame:
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        if picture.mode[0] in "IF":
            msg = f"it has {picture.mode} pixels, not 8-bit grey or colours"
            raise ValueError(msg)
        return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


class PictureFolder:
    """A folder of pictures in natural order (`9.jpg` before `10.jpg`); nothing is known of the driver.

    Attributes:
        path: the folder.
        kind: "pictures".
        note: what a person should know of it, or "".

    Raises:
        OSError: the folder cannot be read.
        ValueError: there are no pictures in it.
    """

    kind = "pictures"

    def __init__(self, path: Path, note: str = "") -> None:
        self.path = path
        self.note = note
        # Names rather than paths: 100,000 of them are small.
        self._names = [file.name for file in sorted(picture_files(path), key=natural_order)]
        if not self._names:
            msg = f"{path} has no pictures; expected files ending in {', '.join(PICTURE_SUFFIXES)}"
            raise ValueError(msg)

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._names)

    def count_between(self, start: int = 0, end: int | None = None) -> int:
        """How many pictures records(start, end) gives."""
        return len(range(len(self._names))[start:end])

    def records(
        self, start: int = 0, end: int | None = None, problems: Problems | None = None
    ) -> Iterator[Record]:
        """One record a picture; see Drive."""
        del problems
        for index in range(len(self._names))[start:end]:
            yield Record(index, path=self.path / self._names[index])

    def read(self, record: Record) -> Frame:
        """The record's picture at its own size; see Drive."""
        return read_record_picture(record)


def picture_files(folder: Path) -> Iterator[Path]:
    """The picture files of a folder, in no order; hidden ones (`._1.jpg`, left by macOS) are passed over."""
    for file in folder.iterdir():
        if file.suffix.lower() in PICTURE_SUFFIXES and not file.name.startswith("."):
            yield file


def read_record_picture(record: Record) -> Frame:
    """Read the picture file that a record names."""
    if record.path is None:
        msg = f"record {record.index} names no picture file"
        raise PictureError(msg, "missing")
    return read_picture(record.path)
