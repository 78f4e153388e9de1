"""Decoded pictures of a video file from any of its keyframes on, not yet turned into RGB."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import PictureType, VideoFrame

from rlviz_video.frame_index import FrameIndex, VideoPacket, index_frames, until_damaged

Skipped: TypeAlias = Literal["DEFAULT", "NONREF"]

_PREDICTED = (PictureType.P, PictureType.B)


class PictureReader:
    """Decodes from where it is told to; what was wrong with a packet is kept, and decoding goes on behind it.

    Args:
        path: The video file.

    Attributes:
        index: What the file's packets say.
        skip_before: Pictures shown before this time need not come out: those that no other picture refers to
            are then not decoded at all. None: all come out.
        error: What the decoder said last of a packet that it could not decode.

    Raises:
        OSError: The file cannot be read.
        FFmpegError: The file is not a video.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._container = self._open()
        self.index: FrameIndex = index_frames(self._container)
        self.skip_before: int | None = None
        self.error: FFmpegError | None = None

    def from_start(self) -> Iterator[VideoFrame]:
        """Decode the whole file, as a player would that was just started."""
        self.close()
        self._container = self._open()
        return self._decode(until_damaged(self._container.demux(video=0)))

    def from_key(self, time: int) -> Iterator[VideoFrame] | None:
        """Decode from the keyframe on that is shown at a time.

        Pictures shown before the keyframe are left out: after a seek they may lack what they refer to.

        Returns:
            The pictures, the keyframe's own first; None where decoding cannot start there, because the
            picture is no whole one (with periodic intra refresh, the picture builds up over the next ones).
        """
        pictures = self._decode(self._packets_from(time))
        for picture in pictures:
            if picture.pts is None or picture.pts > time:
                return None
            if picture.pts == time:
                return None if picture.pict_type in _PREDICTED else chain((picture,), pictures)
        return None

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _open(self) -> InputContainer:
        return av.open(str(self._path.absolute()))

    def _packets_from(self, time: int) -> Iterator[VideoPacket]:
        """Yield the packets from a keyframe on; a seek may go too far or fail, so it is checked."""
        number = int(np.searchsorted(self.index.keys, time))
        for place in range(number, max(number - 2, -1), -1):
            try:
                self._container.seek(int(self.index.seeks[place]), stream=self._container.streams.video[0])
            except FFmpegError:
                break
            packets = until_damaged(self._container.demux(video=0))
            first = next((packet for packet in packets if packet.is_keyframe), None)
            if first is not None and first.pts is not None and first.pts <= time:
                return _since(time, chain((first,), packets))
        self.close()
        self._container = self._open()
        return _since(time, until_damaged(self._container.demux(video=0)))

    def _decode(self, packets: Iterator[VideoPacket]) -> Iterator[VideoFrame]:
        context = self._container.streams.video[0].codec_context
        context.skip_frame = "DEFAULT"
        for packet in chain(packets, (None,)):
            wanted = self._skipping(packet)
            if wanted != context.skip_frame:
                context.skip_frame = wanted
            try:
                pictures = context.decode(packet)  # pyright: ignore[reportUnknownMemberType] PyAV's own type
            except EOFError:  # already flushed by the container's own last packet
                return
            except FFmpegError as error:
                self.error = error
                continue
            yield from pictures

    def _skipping(self, packet: "VideoPacket | None") -> Skipped:
        if packet is None or packet.pts is None or self.skip_before is None:
            return "DEFAULT"
        return "NONREF" if packet.pts < self.skip_before else "DEFAULT"


def _since(time: int, packets: Iterator[VideoPacket]) -> Iterator[VideoPacket]:
    """Pass over the packets before the keyframe of this time."""
    for packet in packets:
        if packet.is_keyframe and packet.pts == time:
            yield packet
            break
    yield from packets
