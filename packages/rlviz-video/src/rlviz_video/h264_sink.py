"""H.264 in MP4: playable in a browser when it is finished, and playable when the process was killed."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from rlviz_video.chapters import Chapter, check_chapters, write_chapters
from rlviz_video.interrupts import interrupts_deferred
from rlviz_video.outputs import Output, check_mp4, check_output, naming, part_path
from rlviz_video.part_file import PartFile
from rlviz_video.spec import Frame, VideoSpec, check_frame
from rlviz_video.yuv import (
    CHROMA_CENTRED,
    MATRIX_BT601,
    PRIMARIES_BT709,
    RANGE_LIMITED,
    TRANSFER_SRGB,
    Yuv420Picture,
)

Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
"""The encoder's presets, from the fastest to the one that makes the smallest file."""

_FRAGMENT_MICROSECONDS = 500_000
_FRAGMENT_BYTES = 1 << 20
_KEYFRAME_SECONDS = 4
_DELAY_SECONDS = 0.4  # fragment and encoder delay together stay below a second


class H264Sink(Output):
    """Streams frames into an H.264 yuv420p MP4.

    The video is written to `<name>.part.mp4` as hybrid fragmented MP4, about two fragments a second, each
    flushed: a killed process leaves a playable part with all but the last second. Finishing writes an
    ordinary index and renames the part; after an error in the block the part is closed, so that it plays, and
    keeps its name. The same frames give the same bytes: the number of encoder threads is fixed.

    One thread may use a sink at a time, any thread; encoding lets other threads run.

    Args:
        path: The finished video, ending in `.mp4`.
        spec: Size (even width and height) and frame rate.
        preset: How much work the encoder puts into a small file.
        crf: Constant rate factor, 0 (lossless) to 51; 18 looks like the original.
        threads: Encoder threads, 1 or more. Another number gives other bytes.
        force: Whether existing files may be overwritten.
        chapters: Named parts to jump to, in order; the first starts at frame 0. A part has them too.

    Raises:
        ValueError: Odd size, unknown preset, a number out of its range, or chapters that do not follow one
            another.
        OSError: The file exists or cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        spec: VideoSpec,
        *,
        preset: Preset = "ultrafast",
        crf: int = 18,
        threads: int = 1,
        force: bool = False,
        chapters: Sequence[Chapter] = (),
    ) -> None:
        _check_settings(Path(path), spec, preset, crf, threads)
        check_chapters(chapters)
        self.path = check_output(path, force=force)
        self.part = part_path(self.path)
        self.spec = spec
        self.frames = 0
        self._yuv = Yuv420Picture(spec)
        with naming(self.part):
            self._file = PartFile(self.part)
        self._container: OutputContainer | None = _open_container(self._file)
        self._stream: Any = _add_stream(self._container, spec, preset, crf, threads)
        write_chapters(self._container, chapters, spec.fps)
        try:
            with _writing(self._file, self.part):
                self._container.start_encoding()
        except OSError:
            self.abandon()
            raise

    def write(self, frame: Frame) -> None:
        """Encode one frame.

        Args:
            frame: uint8 (height, width, 3), RGB; may be reused by the caller afterwards.

        Raises:
            TypeError: The frame is not a uint8 array.
            ValueError: The frame has another shape than the video, or the sink is closed.
            OSError: The file cannot be written, for example because the disk is full.
        """
        check_frame(frame, self.spec.shape, self.frames)
        if self._container is None:
            message = f"{self.path} is closed; write all frames before finish()"
            raise ValueError(message)
        self._yuv.fill(frame)
        self._yuv.picture.pts = self.frames
        self.frames += 1
        self._encode(self._container, self._yuv.picture)

    def _encode(self, container: OutputContainer, picture: av.VideoFrame | None) -> None:
        with interrupts_deferred(), _writing(self._file, self.part):
            packets: list[Any] = self._stream.encode(picture)
            container.mux(packets)  # pyright: ignore[reportUnknownMemberType] PyAV's types are partly unknown
            if packets:
                self._file.mark_whole()

    def finish(self) -> None:
        """Write what the encoder still holds and the index, and give the file its final name.

        A second call does nothing.

        Raises:
            ValueError: No frame was written; nothing is left on the disk.
            OSError: The file cannot be written or renamed; the part stays.
        """
        if self._container is None:
            return
        self.abandon()
        if self._file.error is not None:
            with naming(self.part):
                raise self._file.error
        if not self.frames:
            message = f"no frames were written to {self.path}; a video needs at least one"
            raise ValueError(message)
        with naming(self.path):
            self.part.replace(self.path)

    def abandon(self) -> None:
        """Close the file, so that it plays, and leave it under its `.part` name; without frames, remove it.

        Raises:
            OSError: The file cannot be written.
        """
        container, self._container = self._container, None
        if container is None:
            return
        try:
            if self._file.error is None:
                self._encode(container, None)
        finally:
            _close(container, self._file, self.part)
        if not self.frames:
            self.part.unlink(missing_ok=True)


def _check_settings(path: Path, spec: VideoSpec, preset: str, crf: int, threads: int) -> None:
    check_mp4(path)
    if spec.width % 2 or spec.height % 2:
        even = f"{spec.width + spec.width % 2}x{spec.height + spec.height % 2}"
        message = (
            f"a frame of {spec.width}x{spec.height} is odd; H.264 needs even sizes, pad frames to {even}"
        )
        raise ValueError(message)
    if preset not in PRESETS:
        message = f"no preset {preset!r}; choose one of: {', '.join(PRESETS)}"
        raise ValueError(message)
    if not 0 <= crf <= 51:
        message = f"crf {crf} is out of range; choose 0 (lossless) to 51 (worst), 18 looks like the original"
        raise ValueError(message)
    if threads < 1:
        message = f"{threads} encoder threads; a fixed number of 1 or more gives the same bytes every time"
        raise ValueError(message)


def _open_container(file: PartFile) -> OutputContainer:
    options = {
        "movflags": "hybrid_fragmented+frag_keyframe",
        "frag_duration": str(_FRAGMENT_MICROSECONDS),
        "flush_packets": "1",
    }
    # A buffer for a whole fragment, so that it is written by one call.
    return av.open(file, "w", format="mp4", container_options=options, buffer_size=_FRAGMENT_BYTES)


def _close(container: OutputContainer, file: PartFile, part: Path) -> None:
    """Write the index, unless the file has failed or is empty, and close the file."""
    try:
        with interrupts_deferred(), _writing(file, part):
            container.close()
    finally:
        file.close()


@contextmanager
def _writing(file: PartFile, part: Path) -> Generator[None]:
    """Raise the file's own error where the muxer only says that it cannot go on."""
    with naming(part):
        try:
            yield
        except FFmpegError:
            if file.error is None:
                raise
            raise file.error from None


def _add_stream(
    container: OutputContainer, spec: VideoSpec, preset: Preset, crf: int, threads: int
) -> VideoStream:
    options = {"preset": preset, "crf": str(crf), "x264-params": _x264_params(spec, preset)}
    stream = container.add_stream(  # pyright: ignore[reportUnknownMemberType] PyAV's types are partly unknown
        "libx264", rate=spec.fps, options=options
    )
    codec = stream.codec_context
    codec.width, codec.height, codec.pix_fmt = spec.width, spec.height, "yuv420p"
    codec.time_base = 1 / spec.fps
    codec.thread_count = threads
    codec.gop_size = max(1, round(spec.fps * _KEYFRAME_SECONDS))
    codec.colorspace, codec.color_range = MATRIX_BT601, RANGE_LIMITED
    codec.color_primaries, codec.color_trc = PRIMARIES_BT709, TRANSFER_SRGB
    return stream


def _x264_params(spec: VideoSpec, preset: Preset) -> str:
    """Give what the preset leaves open: entropy coding, and how many frames the encoder may hold back.

    The arithmetic coder makes the fastest preset's files a sixth smaller at no cost in time. Frames held
    back are lost when the process is killed, and take memory.
    """
    params = ["cabac=1", f"chromaloc={CHROMA_CENTRED}"]
    delay = int(spec.fps * _DELAY_SECONDS)
    reordered = min(3, delay // 2)
    if preset != "ultrafast":
        params.append(f"bframes={reordered}")
    if preset not in ("ultrafast", "superfast"):
        params += [f"rc-lookahead={delay - reordered}", "sync-lookahead=0"]
    return ":".join(params)
