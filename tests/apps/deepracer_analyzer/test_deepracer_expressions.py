"""Facts about reward expressions: what they mean, what they refuse, and that they only ever compute."""

import math
import random
import sys

import numpy as np
import pandas as pd
import pytest
from deepracer_analyzer.rewards.expressions import Expression, ExpressionError, Failure, kinds
from deepracer_analyzer.rewards.grammar import ALLOWED, MOST_CHARACTERS, MOST_DEPTH

FRAME = pd.DataFrame(
    {
        "speed": [0.0, 1.5, 2.0, 4.0],
        "steps": [0, 1, 2, 3],
        "progress": [0.0, 1.0, 5.0, 9.0],
        "steer": [-30.0, 0.0, 10.0, 20.0],
        "all_wheels_on_track": [True, False, True, True],
        "episode_status": ["prepare", "off_track", "in_progress", "off_track"],
        "previous_status": ["prepare", "prepare", "off_track", "off_track"],
        "gap": [1.0, math.nan, math.inf, 2.0],
    }
)


def parse(text, name="Speed"):
    return Expression.parse(text, kinds(FRAME), name)


def values(text):
    return parse(text).evaluate(FRAME).values.tolist()


def refusal(text, name="Speed"):
    with pytest.raises(ExpressionError) as error:
        parse(text, name)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert message.isprintable()
    return message


MEANINGS = {
    "{speed}**2": [0, 2.25, 4, 16],
    "(-20 if {episode_status}=='off_track' else 0)": [0, -20, 0, -20],
    "'off_track' != {episode_status}": [1, 0, 1, 0],
    "{episode_status}=={previous_status}": [1, 0, 0, 1],
    "{steps}*2+1-{speed}/2": [1, 2.25, 4, 5],
    "-{steps}": [0, -1, -2, -3],
    "+{steps}": [0, 1, 2, 3],
    "-2**2": [-4] * 4,
    "2**-1": [0.5] * 4,
    "-7//2": [-4] * 4,
    "-7%3": [2] * 4,
    "7%-3": [-2] * 4,
    "{steer}//7": [-5, 0, 1, 2],
    "1 < {steps} <= 2": [0, 0, 1, 0],
    "3 > {steps} != 1": [1, 0, 1, 0],
    "{steps} and 5": [0, 5, 5, 5],
    "{steps} or 5": [5, 1, 2, 3],
    "{steps} and {speed} and 7": [0, 7, 7, 7],
    "not {steps}": [1, 0, 0, 0],
    "not 0.5": [0] * 4,
    "True + {all_wheels_on_track}": [2, 1, 2, 2],
    "abs({steer})": [30, 0, 10, 20],
    "min({steps}, 2, {speed})": [0, 1, 2, 2],
    "max({steps}, 2)": [2, 2, 2, 3],
    "clip({steps}, 1, 2)": [1, 1, 2, 2],
    "sqrt({speed}*{speed})": [0, 1.5, 2, 4],
    "exp(0*{steps})": [1] * 4,
    "log(8, 2)": [3] * 4,
    "log(exp({steps}))": [0, 1, 2, 3],
    "sin(0) + cos(0)": [1] * 4,
    "1e3": [1000] * 4,
    "0x10": [16] * 4,
    "{ speed }": [0, 1.5, 2, 4],
    " {steps}\n  + 1 ": [1, 2, 3, 4],
}


@pytest.mark.parametrize("text", MEANINGS)
def test_an_expression_means_what_python_means_by_it(text):
    assert values(text) == pytest.approx(MEANINGS[text])


def test_values_are_float64_whatever_the_columns_are():
    result = parse("{all_wheels_on_track}").evaluate(FRAME).values
    assert result.dtype == np.float64
    assert result.tolist() == [1, 0, 1, 1]


def test_the_log_is_not_changed():
    before = FRAME.copy()
    parse("-{speed} + 1").evaluate(FRAME).values[:] = 7
    pd.testing.assert_frame_equal(FRAME, before)


FAILING = {
    "({progress}/{steps})*100": "division by zero",
    "1//{steps}": "division by zero",
    "{speed}%{steps}": "division by zero",
    "{steps}**-1": "division by zero",
    "log({steps})": "log of zero or less",
    "log(2, {steps} and 2)": "log of zero or less",
    "log(2, {steps} + 1)": "division by zero",
    "sqrt({steps} - 0.5)": "sqrt of a negative number",
    "({steps} - 0.5)**0.5": "a negative number to a fractional power",
    "exp(1000 - 1000*{steps})": "a number too large",
    "1e308*(10 - 9*min({steps}, 1))": "a number too large",
}


@pytest.mark.parametrize("text", FAILING)
def test_where_python_would_raise_an_error_there_is_no_value(text):
    evaluation = parse(text).evaluate(FRAME)
    assert evaluation.failures == (Failure(FAILING[text], rows=1, first=0),)
    assert np.isnan(evaluation.values[0])
    assert np.isfinite(evaluation.values[1:]).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 if {steps}==0 else {progress}/{steps}", [0, 1, 2.5, 3]),
        ("{progress}/{steps} if {steps} else -1", [-1, 1, 2.5, 3]),
        ("{steps} and 6/{steps}", [0, 6, 3, 2]),
        ("not {steps} or 6/{steps}", [1, 6, 3, 2]),
        ("1 if 0 < {steps} < 6/{steps} else 0", [0, 1, 1, 0]),
    ],
)
def test_what_fails_in_a_branch_not_taken_does_not_show(text, expected):
    evaluation = parse(text).evaluate(FRAME)
    assert evaluation.failures == ()
    assert evaluation.values.tolist() == expected


@pytest.mark.parametrize(
    "text", ["1 if 1/{steps} > 0 else 0", "not 1/{steps}", "1/(1/{steps})", "0*(1/{steps})"]
)
def test_a_failure_is_not_lost_in_what_is_made_of_it(text):
    assert np.isnan(values(text)[0])


def test_a_number_that_the_log_lacks_is_named():
    evaluation = parse("{gap} + {speed}").evaluate(FRAME)
    assert evaluation.failures == (Failure("no number for {gap} in the log", rows=2, first=1),)
    assert np.isnan(evaluation.values).tolist() == [False, True, True, False]


def test_a_comparison_with_a_number_that_the_log_lacks_is_false():
    assert values("{gap} > 0")[:2] == [1, 0]


def test_a_text_that_the_log_lacks_equals_none():
    frame = pd.DataFrame({"status": ["a", None]})
    assert Expression.parse("{status}=='a'", kinds(frame)).evaluate(frame).values.tolist() == [1, 0]


def test_a_log_without_rows_has_no_values():
    assert parse("{speed} + 1/0").evaluate(FRAME.iloc[:0]).values.shape == (0,)


def test_towers_of_powers_are_too_large_at_once():
    assert parse("9**9**9").evaluate(FRAME).failures == (Failure("a number too large", 4, 0),)


REFUSED = {
    "{speed}.real": "no attributes",
    "(1).__class__": "no attributes",
    "{speed}[0]": "no square brackets",
    "lambda: 1": "no lambda",
    "[1]": "no lists",
    "[x for x in (1,)]": "no comprehensions",
    "{x for x in (1,)}": "no comprehensions",
    "{1: 2}": "no dictionaries",
    "1, 2": "no commas",
    "f'{1}'": "no f-strings",
    "(speed := 1)": "no :=",
    "abs(*{speed})": "no star",
    "max(1, 2, key=3)": "arguments have no names",
    "__import__('os')": "there is no such function",
    "eval('1')": "there is no such function",
    "abs(1)(2)": "there is no such function",
    "(abs or max)(1)": "there is no such function",
    "speed": "write {speed}",
    "abs": "write abs(...)",
    "os": "a name that means nothing",
    "{speed} in (1, 2)": "no `in`",
    "{speed} is 1": "no `is`",
    "{speed} ^ 2": "a power is **",
    "{speed} & 1": "no &",
    "~{steps}": "no ~",
    "1 @ 2": "no @",
    "1 << 9": "no <<",
    "'%1000000000d' % 1": "a text stands for a number",
    "'a' * 9": "a text stands for a number",
    "-'a'": "a text stands for a number",
    "'a' and 1": "a text stands for a number",
    "{episode_status} + 1": "a text stands for a number",
    "min('a', 1)": "a text stands for a number",
    "{episode_status}": "a reward is a number",
    "'a' == 'a'": "two texts",
    "{speed} == 'fast'": "a text is compared with a number",
    "{episode_status} < 'b'": "texts have no order",
    "None": "not a number",
    "...": "not a number",
    "2j": "not a number",
    "b'a'": "not a number",
    "1e999": "a number too large",
    "9" * 1000: "a number too large",
    "abs()": "0 given; abs takes 1",
    "min(1)": "1 given; min takes 2 to 32",
    "clip(1, 2)": "2 given; clip takes 3",
    "": "nothing is written",
    "  \n ": "nothing is written",
    "1 +": "invalid syntax",
    "1; 2": "invalid syntax",
    "import os": "invalid syntax",
    "{speed": "never closed",
    "'a": "unterminated",
    "1 # and more": "write no comments",
    "{speed} # a\n + 1": "write no comments",
    "\0": "null",
    "\ud800": "not a text",
    "{}": "no dictionaries",
    "{{speed}}": "no such column",
    "{speed, steps}": "no such column",
    "{*speed}": "no such column",
    "{ｓpeed}": "no such column",
}


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_whatever_is_not_arithmetic_is_refused_in_one_line(text):
    assert REFUSED[text] in refusal(text)


def test_a_refusal_names_component_and_place_and_says_what_is_allowed():
    message = refusal("2 * {speed}.real", "My part")
    assert message == (
        "reward component 'My part', at character 5, '{speed}.real': no attributes; write with " + ALLOWED
    )


def test_the_place_counts_characters_not_bytes():
    before = "'éé' != {episode_status} and "
    assert f"at character {len(before) + 1}, 'os'" in refusal(before + "os")


def test_a_name_that_breaks_lines_stays_on_one():
    assert "'a\\\\nb'" in refusal("os", "a\nb")


@pytest.mark.parametrize(
    ("column", "near"), [("Speed", "speed"), ("spede", "speed"), ("status", "episode_status")]
)
def test_an_unknown_column_lists_the_columns_and_the_nearest(column, near):
    message = refusal(f"1 + {{{column}}}")
    assert f"(is it {{{near}}}?)" in message
    assert f"there are {', '.join(FRAME.columns)}" in message


def test_ten_thousand_parentheses_are_refused():
    assert f"{MOST_CHARACTERS:,} at most" in refusal("(" * 10_000 + "1" + ")" * 10_000)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "1" + ")" * 500,
        "[" * 1500,
        "abs(" * 150 + "1" + ")" * 150,
        "-" * 3900 + "1",
        "not " * 900 + "1",
        "1+" * 1900 + "1",
        "2**" * 1300 + "1",
        "1 if 1 else " * 300 + "1",
    ],
    ids=lambda text: text[:6],
)
def test_what_is_nested_too_deeply_is_refused(text):
    assert f"{MOST_DEPTH} levels at most" in refusal(text)


def test_what_parses_only_because_python_is_patient_is_refused_too():
    assert f"{MOST_DEPTH} levels" in refusal(f"{'-' * MOST_DEPTH}1")
    assert values(f"{'-' * (MOST_DEPTH - 1)}1") == [-1] * 4


@pytest.mark.parametrize("join", ["and", "or"])
def test_long_chains_of_and_and_or_do_not_nest(join):
    assert values(f" {join} ".join(["1"] * 500)) == [1] * 4


def test_too_many_parts_are_refused():
    assert "too many parts" in refusal("1<" * 1500 + "1")


def test_an_expression_read_for_one_log_names_the_column_another_lacks():
    with pytest.raises(ExpressionError, match=r"'Speed': the log has no column \{speed\}"):
        parse("{speed}").evaluate(FRAME[["steps"]])


TOKENS = (
    *(
        "{speed}",
        "{steps}",
        "{episode_status}",
        "{all_wheels_on_track}",
        "'off_track'",
        "f'{",
        "b'",
        "'",
        '"',
    ),
    *"{}()+-*/%<[],:.;\\@#~|&\0\n\ud800\u2028🙂",
    *(
        "//",
        "**",
        "<=",
        "==",
        "!=",
        ":=",
        "...",
        "True",
        "None",
        "__class__",
        "x",
        "é",
        "ａｂｓ(",
        "abs(",
        "min(",
    ),
    *(
        "log(",
        "clip(",
        "if",
        "else",
        "and",
        "or",
        "not",
        "in",
        "is",
        "lambda",
        "for",
        "yield",
        "await",
        "import",
    ),
    *("0", "1", "2.5", "9", "1e308", "1e999", "0777", "9" * 20),
)


def test_no_text_does_more_than_be_refused_or_computed():
    chance = random.Random(4)
    limit = sys.getrecursionlimit()
    for _ in range(2_000):
        text = chance.choice(["", " "]).join(chance.choices(TOKENS, k=chance.randint(1, 10)))
        if chance.random() < 0.1:
            text = chance.choice(TOKENS) * chance.randint(1, 600) + text
        try:
            result = parse(text).evaluate(FRAME).values
        except ExpressionError as error:
            assert len(str(error).splitlines()) == 1
        else:
            assert result.shape == (4,)
            assert not np.isinf(result).any()
    assert sys.getrecursionlimit() == limit
