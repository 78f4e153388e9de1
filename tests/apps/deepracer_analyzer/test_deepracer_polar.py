"""The half-disc of the action space."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from deepracer_analyzer.drawing.colors import ACTION, SPEED
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.polar import Polar, action_text
from deepracer_analyzer.drawing.polar_scale import PolarScale, angle_marks, speed_marks
from deepracer_analyzer.simulation.view import View
from deepracer_analyzer.views import Action, ActionSpace
from deepracer_replay import SPACE, close_to, make_log, moment
from rlviz_overlay import Rect, Size

SIZE = Size(288, 182)
SCALE = PolarScale.of(SPACE, SIZE)
NO_HEAT = View(heatmap=False)


def space(steering, speed, kind: Literal["discrete", "continuous"] = "discrete"):
    corners = (Action(angle, value) for angle in steering for value in speed)
    return ActionSpace(kind, tuple(corners) if kind == "discrete" else (), steering, speed, "the test")


def picture(row=5, view=NO_HEAT, shown=SPACE, **columns):
    """The half-disc on grey at a row."""
    canvas = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    polar = Polar(Logged.of(make_log(**columns)), shown, SIZE, 1.0)
    polar.draw(canvas, Rect.whole(SIZE), moment(row), view)
    return canvas


def center(mask):
    rows, columns = np.nonzero(mask)
    return columns.mean(), rows.mean()


def disc_part(canvas):
    """The picture without what is written below the base line."""
    return canvas[: round(SCALE.y) + 2]


def test_the_largest_angle_is_drawn_at_60_degrees_from_straight():
    x, y = SCALE.point(30.0, 3.0)
    assert x == pytest.approx(SCALE.x - SCALE.radius * np.sin(np.pi / 3))
    assert y == pytest.approx(SCALE.y - SCALE.radius / 2)


def test_left_is_left():
    assert SCALE.point(10.0, 2.0)[0] < SCALE.x < SCALE.point(-10.0, 2.0)[0]


def test_straight_on_is_up_and_the_highest_speed_is_at_the_rim():
    assert SCALE.point(0.0, 3.0) == pytest.approx((SCALE.x, SCALE.y - SCALE.radius))
    assert SCALE.point(0.0, 1.5) == pytest.approx((SCALE.x, SCALE.y - SCALE.radius / 2))
    assert SCALE.point(25.0, 0.0) == pytest.approx((SCALE.x, SCALE.y))


@pytest.mark.parametrize(("steering", "speed"), [(200.0, 1.0), (-70.0, 9.0), (0.0, -3.0), (30.0, 99.0)])
def test_no_action_is_outside_of_the_half_disc(steering, speed):
    x, y = SCALE.point(steering, speed)
    assert np.hypot(x - SCALE.x, y - SCALE.y) <= SCALE.radius + 1e-6
    assert y <= SCALE.y + 1e-6


def test_a_space_without_speeds_or_angles_has_a_half_disc_all_the_same():
    scale = PolarScale.of(space((0.0, 0.0), (0.0, 0.0)), SIZE)
    assert scale.speed > 0
    assert scale.angle > 0


@pytest.mark.parametrize("fastest", np.arange(0.2, 12, 0.05).tolist())
def test_there_are_three_to_six_arcs_and_the_last_is_the_highest_speed(fastest):
    marks = speed_marks(fastest)
    assert 3 <= len(marks) <= 6
    assert marks[-1] == fastest
    assert min(np.diff((0.0, *marks))) > 0.05 * fastest


@pytest.mark.parametrize(
    ("fastest", "marks"),
    [
        (4.0, (1, 2, 3, 4)),
        (3.0, (1, 2, 3)),
        (2.0, (0.5, 1, 1.5, 2)),
        (5.0, (1, 2, 3, 4, 5)),
        (1.3, (0.5, 1, 1.3)),
    ],
)
def test_arcs_are_at_round_speeds(fastest, marks):
    assert speed_marks(fastest) == pytest.approx(marks)


def test_the_angles_of_a_discrete_space_are_marked_themselves():
    assert angle_marks(SPACE, 30.0) == (-30, -20, -10, 0, 10, 20, 30)
    uneven = space((-20.0, -10.0, 0.0, 15.0, 30.0), (1.0, 2.0))
    assert angle_marks(uneven, 30.0) == (-20, -10, 0, 15, 30)


@pytest.mark.parametrize("widest", np.arange(0.5, 90, 0.5).tolist())
def test_other_spaces_have_five_to_seven_round_angles_with_zero_and_both_ends(widest):
    marks = angle_marks(space((-widest, widest), (1.0, 2.0), "continuous"), widest)
    assert len(marks) in {5, 7}
    assert marks[0] == -widest
    assert marks[-1] == widest
    assert 0 in marks
    assert marks == tuple(-mark for mark in reversed(marks))


@pytest.mark.parametrize("steer", [-30.0, -10.0, 0.0, 20.0])
def test_the_chosen_action_is_an_orange_dot_at_its_place(steer):
    x, y = center(close_to(disc_part(picture(steer=steer, throttle=2.0, speed=0.0)), ACTION))
    assert np.hypot(x - SCALE.point(steer, 2.0)[0], y - SCALE.point(steer, 2.0)[1]) < 1


def test_the_dot_has_a_black_rim():
    x, y = (round(place) for place in SCALE.point(10.0, 2.0))
    dot = picture(steer=10.0, throttle=2.0, speed=0.0)[y - 8 : y + 9, x - 8 : x + 9]
    ring = np.hypot(*np.mgrid[-8:9, -8:9])
    assert (close_to(dot, ACTION) == (ring < 4)).mean() > 0.9
    assert dot[(ring > 4.8) & (ring < 5.6)].mean() < 80


def test_the_action_is_written_with_right_positive():
    assert action_text(-20.0, 2.0) == "(2.0 m/s, 20.0 deg)"
    assert action_text(20.0, 2.0) == "(2.0 m/s, −20.0 deg)"
    assert action_text(0.0, 1.5) == "(1.5 m/s, 0.0 deg)"


def test_the_text_stands_under_the_right_half_in_orange():
    below = picture(speed=0.0)[round(SCALE.y) + 2 :]
    _, columns = np.nonzero(close_to(below, ACTION))
    assert columns.min() > SCALE.x
    assert columns.max() < SCALE.x + SCALE.radius + 8


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.3])
def test_the_cars_speed_is_a_green_half_circle_of_its_radius(speed):
    rows, columns = np.nonzero(close_to(picture(speed=speed, steer=np.nan), SPEED))
    reach = np.hypot(columns - SCALE.x, rows - SCALE.y)
    assert np.abs(reach - SCALE.radius * speed / 3).max() < 1.8
    assert rows.max() <= SCALE.y + 2
    assert columns.min() < SCALE.x - 0.9 * SCALE.radius * speed / 3
    assert columns.max() > SCALE.x + 0.9 * SCALE.radius * speed / 3


def test_a_car_that_stands_has_no_green_half_circle():
    assert not close_to(picture(speed=0.0), SPEED).any()


def test_a_car_that_is_too_fast_has_a_dashed_half_circle_inside_the_rim():
    whole = close_to(picture(speed=3.0, steer=np.nan), SPEED)
    dashed = close_to(picture(speed=14.0, steer=np.nan), SPEED)
    rows, columns = np.nonzero(dashed)
    assert np.hypot(columns - SCALE.x, rows - SCALE.y).max() <= SCALE.radius + 1
    assert 0.3 * whole.sum() < dashed.sum() < 0.8 * whole.sum()


def test_an_action_that_is_not_known_is_not_drawn():
    assert not close_to(picture(speed=0.0, steer=np.nan), ACTION).any()
    assert not close_to(picture(speed=0.0, throttle=np.nan), ACTION).any()


def test_the_disc_is_white_with_a_fifth_of_the_video_showing_through():
    disc = picture(speed=0.0, steer=np.nan)
    x, y = (round(place) for place in SCALE.point(-25.0, 2.5))
    assert np.abs(disc[y, x].astype(int) - round(0.8 * 255 + 0.2 * 90)).max() <= 1
    assert (disc[2, 2] == 90).all()


def test_discrete_actions_are_grey_dots():
    one = replace(SPACE, actions=(*SPACE.actions, Action(10.0, 1.5)))
    rows, columns = np.nonzero((picture(shown=one) != picture()).any(axis=2))
    x, y = SCALE.point(10.0, 1.5)
    assert np.hypot(columns - x, rows - y).max() < 5


def test_an_action_of_which_only_the_number_is_known_has_no_dot():
    one = replace(SPACE, actions=(*SPACE.actions, Action(np.nan, np.nan)))
    assert (picture(shown=one) == picture()).all()


def test_a_continuous_space_has_a_border_where_it_ends():
    continuous = space((-20.0, 30.0), (1.0, 3.0), "continuous")
    scale = PolarScale.of(continuous, SIZE)
    shown = picture(shown=continuous, speed=0.0, steer=np.nan)
    x, y = (round(place) for place in scale.point(-20.0, 2.5))
    assert shown[y, x].max() < 170
    x, y = (round(place) for place in scale.point(-25.0, 2.5))
    assert shown[y, x].min() > 200


def test_nothing_is_drawn_outside_of_its_place():
    canvas = np.full((260, 400, 3), 90, np.uint8)
    polar = Polar(Logged.of(make_log()), SPACE, SIZE, 1.0)
    polar.draw(canvas, Rect(50, 40, SIZE.width, SIZE.height), moment(70), View(gaussian_size=100))
    canvas[40 : 40 + SIZE.height, 50 : 50 + SIZE.width] = 90
    assert (canvas == 90).all()


def test_the_share_of_the_hottest_action_comes_with_the_heat():
    canvas = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    polar = Polar(Logged.of(make_log(steer=10.0, throttle=2.0)), SPACE, SIZE, 1.0)
    assert polar.draw(canvas, Rect.whole(SIZE), moment(30), View()) == pytest.approx(1)
    assert polar.draw(canvas, Rect.whole(SIZE), moment(30), NO_HEAT) is None
