"""Going through a video once: the strip with the speed, and how much moved, are kept of every picture."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rlviz_video import LumaVideo, progress

from deepracer_analyzer.sync.glyphs import drawn_glyphs
from deepracer_analyzer.sync.hud import WINDOW_SHAPE, Place, Strips, cut_window, known_aspect
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
        motion: float64 (F,), mean absolute difference of brightness to the picture before; 0 without one.
        damaged: How many pictures cannot be decoded; their rows follow from the others.
    """

    path: Path
    size: tuple[int, int]
    rate: float
    strips: Strips
    place: Place | None
    motion: Floats
    damaged: int = 0

    @property
    def frames(self) -> int:
        """The number of pictures."""
        return len(self.motion)


def watch(path: Path) -> Footage:
    """Read a video once, from its first picture to its last; pictures that are damaged are passed over.

    Args:
        path: The video.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not a video, or no picture of it can be decoded.
    """
    with LumaVideo(path) as video:
        width, height = video.spec.width, video.spec.height
        collector = _Collector(np.zeros(WINDOW_SHAPE, np.uint8)) if known_aspect(width, height) else None
        motion = np.zeros(video.frames)
        before: NDArray[np.int16] | None = None
        damaged = video.frames
        for number, luma in progress(video.lumas(), video.frames, "Reading the speed in the video"):
            thumbnail = luma[::_MOTION_STRIDE, ::_MOTION_STRIDE].astype(np.int16)
            motion[number] = 0 if before is None else np.abs(thumbnail - before).mean()
            before = thumbnail
            damaged -= 1
            if collector is not None:
                collector.add(number, cut_window(luma))
    strips, place = collector.finish(len(motion)) if collector else (_no_strips(len(motion)), None)
    return Footage(path, (width, height), float(video.spec.fps), strips, place, motion, damaged)


def _no_strips(frames: int) -> Strips:
    return np.zeros((frames, 0, 0), np.uint8)


@dataclass(slots=True)
class _Collector:
    """Keeps windows until the text's place is known, and only the text from then on."""

    blank: Strips
    place: Place | None = None
    _count: int = 0
    _window: list[Strips] = field(default_factory=list[Strips])
    _undecided: list[Strips] = field(default_factory=list[Strips])
    _strips: list[Strips] = field(default_factory=list[Strips])

    def add(self, number: int, window: Strips) -> None:
        """Take the window of one picture in; those that were passed over before it stay blank."""
        while self._count < number:
            self._add(self.blank)
        self._add(window)

    def finish(self, frames: int) -> tuple[Strips, Place | None]:
        """The text of every picture, and its place."""
        while self._count < frames:
            self._add(self.blank)
        if self._window:
            self._close_chunk()
        if self.place is None and self._undecided:
            self._decide(np.concatenate(self._undecided), _SHARE_OF_REST)
        if self.place is None:
            return _no_strips(frames), None
        return np.concatenate(self._strips), self.place

    def _add(self, window: Strips) -> None:
        self._count += 1
        if self.place is None and len(self._undecided) >= _PATIENCE:
            return
        self._window.append(window)
        if len(self._window) == _CHUNK:
            self._close_chunk()

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
