"""Where the pictures of a video file lie: counted and timed from its packets, without decoding them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

Times = NDArray[np.int64]
"""Presentation times in units of the stream's time base, rising."""

VideoPacket: TypeAlias = "Packet[VideoStream]"

_ONE_PICTURE_A_PACKET = {"h264", "hevc", "mpeg4", "mpeg2video", "mjpeg", "vp9", "libdav1d", "ffv1", "png"}
_TIMES_MADE_UP = {"avi"}  # the format has none, and those of reordered pictures are guessed


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """What the packets of a video stream say before any is decoded.

    Attributes:
        times: Of the pictures that are shown (an edit list leaves some out), rising.
        keys: Of the keyframes, rising.
        seeks: Where the container is asked to go for each of `keys`: the keyframe's decoding time.
        first: Time of the first picture that the decoder gives: without a keyframe before it there is none.
        stated: The number of pictures that the file claims to have; 0 when it says nothing.
        trusted: Whether each packet is one picture, shown at the packet's time.
        cut: Whether the file ends within a packet, or before the last one it claims to have.
    """

    times: Times
    keys: Times
    seeks: Times
    first: int | None
    stated: int
    trusted: bool
    cut: bool


def index_frames(container: InputContainer) -> FrameIndex:
    """Read every packet of the first video stream; decode only until the first picture is out.

    Args:
        container: At its start; it is left at its end.

    Raises:
        OSError: The file cannot be read.
    """
    stream = container.streams.video[0]
    times: list[int] = []
    keys: dict[int, int] = {}
    first: int | None = None
    packets = timed = 0
    corrupt = False
    for packet in until_damaged(container.demux(video=0)):
        if not packet.size:
            continue
        packets += 1
        corrupt = packet.is_corrupt
        first = _first_time(packet) if first is None else first
        if packet.pts is None:
            continue
        timed += 1
        if packet.is_keyframe:
            keys[packet.pts] = packet.pts if packet.dts is None else packet.dts
        if not packet.is_discard:
            times.append(packet.pts)
    rising = np.unique(np.array(times, np.int64))
    known = stream.codec_context.name in _ONE_PICTURE_A_PACKET and container.format.name not in _TIMES_MADE_UP
    return FrameIndex(
        times=rising,
        keys=np.array(sorted(keys), np.int64),
        seeks=np.array([keys[key] for key in sorted(keys)], np.int64),
        first=first,
        stated=stream.frames,
        trusted=known and timed == packets and len(rising) == len(times),
        cut=corrupt or packets < stream.frames,
    )


def until_damaged(packets: Iterable[VideoPacket]) -> Iterator[VideoPacket]:
    """Yield packets up to where the container is damaged; they end there.

    Raises:
        OSError: The file cannot be read.
    """
    iterator = iter(packets)
    while True:
        try:
            packet = next(iterator)
        except StopIteration:
            return
        except FFmpegError as error:
            if isinstance(error, OSError):
                raise
            return
        yield packet


def _first_time(packet: VideoPacket) -> int | None:
    """Decode a packet and give the time of the first picture that comes out, if one does."""
    try:
        pictures = packet.decode()
    except FFmpegError:
        return None
    return pictures[0].pts if pictures else None
