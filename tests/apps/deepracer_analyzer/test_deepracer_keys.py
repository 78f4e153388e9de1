"""What each key changes."""

import pytest
from deepracer_analyzer.simulation.keys import COMMANDS, KEYS, press
from deepracer_analyzer.simulation.state import State
from deepracer_analyzer.simulation.view import View

START = State(frames=100, frame_number=50)


def after(keys: str, state: State = START) -> State:
    for key in keys:
        state = press(state, key)
    return state


def test_every_key_of_the_original_is_in_the_table():
    assert set(COMMANDS) == set("qphnmas0123456789,.zxvbfgctr")


def test_every_key_has_one_meaning():
    assert sum(len(key.commands) for key in KEYS) == len(COMMANDS)


@pytest.mark.parametrize("key", sorted(COMMANDS))
def test_upper_and_lower_case_do_the_same(key: str):
    assert press(START, key.upper()) == press(START, key.lower())


@pytest.mark.parametrize("key", ["y", "", "€", "\n", "qq"])
def test_a_key_that_means_nothing_changes_nothing(key: str):
    assert press(START, key) == START


@pytest.mark.parametrize("key", sorted(set(COMMANDS) - set("0123456789c")))
def test_a_key_changes_something(key: str):
    assert press(START, key) != START


def test_q_quits():
    assert after("q").quit


def test_p_pauses_and_resumes():
    assert after("p").pause
    assert not after("pp").pause


def test_help_pauses_while_it_is_shown():
    assert after("h").view.help
    assert after("h").pause
    assert after("hh") == START


@pytest.mark.parametrize("tenth", range(10))
def test_a_number_jumps_to_that_tenth(tenth: int):
    assert press(START, str(tenth)).frame_number == tenth * 10


def test_comma_and_point_step_by_one_and_pause():
    assert (after(".").frame_number, after(".").pause) == (51, True)
    assert (after(",").frame_number, after(",").pause) == (49, True)


def test_stepping_stops_at_both_ends():
    assert after(",", State(frames=3)).frame_number == 0
    assert after(".", State(frames=3, frame_number=2)).frame_number == 2


@pytest.mark.parametrize(
    ("keys", "name", "low", "high"),
    [
        ("nm", "frame_rate", 1, 100),
        ("zx", "attenuation", 1.0, 1.2),
        ("vb", "gaussian_size", 30, 100),
        ("fg", "colormap", 0, 21),
    ],
)
def test_a_number_stays_in_its_range(keys: str, name: str, low: float, high: float):
    assert getattr(after(keys[0] * 200).view, name) == low
    assert getattr(after(keys[1] * 200).view, name) == high


@pytest.mark.parametrize("pair", ["nm", "zx", "vb", "fg", "mn"])
def test_the_second_key_of_a_pair_undoes_the_first(pair: str):
    assert after(pair) == START


@pytest.mark.parametrize(("key", "name"), [("a", "action_space"), ("s", "heatmap"), ("t", "annotations")])
def test_an_overlay_is_switched(key: str, name: str):
    assert not getattr(after(key).view, name)
    assert after(key * 2) == START


def test_c_forgets_the_actions_until_here():
    assert after("c").view == View(cleared=50)


def test_r_starts_and_ends_a_recording():
    assert after("r").recording
    assert not after("rr").recording


def test_no_key_changes_the_state_it_was_given():
    before = State(frames=100, frame_number=50)
    after("".join(COMMANDS), before)
    assert before == State(frames=100, frame_number=50)
