"""Facts about damaged logs: what can be mended is mended and said, what cannot is one line."""

import random

import numpy as np
import pytest
from deepracer_analyzer.logs.reading import parse_log, read_log
from deepracer_analyzer.logs.schema import NEEDED
from deepracer_oval import SCHEMAS, csv_text, drive, simulator_text


def lines_of(steps: int = 10, schema: str = "B") -> list[str]:
    """Line 1 is the header, line 2 the first row."""
    return csv_text(drive(steps=steps), schema).splitlines()


def parse(lines: list[str], end: str = "\n"):
    return parse_log(("\n".join(lines) + end).encode(), "log.csv")


def change(line: str, name: str, value: str, schema: str = "B") -> str:
    fields = line.split(",")
    fields[SCHEMAS[schema].index(name)] = value
    return ",".join(fields)


def test_a_cut_last_line_is_left_out_and_said():
    lines = lines_of()
    log = parse([*lines[:-1], lines[-1][:40]], end="")
    assert len(log.frame) == 9
    (problem,) = log.problems
    assert problem.startswith("line 11: the file was cut here")


def test_short_and_long_rows_are_left_out_and_named():
    lines = lines_of()
    lines[3] = lines[3].rpartition(",")[0]
    lines[5] += ",1,2"
    log = parse(lines)
    assert len(log.frame) == 8
    assert log.problems == (
        "line 4: 16 fields instead of 17; left out",
        "line 6: 19 fields instead of 17; left out",
    )


def test_of_many_bad_rows_a_few_are_named_and_the_rest_counted():
    lines = lines_of(30)
    lines[1:21] = [line + ",0" for line in lines[1:21]]
    assert parse(lines).problems == ("lines 2, 3, 4, 5 and 16 more: 18 fields instead of 17; left out",)


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("value", ["nan", "", "inf", "1e300", "x"])
def test_a_row_without_a_needed_number_is_left_out(name, value):
    lines = lines_of()
    lines[4] = change(lines[4], name, value)
    log = parse(lines)
    assert len(log.frame) == 9
    assert log.problems == (f"line 5: {name} missing, no number or impossible; left out",)


@pytest.mark.parametrize(
    ("name", "instead"), [("reward", "unknown"), ("closest_waypoint", "-1"), ("done", "False")]
)
def test_a_row_without_another_value_is_kept_and_said(name, instead):
    lines = lines_of()
    lines[4] = change(lines[4], name, "?")
    log = parse(lines)
    assert len(log.frame) == 10
    assert log.problems == (f"line 5: {name} missing or not readable; taken as {instead}",)


def test_an_unknown_status_is_kept_and_said():
    lines = lines_of()
    lines[4] = change(lines[4], "episode_status", "flying")
    log = parse(lines)
    assert log.frame["episode_status"][3] == "flying"
    assert log.problems == ("line 5: unknown episode_status ('flying')",)


def test_an_unreadable_action_is_unknown():
    lines = lines_of()
    lines[4] = change(lines[4], "action", "left")
    log = parse(lines)
    assert log.frame["action"][3] == -1
    assert log.problems == ("line 5: action missing or not readable; taken as -1 (unknown)",)


def test_a_byte_order_mark_is_left_out_and_said():
    log = parse_log(b"\xef\xbb\xbf" + csv_text(drive(steps=5)).encode(), "log.csv")
    assert len(log.frame) == 5
    assert log.problems == ("a byte order mark at the start was left out",)


def test_utf_16_is_read_and_said():
    log = parse_log(csv_text(drive(steps=5)).encode("utf-16"), "log.csv")
    assert len(log.frame) == 5
    assert log.problems == ("the file is UTF-16; expected UTF-8",)


def test_windows_1252_is_read_and_said():
    lines = simulator_text(drive(steps=5)).encode().splitlines()
    lines.insert(2, "Größe".encode("cp1252"))
    log = parse_log(b"\n".join(lines) + b"\n", "simulation.log")
    assert len(log.frame) == 5
    assert log.problems == ("line 3 is not UTF-8; the file was read as Windows-1252",)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n", "\n   \n"])
def test_line_ends_of_every_kind_and_empty_lines_do_not_matter(end):
    text = csv_text(drive(steps=5)).replace("\n", end)
    log = parse_log(text.encode(), "log.csv")
    assert len(log.frame) == 5
    assert log.problems == ()


def test_nul_bytes_are_left_out_and_said():
    data = csv_text(drive(steps=5)).encode() + bytes(4096)
    log = parse_log(data, "log.csv")
    assert len(log.frame) == 5
    assert log.problems == ("4,096 NUL bytes were left out; the file is damaged",)


def test_quoted_fields_are_read():
    text = "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in lines_of())
    log = parse_log(text.encode(), "log.csv")
    assert len(log.frame) == 10
    assert log.problems == ()


def test_a_quote_that_does_not_close_costs_its_own_row_only():
    lines = lines_of()
    lines[4] = '"' + lines[4]
    log = parse(lines)
    assert len(log.frame) == 9
    assert log.problems == ("line 5: quotes that do not close, or a quoted comma; left out",)


def test_logs_put_together_have_the_header_again():
    lines = lines_of()
    log = parse([*lines, *lines])
    assert len(log.frame) == 20
    assert log.problems[0] == "line 12: the header again; left out"


def test_a_column_without_a_name_and_a_second_one_are_left_out():
    lines = [f"{index - 1}," + line + ",0" for index, line in enumerate(lines_of())]
    lines[0] = "," + lines_of()[0] + ",X"
    log = parse(lines)
    assert len(log.frame) == 10
    assert log.problems == ("column 1 has no name; left out", "column 19 is a second X; left out")


def test_where_the_clock_goes_back_the_speed_is_0_and_it_is_said():
    lines = lines_of()
    lines[5] = change(lines[5], "tstamp", "3.0")
    log = parse(lines)
    assert log.frame["speed"][4] == 0
    assert log.problems == (
        "line 6: the clock goes back (first from 10.188 to 3.000 s); the speed there is 0",
    )


def test_where_the_clock_stands_the_speed_is_0():
    lines = lines_of()
    lines[5] = change(lines[5], "tstamp", lines[4].split(",")[SCHEMAS["B"].index("tstamp")])
    log = parse(lines)
    assert log.frame["speed"][4] == 0
    assert np.isfinite(log.frame["speed"]).all()


@pytest.mark.parametrize("name", ["steer", "throttle", "yaw", "reward", "progress", "action", "track_len"])
def test_a_log_can_do_without(name):
    columns = tuple(column for column in SCHEMAS["B"] if column != name)
    log = parse_log(csv_text(drive(steps=5), columns=columns).encode(), "log.csv")
    assert log.problems == (f"no column {name}: unknown in every row",)
    expected = -1 if name == "action" else np.nan
    assert np.array_equal(log.frame[name], np.full(5, expected), equal_nan=True)


def test_steering_and_throttle_can_both_be_missing():
    columns = tuple(column for column in SCHEMAS["B"] if column not in {"steer", "throttle"})
    log = parse_log(csv_text(drive(steps=5), columns=columns).encode(), "log.csv")
    assert log.problems == ("no column steer, throttle: unknown in every row",)


@pytest.mark.parametrize("name", ["done", "all_wheels_on_track", "episode_status"])
def test_what_follows_from_the_others_is_guessed_and_said(name):
    columns = tuple(column for column in SCHEMAS["B"] if column != name)
    rows = drive(2)
    log = parse_log(csv_text(rows, columns=columns).encode(), "log.csv")
    assert log.problems == (f"no column {name}: guessed from the ends of the episodes",)
    told = [row[name] if row[name] != "prepare" else "in_progress" for row in rows]
    assert list(log.frame[name]) == told


@pytest.mark.parametrize("name", NEEDED)
def test_a_log_cannot_do_without(name):
    columns = tuple(column for column in SCHEMAS["B"] if column != name)
    with pytest.raises(ValueError, match=f"no column {name}; a log needs .* and has: ") as error:
        parse_log(csv_text(drive(steps=5), columns=columns).encode(), "log.csv")
    assert "\n" not in str(error.value)


def test_a_log_without_rows_is_one_line():
    with pytest.raises(ValueError, match=r"log\.csv: a log without a single row"):
        parse(lines_of()[:1])


def test_a_log_whose_rows_are_all_bad_is_one_line():
    lines = [change(line, "X", "nan") if number else line for number, line in enumerate(lines_of())]
    with pytest.raises(
        ValueError, match=r"not one of its 10 rows can be read; lines 2, 3, 4, 5 and 6 more: X"
    ):
        parse(lines)


NO_LOGS = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "zeros": (bytes(1000), "is empty"),
    "video": (b"\0\0\0\x20ftypisom" + bytes(range(256)), "MP4 video"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG picture"),
    "zip": (b"PK\x03\x04" + bytes(100), "zip archive"),
    "array": (b"\x93NUMPY\x01\x00" + bytes(100), "NumPy array"),
    "page": (b"<!DOCTYPE html>\n<html>", "HTML"),
    "json": (b'{"metrics": []}', "JSON"),
    "prose": (b"Ein Brief\nan niemand", "starts with 'Ein Brief'"),
    "other table": (b"a,b,c\n1,2,3\n", "starts with 'a,b,c'"),
    "noise": (bytes(range(256)) * 20, "not a log"),
}


@pytest.mark.parametrize("kind", NO_LOGS)
def test_what_is_no_log_is_one_line_that_says_what_it_is(kind):
    data, said = NO_LOGS[kind]
    with pytest.raises(ValueError, match=said) as error:
        parse_log(data, "log.csv")
    assert "log.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_simulator_lines_of_an_unknown_length_are_one_line():
    with pytest.raises(
        ValueError, match="SIM_TRACE_LOG: lines have 3 fields; expected one of 15, 16, 17, 18, 19"
    ):
        parse_log(b"SIM_TRACE_LOG:1,2,3\n", "simulation.log")


def test_a_damaged_line_of_a_simulator_log_is_left_out():
    lines = simulator_text(drive(steps=10)).splitlines()
    lines[5] = lines[5][:50]
    log = parse_log("\n".join(lines).encode(), "simulation.log")
    assert len(log.frame) == 9
    (problem,) = log.problems
    assert problem.startswith("line 6: ")


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_log(tmp_path / "none.csv")


def test_a_folder_is_an_os_error(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"):
        read_log(tmp_path)


def damage(data: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(dice.choice((1, 3, 20))):
        place = dice.randrange(len(damaged))
        kind = dice.randrange(4)
        if kind == 0:
            damaged[place] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del damaged[place : place + dice.choice((1, 9, 300))]
        elif kind == 2:
            damaged[place:place] = dice.choice(
                (b'"', b",", b"\n", b"\0", b"[", b"1e999", b"\xff", b"nan", b"\r")
            )
        else:
            damaged[place] = dice.randrange(256)
        damaged = damaged or bytearray(b"\0")
    return bytes(damaged)


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_log_is_a_log_or_one_line(seed):
    dice = random.Random(seed)
    schema, action = dice.choice("ABCD"), dice.choice(("index", "space", "quoted", "unquoted"))
    text = dice.choice((csv_text, simulator_text))(drive(2, steps=8), schema, action)
    try:
        log = parse_log(damage(text.encode(), dice), "log.csv")
    except ValueError as error:
        assert type(error) is ValueError
        assert "\n" not in str(error)
    else:
        assert np.isfinite(log.frame[["X", "Y", "tstamp", "speed"]].to_numpy(float)).all()
        assert not any("\n" in problem for problem in log.problems)
