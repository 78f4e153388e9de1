import sys
import threading
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from rlviz_video import PRESETS, H264Sink, VideoSpec

RATES = [Fraction(30), Fraction(30000, 1001), Fraction(2997, 100), Fraction(15), Fraction(60), Fraction(5, 2)]


def encode(path: Path, frames, spec: VideoSpec, **settings) -> Path:
    with H264Sink(path, spec, **settings) as sink:
        for frame in frames:
            sink.write(frame)
    return path


@pytest.mark.parametrize("count", [1, 2, 31, 100])
def test_every_frame_comes_back_in_order(tmp_path, numbered, numbers_in, spec, count):
    path = encode(tmp_path / "v.mp4", (numbered(i) for i in range(count)), spec)
    assert numbers_in(path) == list(range(count))


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_keeps_every_frame(tmp_path, numbered, numbers_in, spec, preset):
    path = encode(tmp_path / "v.mp4", (numbered(i) for i in range(40)), spec, preset=preset)
    assert numbers_in(path) == list(range(40))


@pytest.mark.parametrize("fps", RATES)
def test_the_frame_rate_comes_back_exactly(tmp_path, numbered, fps):
    path = encode(tmp_path / "v.mp4", (numbered(i) for i in range(20)), VideoSpec(80, 48, fps))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == fps
        times = [(p.pts or 0) * (p.time_base or 0) for p in container.decode(video=0)]
    assert times == [i / fps for i in range(20)]


@pytest.mark.parametrize("size", [(160, 210), (840, 630), (2, 2), (66, 50), (320, 240)])
def test_any_even_size_comes_back(tmp_path, decoded, size):
    frame = np.full((size[1], size[0], 3), 90, np.uint8)
    frame[size[1] // 2 :] = 200
    (back,) = decoded(encode(tmp_path / "v.mp4", [frame], VideoSpec(size[0], size[1], Fraction(30))))
    assert back.shape == frame.shape
    assert abs(back[0].astype(int) - 90).max() <= 3
    assert abs(back[-1].astype(int) - 200).max() <= 3


COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 72, 72), (255, 255, 0)]


def test_colours_survive(tmp_path, decoded, spec):
    frames = [np.full(spec.shape, colour, np.uint8) for colour in COLOURS]
    for colour, back in zip(COLOURS, decoded(encode(tmp_path / "v.mp4", frames, spec)), strict=True):
        assert abs(back.astype(int) - colour).max() <= 4


@pytest.mark.parametrize("column", [40, 41])
def test_a_red_line_one_pixel_wide_stays_red_wherever_it_lies(tmp_path, decoded, spec, column):
    frame = np.zeros(spec.shape, np.uint8)
    frame[:, column, 0] = 255
    (back,) = decoded(encode(tmp_path / "v.mp4", [frame], spec))
    red, green, blue = back[24, column].astype(int)
    assert red - max(green, blue) > 60


def test_text_keeps_its_edges(tmp_path, decoded, spec):
    frame = np.zeros(spec.shape, np.uint8)
    frame[10:40:2] = 255
    (back,) = decoded(encode(tmp_path / "v.mp4", [frame], spec))
    assert abs(back.astype(int) - frame).max() <= 12


def test_the_stream_says_what_its_colours_mean_and_that_browsers_can_play_it(tmp_path, numbered, spec):
    path = encode(tmp_path / "v.mp4", [numbered(1)], spec)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        (picture,) = container.decode(video=0)
    tags = (picture.colorspace, picture.color_range, picture.color_primaries, picture.color_trc)
    assert tags == (6, 1, 1, 13)  # BT.601 matrix, limited range, BT.709 primaries, sRGB


def test_a_finished_file_has_one_index_that_tells_frames_and_duration(tmp_path, numbered, spec):
    path = encode(tmp_path / "v.mp4", (numbered(i) for i in range(90)), spec)
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 90
        assert container.duration == 3 * av.time_base
    assert [kind for kind, _ in boxes(path) if kind != "free"] == ["ftyp", "mdat", "moov"]


def boxes(path: Path) -> list[tuple[str, int]]:
    data = path.read_bytes()
    found, place = [], 0
    while place < len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        found.append((data[place + 4 : place + 8].decode(), size))
        place += size
    return found


@pytest.mark.parametrize("settings", [{}, {"preset": "veryfast"}, {"preset": "veryfast", "threads": 2}])
def test_the_same_frames_give_the_same_bytes(tmp_path, numbered, spec, settings):
    a, b = (
        encode(tmp_path / name, (numbered(i) for i in range(60)), spec, **settings)
        for name in ("a.mp4", "b.mp4")
    )
    assert a.read_bytes() == b.read_bytes()


def test_the_caller_may_reuse_its_frame(tmp_path, numbered, numbers_in, spec):
    frame = numbered(0)
    with H264Sink(tmp_path / "v.mp4", spec) as sink:
        for i in range(50):
            frame[:] = numbered(i)
            sink.write(frame)
    assert numbers_in(tmp_path / "v.mp4") == list(range(50))


def test_a_frame_that_is_a_view_is_taken_as_it_looks(tmp_path, numbered, numbers_in, spec):
    wide = np.zeros((48, 160, 3), np.uint8)
    wide[:, ::2] = numbered(5)
    upside_down = numbered(6)[::-1]
    assert numbers_in(encode(tmp_path / "v.mp4", [wide[:, ::2], upside_down], spec)) == [5, 6]


def test_a_sink_works_in_another_thread(tmp_path, numbered, numbers_in, spec):
    sink = H264Sink(tmp_path / "v.mp4", spec)

    def work() -> None:
        for i in range(40):
            sink.write(numbered(i))
        sink.finish()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert numbers_in(tmp_path / "v.mp4") == list(range(40))


def test_encoding_lets_another_thread_run(tmp_path):
    spec = VideoSpec(1280, 720, Fraction(30))
    frame = np.random.default_rng(0).integers(0, 255, spec.shape, dtype=np.uint8)
    turns, gained = [0], []
    interval = sys.getswitchinterval()
    with H264Sink(tmp_path / "v.mp4", spec) as sink:
        sink.write(frame)

        def work() -> None:
            for _ in range(5):
                sink._yuv.picture.pts = sink.frames
                sink.frames += 1
                before = turns[0]
                assert sink._container is not None
                sink._encode(sink._container, sink._yuv.picture)
                gained.append(turns[0] - before)

        thread = threading.Thread(target=work)
        try:
            sys.setswitchinterval(100)  # nobody is made to give way
            thread.start()
            while thread.is_alive():
                turns[0] += 1
                time.sleep(0)
        finally:
            sys.setswitchinterval(interval)
    assert max(gained) > 0


@pytest.mark.parametrize("size", [(81, 48), (80, 47), (81, 47)])
def test_an_odd_size_is_refused_and_the_even_one_named(tmp_path, size):
    with pytest.raises(ValueError, match=r"is odd; H.264 needs even sizes, pad frames to (80|82)x48"):
        H264Sink(tmp_path / "v.mp4", VideoSpec(size[0], size[1], Fraction(30)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"preset": "quick"}, "no preset 'quick'; choose one of: ultrafast, "),
        ({"crf": 52}, "crf 52 is out of range; choose 0"),
        ({"threads": 0}, "0 encoder threads; a fixed number of 1 or more"),
    ],
)
def test_a_setting_out_of_range_is_refused_before_a_file_is_made(tmp_path, spec, settings, message):
    with pytest.raises(ValueError, match=message):
        H264Sink(tmp_path / "v.mp4", spec, **settings)
    assert list(tmp_path.iterdir()) == []


def test_lossless_luma_is_exact(tmp_path, decoded, spec):
    grey = np.repeat(np.random.default_rng(0).integers(0, 256, (48, 80, 1), dtype=np.uint8), 3, axis=2)
    (back,) = decoded(encode(tmp_path / "v.mp4", [grey], spec, crf=0))
    assert abs(back.astype(int) - grey).max() <= 1


def test_a_low_rate_keeps_less_than_a_second_in_the_encoder(tmp_path, numbered):
    spec = VideoSpec(80, 48, Fraction(4))
    sink = H264Sink(tmp_path / "v.mp4", spec, preset="veryfast")
    for i in range(20):
        sink.write(numbered(i))
    with av.open(str(sink.part)) as container:
        assert sum(1 for _ in container.decode(video=0)) >= 16
    sink.abandon()
