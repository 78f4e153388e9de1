"""The moments at which a training is watched, and the files its strips go to; no Keras is needed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from donkey_gradcam import GradCamCallback
from donkey_gradcam.drives.drive import open_drive
from donkey_gradcam.drives.sight import Sight
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.training.strip_files import Pictures, Video, new_folder
from donkey_gradcam.training.training_strip import StripPainter
from donkey_gradcam.training.watching import read_glimpses
from donkey_gradcam.views import Command, Explained, Record, View
from PIL import Image
from rlviz_overlay import Size
from rlviz_video import VideoSource

MakeTub = Callable[..., Path]

CAPTION = 90
"""Rows of a strip above its pictures."""

SIGHT = Sight(None, (24, 32, 3))


def places(tub: Path, frames: int, run_up: int = 0) -> list[list[int]]:
    glimpses = read_glimpses(open_drive(tub), SIGHT, run_up, frames)
    return [[view.record.index for view in glimpse] for glimpse in glimpses]


def explained(peak: float) -> Explained:
    """A moment whose map has one peak."""
    heat = np.zeros((24, 32), np.float32)
    heat[3, 4] = peak
    frame = np.full((24, 32, 3), 90, np.uint8)
    return Explained(View(Record(0), frame, frame), Command(0.1, 0.2), heat, heat, 0.1)


def drawn(*peaks: float, evidence: str = "positive") -> np.ndarray:
    painter = StripPainter(Size(32, 24), MapSettings(evidence=evidence), "gradcam of steering")
    return painter.draw([explained(peak) for peak in peaks], "Epoch 1")


@pytest.mark.parametrize(("frames", "expected"), [(1, [6]), (2, [3, 9]), (4, [1, 4, 7, 10])])
def test_the_moments_are_the_middles_of_equal_parts_of_the_drive(
    tub_v2: MakeTub, frames: int, expected: list[int]
):
    assert places(tub_v2(12), frames) == [[place] for place in expected]


def test_a_drive_of_fewer_records_gives_each_of_them(tub_v2: MakeTub):
    assert places(tub_v2(3), 8) == [[0], [1], [2]]


def test_deleted_records_are_not_watched(tub_v2: MakeTub):
    assert places(tub_v2(6, deleted={0, 1, 2}), 8) == [[3], [4], [5]]


def test_what_a_pilot_with_memory_needs_to_arrive_at_a_moment_is_read_too(tub_v2: MakeTub):
    assert places(tub_v2(12), 2, run_up=2) == [[1, 2, 3], [7, 8, 9]]


def test_the_drive_begins_where_there_is_no_run_up(tub_v2: MakeTub):
    assert places(tub_v2(2), 2, run_up=3) == [[0], [0, 1]]


def test_a_damaged_picture_is_not_watched(tub_v2: MakeTub):
    tub = tub_v2(4)
    (tub / "images" / "1_cam_image_array_.jpg").write_bytes(b"")
    assert places(tub, 4) == [[0], [2], [3]]


def test_a_drive_of_damaged_pictures_alone_is_refused(tub_v2: MakeTub):
    tub = tub_v2(2)
    for picture in (tub / "images").iterdir():
        picture.write_bytes(b"")
    with pytest.raises(ValueError, match=r"none of the 2 pictures .* can be used: .*0_cam_image.* is empty"):
        places(tub, 2)


def test_all_strips_of_a_training_have_one_size_whether_or_not_there_is_heat():
    assert drawn(2.0, 1.0).shape == drawn(0.0, 1.0).shape == drawn(0.0, 0.0).shape


def test_the_heat_of_a_strip_has_the_scale_of_its_own_maps():
    assert np.array_equal(drawn(1.0, 3.0)[CAPTION:], drawn(100.0, 300.0)[CAPTION:])


def test_the_pictures_of_a_strip_have_one_scale():
    pictures = drawn(1.0, 0.1)[CAPTION : CAPTION + 100]
    assert pictures[:, 12:212].max() > pictures[:, 224:424].max()


def test_strips_of_another_training_are_kept(tmp_path: Path):
    first = new_folder(tmp_path)
    Pictures(first).write(0, drawn(1.0))
    assert [first.name, new_folder(tmp_path).name] == ["gradcam", "gradcam_2"]


def test_an_empty_folder_is_used(tmp_path: Path):
    assert new_folder(tmp_path) == new_folder(tmp_path) == tmp_path / "gradcam"


def test_a_picture_is_saved_as_it_was_drawn(tmp_path: Path):
    strip = drawn(1.0)
    Pictures(tmp_path).write(12, strip)
    with Image.open(tmp_path / "epoch_0012.png") as saved:
        assert np.array_equal(np.asarray(saved), strip)


def test_a_picture_that_cannot_be_written_leaves_no_part(tmp_path: Path):
    (tmp_path / "epoch_0001.png").mkdir()
    with pytest.raises(OSError, match=r"cannot write .*epoch_0001.png"):
        Pictures(tmp_path).write(1, drawn(1.0))
    assert [path.name for path in tmp_path.iterdir()] == ["epoch_0001.png"]


def test_the_video_has_one_strip_a_second(tmp_path: Path):
    video = Video(tmp_path)
    for epoch in range(3):
        video.write(epoch, drawn(1.0))
    video.close()
    source = VideoSource(tmp_path / "training.mp4")
    assert (source.spec.fps, sum(1 for _ in source)) == (1, 3)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"every": 0}, "every=0: .* give 1 or more"),
        ({"frames": 0}, "frames=0: .* give 1 to 60"),
        ({"frames": 61}, "frames=61: .* give 1 to 60"),
        ({"type": "lineal"}, "type='lineal': .* choose auto or one of linear, "),
        ({"placement": "auto"}, "placement='auto': choose one of stretch, center, field"),
    ],
)
def test_what_leaves_nothing_to_show_is_refused(wrong: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        GradCamCallback("tub", "logs", **wrong)  # pyright: ignore[reportArgumentType]


def test_the_callback_is_made_without_loading_a_framework():
    code = (
        "import sys; from donkey_gradcam import GradCamCallback; GradCamCallback('tub', 'logs')\n"
        "print(*{'tensorflow', 'keras', 'tf_keras', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_public_name_is_there():
    import donkey_gradcam

    assert sorted(donkey_gradcam.__all__) == list(donkey_gradcam.__all__)
    assert all(getattr(donkey_gradcam, name).__doc__ for name in donkey_gradcam.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    import donkey_gradcam

    with pytest.raises(AttributeError, match="no attribute 'GradCam'"):
        _ = donkey_gradcam.GradCam
