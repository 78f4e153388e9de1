"""Facts about the parts of a reward: their sum, how they are made comparable, and how people give them."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from deepracer_analyzer.rewards.components import compute, read_expressions
from deepracer_analyzer.rewards.expressions import ExpressionError

FRAME = pd.DataFrame(
    {
        "speed": [0.0, 1.0, 2.0, 4.0],
        "steps": [0.0, 1.0, 2.0, 3.0],
        "progress": [0.0, 1.0, 4.0, 9.0],
        "episode_status": ["prepare", "in_progress", "off_track", "in_progress"],
    }
)

README = {
    "Speed": "{speed}**2",
    "Progress": "({progress}/{steps})*100",
    "Penalize off_track": "(-20 if {episode_status}=='off_track' else 0)",
}


def same(values, expected):
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_each_component_and_their_sum_are_over_the_whole_log():
    parts = compute(FRAME, README)
    assert parts.names == tuple(README)
    assert parts.expressions == tuple(README.values())
    same(parts.values, [[0, 1, 4, 16], [math.nan, 100, 200, 300], [0, 0, -20, 0]])
    same(parts.total, [math.nan, 101, 184, 316])
    assert parts.normalization == "none"


def test_a_row_without_a_value_is_a_gap_and_a_line_says_why():
    assert compute(FRAME, README).problems == (
        "'Progress': division by zero in row 0; neither it nor the sum has a value there",
    )


def test_many_rows_without_a_value_are_one_line():
    assert compute(FRAME, {"a": "1/({steps} < 1)"}).problems == (
        "'a': division by zero in 3 of 4 rows, the first is row 1; neither it nor the sum has a value there",
    )


def test_an_expression_without_any_value_says_so():
    assert compute(FRAME, {"a": "9**9**9"}).problems == (
        "'a': a number too large in all 4 rows; neither it nor the sum has a value there",
    )


def test_max_divides_each_part_by_its_largest_absolute_value():
    parts = compute(FRAME, {"a": "{speed}", "b": "-10*{steps}"}, "max")
    same(parts.values, [[0, 0.25, 0.5, 1], [0, -1 / 3, -2 / 3, -1]])
    same(parts.total, parts.values.sum(axis=0))
    assert parts.normalization == "max"


def test_max_leaves_a_part_that_is_zero_everywhere():
    parts = compute(FRAME, {"a": "0*{speed}"}, "max")
    assert parts.values.tolist() == [[0, 0, 0, 0]]
    assert parts.problems == ()


def test_z_score_is_the_distance_from_the_mean_in_standard_deviations_of_the_population():
    parts = compute(FRAME, {"a": "{steps}", "b": "7 - 100*{steps}"}, "z-score")
    expected = np.array([-1.5, -0.5, 0.5, 1.5]) / math.sqrt(1.25)
    same(parts.values, [expected, -expected])
    np.testing.assert_allclose(parts.total, 0, atol=1e-12)


def test_z_score_of_a_constant_part_is_zero_and_named():
    parts = compute(FRAME, {"Bias": "0.1 + 0.2"}, "z-score")
    assert parts.values.tolist() == [[0, 0, 0, 0]]
    assert parts.problems == ("'Bias' is 0.3 wherever it has a value; its z-score is set to 0",)


@pytest.mark.parametrize("normalization", ["max", "z-score"])
def test_rows_without_a_value_do_not_count_in_a_normalisation(normalization):
    with_gap = compute(FRAME, {"a": "{progress}/{steps}"}, normalization).values[0]
    without = compute(FRAME.iloc[1:], {"a": "{progress}/{steps}"}, normalization).values[0]
    assert np.isnan(with_gap[0])
    same(with_gap[1:], without)


@pytest.mark.parametrize("normalization", ["none", "max", "z-score"])
def test_the_largest_numbers_overflow_nowhere(normalization):
    parts = compute(FRAME, {"a": "8e307*({steps} - 1)"}, normalization)
    assert np.isfinite(parts.values).all()
    assert parts.problems == ()


def test_a_sum_that_is_too_large_is_a_gap():
    parts = compute(FRAME, {"a": "1e308*({steps} > 2)", "b": "1e308"})
    assert np.isnan(parts.total).tolist() == [False, False, False, True]
    assert parts.problems == ("the sum of the parts is too large a number in row 3; it has no value there",)


def test_a_status_that_no_simulator_writes_is_named():
    (line,) = compute(FRAME, {"a": "1 if {episode_status}=='offtrack' else 0"}).problems
    assert line == "'a': no row has episode_status 'offtrack'; there are in_progress, off_track, prepare"


def test_a_status_that_does_not_occur_is_nothing_to_speak_of():
    assert compute(FRAME, {"a": "1 if {episode_status}=='crashed' else 0"}).problems == ()


def test_a_refused_expression_names_its_component():
    with pytest.raises(ExpressionError, match=r"^reward component 'Bad', at character 1, '{spede}'"):
        compute(FRAME, {"Good": "1", "Bad": "{spede}"})


@pytest.mark.parametrize(
    ("expressions", "normalization", "message"),
    [
        ({}, "none", "0 reward components"),
        ({f"c{number}": "1" for number in range(65)}, "none", "give 1 to 64"),
        ({"a": "1"}, "l2", "give one of none, max, z-score"),
        ({"a": 1}, "none", "component 'a' is 1; give an expression in quotes"),
        ({"": "1"}, "none", "is no name"),
        ({"a\nb": "1"}, "none", "is no name"),
        ({"a" * 81: "1"}, "none", "is no name"),
        ({1: "1"}, "none", "is no name"),
    ],
)
def test_what_is_no_set_of_components_is_refused_in_one_line(expressions, normalization, message):
    with pytest.raises(ValueError, match=message) as error:
        compute(FRAME, expressions, normalization)
    assert len(str(error.value).splitlines()) == 1


def write(folder: Path, text: str) -> Path:
    path = folder / "rewards.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_components_are_read_from_a_json_file_in_its_order(tmp_path):
    path = write(tmp_path, json.dumps(README))
    assert list(read_expressions(path).items()) == list(README.items())
    assert read_expressions(str(path)) == README


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path):
    path = tmp_path / "rewards.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(README).encode())
    assert read_expressions(path) == README


def test_a_pair_is_parted_at_its_first_equals_sign():
    assert read_expressions("Off = (-20 if {episode_status}=='off_track' else 0)") == {
        "Off": "(-20 if {episode_status}=='off_track' else 0)"
    }


def test_an_object_may_stand_in_place_of_a_file():
    assert read_expressions(json.dumps(README)) == README


def test_several_are_put_together_in_their_order(tmp_path):
    path = write(tmp_path, '{"b": "1", "a": "2"}')
    assert list(read_expressions(["z=0", str(path), "c=3"])) == ["z", "b", "a", "c"]


def test_a_file_comes_before_a_pair(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a=1").write_text('{"from file": "2"}', encoding="utf-8")
    assert read_expressions("a=1") == {"from file": "2"}


def test_none_given_is_none():
    assert read_expressions([]) == {}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["a=1", "a=2"], "component 'a' was given twice"),
        ('{"a": "1", "a": "2"}', "component 'a' was given twice"),
        ("nowhere.json", "neither a file nor a name and an expression"),
        ("{speed}**2", "neither a file nor a name and an expression"),
        ("{episode_status}=='pause'", "neither a file nor a name and an expression"),
        ("(1 if {episode_status}!='pause' else 0)", "neither a file nor a name and an expression"),
        ("\0", "neither a file nor a name and an expression"),
        ("x" * 100_000, "neither a file nor a name and an expression"),
        ("=1", "is no name"),
        ('{"a": 1}', "component 'a' is 1; give an expression in quotes"),
        ('{"a": {"b": "1"}}', "give an expression in quotes"),
        ('{"a": }', "not JSON"),
        ('{"\\ud800": "1"}', "is no name"),
        (f'{{"a": {"[" * 100_000}}}', "not JSON"),
    ],
)
def test_what_cannot_be_read_as_components_is_refused_in_one_line(given, message):
    with pytest.raises(ValueError, match=message) as error:
        read_expressions(given)
    assert len(str(error.value).splitlines()) == 1
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b'["{speed}"]', "not an object"),
        (b"{}", "no component in it"),
        (b"\xff\xfe{", "not UTF-8"),
        (b" " * 1_000_001, "1,000,000 at most"),
    ],
)
def test_a_file_that_holds_no_components_is_named(tmp_path, content, message):
    path = tmp_path / "rewards.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        read_expressions(path)
    assert str(path) in str(error.value)


def test_a_file_that_cannot_be_read_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        read_expressions(tmp_path / "nowhere.json")
    assert list(tmp_path.iterdir()) == []
