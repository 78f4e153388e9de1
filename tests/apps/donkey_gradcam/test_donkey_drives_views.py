from itertools import islice

import numpy as np
import pytest
from donkey_gradcam.drives.drive import open_drive, views
from donkey_gradcam.drives.pictures import read_picture
from donkey_gradcam.drives.problems import KINDS, Problems
from donkey_gradcam.drives.sight import Sight
from donkey_gradcam.settings import DriveSettings
from PIL import Image


def look(path, report=None, **settings):
    """Views of a drive of 32x24 pictures for a network that takes just those."""
    report = Problems() if report is None else report
    return list(views(open_drive(path), Sight(None, (24, 32, 3)), DriveSettings(path, **settings), report))


def picture(tub, number):
    return tub / "images" / f"{number}_cam_image_array_.jpg"


def cut(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def test_every_record_is_one_view_of_its_own_picture(tub_v2):
    tub = tub_v2(6)
    report = Problems()
    seen = look(tub, report)
    assert [view.record.index for view in seen] == list(range(6))
    for number, view in enumerate(seen):
        assert view.held == ""
        assert np.array_equal(view.frame, read_picture(picture(tub, number)))
        assert np.array_equal(view.seen, view.frame)
    assert not report
    assert report.lines() == ()


def test_start_and_end_are_applied_stride_and_max_frames_are_left_to_the_caller(tub_v2):
    tub = tub_v2(10, deleted=[4])
    seen = look(tub, start=2, end=7, stride=3, max_frames=1)
    assert [view.record.index for view in seen] == [2, 3, 5, 6]


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda file: file.unlink(), "missing"),
        (cut, "truncated"),
        (lambda file: file.write_bytes(b"no picture"), "unreadable"),
    ],
)
def test_a_picture_that_cannot_be_used_is_held_from_the_record_before_and_counted(tub_v2, spoil, kind):
    tub = tub_v2(6)
    spoil(picture(tub, 3))
    report = Problems()
    seen = look(tub, report)
    assert [view.held for view in seen] == ["", "", "", kind, "", ""]
    assert [view.record.index for view in seen] == list(range(6))
    assert np.array_equal(seen[3].frame, read_picture(picture(tub, 2)))
    assert np.array_equal(seen[3].seen, seen[2].seen)
    assert report.count(kind) == 1
    (line,) = report.lines()
    assert line.startswith(f"1 x {KINDS[kind]}: record 3: {picture(tub, 3)}")


def test_pictures_before_the_first_good_one_are_skipped_and_counted(tub_v2):
    tub = tub_v2(6)
    picture(tub, 0).unlink()
    cut(picture(tub, 1))
    report = Problems()
    seen = look(tub, report)
    assert [view.record.index for view in seen] == [2, 3, 4, 5]
    assert report.count("skipped") == 2
    assert report.count("missing") == 0


def test_a_picture_of_another_size_is_resized_as_donkeycar_does_and_counted(tub_v2):
    tub = tub_v2(4)
    odd = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8))
    odd.save(picture(tub, 2), format="PNG")
    report = Problems()
    seen = look(tub, report)
    assert {view.frame.shape for view in seen} == {(24, 32, 3)}
    assert np.array_equal(seen[2].frame, np.asarray(odd.resize((32, 24), Image.Resampling.BICUBIC)))
    assert report.summary() == {"odd-sized": {"count": 1, "examples": ["record 2 is 30x20, not 32x24"]}}


def test_the_network_sees_an_odd_sized_picture_resized_once_not_twice(tub_v2):
    tub = tub_v2(4, size=(40, 30))
    odd = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8))
    odd.save(picture(tub, 2), format="PNG")
    seen = look(tub)
    assert seen[2].frame.shape == (30, 40, 3)
    assert np.array_equal(seen[2].seen, np.asarray(odd.resize((32, 24))))


def test_the_same_picture_twice_is_counted_and_not_held(tub_v2):
    tub = tub_v2(6)
    for number in (3, 4):
        picture(tub, number).write_bytes(picture(tub, 2).read_bytes())
    report = Problems()
    seen = look(tub, report)
    assert [view.held for view in seen] == [""] * 6
    assert report.summary() == {"duplicate": {"count": 2, "examples": ["record 3", "record 4"]}}


def test_the_same_picture_again_later_is_no_duplicate(tub_v2):
    tub = tub_v2(6)
    picture(tub, 4).write_bytes(picture(tub, 2).read_bytes())
    report = Problems()
    look(tub, report)
    assert not report


def test_a_few_examples_are_kept_of_many_problems(tub_v2):
    tub = tub_v2(20)
    for number in range(5, 15):
        picture(tub, number).unlink()
    report = Problems()
    look(tub, report)
    assert report.count("missing") == 10
    assert len(report.summary()["missing"]["examples"]) == 3
    assert report.lines()[0].endswith("; ...")


def test_a_drive_with_no_picture_that_can_be_used_is_one_line_with_the_first_reason(tub_v2):
    tub = tub_v2(3)
    for number in range(3):
        picture(tub, number).unlink()
    with pytest.raises(
        ValueError, match=r"^no picture of .*tub can be used; the first: .*0_cam_image_array_\.jpg"
    ):
        look(tub)


def test_a_range_without_records_is_one_line(tub_v2):
    with pytest.raises(ValueError, match=r"tub has no record from 50 to 60; give other --start and --end$"):
        look(tub_v2(3), start=50, end=60)
    with pytest.raises(ValueError, match=r"has no record from 50 to the end"):
        look(tub_v2(3, name="other"), start=50)


def test_views_are_made_one_by_one_as_they_are_asked_for(tub_v2):
    tub = tub_v2(8, max_len=4)
    catalog = tub / "catalog_1.catalog"
    catalog.write_text("broken\nbroken\n")
    stream = views(open_drive(tub), Sight(None, (24, 32, 3)), DriveSettings(tub), Problems())
    assert [view.record.index for view in islice(stream, 4)] == [0, 1, 2, 3]
    with pytest.raises(ValueError, match=r"catalog_1\.catalog line 1 is not a record"):
        next(stream)


def test_a_cut_record_at_the_end_is_in_the_report(tub_v2):
    tub = tub_v2(3)
    with (tub / "catalog_0.catalog").open("a") as file:
        file.write('{"_index": 3, "cam')
    report = Problems()
    assert len(look(tub, report)) == 3
    assert report.count("cut") == 1


def test_a_problem_of_no_kind_is_refused():
    with pytest.raises(ValueError, match="no kind of problem 'lost'; choose one of: missing, truncated"):
        Problems().add("lost", "record 1")
