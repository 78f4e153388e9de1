"""Decoded pictures as RGB frames."""

from typing import cast

from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from rlviz_video.spec import Frame


class RgbConverter:
    """Turns pictures of one video into RGB; what the conversion needs is set up once, not for every picture.

    The same picture gives the same bytes whoever converts it, so that frames read in order and frames read
    one by one are equal.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, picture: VideoFrame) -> Frame:
        """Give a picture of any pixel format as a new uint8 (height, width, 3) RGB array."""
        converted = self._reformatter.reformat(picture, format="rgb24", threads=1)
        return cast("Frame", converted.to_ndarray())
