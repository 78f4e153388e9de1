"""The one file that goes through moviepy: byte for byte what SB3's VecVideoRecorder writes, but streamed.

VecVideoRecorder keeps all frames in a list and calls `ImageSequenceClip(frames, fps).write_videofile(path)`,
which picks the frame of each output time by comparing float32 start times with float64 times: now and then a
frame is shown twice in place of the next (first frame 71 for 30 fps), and the last one may be left out.
"""

import re
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rlviz_video.interrupts import interrupts_blocked, interrupts_deferred
from rlviz_video.outputs import Output, check_mp4, check_output, naming, part_path
from rlviz_video.spec import Frame, check_frame

if TYPE_CHECKING:
    from subprocess import Popen

_EPS = np.finfo(np.float32).eps


class MoviePySink(Output):
    """Writes the bytes that SB3's VecVideoRecorder writes for the same frames, holding two of them.

    The video is written to `<name>.part.mp4` and renamed on success; after an error in the block the part is
    closed, so that it plays, and keeps its name. When the process is killed, ffmpeg sees the end of its input
    and completes the part by itself.

    Args:
        path: The finished video, ending in `.mp4`.
        fps: Frames per second as VecVideoRecorder would be given them: the environment's `render_fps`.
        force: Whether existing files may be overwritten.

    Raises:
        ImportError: moviepy is not installed.
        ValueError: The name does not end in `.mp4`, or `fps` is not above 0.
        OSError: The file exists or its folder cannot be made.
    """

    def __init__(self, path: str | Path, fps: float, *, force: bool = False) -> None:
        check_mp4(path)
        if not 0 < fps < float("inf"):
            message = f"fps {fps!r} is not usable; give the environment's render_fps, a number above 0"
            raise ValueError(message)
        self._open_writer = _import_writer()
        self.path = check_output(path, force=force)
        self.part = part_path(self.path)
        self.fps = fps
        self.frames = 0
        self._latest: Frame | None = None
        self._pending: Frame | None = None
        self._writer: Any = None
        self._closed = False
        self._failed: OSError | None = None
        with naming(self.part):
            self.part.touch()

    def write(self, frame: Frame) -> None:
        """Append one frame.

        Args:
            frame: uint8 (height, width, 3), RGB; may be reused by the caller afterwards.

        Raises:
            TypeError: The frame is not a uint8 array.
            ValueError: The frame is not RGB, has another shape than the first, or the sink is closed.
            OSError: The file cannot be written.
        """
        check_frame(frame, (*np.shape(frame if self._latest is None else self._latest)[:2], 3), self.frames)
        height, width = frame.shape[:2]
        if self._closed:
            message = f"{self.path} is closed; write all frames before finish()"
            raise ValueError(message)
        if self._failed is not None:
            raise self._failed
        if self._writer is None:
            with interrupts_blocked():
                self._writer = self._open_writer(str(self.part.absolute()), (width, height), self.fps)
        self._send_pending()
        latest = frame.copy()
        steps_back = self.frames - shown_frame(self.frames, self.fps)
        self._pending = self._latest if steps_back else latest
        self._latest = latest
        self.frames += 1

    def _send_pending(self) -> None:
        """Send the frame of the last output time; the very last is sent only if the clip is long enough."""
        frame, self._pending = self._pending, None
        if frame is None:
            return
        try:
            with interrupts_deferred():
                self._writer.write_frame(frame)
        except OSError as error:
            self._writer = None  # ffmpeg has ended, moviepy has read what it said
            self._failed = self._failure(str(error))
            raise self._failed from error

    def finish(self) -> None:
        """Complete the video and give it its final name; a second call does nothing.

        Raises:
            ValueError: No frame was written; nothing is left on the disk.
            OSError: The file cannot be written or renamed; the part stays.
        """
        if self._closed:
            return
        self.abandon()
        if self._failed is not None:
            raise self._failed
        if not self.frames:
            message = f"no frames were written to {self.path}; a video needs at least one"
            raise ValueError(message)
        with naming(self.path):
            self.part.replace(self.path)

    def abandon(self) -> None:
        """Close the file, so that it plays, and leave it under its `.part` name; without frames, remove it.

        Raises:
            OSError: ffmpeg could not write the file.
        """
        if self._closed:
            return
        self._closed = True
        if not self.frames:
            self.part.unlink(missing_ok=True)
            return
        try:
            if output_frames(self.frames, self.fps) == self.frames:
                self._send_pending()
        finally:
            self._close_writer()

    def _close_writer(self) -> None:
        """Let ffmpeg end and read what it says; moviepy's own close() would drop an error."""
        writer, self._writer = self._writer, None
        if writer is None or writer.proc is None:
            return
        process: Popen[bytes] = writer.proc
        writer.proc = None
        with interrupts_deferred():
            _, said = process.communicate()
        if process.returncode:
            raise self._failure(said.decode(errors="replace"))

    def _failure(self, said: str) -> OSError:
        """Make one line of what ffmpeg said."""
        lines = [re.sub(r"^\[.*?\] ", "", line.strip()) for line in said.splitlines() if line.strip()]
        return OSError(f"cannot write {self.part}: {lines[-1] if lines else 'ffmpeg stopped'}")


def shown_frame(index: int, fps: float) -> int:
    """Give the frame that moviepy shows at output `index`: that one, or the one before.

    The expressions are moviepy's own (ImageSequenceClip.__init__ and Clip.iter_frames): with NumPy 2 the
    start times are float32, the output times float64.

    Raises:
        ValueError: The clip is so long that float32 cannot tell its frames apart.
    """
    time = np.int64(index) / fps
    for candidate in (index + 1, index, index - 1):
        if 1.0 * candidate / fps - _EPS <= time:
            if candidate > index:
                break
            return candidate
    message = f"frame {index} at {fps} fps is past the length that moviepy can time; record a shorter video"
    raise ValueError(message)


def output_frames(frames: int, fps: float) -> int:
    """Give the number of frames that moviepy writes for a clip of `frames` frames."""
    return int(sum(repeat(1.0 / fps, frames)) * fps)


def _import_writer() -> Callable[[str, tuple[int, int], float], Any]:
    try:
        from moviepy.video.io import ffmpeg_writer  # pyright: ignore[reportMissingTypeStubs] it has none
    except ImportError as error:
        message = "moviepy is not installed; install it with: pip install 'rlviz-video[moviepy]'"
        raise ImportError(message) from error
    return ffmpeg_writer.FFMPEG_VideoWriter
