import math
import subprocess
import sys

import numpy as np
import pytest
from rlviz_video import Timeline, read_timeline


def test_every_kind_of_cell_comes_back(tmp_path):
    row = {"text": 'a, "b"\nc', "int": -3, "float": 0.1, "yes": True, "no": False, "none": None, "big": 1e300}
    with Timeline(tmp_path / "t.csv", list(row)) as timeline:
        timeline.write(row)
    assert read_timeline(tmp_path / "t.csv") == [row]


def test_numpy_scalars_are_written_as_the_numbers_they_show(tmp_path):
    row = {
        "a": np.float32(0.1),
        "b": np.float64(0.1),
        "c": np.int64(7),
        "d": np.bool_(True),
        "e": np.float64("nan"),
    }
    with Timeline(tmp_path / "t.csv", list(row)) as timeline:
        timeline.write(row)
    assert (tmp_path / "t.csv").read_text() == "a,b,c,d,e\n0.1,0.1,7,true,nan\n"
    cell = read_timeline(tmp_path / "t.csv")[0]["e"]
    assert isinstance(cell, float)
    assert math.isnan(cell)


def test_a_table_without_rows_has_its_head(tmp_path):
    with Timeline(tmp_path / "t.csv", ["a", "b"]):
        pass
    assert (tmp_path / "t.csv").read_text() == "a,b\n"
    assert read_timeline(tmp_path / "t.csv") == []


@pytest.mark.parametrize("row", [{"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 2}])
def test_a_row_with_other_columns_is_refused(tmp_path, row):
    with (
        Timeline(tmp_path / "t.csv", ["a", "b"]) as timeline,
        pytest.raises(ValueError, match="row 0 has columns"),
    ):
        timeline.write(row)


@pytest.mark.parametrize("columns", [[], ["a", "a"]])
def test_columns_must_differ_and_be_there(tmp_path, columns):
    with pytest.raises(ValueError, match="give one or more different names"):
        Timeline(tmp_path / "t.csv", columns)


def test_rows_are_on_the_disk_within_a_second(tmp_path, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("rlviz_video.timeline.time.monotonic", lambda: now[0])
    timeline = Timeline(tmp_path / "t.csv", ["a"])
    timeline.write({"a": 1})
    assert read_timeline(timeline.part) == []
    now[0] += 1.0
    timeline.write({"a": 2})
    assert [row["a"] for row in read_timeline(timeline.part)] == [1, 2]
    timeline.abandon()


def test_a_killed_process_leaves_its_rows(tmp_path):
    code = (
        "import os, signal, sys, time; from rlviz_video import Timeline\n"
        "t = Timeline(sys.argv[1], ['a'])\n"
        "for i in range(9): t.write({'a': i})\n"
        "time.sleep(1.05); t.write({'a': 9}); t.write({'a': 10}); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "t.csv")], check=False)
    assert [row["a"] for row in read_timeline(tmp_path / "t.part.csv")] == list(range(10))


def test_a_cut_last_line_is_left_out(tmp_path):
    (tmp_path / "t.part.csv").write_text("a,b\n1,2\n3,4")
    assert read_timeline(tmp_path / "t.part.csv") == [{"a": 1, "b": 2}]


def test_a_row_with_too_few_cells_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(ValueError, match=r"t\.csv, row 1: 1 cells where 2 were expected"):
        read_timeline(tmp_path / "t.csv")


def test_an_error_leaves_the_part_and_no_table(tmp_path):
    with pytest.raises(LookupError), Timeline(tmp_path / "t.csv", ["a"]) as timeline:
        timeline.write({"a": 1})
        raise LookupError
    assert [entry.name for entry in tmp_path.iterdir()] == ["t.part.csv"]
    assert read_timeline(tmp_path / "t.part.csv") == [{"a": 1}]


def test_an_existing_table_is_refused_without_force(tmp_path):
    (tmp_path / "t.csv").write_text("mine")
    with pytest.raises(FileExistsError, match=r"t\.csv exists; choose another path, or pass --force"):
        Timeline(tmp_path / "t.csv", ["a"])
    assert (tmp_path / "t.csv").read_text() == "mine"
    with Timeline(tmp_path / "t.csv", ["a"], force=True) as timeline:
        timeline.write({"a": 1})
    assert read_timeline(tmp_path / "t.csv") == [{"a": 1}]


def test_a_closed_table_takes_no_row(tmp_path):
    timeline = Timeline(tmp_path / "t.csv", ["a"])
    timeline.finish()
    with pytest.raises(ValueError, match=r"t\.csv is closed; write all rows before finish\(\)"):
        timeline.write({"a": 1})


def test_a_full_disk_is_one_line_naming_the_table(small_disk):
    with (
        pytest.raises(OSError, match=r"^cannot write .*t\.part\.csv: No space left on device$"),
        Timeline(small_disk / "t.csv", ["a"]) as timeline,
    ):
        for _ in range(100):
            timeline.write({"a": "x" * 5000})
    assert not (small_disk / "t.csv").exists()


def test_an_error_before_the_first_row_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), Timeline(tmp_path / "run.csv", ["frame"]):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
