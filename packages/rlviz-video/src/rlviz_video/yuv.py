"""RGB frames as the encoder takes them: Y'CbCr 4:2:0 planes, ITU-R BT.601, limited range."""

from typing import cast

import av
import numpy as np
from av.video.plane import VideoPlane

from rlviz_video.spec import Frame, VideoSpec

# ITU-T H.273, tables 2, 3, 4 and the range flag: what the planes of a Yuv420Picture mean.
MATRIX_BT601 = 6
PRIMARIES_BT709 = 1
TRANSFER_SRGB = 13
RANGE_LIMITED = 1
CHROMA_CENTRED = 1
"""The chroma sample lies in the middle of its four pixels."""

_CHROMA_SCALE = 224 / 255  # full-range to limited-range chroma, around 128


class Yuv420Picture:
    """One encoder picture, filled again for each frame; nothing is allocated per frame.

    OpenCV's I420 conversion takes the chroma of one pixel in four, so that a thin coloured line can lose its
    colour; here the chroma is that of the mean of the four. PyAV's own view of an I420 array is not used: it
    cuts heights that are not multiples of 4.

    Args:
        spec: The size; width and height are even.

    Attributes:
        picture: The picture to be encoded; valid until the next `fill`.
    """

    def __init__(self, spec: VideoSpec) -> None:
        self.picture = av.VideoFrame(spec.width, spec.height, "yuv420p")
        self._planes = [_plane_view(plane) for plane in self.picture.planes]
        self._i420 = np.empty((spec.height * 3 // 2, spec.width), np.uint8)
        self._half = np.empty((spec.height // 2, spec.width // 2, 3), np.uint8)
        self._ycrcb = np.empty_like(self._half)

    def fill(self, frame: Frame) -> None:
        """Convert one frame.

        Args:
            frame: uint8 (height, width, 3), RGB.
        """
        import cv2  # at first use: importing it changes environment variables

        luma, blue, red = self._planes
        height, width = luma.shape
        pixels = np.ascontiguousarray(frame)
        cv2.cvtColor(pixels, cv2.COLOR_RGB2YUV_I420, dst=self._i420)
        luma[:] = self._i420[:height]
        cv2.resize(pixels, (width // 2, height // 2), dst=self._half, interpolation=cv2.INTER_AREA)
        cv2.cvtColor(self._half, cv2.COLOR_RGB2YCrCb, dst=self._ycrcb)
        cv2.convertScaleAbs(self._ycrcb, self._ycrcb, _CHROMA_SCALE, 128 * (1 - _CHROMA_SCALE))
        red[:] = self._ycrcb[:, :, 1]
        blue[:] = self._ycrcb[:, :, 2]


def _plane_view(plane: VideoPlane) -> Frame:
    """Give a picture plane as a writable array of its visible pixels."""
    rows = np.frombuffer(cast("memoryview", plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
