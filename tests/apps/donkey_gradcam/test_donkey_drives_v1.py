import pytest
from donkey_gradcam.drives.drive import open_drive
from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.views import Command


def indexes(drive, *arguments):
    return [record.index for record in drive.records(*arguments)]


def test_an_old_tub_gives_its_records_by_number_not_by_name(tub_v1):
    drive = open_drive(tub_v1([1, 2, 9, 10, 11, 100]))
    assert drive.kind == "tub v1"
    assert indexes(drive) == [1, 2, 9, 10, 11, 100]
    assert drive.count == 6


def test_an_old_record_has_commands_picture_and_values(tub_v1):
    tub = tub_v1(range(3))
    drive = open_drive(tub)
    record = list(drive.records())[2]
    assert record.user == Command(angle=0.4, throttle=0.2)
    assert record.session is None
    assert record.path == tub / "2_cam-image_array_.jpg"
    assert record.values == {"user/mode": "user", "milliseconds": 100}
    assert drive.read(record).shape == (24, 32, 3)


def test_start_and_end_are_record_numbers(tub_v1):
    drive = open_drive(tub_v1([1, 2, 9, 10, 11, 100]))
    assert indexes(drive, 2, 11) == [2, 9, 10]
    assert drive.count_between(2, 11) == 3


def test_records_that_exclude_json_lists_are_left_out(tub_v1):
    drive = open_drive(tub_v1(range(6), excluded=[0, 4]))
    assert indexes(drive) == [1, 2, 3, 5]
    assert drive.count == 4


def test_an_exclude_json_that_is_no_list_of_numbers_is_named(tub_v1):
    with pytest.raises(ValueError, match=r"exclude\.json is not a list of record numbers"):
        open_drive(tub_v1(range(6), excluded=["1"]))


def test_a_last_record_that_a_crash_has_cut_off_is_counted_and_left_out(tub_v1):
    tub = tub_v1(range(11))
    (tub / "record_10.json").write_text('{"cam/image_array": "10_')
    problems = Problems()
    assert [record.index for record in open_drive(tub).records(problems=problems)] == list(range(10))
    assert problems.count("cut") == 1


def test_a_broken_record_before_the_last_is_one_line_naming_its_file(tub_v1):
    tub = tub_v1(range(6))
    (tub / "record_3.json").write_text("")
    with pytest.raises(ValueError, match=r"record_3\.json is not a record; remove it from a copy of the tub"):
        indexes(open_drive(tub))


def test_an_old_record_without_a_picture_is_named(tub_v1):
    tub = tub_v1(range(6))
    (tub / "record_3.json").write_text('{"user/angle": 0.5}')
    with pytest.raises(ValueError, match=r"record_3\.json has no cam/image_array, only user/angle"):
        indexes(open_drive(tub))


def test_other_files_of_an_old_tub_are_passed_over(tub_v1):
    tub = tub_v1(range(3))
    for name in ("record_x.json", "record_.json", "record_1.json.bak", "my_record_7.json"):
        (tub / name).write_text("mine")
    assert indexes(open_drive(tub)) == [0, 1, 2]
