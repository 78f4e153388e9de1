"""Facts about the copy of a log that has the speed as a column."""

import numpy as np
import pytest
from deepracer_analyzer.logs.reading import parse_log
from deepracer_analyzer.sync.cache import write_with_speed

HEADER = (
    "episode,steps,X,Y,yaw,steer,throttle,action,reward,done,all_wheels_on_track,progress,"
    "closest_waypoint,track_len,tstamp,episode_status,pause_duration"
)


def row(number, action="7", ending=",0.0"):
    return (
        f"0,{number}.0,{0.125 * number},0.5,-1.25,2.0,3.0,{action},1.0,0,True,{number},{number},17.7,"
        f"{number / 8},in_progress{ending}"
    )


def csv_of(rows, newline="\n"):
    return newline.join([HEADER, *rows, ""]).encode()


@pytest.fixture
def copy(tmp_path):
    """Write the copy of a log's bytes and give its bytes; None where there is none."""

    def run(data):
        log = parse_log(data, "log.csv")
        path = write_with_speed(log, data, tmp_path / "log.with_speed.csv")
        assert path in (None, tmp_path / "log.with_speed.csv")
        return path and path.read_bytes()

    return run


def test_the_speed_stands_behind_yaw(copy):
    lines = copy(csv_of([row(1), row(2), row(3)])).decode().splitlines()
    assert lines[0].split(",").index("speed") == 5
    assert [line.split(",")[5] for line in lines[1:]] == ["0.0", "1.0", "1.0"]


@pytest.mark.parametrize("action", ["7", "[4.34 1.95]", "[4.34, 1.95]", '"[4.34, 1.95]"'])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_without_the_column_it_is_the_users_file_byte_for_byte(copy, action, newline):
    data = csv_of([row(n, action) for n in range(1, 5)], newline)
    new = copy(data).decode()
    back = newline.join(
        ",".join(cells[:5] + cells[6:]) for cells in (line.split(",") for line in new.split(newline))
    )
    assert back.encode() == data


def test_read_again_the_column_is_the_logs_speed(copy):
    rows = [row(1), row(2), row(2).replace("0.25,0.5", "0.7,0.9").replace("2.0,0.7", "3.0,0.7"), row(5)]
    data = csv_of(rows)
    speed = parse_log(data, "log.csv").frame["speed"].to_numpy()
    again = parse_log(copy(data), "copy.csv").frame
    np.testing.assert_array_equal(again["speed_logged"].to_numpy(), speed)


def test_a_byte_order_mark_stays(copy):
    data = b"\xef\xbb\xbf" + csv_of([row(1), row(2)])
    assert copy(data).startswith(b"\xef\xbb\xbfepisode,steps,X,Y,yaw,speed,steer")


def test_utf_16_stays_utf_16(copy):
    data = csv_of([row(1), row(2)]).decode().encode("utf-16")
    lines = copy(data).decode("utf-16").splitlines()
    assert lines[2].split(",")[5] == "1.0"


def test_bytes_that_are_no_utf_8_stay(copy):
    data = csv_of([row(1), row(2, ending=",0.0")]).replace(b"in_progress", b"in_progr\xe9ss")
    assert b"in_progr\xe9ss" in copy(data)


def test_damaged_lines_keep_their_bytes_and_move_no_speed(copy):
    short, long, text = "0,2.0,0.2", row(3, ending=",0.0,9,9"), row(4).replace("0.5,-1.25", "x,-1.25")
    lines = copy(csv_of([row(1), short, "", long, HEADER, text, row(5)])).decode().split("\n")
    assert lines[2] == short
    assert lines[3] == ""
    assert lines[4].split(",")[5] == ""
    assert lines[5] == lines[0]
    assert lines[6].split(",")[5] == ""
    assert lines[7].split(",")[5] == "1.0"


def test_a_last_line_that_was_cut_keeps_its_bytes_and_has_no_speed(copy):
    data = csv_of([row(1), row(2)])[:-40]
    last = copy(data).split(b"\n")[-1].split(b",")
    assert last[5] == b""
    assert b",".join(last[:5] + last[6:]) == data.split(b"\n")[-1]


def test_a_log_that_has_a_speed_is_left_alone(copy, tmp_path):
    first = copy(csv_of([row(1), row(2)]))
    (tmp_path / "log.with_speed.csv").unlink()
    assert copy(first) is None
    assert not list(tmp_path.iterdir())


def test_a_simulators_log_has_no_column_to_add(copy):
    lines = [f"SIM_TRACE_LOG:{row(n)}" for n in range(1, 4)]
    assert copy("\n".join(lines).encode()) is None


def test_an_earlier_copy_is_replaced(copy, tmp_path):
    (tmp_path / "log.with_speed.csv").write_text("old")
    assert copy(csv_of([row(1)])).startswith(b"episode")
    assert [file.name for file in tmp_path.iterdir()] == ["log.with_speed.csv"]


def test_bytes_of_another_log_are_an_error(tmp_path):
    log = parse_log(csv_of([row(1), row(2)]), "log.csv")
    with pytest.raises(ValueError, match=r"2 rows of log\.csv are not in the bytes"):
        write_with_speed(log, csv_of([row(8), row(9)]), tmp_path / "copy.csv")
    assert not list(tmp_path.iterdir())
