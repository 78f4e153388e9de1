"""Which step each frame shows: exact, whatever the rates are."""

from fractions import Fraction
from math import floor

import pytest
from nn_video_generator.pace import Pace, make_pace

RATES = [(30, 15.0, 1.0), (30, 30.0, 1.0), (30, 15.0, 4.0), ("30000/1001", 50.0, 0.5), (25, 60 / 3.5, 1.0)]


@pytest.mark.parametrize(("fps", "step_rate", "speed"), RATES)
def test_every_frame_shows_the_step_that_the_game_is_at_then(fps, step_rate, speed):
    pace = make_pace(200, Fraction(fps), step_rate, speed)
    shown = {frame: step for step in range(pace.steps) for frame in pace.frames_of(step)}
    assert sorted(shown) == list(range(200))
    for frame, step in shown.items():
        assert step == floor(frame * pace.steps_per_second / pace.fps)


@pytest.mark.parametrize(("fps", "step_rate", "speed"), RATES)
def test_the_last_frame_shows_the_last_step(fps, step_rate, speed):
    pace = make_pace(77, Fraction(fps), step_rate, speed)
    assert 76 in pace.frames_of(pace.steps - 1)


def test_at_true_speed_a_step_of_four_atari_frames_is_shown_for_two_of_thirty_frames_a_second():
    pace = make_pace(2700, Fraction(30), 15.0, 1.0)
    assert pace.steps == 1350
    assert pace.frames_of(10) == range(20, 22)


def test_a_video_that_is_faster_than_its_frames_leaves_steps_out():
    pace = Pace(10, Fraction(30), Fraction(60))
    assert [len(pace.frames_of(step)) for step in range(4)] == [1, 0, 1, 0]


def test_a_clip_of_one_frame_shows_the_first_step():
    assert Pace(1, Fraction(30), Fraction(15)).frames_of(0) == range(1)
