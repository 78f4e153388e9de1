"""Facts about frames of a video file taken in any order."""

import random
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest
from rlviz_video import H264Sink, SeekableVideo, VideoSource, VideoSpec

FRAMES = 90


def encode(path, *, frames=FRAMES, size=(80, 48), codec="libx264", pixels="yuv420p", options=None, **more):
    """Encode moving noise; `times` are the pictures' own, `drop` packets are left out at the start."""
    times, drop, shift = more.get("times"), more.get("drop", 0), more.get("shift", 0)
    wall = np.random.default_rng(7).integers(0, 255, (size[1], size[0] + frames, 3), np.uint8)
    with av.open(str(path), "w", container_options=more.get("container", {})) as container:
        stream: Any = container.add_stream(codec, rate=30, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        sound: Any = more.get("sound") and container.add_stream("aac", rate=8000)
        packets = []
        for i in range(frames):
            picture = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(wall[:, i : i + size[0]]), format="rgb24"
            )
            picture.pts, picture.time_base = times[i] if times else i, Fraction(1, 30)
            packets += stream.encode(picture)
        for packet in [*packets, *stream.encode(None)][drop:]:
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            container.mux(packet)
        if sound:
            quiet = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
            quiet.rate, quiet.pts = 8000, 0
            container.mux([*sound.encode(quiet), *sound.encode(None)])
    return path


def x264(**params):
    text = ":".join(f"{name.replace('_', '-')}={value}" for name, value in ({"scenecut": 0} | params).items())
    return {"x264-params": text, "preset": "veryfast"}


def in_order(path):
    return list(VideoSource(path))


def visits(frames):
    """Forward, backward, jumps, and short steps to and fro."""
    chance = random.Random(5)
    yield from range(frames)
    yield from reversed(range(frames))
    yield from (chance.randrange(frames) for _ in range(60))
    place = frames // 2
    for _ in range(60):
        place = min(max(place + chance.choice([1, 1, -1, -2, 7, -9, 17, 25, -40]), 0), frames - 1)
        yield place


def assert_equals_reading_in_order(path):
    expected = in_order(path)
    with SeekableVideo(path) as video:
        assert video.frames == len(expected)
        assert video.spec == VideoSource(path).spec
        wrong = {i for i in visits(video.frames) if not np.array_equal(video.frame(i), expected[i])}
    assert not wrong


@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize("keyframe_every", [1, 12, 250])
def test_frame_i_is_the_one_that_reading_in_order_gives(tmp_path, keyframe_every, b_frames):
    options = x264(keyint=keyframe_every, bframes=b_frames)
    assert_equals_reading_in_order(encode(tmp_path / "v.mp4", options=options))


CASES = {
    "open groups of pictures": {"options": x264(keyint=15, bframes=6, open_gop=1, b_pyramid="normal")},
    "many references, interlaced": {"options": x264(keyint=250, bframes=3, ref=8, interlaced=1)},
    "pictures that build up without keyframes": {"options": x264(keyint=20, bframes=3, intra_refresh=1)},
    "no timestamps": {"name": "v.h264", "options": x264(keyint=12, bframes=3)},
    "made-up timestamps": {"name": "v.avi", "options": x264(keyint=12, bframes=3)},
    "inexact seeks": {"name": "v.ts", "options": x264(keyint=12, bframes=3, open_gop=1)},
    "rounded timestamps": {"name": "v.mkv", "options": x264(keyint=12, bframes=3)},
    "pictures not shown": {"name": "v.webm", "codec": "libvpx", "options": {"g": "20", "auto-alt-ref": "1"}},
    "odd size": {"size": (81, 47), "codec": "mpeg4", "options": {"g": "12", "bf": "2"}},
    "full colour": {"size": (81, 47), "pixels": "yuv444p", "options": x264(keyint=12)},
    "sound": {"sound": True, "options": x264(keyint=12, bframes=3)},
    "uneven times": {"times": [i * i for i in range(FRAMES)], "options": x264(keyint=12, bframes=3)},
    "an edit list": {
        "shift": 5, "container": {"avoid_negative_ts": "disabled"}, "options": x264(keyint=12, bframes=3),
    },
    "fragments": {
        "container": {"movflags": "frag_keyframe+empty_moov"}, "options": x264(keyint=12, bframes=3),
    },
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_frame_i_is_the_same_whatever_the_file_is_like(tmp_path, case):
    settings = dict(CASES[case])
    assert_equals_reading_in_order(encode(tmp_path / settings.pop("name", "v.mp4"), **settings))


def test_what_the_sink_writes_can_be_read_in_any_order_while_it_is_a_part(tmp_path, numbered):
    with H264Sink(tmp_path / "v.mp4", VideoSpec(80, 48, Fraction(30))) as sink:
        for i in range(80):
            sink.write(numbered(i))
        part = tmp_path / "copy.part.mp4"
        part.write_bytes((tmp_path / "v.part.mp4").read_bytes())
    assert_equals_reading_in_order(part)
    assert_equals_reading_in_order(tmp_path / "v.mp4")


def test_a_video_without_a_keyframe_at_its_start_begins_where_a_picture_comes_out(tmp_path):
    path = encode(tmp_path / "v.mkv", options=x264(keyint=12, bframes=3), drop=5)
    assert_equals_reading_in_order(path)
    with SeekableVideo(path) as video:
        assert video.problem == (
            f"{path} lacks its beginning: 7 frames have no keyframe before them; {FRAMES - 12} are used"
        )


@pytest.mark.parametrize("container", [{"movflags": "faststart"}, {"movflags": "frag_keyframe+empty_moov"}])
def test_of_a_cut_video_the_beginning_is_used_and_how_much_is_said(tmp_path, container):
    whole = encode(tmp_path / "v.mp4", options=x264(keyint=30, bframes=3), container=container)
    expected = in_order(whole)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    with SeekableVideo(cut) as video:
        assert 40 < video.frames < 80
        assert "frames can be decoded; these are used" in video.problem
        assert str(video.frames) in video.problem
        before = [i for i in visits(video.frames) if i < video.frames - 4]
        assert all(np.array_equal(video.frame(i), expected[i]) for i in before)
        assert video.frame(video.frames - 1).shape == video.spec.shape


def test_a_damaged_frame_is_named_and_the_others_are_given(tmp_path):
    path = encode(tmp_path / "v.mp4", options=x264(keyint=12, bframes=0))
    with av.open(str(path)) as container:
        packet = list(container.demux(video=0))[40]
        place, size = packet.pos or 0, packet.size
    expected = in_order(path)
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    with SeekableVideo(path) as video:
        with pytest.raises(
            ValueError, match=r"^frame 40 of .*v\.mp4 is damaged: [^\n]*; the others can be read$"
        ):
            video.frame(40)
        assert np.array_equal(video.frame(39), expected[39])
        assert np.array_equal(video.frame(48), expected[48])


def test_a_frame_is_new_each_time(tmp_path):
    with SeekableVideo(encode(tmp_path / "v.mp4", frames=4)) as video:
        first = video.frame(2)
        kept = first.copy()
        first[:] = 0
        assert np.array_equal(video.frame(2), kept)


@pytest.mark.parametrize("number", [-1, 4])
def test_a_frame_that_is_not_there_is_refused(tmp_path, number):
    said = rf"v\.mp4 has no frame {number}; give 0 to 3$"
    with SeekableVideo(encode(tmp_path / "v.mp4", frames=4)) as video, pytest.raises(IndexError, match=said):
        video.frame(number)


def test_a_closed_video_gives_no_frames(tmp_path):
    video = SeekableVideo(encode(tmp_path / "v.mp4", frames=4))
    video.close()
    video.close()
    with pytest.raises(ValueError, match=r"v\.mp4 is closed"):
        video.frame(0)


def test_a_file_that_is_no_video_or_not_there_is_one_line(tmp_path):
    (tmp_path / "x.mp4").write_bytes(b"no video at all" * 99)
    with pytest.raises(ValueError, match=r"x\.mp4 is not a video that can be read: [^\n]*$"):
        SeekableVideo(tmp_path / "x.mp4")
    with pytest.raises(FileNotFoundError, match=r"^cannot read .*none\.mp4: No such file or directory$"):
        SeekableVideo(tmp_path / "none.mp4")


def test_few_pictures_are_kept_however_long_the_video_is(tmp_path, monkeypatch):
    monkeypatch.setattr("rlviz_video.seekable._KEPT_BYTES", 0)
    path = encode(tmp_path / "v.mp4", options=x264(keyint=30, bframes=3))
    assert_equals_reading_in_order(path)
    with SeekableVideo(path) as video:
        for i in range(FRAMES):
            video.frame(i)
        assert len(video._kept) == 8


def test_stepping_decodes_one_picture_a_step_and_none_on_the_way_back(tmp_path, monkeypatch):
    with SeekableVideo(encode(tmp_path / "v.mp4", options=x264(keyint=250, bframes=0))) as video:
        video.frame(60)
        before = dict(video._kept)
        assert len(before) >= 25
        monkeypatch.setattr(video, "_decode", lambda number: pytest.fail(f"frame {number} was decoded again"))
        for i in range(60, 35, -1):
            video.frame(i)


def test_an_interrupt_between_pictures_does_not_spoil_the_next_frames(tmp_path, monkeypatch):
    path = encode(tmp_path / "v.mp4", options=x264(keyint=250, bframes=3))
    expected = in_order(path)
    with SeekableVideo(path) as video:
        keep = video._keep
        monkeypatch.setattr(video, "_keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            video.frame(30)
        monkeypatch.setattr(video, "_keep", keep)
        assert np.array_equal(video.frame(31), expected[31])
