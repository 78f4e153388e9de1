import numpy as np
import pytest
from rlviz_overlay import Outline, Size

SIZE = Size(12, 8)
SQUARE = [(2, 1), (6, 1), (6, 5), (2, 5)]


def drawn(*lines, value=100, color=(200, 0, 100), **options):
    picture = np.full((SIZE.height, SIZE.width, 3), value, np.uint8)
    Outline(lines, color, SIZE, **options).draw(picture)
    return picture


def test_a_line_is_mixed_with_the_picture_by_its_opacity():
    picture = drawn(SQUARE, opacity=0.25)
    assert picture[1, 4].tolist() == [125, 75, 100]


def test_only_the_border_changes():
    changed = (drawn(SQUARE, opacity=1) != 100).any(axis=2)
    expected = np.zeros((8, 12), bool)
    expected[1:6, 2:7] = True
    expected[2:5, 3:6] = False
    assert (changed == expected).all()


def test_an_open_line_is_not_joined_to_its_beginning():
    changed = (drawn([(0, 2), (11, 2)], closed=False) != 100).any(axis=2)
    assert changed.any(axis=1).tolist() == [False, False, True, False, False, False, False, False]


def test_crossing_lines_are_mixed_once():
    alone, twice = drawn(SQUARE), drawn(SQUARE, SQUARE)
    assert (alone == twice).all()


def test_a_border_on_the_pictures_edge_is_seen():
    changed = (drawn([(0, 0), (12, 0), (12, 8), (0, 8)]) != 100).any(axis=2)
    assert changed[[0, -1]].all()
    assert changed[:, [0, -1]].all()


def test_what_reaches_over_the_picture_is_left_out():
    assert (drawn([(-50, 3), (50, 3)], closed=False)[3] != 100).any(axis=1).all()


def test_no_lines_change_nothing():
    assert (drawn() == 100).all()


def test_a_picture_of_another_size_is_an_error():
    with pytest.raises(ValueError, match="12x8"):
        Outline([SQUARE], (1, 2, 3), SIZE).draw(np.zeros((9, 12, 3), np.uint8))


def test_an_opacity_is_from_0_to_1():
    with pytest.raises(ValueError, match="opacity of 2"):
        Outline([], (0, 0, 0), SIZE, opacity=2)
