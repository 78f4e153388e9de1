import struct
import zlib
from fractions import Fraction

import numpy as np
import pytest
from donkey_gradcam.drives.drive import open_drive
from donkey_gradcam.drives.pictures import PictureError, read_picture
from donkey_gradcam.views import Command
from PIL import Image
from rlviz_video import H264Sink, VideoSpec


@pytest.fixture
def video(tmp_path):
    with H264Sink(tmp_path / "drive.mp4", VideoSpec(64, 48, Fraction(20))) as sink:
        for number in range(12):
            sink.write(np.full((48, 64, 3), number * 20, np.uint8))
    return tmp_path / "drive.mp4"


def test_pictures_come_in_natural_order_and_are_numbered_from_0(picture_folder):
    drive = open_drive(picture_folder([1, 2, 9, 10, 100]))
    assert drive.kind == "pictures"
    records = list(drive.records())
    assert [record.index for record in records] == [0, 1, 2, 3, 4]
    assert [record.path.name for record in records if record.path] == [
        f"frame{number}.png" for number in (1, 2, 9, 10, 100)
    ]
    assert drive.count == 5


def test_nothing_is_known_of_who_drove_through_a_picture_folder(picture_folder):
    record = next(open_drive(picture_folder()).records())
    assert record.user == Command(None, None)
    assert record.session is None
    assert record.values == {}


def test_start_and_end_number_the_pictures_of_a_folder(picture_folder):
    drive = open_drive(picture_folder([1, 2, 9, 10, 100]))
    assert [record.index for record in drive.records(1, 3)] == [1, 2]
    assert drive.count_between(1, 3) == 2
    assert drive.count_between(4, 30) == 1


def test_hidden_and_other_files_of_a_picture_folder_are_passed_over(picture_folder):
    folder = picture_folder([1, 2])
    (folder / "._frame1.png").write_bytes(b"left by macOS")
    (folder / "notes.txt").write_text("mine")
    assert open_drive(folder).count == 2


def test_the_images_folder_of_a_tub_is_pictures_only_and_says_so(tub_v2):
    tub = tub_v2(3, deleted=[1])
    drive = open_drive(tub / "images")
    assert drive.kind == "pictures"
    assert drive.count == 3
    assert drive.note.startswith("pictures only")
    assert str(tub) in drive.note


def test_a_folder_without_pictures_or_records_is_one_line(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"is no tub and has no pictures; expected manifest\.json, record_"):
        open_drive(tmp_path)


def test_a_tub_without_its_manifest_names_its_images(tub_v2):
    tub = tub_v2(3)
    (tub / "manifest.json").unlink()
    with pytest.raises(ValueError, match=r"is no tub .*; give .*images"):
        open_drive(tub)


def test_a_path_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"none is not there; give a tub, a folder of pictures or a video"
    ):
        open_drive(tmp_path / "none")


def test_a_single_picture_is_answered_with_its_folder(picture_folder):
    folder = picture_folder([1])
    with pytest.raises(ValueError, match=r"frame1\.png is one picture; give its folder: .*pictures$"):
        open_drive(folder / "frame1.png")


def test_a_packed_tub_is_to_be_unpacked(tmp_path):
    (tmp_path / "tub.tar.gz").write_bytes(b"\x1f\x8b")
    with pytest.raises(ValueError, match=r"tub\.tar\.gz is packed; unpack it and give the folder"):
        open_drive(tmp_path / "tub.tar.gz")


def test_a_file_that_is_no_video_is_one_line(tmp_path):
    (tmp_path / "drive.mp4").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"^.*drive\.mp4 is not a video that can be read: [^\n]*$"):
        open_drive(tmp_path / "drive.mp4")


def test_a_videos_frames_are_read_in_order_each_while_it_is_the_newest(video):
    drive = open_drive(video)
    assert drive.kind == "video"
    assert drive.count == 12
    seen = [(record.index, drive.read(record).mean()) for record in drive.records()]
    assert [index for index, _ in seen] == list(range(12))
    assert all(abs(mean - number * 20) < 6 for number, mean in seen)


def test_start_and_end_number_the_frames_of_a_video(video):
    drive = open_drive(video)
    (first, second) = drive.records(3, 5)
    assert (first.index, second.index) == (3, 4)
    assert drive.count_between(3, 5) == 2


def test_a_videos_frame_that_has_been_passed_is_not_given_as_another(video):
    drive = open_drive(video)
    records = drive.records()
    first = next(records)
    next(records)
    with pytest.raises(ValueError, match=r"frame 0 was passed; a video is read once, in order"):
        drive.read(first)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
def test_grey_pictures_are_repeated_to_three_channels(tmp_path, suffix):
    grey = np.arange(24 * 32, dtype=np.uint8).reshape(24, 32)
    Image.fromarray(grey).save(tmp_path / f"grey{suffix}")
    assert np.array_equal(read_picture(tmp_path / f"grey{suffix}"), np.repeat(grey[:, :, None], 3, axis=2))


def test_transparency_and_colour_tables_are_resolved_to_rgb(tmp_path):
    rgb = np.zeros((4, 6, 3), np.uint8)
    rgb[:, :3] = (200, 10, 30)
    Image.fromarray(np.dstack([rgb, np.full((4, 6), 9, np.uint8)])).save(tmp_path / "alpha.png")
    Image.fromarray(rgb).quantize(2).save(tmp_path / "table.png")
    assert np.array_equal(read_picture(tmp_path / "alpha.png"), rgb)
    assert np.array_equal(read_picture(tmp_path / "table.png"), rgb)


def damage(kind: str, good: bytes) -> bytes:
    return {
        "empty": b"",
        "half": good[: len(good) // 2],
        "no picture": b"not a picture at all",
        "zeros": bytes(len(good)),
    }[kind]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp"])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [("empty", "truncated"), ("half", "truncated"), ("no picture", "unreadable"), ("zeros", "unreadable")],
)
def test_a_damaged_picture_is_an_error_that_names_it_in_one_line(tmp_path, suffix, kind, expected):
    file = tmp_path / f"a{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file)
    file.write_bytes(damage(kind, file.read_bytes()))
    with pytest.raises(PictureError, match=rf"^.*a\{suffix} [^\n]*$") as caught:
        read_picture(file)
    if suffix != ".webp":  # whose decoder does not say why
        assert caught.value.kind == expected


def test_a_picture_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(PictureError, match=r"a\.jpg is not there") as caught:
        read_picture(tmp_path / "a.jpg")
    assert caught.value.kind == "missing"


def test_a_picture_of_16_bits_is_not_cut_down_to_8_in_silence(tmp_path):
    Image.fromarray(np.full((4, 6), 1000, np.uint16)).save(tmp_path / "depth.png")
    with pytest.raises(PictureError, match=r"depth\.png .* not 8-bit grey or colours"):
        read_picture(tmp_path / "depth.png")


def test_a_picture_that_claims_to_be_enormous_is_not_decoded(tmp_path):
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(bomb)
    with pytest.raises(PictureError, match=r"bomb\.png cannot be used"):
        read_picture(tmp_path / "bomb.png")
