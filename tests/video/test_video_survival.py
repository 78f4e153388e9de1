"""What is left of a video when the writer is killed, interrupted, fails, or the disk is full."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from rlviz_video import H264Sink, MoviePySink, VideoSource

posix = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX here")

WRITER = """
import sys, time
sys.path.insert(0, {here!r})
from conftest import numbered_frame
from fractions import Fraction
from rlviz_video import H264Sink, MoviePySink, Timeline, VideoSpec
fps, count, path = Fraction(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with {sink} as sink:
    for number in range(count):
        sink.write(numbered_frame(number % 1024))
        print(number, flush=True)
        {after}
    time.sleep(60)
"""
H264 = "H264Sink(path, VideoSpec(80, 48, fps), preset='{}')"
MOVIEPY = "MoviePySink(path, int(fps))"


def start_writer(sink: str, path: Path, *, fps: object = 30, count: int = 10**9, after: str = "pass"):
    code = WRITER.format(here=str(Path(__file__).parent), sink=sink, after=after)
    command = [sys.executable, "-c", textwrap.dedent(code), str(fps), str(count), str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def wait_for(process: "subprocess.Popen[str]", number: int) -> None:
    assert process.stdout is not None
    while (line := process.stdout.readline()) and int(line) < number:
        pass
    assert line, "the writer ended early"


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@posix
@pytest.mark.parametrize(
    ("preset", "fps", "count"),
    [
        *[(preset, 30, 100) for preset in ("ultrafast", "superfast", "veryfast", "medium")],
        *[(preset, fps, fps * 4 + 1) for preset in ("ultrafast", "veryfast") for fps in (60, 8, 2)],
        ("ultrafast", 30, 41),
    ],
)
def test_sigkill_leaves_all_but_the_last_second(tmp_path, numbers_in, preset, fps, count):
    path = tmp_path / "v.mp4"
    process = start_writer(H264.format(preset), path, fps=fps, count=count)
    wait_for(process, count - 1)
    kill(process)
    left = numbers_in(tmp_path / "v.part.mp4")
    unbroken = next((i for i, number in enumerate(left) if number != i), len(left))
    assert unbroken >= count - fps
    assert left == sorted(set(left))
    assert not path.exists()


@posix
@pytest.mark.parametrize("number", [37, 160])
def test_sigkill_at_any_moment_leaves_a_video_that_plays_to_its_end(tmp_path, number):
    process = start_writer(H264.format("ultrafast"), tmp_path / "v.mp4")
    wait_for(process, number)
    kill(process)
    source = VideoSource(tmp_path / "v.part.mp4")
    assert sum(1 for _ in source) > number - 30


@posix
@pytest.mark.parametrize("sink", [H264.format("ultrafast"), H264.format("veryfast"), MOVIEPY])
def test_ctrl_c_finishes_the_file_with_every_frame_whole(tmp_path, numbers_in, sink):
    if sink is MOVIEPY:
        pytest.importorskip("moviepy")
    path = tmp_path / "v.mp4"
    process = start_writer(sink, path, after="time.sleep(0.001)")
    wait_for(process, 50)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the group
    assert process.stdout is not None
    last = max([50, *map(int, process.stdout.read().split())])
    assert process.wait(20) != 0
    process.stdout.close()
    numbers = numbers_in(path)
    assert numbers == list(range(len(numbers))) or sink is MOVIEPY
    assert all(0 <= b - a <= 2 for a, b in pairwise(numbers))
    assert last <= len(numbers) <= last + 2
    assert not path.with_name("v.part.mp4").exists()


@posix
def test_ffmpeg_completes_the_part_when_its_parent_is_killed(tmp_path, numbers_in):
    pytest.importorskip("moviepy")
    process = start_writer(MOVIEPY, tmp_path / "v.mp4", count=60)
    wait_for(process, 59)
    kill(process)
    part = tmp_path / "v.part.mp4"
    deadline = time.monotonic() + 20
    while not plays(part) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert numbers_in(part) == list(range(59))  # the last frame waits for what comes after it


def plays(path: Path) -> bool:
    try:
        VideoSource(path)
    except (ValueError, OSError):
        return False
    return True


@pytest.mark.parametrize("kind", ["h264", "moviepy"])
def test_a_failing_block_leaves_a_part_that_plays_and_no_final_file(
    tmp_path, numbered, numbers_in, spec, kind
):
    if kind == "moviepy":
        pytest.importorskip("moviepy")
    path = tmp_path / "v.mp4"
    sink = H264Sink(path, spec) if kind == "h264" else MoviePySink(path, 30)
    with pytest.raises(ZeroDivisionError), sink:
        for i in range(40):
            sink.write(numbered(i))
        _ = 1 / 0
    assert numbers_in(tmp_path / "v.part.mp4") == list(range(40))
    assert not path.exists()


def noise(count: int):
    rng = np.random.default_rng(0)
    return (rng.integers(0, 60, (48, 80, 3), dtype=np.uint8) for _ in range(count))


def test_a_full_disk_is_one_line_naming_the_file_and_leaves_whole_seconds(small_disk, spec):
    path = small_disk / "v.mp4"
    sink = H264Sink(path, spec)
    with (
        pytest.raises(OSError, match=r"^cannot write .*v\.part\.mp4: No space left on device$") as caught,
        sink,
    ):
        for frame in noise(2000):
            sink.write(frame)
    assert "\n" not in str(caught.value)
    assert not path.exists()
    left = sum(1 for _ in VideoSource(small_disk / "v.part.mp4"))
    assert sink.frames - 30 <= left < sink.frames


def test_a_sink_on_a_full_disk_never_finishes(small_disk, spec):
    sink = H264Sink(small_disk / "v.mp4", spec)
    with pytest.raises(OSError, match="No space left"):
        for frame in noise(2000):
            sink.write(frame)
    with pytest.raises(OSError, match="No space left"):
        sink.write(next(noise(1)))
    with pytest.raises(OSError, match="No space left"):
        sink.finish()
    assert [entry.name for entry in small_disk.iterdir()] == ["v.part.mp4"]


def test_a_disk_that_is_full_from_the_start_is_named_and_left_empty(small_disk, spec):
    (small_disk / "fill").write_bytes(bytes(160 * 1024))
    with pytest.raises(OSError, match=r"cannot write .*v\.part\.mp4: No space left on device"):
        H264Sink(small_disk / "v.mp4", spec)
    assert [entry.name for entry in small_disk.iterdir()] == ["fill"]


def test_a_full_disk_stops_the_moviepy_sink_with_one_line_naming_the_file(small_disk):
    pytest.importorskip("moviepy")
    sink = MoviePySink(small_disk / "v.mp4", 30)
    said = r"^cannot write .*v\.part\.mp4: .*No space left on device$"
    with pytest.raises(OSError, match=said) as caught:
        for frame in noise(2000):
            sink.write(frame)
    assert "\n" not in str(caught.value)
    with pytest.raises(OSError, match=said):
        sink.write(next(noise(1)))
    with pytest.raises(OSError, match=said):
        sink.finish()
    assert not (small_disk / "v.mp4").exists()


def test_a_folder_nobody_may_write_to_is_refused_before_the_first_frame(read_only_folder, spec):
    with pytest.raises(
        OSError, match=r"^cannot write .*v\.part\.mp4: (Read-only file system|Permission denied)$"
    ):
        H264Sink(read_only_folder / "v.mp4", spec)


def test_without_a_frame_there_is_no_file_and_an_error_says_so(tmp_path, spec):
    with (
        pytest.raises(ValueError, match=r"no frames were written to .*v\.mp4"),
        H264Sink(tmp_path / "v.mp4", spec),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_error_before_the_first_frame_leaves_no_file(tmp_path, spec):
    with pytest.raises(KeyError, match="early"), H264Sink(tmp_path / "v.mp4", spec):
        raise KeyError("early")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_a_frame_is_encoded_loses_none(tmp_path, numbered, numbers_in, spec):
    sink = H264Sink(tmp_path / "v.mp4", spec, preset="veryfast")
    stream = sink._stream

    class Interrupted:
        @staticmethod
        def encode(picture):
            packets = stream.encode(picture)
            if picture is not None and picture.pts == 30:
                assert packets
                signal.raise_signal(signal.SIGINT)
            return packets

    sink._stream = Interrupted
    with pytest.raises(KeyboardInterrupt), sink:
        for i in range(60):
            sink.write(numbered(i))
    assert numbers_in(tmp_path / "v.mp4") == list(range(31))


def test_an_interrupt_while_a_frame_is_piped_to_ffmpeg_cuts_none(tmp_path, numbered, numbers_in):
    pytest.importorskip("moviepy")
    sink = MoviePySink(tmp_path / "v.mp4", 30)
    with pytest.raises(KeyboardInterrupt), sink:
        sink.write(numbered(0))
        pipe = sink._writer.proc.stdin

        def write_frame(frame):
            data = frame.tobytes()
            pipe.write(data[:1000])
            signal.raise_signal(signal.SIGINT)
            pipe.write(data[1000:])

        sink._writer.write_frame = write_frame
        sink.write(numbered(1))
    assert numbers_in(tmp_path / "v.mp4") == [0]
