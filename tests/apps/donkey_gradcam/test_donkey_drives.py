import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from donkey_gradcam.drives.drive import open_drive
from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.views import Command
from PIL import Image


def indexes(drive, *arguments):
    return [record.index for record in drive.records(*arguments)]


def change_manifest(tub: Path, **values) -> None:
    lines = (tub / "manifest.json").read_text().splitlines()
    lines[-1] = json.dumps({**json.loads(lines[-1]), **values})
    (tub / "manifest.json").write_text("\n".join(lines) + "\n")


def change_line(catalog: Path, number: int, text: str) -> None:
    lines = catalog.read_text().splitlines()
    lines[number - 1] = text
    catalog.write_text("\n".join(lines) + "\n")


def content(folder: Path):
    return {p: (p.stat().st_mtime_ns, p.is_dir() or p.read_bytes()) for p in sorted(folder.rglob("*"))}


def test_a_tub_gives_its_records_in_the_order_of_its_catalogs(tub_v2):
    drive = open_drive(tub_v2(10, max_len=4))
    assert drive.kind == "tub v2"
    assert indexes(drive) == list(range(10))
    assert drive.count == 10


def test_more_than_ten_catalogs_come_in_the_manifests_order_not_by_name(tub_v2):
    assert indexes(open_drive(tub_v2(24, max_len=2))) == list(range(24))


def test_a_record_has_what_the_driver_asked_and_everything_else_that_was_recorded(tub_v2):
    tub = tub_v2(3, sessions=2, values=lambda i: {"imu/acl_x": i / 4, "behavior/one_hot_state_array": [0, 1]})
    record = list(open_drive(tub).records())[2]
    assert record.index == 2
    assert record.user == Command(angle=0.4, throttle=0.2)
    assert record.session == "24-01-01_1"
    assert record.path == tub / "images" / "2_cam_image_array_.jpg"
    assert record.values == {
        "_timestamp_ms": 1_600_000_000_100,
        "user/mode": "user",
        "imu/acl_x": 0.5,
        "behavior/one_hot_state_array": [0, 1],
    }


def test_a_record_without_commands_or_session_says_so(tub_v2):
    tub = tub_v2(2)
    change_line(
        tub / "catalog_0.catalog", 1, '{"cam/image_array": "0_cam_image_array_.jpg", "user/angle": null}'
    )
    record = next(open_drive(tub).records())
    assert record.index == 0
    assert record.user == Command(None, None)
    assert record.session is None


def test_records_that_the_manifest_marks_as_deleted_are_left_out(tub_v2):
    drive = open_drive(tub_v2(10, deleted=[0, 3, 4, 9]))
    assert indexes(drive) == [1, 2, 5, 6, 7, 8]
    assert drive.count == 6


def test_start_and_end_are_record_numbers_not_positions_among_those_left(tub_v2):
    drive = open_drive(tub_v2(10, deleted=[0, 3, 4, 9]))
    assert indexes(drive, 3, 8) == [5, 6, 7]
    assert drive.count_between(3, 8) == 3
    assert indexes(drive, 6) == [6, 7, 8]


def test_a_records_picture_is_read_as_pillow_reads_it(tub_v2):
    drive = open_drive(tub_v2(3))
    for record in drive.records():
        assert record.path is not None
        frame = drive.read(record)
        assert frame.shape == (24, 32, 3)
        assert frame.dtype == np.uint8
        assert np.array_equal(frame, np.asarray(Image.open(record.path)))


def test_reading_a_tub_changes_nothing_in_it(tub_v2):
    tub = tub_v2(10, deleted=[3])
    before = content(tub)
    drive = open_drive(tub)
    for record in drive.records():
        drive.read(record)
    assert drive.count == 9
    assert content(tub) == before


def test_a_manifest_of_other_metadata_lines_is_read_by_its_last_line(tub_v2):
    tub = tub_v2(3)
    lines = (tub / "manifest.json").read_text().splitlines()
    (tub / "manifest.json").write_text("\n".join([*lines[:3], lines[-1]]))
    assert indexes(open_drive(tub)) == [0, 1, 2]


def test_a_folder_with_a_tub_inside_is_that_tub_and_says_so(tub_v2, tmp_path):
    tub_v2(3, name="mycar/data")
    drive = open_drive(tmp_path / "mycar")
    assert drive.path == tmp_path / "mycar" / "data"
    assert drive.note == f"the tub is {drive.path}"
    assert drive.count == 3


def test_the_one_tub_in_a_cars_data_folder_is_found(tub_v2, tmp_path):
    tub_v2(3, name="mycar/data/tub_1")
    assert open_drive(tmp_path / "mycar").path == tmp_path / "mycar" / "data" / "tub_1"
    assert open_drive(tmp_path / "mycar" / "data").path == tmp_path / "mycar" / "data" / "tub_1"


def test_a_tubs_manifest_or_catalog_stands_for_the_tub(tub_v2):
    tub = tub_v2(3)
    assert open_drive(tub / "manifest.json").path == tub
    assert open_drive(tub / "catalog_0.catalog").path == tub


def test_several_tubs_in_a_folder_are_listed(tub_v2, tub_v1, tmp_path):
    tub_v2(3, name="mycar/data/tub_1")
    tub_v1(range(3), name="mycar/data/tub_2")
    with pytest.raises(ValueError, match=r"several tubs in it: data/tub_1, data/tub_2; give one of them$"):
        open_drive(tmp_path / "mycar")


def test_a_record_that_a_crash_has_cut_off_at_the_very_end_is_counted_and_left_out(tub_v2):
    tub = tub_v2(6, max_len=4)
    catalog = tub / "catalog_1.catalog"
    catalog.write_bytes(catalog.read_bytes()[:-20])
    problems = Problems()
    drive = open_drive(tub)
    assert [record.index for record in drive.records(problems=problems)] == [0, 1, 2, 3, 4]
    assert problems.summary() == {"cut": {"count": 1, "examples": [f"{catalog} line 2"]}}
    assert drive.count == 5


def test_zeros_that_a_power_cut_has_left_at_the_very_end_are_a_cut_record(tub_v2):
    tub = tub_v2(3)
    with (tub / "catalog_0.catalog").open("ab") as file:
        file.write(bytes(300))
    assert indexes(open_drive(tub)) == [0, 1, 2]


def test_a_last_record_without_its_line_end_is_whole(tub_v2):
    tub = tub_v2(3)
    catalog = tub / "catalog_0.catalog"
    catalog.write_bytes(catalog.read_bytes().rstrip())
    assert indexes(open_drive(tub)) == [0, 1, 2]


@pytest.mark.parametrize("text", ['{"_index": 1, "cam', "[1, 2]", "nonsense \x00", '{"a": "\udcff"}'])
def test_a_broken_line_inside_a_tub_is_one_line_with_file_line_and_cure(tub_v2, text):
    tub = tub_v2(8, max_len=4)
    catalog = tub / "catalog_1.catalog"
    lines = catalog.read_bytes().splitlines(keepends=True)
    lines[1] = text.encode("utf-8", "surrogateescape") + b"\n"
    catalog.write_bytes(b"".join(lines))
    records = open_drive(tub).records()
    assert [record.index for record in islice(records, 5)] == [0, 1, 2, 3, 4]
    with pytest.raises(
        ValueError, match=r"catalog_1\.catalog line 2 is not a record but [^\n]*: write 5 into"
    ):
        next(records)


def test_a_broken_line_is_left_out_once_its_position_is_marked_as_deleted(tub_v2):
    tub = tub_v2(8, max_len=4)
    change_line(tub / "catalog_1.catalog", 2, "nonsense")
    change_manifest(tub, deleted_indexes=[5])
    assert indexes(open_drive(tub)) == [0, 1, 2, 3, 4, 6, 7]


def test_a_broken_end_of_a_catalog_that_is_not_the_last_is_an_error(tub_v2):
    tub = tub_v2(8, max_len=4)
    catalog = tub / "catalog_0.catalog"
    catalog.write_bytes(catalog.read_bytes()[:-20])
    with pytest.raises(ValueError, match=r"catalog_0\.catalog line 4 is not a record"):
        indexes(open_drive(tub))


def test_an_empty_line_inside_a_catalog_is_an_error_since_donkeycar_stops_there(tub_v2):
    tub = tub_v2(4)
    change_line(tub / "catalog_0.catalog", 2, "")
    with pytest.raises(
        ValueError, match=r"catalog_0\.catalog line 2 is empty, and donkeycar reads no further"
    ):
        indexes(open_drive(tub))


def test_empty_lines_at_the_end_of_a_catalog_mean_nothing(tub_v2):
    tub = tub_v2(8, max_len=4)
    with (tub / "catalog_0.catalog").open("a") as file:
        file.write("\n\n")
    assert indexes(open_drive(tub)) == list(range(8))


def test_a_record_without_a_picture_is_named_with_what_it_has(tub_v2):
    tub = tub_v2(4)
    change_line(tub / "catalog_0.catalog", 3, '{"_index": 2, "user/angle": 0.5}')
    expected = r"catalog_0\.catalog line 3 has no cam/image_array, only _index, user/angle; give a tub"
    with pytest.raises(ValueError, match=expected):
        indexes(open_drive(tub))


@pytest.mark.parametrize("index", ['"2"', "-1", "true", "2.5"])
def test_a_record_whose_number_is_none_is_named(tub_v2, index):
    tub = tub_v2(4)
    change_line(tub / "catalog_0.catalog", 3, f'{{"_index": {index}, "cam/image_array": "2.jpg"}}')
    with pytest.raises(
        ValueError, match=r"catalog_0\.catalog line 3 has the _index .*; expected a whole number"
    ):
        indexes(open_drive(tub))


def test_a_catalog_that_is_not_there_is_named(tub_v2):
    tub = tub_v2(8, max_len=4)
    (tub / "catalog_1.catalog").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"manifest\.json lists catalog_1\.catalog, which is not there"
    ):
        open_drive(tub)


@pytest.mark.parametrize("text", ["", "{}", '["a"]\n["b"]\n{}\n{"created_at": 1}\n', "no json", "\x00" * 80])
def test_a_manifest_that_is_cut_off_or_no_tubs_is_one_line(tub_v2, text):
    tub = tub_v2(3)
    (tub / "manifest.json").write_text(text)
    with pytest.raises(
        ValueError, match=r"manifest\.json is not a tub's manifest, or cut off: .*; give .*images"
    ):
        open_drive(tub)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"paths": "catalog_0.catalog"}, r"'paths' is \"catalog_0.catalog\"; expected a list of file names"),
        ({"deleted_indexes": ["1"]}, r"'deleted_indexes' is \[\"1\"\]; expected a list of whole numbers"),
        ({"deleted_indexes": 3}, r"'deleted_indexes' is 3; expected a list of whole numbers"),
    ],
)
def test_a_manifest_with_other_values_is_one_line(tub_v2, values, message):
    tub = tub_v2(3)
    change_manifest(tub, **values)
    with pytest.raises(ValueError, match=message):
        open_drive(tub)


def test_an_empty_tub_is_one_line(tub_v2):
    with pytest.raises(ValueError, match=r"tub is a tub v2 without records; give one with a recorded drive$"):
        open_drive(tub_v2(0))


def test_a_tub_with_every_record_deleted_says_so(tub_v2):
    with pytest.raises(ValueError, match=r"without records \(3 are marked as deleted\)"):
        open_drive(tub_v2(3, deleted=[0, 1, 2]))


@pytest.mark.shared
def test_the_borrowed_tub_has_500_records_of_160x120(shared_tub):
    drive = open_drive(shared_tub)
    assert indexes(drive) == list(range(500))
    record = next(drive.records())
    assert record.user.angle == pytest.approx(0.2986039775370604)
    assert drive.read(record).shape == (120, 160, 3)
