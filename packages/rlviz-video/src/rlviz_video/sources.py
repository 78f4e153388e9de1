"""Where frames come from: a video file or a folder of pictures."""

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Protocol, cast

import av
import numpy as np
from av.error import FFmpegError

from rlviz_video.chapters import Chapter, read_chapters
from rlviz_video.outputs import naming
from rlviz_video.rgb import RgbConverter
from rlviz_video.spec import Frame, VideoSpec, frame_rate

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")
"""The file endings that an image folder is searched for."""


class FrameSource(Protocol):
    """Frames of one size and rate; each iteration starts at the first frame."""

    @property
    def spec(self) -> VideoSpec:
        """The size and the frame rate."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """Yield each frame as a new uint8 (height, width, 3) RGB array."""
        ...


class VideoSource:
    """Reads the frames of a video file one by one.

    Args:
        path: Any video that PyAV can read, also the `.part` of a killed process.

    Attributes:
        spec: Size and frame rate.
        frames: The number of frames as the file states it; None when it does not.
        chapters: Its chapters, in order; empty for a file without.

    Raises:
        OSError: The file cannot be opened.
        ValueError: The file is not a video.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        with reading(self.path), av.open(str(self.path.absolute())) as container:
            if not container.streams.video:
                message = f"{self.path} has no video stream; give a video file"
                raise ValueError(message)
            stream = container.streams.video[0]
            rate = stream.average_rate or stream.guessed_rate
            if not rate:
                message = f"{self.path} does not state a frame rate; give a video file with one"
                raise ValueError(message)
            self.spec = VideoSpec(stream.codec_context.width, stream.codec_context.height, frame_rate(rate))
            self.frames: int | None = stream.frames or None
            self.chapters: tuple[Chapter, ...] = read_chapters(container, self.spec.fps)

    def __iter__(self) -> Iterator[Frame]:
        """Yield each frame as a new uint8 (height, width, 3) RGB array.

        Raises:
            OSError: The file cannot be read.
            ValueError: A frame is damaged.
        """
        read = 0
        rgb = RgbConverter()
        try:
            with naming(self.path, "cannot read"), av.open(str(self.path.absolute())) as container:
                for picture in container.decode(video=0):
                    yield rgb(picture)
                    read += 1
        except FFmpegError as error:
            message = f"{self.path} is damaged after {read} frames: {error.strerror}; these were read"
            raise ValueError(message) from error


class ImageFolderSource:
    """Reads the pictures of a folder in natural order (`frame9.png` before `frame10.png`).

    Args:
        folder: The folder; files with other endings than PICTURE_SUFFIXES are passed over.
        fps: The frame rate that the pictures stand for; see `frame_rate`.

    Attributes:
        spec: Size (of the first picture) and frame rate.
        frames: The number of pictures.
        files: The pictures, in order.

    Raises:
        OSError: The folder cannot be read.
        ValueError: The folder has no pictures, or the first cannot be read.
    """

    def __init__(self, folder: str | Path, fps: int | float | str | Fraction) -> None:
        self.path = Path(folder)
        with naming(self.path, "cannot read"):
            entries = [entry for entry in self.path.iterdir() if entry.suffix.lower() in PICTURE_SUFFIXES]
        if not entries:
            message = f"{self.path} has no pictures; expected files ending in {', '.join(PICTURE_SUFFIXES)}"
            raise ValueError(message)
        self.files = sorted(entries, key=natural_order)
        height, width = read_picture(self.files[0]).shape[:2]
        self.spec = VideoSpec(width, height, frame_rate(fps))
        self.frames: int | None = len(self.files)

    def __iter__(self) -> Iterator[Frame]:
        """Yield each picture as a new uint8 (height, width, 3) RGB array.

        Raises:
            OSError: A file cannot be read.
            ValueError: A file is not a picture, or not as large as the first.
        """
        for file in self.files:
            frame = read_picture(file)
            if frame.shape != self.spec.shape:
                height, width = frame.shape[:2]
                message = (
                    f"{file} is {width}x{height}; expected {self.spec.width}x{self.spec.height} "
                    f"like {self.files[0].name}, give pictures of one size"
                )
                raise ValueError(message)
            yield frame


def open_source(path: str | Path, *, fps: int | float | str | Fraction | None = None) -> FrameSource:
    """Open a video file or a folder of pictures.

    Args:
        path: The file or the folder.
        fps: The frame rate for a folder; a video file states its own.

    Raises:
        OSError: The path cannot be read.
        ValueError: The path is neither, or a folder without `fps`.
    """
    path = Path(path)
    if not path.is_dir():
        return VideoSource(path)
    if fps is None:
        message = f"{path} is a folder of pictures, which state no frame rate; give one, for example 30"
        raise ValueError(message)
    return ImageFolderSource(path, fps)


def natural_order(path: Path) -> tuple[tuple[tuple[int, str], ...], str]:
    """Give a sort key that orders the numbers in a file's name by value, and equal ones by their text."""
    pieces = re.findall(r"\d+|\D+", path.name.lower())
    return tuple((int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces), path.name


def read_picture(path: str | Path) -> Frame:
    """Read a picture file, at its own size; grey is repeated to three channels, transparency is left out.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not a picture, or damaged.
    """
    import cv2  # at first use: importing it changes environment variables

    file = Path(path)
    with naming(file, "cannot read"):
        data = np.frombuffer(file.read_bytes(), np.uint8)  # cv2.imread fails silently and on some names
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        message = f"{file} is not a picture that can be read; remove it or save it again"
        raise ValueError(message)
    return cast("Frame", cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Turn what PyAV says about a damaged file into one line that names it."""
    try:
        with naming(path, "cannot read"):
            yield
    except FFmpegError as error:
        if isinstance(error, OSError):
            raise
        message = f"{path} is not a video that can be read: {error.strerror}; give another file"
        raise ValueError(message) from error
