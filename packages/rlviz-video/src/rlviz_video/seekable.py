"""Any picture of a video file, exactly, in any order."""

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from av.video.frame import VideoFrame

from rlviz_video.frame_index import FrameIndex, Times
from rlviz_video.outputs import naming
from rlviz_video.picture_reader import PictureReader
from rlviz_video.rgb import RgbConverter
from rlviz_video.sources import VideoSource, reading
from rlviz_video.spec import Frame

_KEPT_BYTES = 32 << 20
_FEWEST_KEPT = 8
_BEFORE = 24
"""So many pictures before one that was jumped to are decoded too: stepping back is as cheap as forward."""

_NEAR = 16
"""So many pictures are rather decoded than jumped over."""


class SeekableVideo:
    """Gives frame i of a video file: the i-th that `VideoSource` yields, byte for byte, in any order.

    The packets are read once, without decoding them, so that `frames` is the true number whatever the file
    claims. Going on by one decodes one picture. The last pictures are kept (as they were decoded, 32 MiB), so
    that stepping back is cheap; a jump starts at the keyframe before, and leaves out on the way what no
    picture refers to. Memory grows by eight bytes a frame. A rotation that the file asks for is not applied,
    as it is not by `VideoSource`.

    One thread may use it at a time, any thread. Leaving the block closes the file.

    Args:
        path: Any video that PyAV can read, also the `.part` of a killed process.

    Attributes:
        spec: Size and frame rate.
        frames: The number of pictures that can be decoded; those at a cut end, or without a keyframe before
            them, are not counted.
        problem: What was wrong with the file and how many frames are used, in one line; else empty.

    Raises:
        OSError: The file cannot be opened.
        ValueError: The file is not a video, or has no picture that can be decoded.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.spec = VideoSource(self.path).spec
        with reading(self.path):
            self._reader = PictureReader(self.path)
        self._keys: Times = self._reader.index.keys
        self._rgb = RgbConverter()
        self._kept: OrderedDict[int, VideoFrame] = OrderedDict()
        self._closed = False
        self._run: Iterator[tuple[int, VideoFrame]] = iter(())
        self._at: int | None = None
        with naming(self.path, "cannot read"):
            self._times, self.frames = _find_times(self._reader)
        if not self.frames:
            self.close()
            message = f"{self.path} has no picture that can be decoded; give another file"
            raise ValueError(message)
        self.problem = _problem(self.path, self._reader.index, self.frames, self._times)

    def frame(self, number: int) -> Frame:
        """Give one frame as a new uint8 (height, width, 3) RGB array.

        Args:
            number: 0 to `frames` - 1.

        Raises:
            IndexError: There is no such frame.
            ValueError: The frame is damaged.
            OSError: The file cannot be read any more.
        """
        if not 0 <= number < self.frames:
            message = f"{self.path} has no frame {number}; give 0 to {self.frames - 1}"
            raise IndexError(message)
        if self._closed:
            message = f"{self.path} is closed; read all frames before close()"
            raise ValueError(message)
        picture = self._kept.get(number)
        if picture is None:
            with naming(self.path, "cannot read"):
                picture = self._decode(number)
        return self._rgb(picture)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._run, self._at = iter(()), None
        self._kept.clear()
        self._closed = True
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _decode(self, number: int) -> VideoFrame:
        if not self._comes_soon(number):
            self._run = self._start(number)
        if self._times is not None:
            self._reader.skip_before = int(self._times[max(0, number - _BEFORE)])
        self._at = None  # an interrupt on the way ends the run
        for at, picture in self._run:
            self._keep(at, picture)
            if at >= number:
                self._at = at
                break
        if number in self._kept:
            return self._kept[number]
        reason = self._reader.error.strerror if self._reader.error else "the decoder left it out"
        message = f"frame {number} of {self.path} is damaged: {reason}; the others can be read"
        raise ValueError(message)

    def _comes_soon(self, number: int) -> bool:
        """Whether decoding on gets there, and a keyframe in between is not much nearer."""
        if self._at is None or self._at >= number:
            return False
        if self._times is None:
            return True
        key = self._key_before(number)
        near = self._times[min(self._at + _NEAR, self.frames - 1)]
        return key is None or key <= near

    def _key_before(self, number: int) -> int | None:
        """Find the time of the last keyframe shown with or before a frame."""
        if self._times is None:
            return None
        place = int(np.searchsorted(self._keys, int(self._times[number]), "right"))
        return int(self._keys[place - 1]) if place else None

    def _start(self, number: int) -> Iterator[tuple[int, VideoFrame]]:
        """Begin to decode at the nearest place before a frame from which all pictures come out right."""
        self._reader.error = None
        self._reader.skip_before = None
        while (key := self._key_before(number)) is not None:
            pictures = self._reader.from_key(key)
            if pictures is not None:
                return self._numbered(pictures)
            self._keys = self._keys[self._keys != key]
        return self._numbered(self._reader.from_start())

    def _numbered(self, pictures: Iterator[VideoFrame]) -> Iterator[tuple[int, VideoFrame]]:
        if self._times is None:
            yield from enumerate(pictures)
            return
        for picture in pictures:
            number = int(np.searchsorted(self._times, picture.pts or 0))
            if number < self.frames and self._times[number] == picture.pts:
                yield number, picture

    def _keep(self, number: int, picture: VideoFrame) -> None:
        self._kept[number] = picture
        self._kept.move_to_end(number)
        size = sum(plane.buffer_size for plane in picture.planes)
        while len(self._kept) > max(_FEWEST_KEPT, _KEPT_BYTES // size):
            self._kept.popitem(last=False)


def _find_times(reader: PictureReader) -> tuple[Times | None, int]:
    """Find when each picture is shown, and how many there are.

    Where packets cannot be trusted all is decoded once; where the end is cut, what follows the last keyframe.
    Without usable times a picture can only be found by counting.
    """
    index = reader.index
    if not index.trusted:
        shown = [picture.pts for picture in reader.from_start()]
        times = np.array([-1 if time is None else time for time in shown], np.int64)
        usable = None not in shown and bool((np.diff(times) > 0).all())
        return (times if usable else None), len(times)
    if index.first is None:
        return index.times[:0], 0
    times = index.times[index.times >= index.first]
    if index.cut:
        times = _without_lost_end(reader, times)
    return times, len(times)


def _without_lost_end(reader: PictureReader, times: Times) -> Times:
    """Take off the times after the last keyframe at which no picture comes out."""
    last = next((int(key) for key in reader.index.keys[::-1] if reader.from_key(int(key))), None)
    pictures = reader.from_start() if last is None else reader.from_key(last)
    shown = [picture.pts for picture in pictures or () if picture.pts is not None]
    return np.union1d(times[times < shown[0]], shown) if shown else times


def _problem(path: Path, index: FrameIndex, frames: int, times: Times | None) -> str:
    if index.cut:
        stated = f" of {index.stated}" if index.stated else ""
        return f"{path} is cut: {frames}{stated} frames can be decoded; these are used"
    before = 0 if times is None else int((index.times < times[0]).sum())
    if before:
        return f"{path} lacks its beginning: {before} frames have no keyframe before them; {frames} are used"
    return ""
