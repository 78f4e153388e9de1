from itertools import combinations

import pytest
from donkey_gradcam.drawing.canvas_layout import NARROWEST, Parts, arrange
from rlviz_overlay import Rect, Size

LONG = "\n".join(f"a note of some length that says how the heat was made, number {n}" for n in range(9))
SIZES = [
    (160, 120),
    (320, 240),
    (480, 360),
    (40, 30),
    (224, 224),
    (320, 60),
    (60, 320),
    (447, 273),
    (1280, 960),
]
PARTS = [
    Parts(),
    Parts("one line", bins=True),
    Parts(LONG, earlier=2),
    Parts(LONG, bins=True, earlier=6),
]
CARDS = {"earlier"}


def arrangements():
    return pytest.mark.parametrize(
        ("picture", "parts"), [(Size(*size), parts) for size in SIZES for parts in PARTS]
    )


@arrangements()
def test_nothing_overlaps_and_everything_is_on_the_canvas(picture, parts):
    made = arrange(picture, parts)
    assert all(Rect.whole(made.size).contains(rect) for rect in made.rects.values())
    rects = {
        name: rect for name, rect in made.rects.items() if name not in CARDS and rect.width * rect.height
    }
    for (one, first), (other, second) in combinations(rects.items(), 2):
        shared = first.clip(second)
        assert shared.width * shared.height == 0, (one, other)


@arrangements()
def test_the_canvas_is_even_and_not_narrower_than_text_needs(picture, parts):
    size = arrange(picture, parts).size
    assert size.width % 2 == size.height % 2 == 0
    assert size.width >= NARROWEST


@arrangements()
def test_both_pictures_have_the_size_that_was_asked_for(picture, parts):
    rects = arrange(picture, parts).rects
    assert rects["camera"].size == rects["heat"].size == picture


@arrangements()
def test_earlier_pictures_are_inside_their_card_in_order_and_in_proportion(picture, parts):
    rects = arrange(picture, parts).rects
    small = [rects[f"earlier {number}"] for number in range(parts.earlier)]
    assert all(rects["earlier"].contains(rect) for rect in small)
    assert [rect.x for rect in small] == sorted({rect.x for rect in small})
    for rect in small:
        assert abs(rect.width * picture.height - rect.height * picture.width) <= max(
            picture.width, picture.height
        )


def test_captions_are_above_their_pictures_and_panels_are_not_on_them():
    for size in ((160, 120), (320, 240)):
        rects = arrange(Size(*size), Parts("note")).rects
        for name in ("camera", "heat"):
            assert rects[f"{name} caption"].bottom <= rects[name].y


def test_panels_are_below_large_pictures_and_beside_small_ones():
    large, small = (arrange(Size(*size), Parts()).rects for size in ((320, 240), (160, 120)))
    assert large["gauge"].y >= large["heat"].bottom
    assert small["gauge"].x >= small["heat"].right


def test_texts_grow_with_the_pictures():
    units = [arrange(Size(*size), Parts()).unit for size in ((160, 120), (320, 240), (640, 480))]
    assert units[0] == units[1] == 1
    assert units[2] == pytest.approx(2, abs=0.05)
