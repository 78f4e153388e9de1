"""The pictures of a video as brightness alone: the decoder's own Y plane, without converting a pixel."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from rlviz_video import VideoSource

_LUMA_FIRST = frozenset(
    ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray")
)
"""Pixel formats whose first plane is 8-bit brightness."""


class LumaVideo:
    """Reads the pictures of a video one by one, in the order they are shown.

    Args:
        path: Any video that PyAV can read.

    Attributes:
        width: Pixels in a row.
        height: Rows.
        rate: Frames a second.
        stated: The number of pictures as the file states it; None when it does not. It may be wrong.
        problem: After reading: one line on where the file is damaged; empty where all was read.

    Raises:
        OSError: The file cannot be opened.
        ValueError: The file is not a video.
    """

    def __init__(self, path: Path) -> None:
        source = VideoSource(path)
        self.path = path
        self.width, self.height = source.spec.width, source.spec.height
        self.rate = float(source.spec.fps)
        self.stated = source.frames
        self.problem = ""

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Yield each picture as uint8 (height, width), valid until the next; ends at damage."""
        self.problem = ""
        read = 0
        try:
            with av.open(str(self.path.absolute())) as container:
                for picture in container.decode(video=0):
                    yield _luma(picture)
                    read += 1
        except FFmpegError as error:
            self.problem = (
                f"{self.path.name} is damaged after {read:,} pictures ({error.strerror}); these are used"
            )


def _luma(picture: VideoFrame) -> NDArray[np.uint8]:
    if picture.format.name not in _LUMA_FIRST:
        picture = picture.reformat(format="gray")
    plane = picture.planes[0]
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
