import contextlib
import io
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from rlviz_video import MoviePySink
from rlviz_video.moviepy_sink import output_frames, shown_frame

RATES = (30, 15, 29.97, 60)


def moviepy_clip(frames, fps):
    pytest.importorskip("moviepy")
    from moviepy.video.io.ImageSequenceClip import ImageSequenceClip

    return ImageSequenceClip(frames, fps=fps)


def moviepy_bytes(frames, fps, path: Path) -> bytes:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        moviepy_clip(frames, fps).write_videofile(str(path))
    return path.read_bytes()


def our_bytes(frames, fps, path: Path) -> bytes:
    with MoviePySink(path, fps) as sink:
        for frame in frames:
            sink.write(frame)
    return path.read_bytes()


def noise(count: int, width: int = 32, height: int = 48) -> list[np.ndarray]:
    rng = np.random.default_rng(count)
    return [rng.integers(0, 255, (height, width, 3), dtype=np.uint8) for _ in range(count)]


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("count", [1, 2, 72, 200])
def test_the_bytes_are_those_of_image_sequence_clip(tmp_path, count, fps):
    frames = noise(count)
    assert our_bytes(frames, fps, tmp_path / "a.mp4") == moviepy_bytes(frames, fps, tmp_path / "b.mp4")


@pytest.mark.parametrize("size", [(33, 48), (32, 47)])
def test_the_bytes_are_the_same_for_odd_sizes_too(tmp_path, size):
    frames = noise(5, *size)
    assert our_bytes(frames, 30, tmp_path / "a.mp4") == moviepy_bytes(frames, 30, tmp_path / "b.mp4")


@pytest.mark.torch
def test_the_bytes_are_those_of_vec_video_recorder(tmp_path):
    pytest.importorskip("moviepy")
    recorder = pytest.importorskip("stable_baselines3.common.vec_env").VecVideoRecorder
    frames = noise(73)
    bare = recorder.__new__(recorder)  # only its writing is used, no environment
    bare.recorded_frames, bare.frames_per_sec = list(frames), 30
    bare.video_path, bare.recording = str(tmp_path / "b.mp4"), True
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        bare._stop_recording()
    assert our_bytes(frames, 30, tmp_path / "a.mp4") == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("fps", [*RATES, 1, 7, 24, 23.976, 49, 50, 144])
def test_the_frame_of_each_output_time_is_the_one_moviepy_picks(fps):
    count = 700
    frames = [np.full((1, 1, 3), (i >> 8, i & 255, 0), np.uint8) for i in range(count)]
    clip = moviepy_clip(frames, fps)
    picked = [
        int(frame[0, 0, 0]) << 8 | int(frame[0, 0, 1]) for frame in clip.iter_frames(fps=fps, logger=None)
    ]
    assert picked == [shown_frame(index, fps) for index in range(output_frames(count, fps))]


@pytest.mark.parametrize("fps", [*RATES, 49, 23.976])
def test_the_number_of_frames_is_moviepys_for_every_length(fps):
    assert [output_frames(n, fps) for n in range(1, 400)] == [
        int(sum([1.0 / fps] * n) * fps) for n in range(1, 400)
    ]
    assert {n - output_frames(n, fps) for n in range(1, 5000)} <= {0, 1}


def test_at_thirty_frames_a_second_frame_71_is_the_first_shown_twice():
    assert [shown_frame(i, 30) for i in range(76)] == [*range(72), 71, 72, 73, 75]


def test_a_repeat_is_seen_in_the_video(tmp_path, numbered, numbers_in):
    pytest.importorskip("moviepy")
    our_bytes([numbered(i) for i in range(77)], 30, tmp_path / "v.mp4")
    assert numbers_in(tmp_path / "v.mp4") == [*range(72), 71, 72, 73, 75, 76]


def test_a_clip_too_long_for_float32_times_is_an_error():
    with pytest.raises(ValueError, match="is past the length that moviepy can time; record a shorter video"):
        for step in range(1000):
            shown_frame(2**28 + step, 30)


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path):
    pytest.importorskip("moviepy")
    frame = np.zeros((210, 160, 3), np.uint8)
    with MoviePySink(tmp_path / "v.mp4", 30) as sink:
        sink.write(frame)
        tracemalloc.start()
        try:
            for _ in range(100):
                sink.write(frame)
            assert tracemalloc.get_traced_memory()[1] < 5 * frame.nbytes
        finally:
            tracemalloc.stop()


def test_a_frame_is_sent_as_soon_as_the_next_is_there(tmp_path):
    pytest.importorskip("moviepy")
    sent = []
    with MoviePySink(tmp_path / "v.mp4", 30) as sink:
        sink.write(np.zeros((48, 32, 3), np.uint8))
        writer = sink._writer
        write_frame, writer.write_frame = (
            writer.write_frame,
            lambda f: (sent.append(int(f[0, 0, 0])), write_frame(f)),
        )
        for value in range(1, 5):
            sink.write(np.full((48, 32, 3), value, np.uint8))
            assert sent == list(range(value))
    assert sent == list(range(5))


def test_nothing_is_printed(tmp_path, capfd):
    pytest.importorskip("moviepy")
    our_bytes(noise(40), 30, tmp_path / "v.mp4")
    assert capfd.readouterr() == ("", "")


def test_frames_of_another_size_than_the_first_are_refused(tmp_path):
    pytest.importorskip("moviepy")
    with (
        pytest.raises(ValueError, match=r"frame 1 has shape \(32, 48, 3\)"),
        MoviePySink(tmp_path / "v.mp4", 30) as sink,
    ):
        sink.write(np.zeros((48, 32, 3), np.uint8))
        sink.write(np.zeros((32, 48, 3), np.uint8))


@pytest.mark.parametrize("shape", [(48,), (48, 32), (48, 32, 4)])
def test_a_first_frame_that_is_not_rgb_is_refused(tmp_path, shape):
    pytest.importorskip("moviepy")
    with pytest.raises(ValueError, match="frame 0 has shape"), MoviePySink(tmp_path / "v.mp4", 30) as sink:
        sink.write(np.zeros(shape, np.uint8))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fps", [0, -30, float("inf"), float("nan")])
def test_an_impossible_rate_is_refused(tmp_path, fps):
    with pytest.raises(ValueError, match="is not usable; give the environment's render_fps"):
        MoviePySink(tmp_path / "v.mp4", fps)


def test_without_moviepy_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "moviepy", None)
    for name in [name for name in sys.modules if name.startswith("moviepy.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=r"pip install 'rlviz-video\[moviepy\]'"):
        MoviePySink(tmp_path / "v.mp4", 30)
    assert list(tmp_path.iterdir()) == []
