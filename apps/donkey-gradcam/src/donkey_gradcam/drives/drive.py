"""A drive: the records of a tub, a folder of pictures or a video, and the pictures as the pilot sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rlviz_video import PICTURE_SUFFIXES

from donkey_gradcam.drives.pictures import PictureError, PictureFolder, picture_files
from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.drives.sight import Sight, resize_picture
from donkey_gradcam.drives.tub_v1 import TubV1, is_tub_v1
from donkey_gradcam.drives.tub_v2 import MANIFEST, TubV2
from donkey_gradcam.drives.video_drive import VideoDrive
from donkey_gradcam.settings import DriveSettings
from donkey_gradcam.views import Frame, Record, View

_PACKED = (".zip", ".tar", ".gz", ".tgz", ".xz", ".bz2", ".7z")


class Drive(Protocol):
    """Records in driving order; only read, never changed."""

    @property
    def path(self) -> Path:
        """The tub, the folder or the video; what lay inside the given path, if that was no drive itself."""
        ...

    @property
    def kind(self) -> str:
        """What it is: "tub v2", "tub v1", "pictures" or "video"."""
        ...

    @property
    def note(self) -> str:
        """What a person should know of it in one line, or ""."""
        ...

    @property
    def count(self) -> int | None:
        """How many records there are, or None when only reading all of them would tell."""
        ...

    def count_between(self, start: int = 0, end: int | None = None) -> int | None:
        """How many records records(start, end) gives, or None as for `count`."""
        ...

    def records(
        self, start: int = 0, end: int | None = None, problems: Problems | None = None
    ) -> Iterator[Record]:
        """Read the records one by one.

        Args:
            start: the first record's number.
            end: the number to stop before, or None for the last.
            problems: where to count a record that a crash has cut off at the end of the drive.

        Raises:
            OSError: a file cannot be read.
            ValueError: something is no record; the message names file and line.
        """
        ...

    def read(self, record: Record) -> Frame:
        """Read a record's picture, uint8 (H, W, 3), at its own size.

        Raises:
            PictureError: the picture is missing, truncated or not readable.
            ValueError: a video's frame that has been passed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """Every `stride`-th record of a drive, as a drive."""

    drive: Drive
    stride: int

    @property
    def path(self) -> Path:
        """The drive's."""
        return self.drive.path

    @property
    def kind(self) -> str:
        """The drive's."""
        return self.drive.kind

    @property
    def note(self) -> str:
        """The drive's."""
        return self.drive.note

    @property
    def count(self) -> int | None:
        """How many records there are, where that is known."""
        return self.count_between()

    def count_between(self, start: int = 0, end: int | None = None) -> int | None:
        """How many records records(start, end) gives, where that is known."""
        count = self.drive.count_between(start, end)
        return None if count is None else -(-count // self.stride)

    def records(
        self, start: int = 0, end: int | None = None, problems: Problems | None = None
    ) -> Iterator[Record]:
        """Every `stride`-th of the drive's records, from the first."""
        return islice(self.drive.records(start, end, problems), 0, None, self.stride)

    def read(self, record: Record) -> Frame:
        """Read a record's picture."""
        return self.drive.read(record)


def open_drive(path: Path) -> Drive:
    """Open a tub, a folder that has one inside, a folder of pictures or a video.

    Raises:
        OSError: nothing is there, or it cannot be read.
        ValueError: it is none of these, or there are no records in it.
    """
    drive = _open(path)
    if next(drive.records(), None) is None:
        msg = f"{drive.path} is a {drive.kind} without records"
        if isinstance(drive, TubV2) and drive.deleted_count:
            msg += f" ({drive.deleted_count} are marked as deleted)"
        msg += "; give one with a recorded drive"
        raise ValueError(msg)
    return drive


def _open(path: Path) -> Drive:
    if not path.exists():
        msg = f"{path} is not there; give a tub, a folder of pictures or a video"
        raise FileNotFoundError(msg)
    if path.name == MANIFEST or path.suffix == ".catalog":
        path = path.parent
    if path.is_dir():
        return _open_tub(path) or _open_folder(path)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        msg = f"{path} is one picture; give its folder: {path.parent}"
        raise ValueError(msg)
    if path.suffix.lower() in _PACKED:
        msg = f"{path} is packed; unpack it and give the folder"
        raise ValueError(msg)
    return VideoDrive(path)


def _open_tub(path: Path, note: str = "") -> Drive | None:
    if (path / MANIFEST).is_file():
        return TubV2(path, note)
    return TubV1(path, note) if is_tub_v1(path) else None


def _open_folder(path: Path) -> Drive:
    """Open a folder that is no tub itself."""
    if next(picture_files(path), None) is not None:
        return PictureFolder(path, _images_note(path))
    inside = _tubs_inside(path)
    if len(inside) > 1:
        names = ", ".join(str(tub.relative_to(path)) for tub in inside)
        msg = f"{path} has several tubs in it: {names}; give one of them"
        raise ValueError(msg)
    tub = _open_tub(inside[0], f"the tub is {inside[0]}") if inside else None
    if tub is not None:
        return tub
    msg = f"{path} is no tub and has no pictures; expected {MANIFEST}, record_<n>.json or pictures in it"
    if (path / "images").is_dir():
        msg += f"; give {path / 'images'} to see the pictures alone"
    raise ValueError(msg)


def _tubs_inside(path: Path) -> list[Path]:
    """The tubs in a folder and in its `data` folder, where donkeycar keeps them."""
    folders = sorted(child for child in path.iterdir() if child.is_dir())
    data = path / "data"
    if data in folders and not _is_tub(data):
        folders += sorted(child for child in data.iterdir() if child.is_dir())
    return [folder for folder in folders if _is_tub(folder)]


def _is_tub(path: Path) -> bool:
    return (path / MANIFEST).is_file() or is_tub_v1(path)


def _images_note(path: Path) -> str:
    tub = path.absolute().parent
    if path.absolute().name != "images" or not (tub / MANIFEST).is_file():
        return ""
    return f"pictures only, deleted ones too, and nothing of the driver; give {tub} to see the whole tub"


@dataclass(frozen=True, slots=True)
class _Good:
    """The newest picture that could be read: at the drive's size, at its own, and for the network."""

    frame: Frame
    own: Frame
    seen: NDArray[np.uint8]


def views(drive: Drive, sight: Sight, settings: DriveSettings, report: Problems) -> Iterator[View]:
    """Read and prepare the pictures from `settings.start` to `settings.end`, in order.

    All frames have the first good picture's size. A picture that cannot be used is replaced by the one before
    it (`View.held` says why); before the first good one there is none, and those are skipped. Stride and
    number of frames are left to the caller: a pilot with memory needs every record.

    Args:
        drive: the drive.
        sight: what is done to a picture before the network receives it.
        settings: which records.
        report: where problems are counted.

    Yields:
        One view a record. A held view shares its arrays with the view before.

    Raises:
        OSError: a file of the drive cannot be read.
        ValueError: a broken record, no record in the range, or no picture that can be used.
    """
    good: _Good | None = None
    error: PictureError | None = None
    for record in drive.records(settings.start, settings.end, report):
        held = ""
        try:
            good = _look(drive.read(record), record, good, sight, report)
        except PictureError as problem:
            error = error or problem
            held = problem.kind
            report.add(held if good else "skipped", f"record {record.index}: {problem}")
        if good is not None:
            yield View(record, good.frame, good.seen, held)
    if good is None:
        raise ValueError(nothing_to_see(drive, settings, error))


def _look(own: Frame, record: Record, before: _Good | None, sight: Sight, report: Problems) -> _Good:
    """Prepare a picture that could be read; counts one of another size, and one that comes again."""
    if before is None:
        return _Good(own, own, sight(own))
    if own.shape == before.own.shape and np.array_equal(own, before.own):
        report.add("duplicate", f"record {record.index}")
        return before
    frame = own
    if own.shape != before.frame.shape:
        height, width = before.frame.shape[:2]
        report.add(
            "odd-sized", f"record {record.index} is {own.shape[1]}x{own.shape[0]}, not {width}x{height}"
        )
        frame = resize_picture(own, (width, height))
    return _Good(frame, own, sight(own))


def nothing_to_see(drive: Drive, settings: DriveSettings, error: PictureError | None) -> str:
    """The message for a range without a picture that can be used; `error` is the first one's, if any."""
    if error is not None:
        return f"no picture of {drive.path} can be used; the first: {error}"
    end = "the end" if settings.end is None else settings.end
    return f"{drive.path} has no record from {settings.start} to {end}; give other --start and --end"
