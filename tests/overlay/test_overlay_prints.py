import numpy as np
import pytest
from rlviz_overlay import Print, Rect, Size, TextStyle, draw_text, fill
from rlviz_overlay.opencv import cv2

SIZE = Size(60, 30)
PICTURE = np.random.default_rng(2).integers(0, 256, (SIZE.height, SIZE.width, 3), dtype=np.uint8)


def draw_some(canvas, rect):
    fill(canvas, Rect(rect.x + 3, rect.y + 4, 20, 9), (200, 100, 0))
    cv2.line(rect.view(canvas), (2, 2), (55, 24), (0, 255, 90), 1, cv2.LINE_AA)
    draw_text(canvas, "Speed", rect, TextStyle(13, (255, 255, 255)))


def test_a_print_does_to_a_picture_what_its_drawing_does():
    direct, printed = PICTURE.copy(), PICTURE.copy()
    draw_some(direct, Rect.whole(SIZE))
    Print.drawn(draw_some, SIZE).draw(printed, Rect.whole(SIZE))
    assert np.abs(direct.astype(int) - printed).max() <= 3


def test_a_print_of_nothing_changes_nothing():
    printed = PICTURE.copy()
    Print.drawn(lambda canvas, rect: None, SIZE).draw(printed, Rect.whole(SIZE))
    assert (printed == PICTURE).all()


def test_a_print_is_drawn_into_its_rectangle_alone():
    canvas = np.zeros((50, 90, 3), np.uint8)
    place = Rect(11, 7, SIZE.width, SIZE.height)
    Print.drawn(draw_some, SIZE).draw(canvas, place)
    assert place.view(canvas).any()
    place.view(canvas)[...] = 0
    assert not canvas.any()


def test_a_place_of_another_size_is_an_error():
    with pytest.raises(ValueError, match="60x30 pixels for a place of 60x31"):
        Print.drawn(draw_some, SIZE).draw(np.zeros((50, 90, 3), np.uint8), Rect(0, 0, 60, 31))
