"""Where frames go: the contract of every sink, and the two plainest ones, a folder of pictures and memory."""

import re
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from rlviz_video.outputs import Output, make_folder, naming
from rlviz_video.spec import Frame, VideoSpec, check_frame

_FRAME_NAME = re.compile(r"frame_\d{6,}\.png")


class FrameSink(Protocol):
    """Takes frames one by one; leaving the block finishes the output, or leaves the part after an error."""

    def write(self, frame: Frame) -> None:
        """Append one frame: uint8 (height, width, 3), RGB. The caller may reuse the array afterwards."""
        ...

    def finish(self) -> None:
        """Complete the output and give it its final name; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class MemorySink(Output):
    """Keeps a copy of every frame in the list `frames`: for tests and short clips.

    Args:
        spec: The size that each frame must have.
    """

    def __init__(self, spec: VideoSpec) -> None:
        self.spec = spec
        self.frames: list[Frame] = []
        self._closed = False

    def write(self, frame: Frame) -> None:
        """Keep a copy of one frame.

        Raises:
            TypeError: The frame is not a uint8 array.
            ValueError: The frame has another shape than the video, or the sink is closed.
        """
        if self._closed:
            message = "the sink is closed; write all frames before finish()"
            raise ValueError(message)
        check_frame(frame, self.spec.shape, len(self.frames))
        self.frames.append(frame.copy())

    def finish(self) -> None:
        """Take no more frames."""
        self._closed = True

    def abandon(self) -> None:
        """Take no more frames; those there are stay."""
        self.finish()


class ImageFolderSink(Output):
    """Writes each frame as `frame_000000.png` into `<folder>.part`, which becomes `<folder>` on success.

    Args:
        folder: The finished folder; it may be there when it is empty.
        spec: The size that each frame must have.
        force: Whether frames of an earlier run may be replaced. A folder with other files is never touched.

    Raises:
        FileExistsError: The folder, or its part, holds files that may not be replaced.
        OSError: The folder cannot be made.
    """

    def __init__(self, folder: str | Path, spec: VideoSpec, *, force: bool = False) -> None:
        self.path = Path(folder)
        self.part = self.path.with_name(f"{self.path.name}.part")
        self.spec = spec
        self.frames = 0
        self._closed = False
        for existing in (self.path, self.part):
            _check_replaceable(existing, force=force)
        _remove_frames(self.part)
        make_folder(self.part)

    def write(self, frame: Frame) -> None:
        """Write one frame as a PNG file.

        Raises:
            TypeError: The frame is not a uint8 array.
            ValueError: The frame has another shape than the video, or the sink is closed.
            OSError: The file cannot be written.
        """
        check_frame(frame, self.spec.shape, self.frames)
        if self._closed:
            message = f"{self.path} is closed; write all frames before finish()"
            raise ValueError(message)
        file = self.part / f"frame_{self.frames:06d}.png"
        png = encode_png(frame)
        try:
            with naming(file):
                file.write_bytes(png)
        except OSError:
            file.unlink(missing_ok=True)
            raise
        self.frames += 1

    def finish(self) -> None:
        """Give the folder its final name; a second call does nothing.

        Raises:
            ValueError: No frame was written; nothing is left on the disk.
            OSError: The folder cannot be renamed; the part stays.
        """
        if self._closed:
            return
        self.abandon()
        if not self.frames:
            message = f"no frames were written to {self.path}; a video needs at least one"
            raise ValueError(message)
        _remove_frames(self.path)
        with naming(self.path):
            self.part.replace(self.path)

    def abandon(self) -> None:
        """Take no more frames and leave the folder under its `.part` name; without frames, remove it."""
        self._closed = True
        if not self.frames:
            _remove_frames(self.part)


def encode_png(frame: Frame) -> bytes:
    """Give a frame, uint8 (height, width, 3) RGB, as the bytes of a PNG file."""
    import cv2  # at first use: importing it changes environment variables

    _, png = cv2.imencode(".png", cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2BGR))
    return png.tobytes()


def _check_replaceable(folder: Path, *, force: bool) -> None:
    """Refuse a path that is a file, that holds frames (without force), or that holds anything else."""
    if folder.exists() and not folder.is_dir():
        message = f"{folder} is a file; expected a folder for the frames, choose another path"
        raise NotADirectoryError(message)
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    others = [name for name in names if not _FRAME_NAME.fullmatch(name)]
    if others:
        message = f"{folder} holds {others[0]!r}, which is no frame of ours; choose an empty or new folder"
        raise FileExistsError(message)
    if names and not force:
        message = (
            f"{folder} holds {len(names)} frames; choose another path, or pass --force to overwrite them"
        )
        raise FileExistsError(message)


def _remove_frames(folder: Path) -> None:
    """Remove a folder that holds nothing but frames, when there is one."""
    if folder.is_dir():
        with naming(folder, "cannot replace"):
            for entry in folder.iterdir():
                if _FRAME_NAME.fullmatch(entry.name):
                    entry.unlink()
            folder.rmdir()
