"""Facts about the brightness of a video's pictures."""

from fractions import Fraction

import numpy as np
import pytest
from rlviz_video import H264Sink, LumaVideo, SeekableVideo, VideoSource, VideoSpec

FRAMES = 40
SPEC = VideoSpec(96, 64, Fraction(15))


@pytest.fixture
def video(tmp_path):
    """Grey levels that rise from frame to frame, with noise."""
    noise = np.random.default_rng(3).integers(0, 40, (64, 96, 1), np.uint8)
    path = tmp_path / "grey.mp4"
    with H264Sink(path, SPEC, crf=1) as sink:
        for number in range(FRAMES):
            sink.write(np.broadcast_to(noise + np.uint8(4 * number), SPEC.shape).copy())
    return path


def test_every_frame_comes_once_and_in_order(video):
    with LumaVideo(video) as source:
        assert [number for number, _ in source.lumas()] == list(range(FRAMES))


def test_brightness_of_grey_is_its_level_in_limited_range(video):
    with LumaVideo(video) as source:
        lumas = [luma.astype(float) for _, luma in source.lumas()]
    for luma, frame in zip(lumas, VideoSource(video), strict=True):
        np.testing.assert_allclose(luma, 16 + frame[..., 1].astype(float) * 219 / 255, atol=1.5)


def test_it_can_be_looked_through_again_and_after_a_jump(video):
    with LumaVideo(video) as source:
        first = [luma.copy() for _, luma in source.lumas()]
        source.frame(20)
        second = [luma.copy() for _, luma in source.lumas()]
        np.testing.assert_array_equal(first, second)
        assert source.frame(3).shape == SPEC.shape


def test_frames_keep_their_numbers_behind_damage(video):
    data = bytearray(video.read_bytes())
    middle = data.index(b"mdat") + 4 + 2 * len(data) // 5
    data[middle : middle + len(data) // 20] = bytes(len(data) // 20)
    damaged = video.with_name("damaged.mp4")
    damaged.write_bytes(data)
    whole = dict(_copies(video))
    seen = dict(_copies(damaged))
    assert SeekableVideo(damaged).frames == FRAMES
    assert list(seen) == sorted(seen)
    assert all(0 <= number < FRAMES for number in seen)
    equal = [number for number, luma in seen.items() if np.array_equal(luma, whole[number])]
    assert len(equal) >= 10


def _copies(path):
    with LumaVideo(path) as source:
        return [(number, luma.copy()) for number, luma in source.lumas()]
