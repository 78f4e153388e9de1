"""Recordings of what the window shows."""

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
from rlviz_overlay import Frame, Size
from rlviz_video import H264Sink, VideoSpec, part_path


class Recorder:
    """Writes one recording after another, each under the time it was begun at.

    While it lasts a recording is `deepracer_analysis_<date>_<time>.part.mp4`, which plays up to its last
    second should the process be killed.

    Args:
        folder: Where recordings go.
        size: Of the pictures.
        now: Tells the time of day.

    Attributes:
        path: Of the recording under way; None between recordings.
    """

    def __init__(self, folder: Path, size: Size, now: Callable[[], datetime] = datetime.now) -> None:
        self.path: Path | None = None
        self._folder = folder
        self._size = size
        self._now = now
        self._sink: H264Sink | None = None

    def start(self, rate: int) -> None:
        """Begin a recording.

        Args:
            rate: Its frames a second.

        Raises:
            OSError: The folder cannot be written to.
        """
        path = free_name(self._folder, self._now())
        width, height = _even(self._size.width), _even(self._size.height)
        self._sink = H264Sink(path, VideoSpec(width, height, Fraction(rate)))
        self.path = path

    def write(self, frame: Frame) -> None:
        """Record a picture.

        Args:
            frame: uint8 (H, W, 3), RGB; an odd size is made even by repeating the last column or row.

        Raises:
            OSError: The file cannot be written; what there is of the recording stays under its `.part` name.
        """
        if self._sink is None:
            return
        height, width = frame.shape[:2]
        try:
            self._sink.write(np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), "edge"))
        except OSError:
            self._drop()
            raise

    def finish(self) -> Path | None:
        """End the recording under way.

        Returns:
            Where it lies; None where there was none.

        Raises:
            OSError: The file cannot be written; what there is of it stays under its `.part` name.
        """
        sink, path = self._sink, self.path
        self._sink = self.path = None
        if sink is None:
            return None
        sink.finish()
        return path

    def _drop(self) -> None:
        sink = self._sink
        self._sink = self.path = None
        if sink is not None:
            sink.abandon()


def free_name(folder: Path, when: datetime) -> Path:
    """Find a name that no file has yet: `deepracer_analysis_20240131_235959.mp4`, then `..._2.mp4`."""
    stem = f"deepracer_analysis_{when:%Y%m%d_%H%M%S}"
    number, path = 1, folder / f"{stem}.mp4"
    while path.exists() or part_path(path).exists():
        number += 1
        path = folder / f"{stem}_{number}.mp4"
    return path


def _even(length: int) -> int:
    return length + length % 2
