from fractions import Fraction

import cv2
import numpy as np
import pytest
from rlviz_video import H264Sink, ImageFolderSource, VideoSource, VideoSpec, open_source, read_picture


def save(path, frame) -> None:
    path.write_bytes(cv2.imencode(path.suffix, np.ascontiguousarray(frame[:, :, ::-1]))[1].tobytes())


@pytest.fixture
def video(tmp_path, numbered):
    spec = VideoSpec(80, 48, Fraction(30000, 1001))
    with H264Sink(tmp_path / "v.mp4", spec) as sink:
        for i in range(25):
            sink.write(numbered(i))
    return tmp_path / "v.mp4"


def test_a_video_states_its_size_rate_and_frames(video):
    source = VideoSource(video)
    assert source.spec == VideoSpec(80, 48, Fraction(30000, 1001))
    assert source.frames == 25


def test_a_video_gives_rgb_frames_that_fit_its_spec_each_time_it_is_read(video, numbered):
    source = VideoSource(video)
    for _ in range(2):
        frames = list(source)
        assert len(frames) == 25
        for i, frame in enumerate(frames):
            assert frame.shape == source.spec.shape
            assert frame.dtype == np.uint8
            assert (abs(frame[:, 2::8].astype(int) - numbered(i)[:, 2::8]) <= 8).all()


def test_a_missing_video_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^cannot read .*none\.mp4: No such file or directory$"):
        VideoSource(tmp_path / "none.mp4")


@pytest.mark.parametrize("content", [b"", b"no video at all" * 99])
def test_a_file_that_is_no_video_is_one_line_naming_it(tmp_path, content):
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(ValueError, match=r"^.*x\.mp4 is not a video that can be read: [^\n]*$"):
        VideoSource(tmp_path / "x.mp4")


def test_a_damaged_video_gives_its_good_frames_and_then_an_error(tmp_path, video):
    data = bytearray(video.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    frames = iter(VideoSource(broken))
    next(frames)
    with pytest.raises(ValueError, match=r"broken\.mp4 is damaged after \d+ frames"):
        list(frames)


def test_pictures_come_in_natural_order_and_other_files_are_passed_over(tmp_path):
    for number in (10, 9, 1, 100):
        save(tmp_path / f"frame{number}.png", np.full((4, 6, 3), number, np.uint8))
    (tmp_path / "notes.txt").write_text("mine")
    source = ImageFolderSource(tmp_path, 15)
    assert [int(frame[0, 0, 0]) for frame in source] == [1, 9, 10, 100]
    assert source.spec == VideoSpec(6, 4, Fraction(15))
    assert source.frames == 4


def test_pictures_are_read_as_rgb(tmp_path):
    frame = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    save(tmp_path / "späße.png", frame)
    (back,) = ImageFolderSource(tmp_path, 15)
    assert np.array_equal(back, frame)


def test_pictures_of_two_sizes_are_refused_at_the_odd_one(tmp_path):
    save(tmp_path / "a1.png", np.zeros((4, 6, 3), np.uint8))
    save(tmp_path / "a2.png", np.zeros((6, 4, 3), np.uint8))
    frames = iter(ImageFolderSource(tmp_path, 15))
    next(frames)
    with pytest.raises(
        ValueError, match=r"a2\.png is 4x6; expected 6x4 like a1\.png, give pictures of one size"
    ):
        next(frames)


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_a_picture_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.png is not a picture that can be read"):
        ImageFolderSource(tmp_path, 15)


def test_a_folder_without_pictures_says_what_was_looked_for(tmp_path):
    with pytest.raises(ValueError, match=r"has no pictures; expected files ending in \.png"):
        ImageFolderSource(tmp_path, 15)


def test_open_source_takes_a_file_or_a_folder(tmp_path, video):
    assert isinstance(open_source(video), VideoSource)
    (tmp_path / "pictures").mkdir()
    save(tmp_path / "pictures" / "a.jpg", np.zeros((4, 6, 3), np.uint8))
    assert open_source(tmp_path / "pictures", fps="30000/1001").spec.fps == Fraction(30000, 1001)


def test_a_folder_needs_a_frame_rate(tmp_path):
    with pytest.raises(ValueError, match="state no frame rate; give one, for example 30"):
        open_source(tmp_path)


@pytest.mark.parametrize("channels", [(), (1,), (4,)])
def test_grey_is_repeated_and_transparency_left_out(tmp_path, channels):
    levels = np.random.default_rng(0).integers(0, 256, (6, 8, *channels), np.uint8)
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", levels)[1].tobytes())
    rgb = levels[:, :, 2::-1] if channels == (4,) else np.broadcast_to(levels.reshape(6, 8, 1), (6, 8, 3))
    assert (read_picture(tmp_path / "a.png") == rgb).all()


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_that_was_cut_off_is_refused(tmp_path, suffix):
    save(tmp_path / f"a{suffix}", np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8))
    data = (tmp_path / f"a{suffix}").read_bytes()
    (tmp_path / f"a{suffix}").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=rf"a\{suffix} is not a picture that can be read"):
        read_picture(tmp_path / f"a{suffix}")
