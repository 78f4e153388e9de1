"""The help menu."""

import numpy as np
import pytest
from deepracer_analyzer.drawing.help import HelpMenu
from deepracer_analyzer.simulation.keys import KEYS
from rlviz_overlay import Rect, Size

TABLE = [(key.name, key.meaning) for key in KEYS]
SIZES = [(640, 500), (1280, 1000), (320, 240), (1104, 500), (400, 800)]


def menu(table, size):
    canvas = np.full((size[1], size[0], 3), 128, np.uint8)
    HelpMenu(table, Size(*size), size[1] / 500).draw(canvas, Rect.whole(Size(*size)))
    return canvas


@pytest.mark.parametrize("size", SIZES)
def test_every_line_is_there_to_its_last_letter(size):
    whole = menu(TABLE, size)
    for number, (key, meaning) in enumerate(TABLE):
        for other in ((key, f"{meaning[:-1]}#"), (f"{key[:-1]}#", meaning)):
            table = [*TABLE[:number], other, *TABLE[number + 1 :]]
            assert (menu(table, size) != whole).any(), (key, meaning)


@pytest.mark.parametrize("size", SIZES[:2])
def test_letters_are_large_enough_to_be_read(size):
    assert HelpMenu(TABLE, Size(*size), size[1] / 500).text_height(Size(*size)) >= 13 * size[1] / 500


def test_twice_as_many_keys_have_room_in_smaller_letters():
    table = [(key, f"{meaning} {number}") for number in range(2) for key, meaning in TABLE]
    few, many = (HelpMenu(keys, Size(640, 500), 1.0).text_height(Size(640, 500)) for keys in (TABLE, table))
    assert 6 < many < few


def test_the_menu_lets_little_of_the_picture_through():
    dark, light = (np.full((500, 640, 3), level, np.uint8) for level in (0, 255))
    made = HelpMenu(TABLE, Size(640, 500), 1.0)
    for canvas in (dark, light):
        made.draw(canvas, Rect.whole(Size(640, 500)))
    through = light.astype(int) - dark
    assert through.max() <= 32
    assert (through[250, 320] == 0).all()
