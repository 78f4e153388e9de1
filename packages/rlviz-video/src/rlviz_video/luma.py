"""The brightness of every picture of a video, in order: the decoder's own Y plane, no pixel converted."""

from collections.abc import Iterator
from typing import TypeAlias, cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from rlviz_video.seekable import SeekableVideo

Luma: TypeAlias = NDArray[np.uint8]
"""One picture's brightness: uint8 (height, width)."""

_LUMA_FIRST = frozenset(
    ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray")
)
"""Pixel formats whose first plane is 8-bit brightness."""


class LumaVideo(SeekableVideo):
    """A video that is looked through for what stands in it; twice as fast as reading its RGB frames.

    Frame i here is frame i of `SeekableVideo`, also where the file is damaged.

    Args:
        path: Any video that PyAV can read, also the `.part` of a killed process.

    Raises:
        OSError: The file cannot be opened.
        ValueError: The file is not a video, or has no picture that can be decoded.
    """

    def lumas(self) -> Iterator[tuple[int, Luma]]:
        """Yield number and brightness of each frame from the first on; damaged ones are passed over.

        The arrays are read-only views that are valid until the next one.

        Raises:
            OSError: The file cannot be read any more.
        """
        self._run, self._at = iter(()), None
        self._reader.skip_before = None
        last = -1
        for number, picture in self._numbered(self._reader.from_start()):
            if number > last:  # behind damage, a picture may come out twice
                yield number, _luma(picture)
                last = number


def _luma(picture: VideoFrame) -> Luma:
    if picture.format.name not in _LUMA_FIRST:
        picture = picture.reformat(format="gray")
    plane = picture.planes[0]
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
