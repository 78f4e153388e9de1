import numpy as np
import pytest
from rlviz_overlay import DARK, Gauge, Rect, Size, new_canvas

GREY = (90, 90, 90)
RECT = Rect(0, 0, 300, 30)


def drawn(*values, rect=RECT):
    gauge = Gauge([DARK.accent, DARK.other], ends=("left", "right"))
    gauge.update(*values)
    canvas = new_canvas(rect.size, GREY)
    gauge.draw(canvas, rect)
    return canvas, gauge.lanes(rect)


def columns(canvas, lane, color):
    return np.flatnonzero((lane.view(canvas) == color).all(axis=(0, 2)))


def test_a_negative_value_is_left_of_the_middle_and_a_positive_one_right_of_it():
    canvas, (pilot, user) = drawn(-0.5, 0.5)
    middle = (pilot.width - 1) // 2
    assert columns(canvas, pilot, DARK.accent)[-1] <= middle
    assert columns(canvas, user, DARK.other)[0] >= middle


def test_opposite_values_have_bars_of_the_same_length():
    canvas, (pilot, user) = drawn(-0.7, 0.7)
    left, right = (columns(canvas, *pair) for pair in ((pilot, DARK.accent), (user, DARK.other)))
    assert len(left) == len(right)
    assert left.tolist() == (pilot.width - 1 - right[::-1]).tolist()


def test_a_full_value_reaches_the_end_of_its_lane_and_more_does_not_leave_it():
    for value in (1, 99):
        canvas, (_, user) = drawn(0, value)
        assert columns(canvas, user, DARK.other)[-1] == user.width - 1


def test_the_lane_of_an_unknown_value_stays_empty():
    canvas, (_, user) = drawn(0.5, None)
    assert not columns(canvas, user, DARK.other).size


def test_the_ends_are_beside_the_lanes():
    canvas, (pilot, user) = drawn(None, None)
    assert (canvas[:, : pilot.x] != DARK.panel).any()
    assert (canvas[:, user.right :] != DARK.panel).any()


@pytest.mark.parametrize("size", [Size(300, 30), Size(40, 9), Size(7, 3), Size(1, 1), Size(0, 0)])
def test_a_gauge_fills_its_rectangle_and_nothing_else(size):
    canvas = new_canvas(Size(size.width + 8, size.height + 8), GREY)
    rect = Rect(4, 4, size.width, size.height)
    gauge = Gauge([DARK.accent, DARK.other], ends=("left", "right"))
    gauge.update(-1, 0.3)
    gauge.draw(canvas, rect)
    assert not (rect.view(canvas) == GREY).all(axis=2).any()
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


@pytest.mark.parametrize("values", [(1,), (1, 2, 3), (float("nan"), 0)])
def test_a_gauge_needs_a_finite_value_or_none_for_each_lane(values):
    with pytest.raises(ValueError, match="gauge of 2"):
        drawn(*values)


def test_a_gauge_needs_colours():
    with pytest.raises(ValueError, match="colours"):
        Gauge([])
