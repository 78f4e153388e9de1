import numpy as np
import pytest
from rlviz_overlay import BOLD, NumberText, Rect, Size, TextStyle, new_canvas
from rlviz_overlay.text import Align

WHITE, BLUE, RED = (255, 255, 255), (0, 0, 90), (90, 0, 0)
RECT = Rect(10, 10, 90, 24)


def drawn(text, *, align: Align = "left", height=16, rect=RECT):
    canvas = new_canvas(Size(120, 50), RED)
    NumberText(TextStyle(height, WHITE, BOLD), BLUE, align=align).draw(canvas, text, rect)
    return canvas


def columns(canvas):
    """First and last column that has letters."""
    found = np.flatnonzero((canvas[:, :, 0] > 128).any(axis=0))
    return found[0], found[-1]


@pytest.mark.parametrize("text", ["", "0", "1,234", "−0.25", "123456789012345678901234567890"])
def test_nothing_is_drawn_outside_and_the_rectangle_is_covered(text):
    canvas = drawn(text)
    inside = RECT.view(canvas).copy()
    RECT.view(canvas)[...] = RED
    assert (canvas == RED).all()
    assert not (inside == RED).all(axis=2).any()


def test_a_number_that_counts_stands_still():
    widths = {columns(drawn(f"{digit}00"))[1] for digit in range(10)}
    assert len(widths) == 1


def test_numbers_stand_left_and_right():
    left, right = columns(drawn("42")), columns(drawn("42", align="right"))
    assert left[0] - RECT.x < 6
    assert RECT.right - right[1] < 6
    assert right[1] - right[0] == left[1] - left[0]


def test_a_number_looks_the_same_again():
    np.testing.assert_array_equal(drawn("0.125"), drawn("0.125"))


def test_different_numbers_look_different():
    assert (drawn("0.125") != drawn("0.126")).any()


def test_a_number_without_room_is_drawn_smaller():
    first, last = columns(drawn("1234567", rect=Rect(10, 10, 40, 24)))
    assert first >= 10
    assert last < 50
