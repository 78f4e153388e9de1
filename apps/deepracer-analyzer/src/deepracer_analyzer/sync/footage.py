"""Going through a video once: of every picture the strip with the speed and how much it moved are kept."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rlviz_video import progress

from deepracer_analyzer.sync.glyphs import drawn_glyphs
from deepracer_analyzer.sync.hud import Place, Strips, cut_window, known_aspect
from deepracer_analyzer.sync.luma import LumaVideo
from deepracer_analyzer.sync.reading import find_place
from deepracer_analyzer.views import Floats

_CHUNK = 128
_SAMPLE = 32
_PATIENCE = 16
"""Chunks without a HUD after which none is looked for: two minutes at 15 frames a second."""

_SHARE_OF_CHUNK = 0.5
_SHARE_OF_REST = 0.1
_MOTION_STRIDE = 8


@dataclass(frozen=True, slots=True)
class Footage:
    """What is kept of a video: about a kilobyte a picture.

    Attributes:
        path: The video.
        size: Width and height of its pictures.
        rate: Frames a second, as the file states it.
        strips: uint8 (F, 18, 54), the part of each picture with the speed; (F, 0, 0) without a place.
        place: Where the text lies; None where no known HUD was found.
        motion: float64 (F,), mean absolute difference of brightness to the picture before; the first 0.
        problems: What was wrong with the file, one line each.
    """

    path: Path
    size: tuple[int, int]
    rate: float
    strips: Strips
    place: Place | None
    motion: Floats
    problems: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """The number of pictures that could be read."""
        return len(self.motion)


def watch(path: Path) -> Footage:
    """Read a video once, from its first picture to its last, or to where it is damaged.

    Args:
        path: The video.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not a video, or no picture of it can be read.
    """
    video = LumaVideo(path)
    collector = _Collector() if known_aspect(video.width, video.height) else None
    motion: list[float] = []
    before: NDArray[np.int16] | None = None
    for luma in progress(video, video.stated, "Reading the speed in the video"):
        thumbnail = luma[::_MOTION_STRIDE, ::_MOTION_STRIDE].astype(np.int16)
        motion.append(0.0 if before is None else float(np.abs(thumbnail - before).mean()))
        before = thumbnail
        if collector is not None:
            collector.add(luma)
    if not motion:
        why = f": {video.problem}" if video.problem else ""
        msg = f"no picture of {path} can be read{why}; give another video"
        raise ValueError(msg)
    strips, place = collector.finish() if collector else (np.zeros((len(motion), 0, 0), np.uint8), None)
    size = (video.width, video.height)
    return Footage(path, size, video.rate, strips, place, np.array(motion), _problems(video, len(motion)))


def _problems(video: LumaVideo, frames: int) -> tuple[str, ...]:
    if video.problem:
        return (video.problem,)
    if video.stated is not None and video.stated != frames:
        return (f"{video.path.name} states {video.stated:,} pictures and has {frames:,}; these are used",)
    return ()


@dataclass(slots=True)
class _Collector:
    """Cuts windows until the text's place is known, and only the text from then on."""

    place: Place | None = None
    count: int = 0
    _window: list[Strips] = field(default_factory=list[Strips])
    _undecided: list[Strips] = field(default_factory=list[Strips])
    _strips: list[Strips] = field(default_factory=list[Strips])

    def add(self, luma: NDArray[np.uint8]) -> None:
        """Take one picture in."""
        self.count += 1
        if self.place is None and len(self._undecided) >= _PATIENCE:
            return
        self._window.append(cut_window(luma))
        if len(self._window) == _CHUNK:
            self._close_chunk()

    def finish(self) -> tuple[Strips, Place | None]:
        """The text of every picture, and its place."""
        if self._window:
            self._close_chunk()
        if self.place is None and self._undecided:
            self._decide(np.concatenate(self._undecided), _SHARE_OF_REST)
        if self.place is None:
            return np.zeros((self.count, 0, 0), np.uint8), None
        return np.concatenate(self._strips), self.place

    def _close_chunk(self) -> None:
        chunk = np.stack(self._window)
        self._window = []
        if self.place is not None:
            self._strips.append(self.place.cut(chunk).copy())
            return
        self._undecided.append(chunk)
        self._decide(chunk, _SHARE_OF_CHUNK)

    def _decide(self, windows: Strips, share: float) -> None:
        sample = windows[:: max(1, len(windows) // _SAMPLE)]
        self.place = find_place(sample, drawn_glyphs(), share=share)
        if self.place is not None:
            self._strips = [self.place.cut(chunk).copy() for chunk in self._undecided]
            self._undecided = []
