"""Facts about reading a log of every schema: an oval lap comes back as it was driven."""

import hashlib

import numpy as np
import pytest
from deepracer_analyzer.logs.reading import parse_log, read_log
from deepracer_analyzer.logs.schema import COLUMNS, KINDS, SCHEMAS
from deepracer_oval import LENGTH, SPEED, STEP, csv_text, drive, simulator_text


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_is_told_by_its_header(schema, make_log):
    log = read_log(make_log(schema=schema, steps=5))
    assert log.schema == schema
    assert log.problems == ()
    assert set(SCHEMAS[schema]) <= set(log.frame.columns)


def test_columns_come_in_the_documented_order_and_kind(make_log):
    frame = read_log(make_log(schema="D", steps=5)).frame
    assert list(frame.columns) == [name for name in COLUMNS if name != "speed_logged"]
    kinds = {"int": "int64", "float": "float64", "bool": "bool", "text": "str"}
    for name in frame.columns:
        assert frame[name].dtype == kinds[KINDS[name]] or (
            name == "episode_status" and frame[name].dtype == object
        )


def test_rows_are_those_that_were_driven(make_log):
    rows = drive()
    frame = read_log(make_log()).frame
    assert list(frame.index) == list(range(len(rows)))
    for name in SCHEMAS["B"]:
        assert list(frame[name]) == [row[name] for row in rows]


def test_the_columns_may_stand_in_any_order(tmp_path):
    rows = drive(steps=5)
    text = csv_text(rows, columns=tuple(reversed(SCHEMAS["B"])))
    log = parse_log(text.encode(), "log.csv")
    assert log.schema == "custom"
    assert list(log.frame["X"]) == [row["X"] for row in rows]
    assert list(log.frame.columns)[:3] == ["episode", "steps", "X"]


def test_unknown_columns_are_kept_behind_the_known_ones():
    rows = [{**row, "lidar": index} for index, row in enumerate(drive(steps=3))]
    frame = parse_log(csv_text(rows, columns=(*SCHEMAS["B"], "lidar")).encode(), "log.csv").frame
    assert list(frame["lidar"]) == [0, 1, 2]
    assert frame.columns[-1] == "lidar"


def test_the_speed_is_the_distance_to_the_row_before_over_the_time(make_log):
    frame = read_log(make_log()).frame
    on_the_straight = slice(1, 60)
    assert frame["speed"][0] == 0
    assert np.allclose(frame["speed"][on_the_straight], SPEED)
    chord = 4 * np.sin(SPEED * STEP / 4) / STEP
    in_the_curve = slice(70, 110)
    assert np.allclose(frame["speed"][in_the_curve], chord)


def test_a_speed_of_the_logs_own_is_kept_apart(make_log):
    log = read_log(make_log(schema="model_A", steps=10))
    assert log.schema == "B"
    assert np.allclose(log.frame["speed"][1:], SPEED)
    assert (log.frame["speed_logged"] == 9.0).all()


@pytest.mark.parametrize("style", ["space", "quoted", "unquoted"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_continuous_actions_are_read_however_they_are_written(style, schema, make_log):
    log = read_log(make_log(schema=schema, action=style, steps=80))
    rows = drive(steps=80)
    assert log.schema == schema
    assert log.problems == ()
    assert (log.frame["action"] == -1).all()
    assert list(log.frame["steer"]) == [row["steer"] for row in rows]
    assert list(log.frame["tstamp"]) == [row["tstamp"] for row in rows]


@pytest.mark.parametrize(
    "pair", ["[ 4.34  1.95]", "[4.34,1.95]", "[-25.0 1.3e-05]", "[4.34 ,1.95 ]", '"[4.34 1.95]"']
)
def test_a_pair_may_be_written_with_any_blanks(pair):
    text = csv_text([{**row, "action": pair} for row in drive(steps=4)])
    log = parse_log(text.encode(), "log.csv")
    assert len(log.frame) == 4
    assert log.problems == ()


@pytest.mark.parametrize("style", ["index", "space", "unquoted"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_lines_of_a_simulator_log_are_its_csv_rounded(schema, style, make_log):
    log = read_log(make_log("simulation.log", schema=schema, action=style, simulator=True, laps=2, steps=90))
    table = read_log(make_log(schema=schema, action=style, laps=2, steps=90))
    assert log.schema == "SIM_TRACE_LOG"
    assert log.problems == ()
    assert list(log.frame.columns) == list(table.frame.columns)
    for name in set(SCHEMAS[schema]) - {"episode_status"}:
        assert np.allclose(log.frame[name].astype(float), table.frame[name].astype(float), atol=0.006), name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[agent-9] ", ""),
        ("2022-06-12T08:25:23.123Z INFO ", "\t"),
        ('{"log":"', '\\n","stream":"stdout"}'),
        ("\x1b[32m", "\x1b[0m"),
        ("SIM_TRACE_LOG is, what follows: ", "   "),
    ],
)
def test_anything_may_stand_around_the_rows_of_a_simulator_log(before, after):
    lines = simulator_text(drive(steps=6)).splitlines()
    text = "\n".join(f"{before}{line}{after}" for line in lines) + "\n"
    log = parse_log(text.encode(), "simulation.log")
    assert len(log.frame) == 6
    assert log.problems == ()


def test_a_simulator_log_of_2019_has_no_status():
    lines = simulator_text(drive(2, steps=6), "A").splitlines()
    text = "\n".join(line.rpartition(",")[0] if "SIM_TRACE" in line else line for line in lines)
    log = parse_log(text.encode(), "simulation.log")
    assert len(log.frame) == 12
    assert "no column episode_status: guessed from the ends of the episodes" in log.problems


def test_a_log_without_pauses_has_none(make_log):
    assert (read_log(make_log(schema="A", steps=4)).frame["pause_duration"] == 0).all()


def test_the_digest_is_that_of_the_files_bytes(make_log):
    path = make_log(steps=4)
    assert read_log(path).digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_length_of_the_track_is_there(make_log):
    assert read_log(make_log(steps=4)).frame["track_len"][0] == LENGTH


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_is_explained(name):
    assert COLUMNS[name]
    assert name in KINDS
