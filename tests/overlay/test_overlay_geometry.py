from itertools import pairwise

import numpy as np
import pytest
from rlviz_overlay import Rect, Size, draw_box, new_canvas

RECT = Rect(3, 5, 101, 47)


@pytest.mark.parametrize("weights", [(1,), (1, 1), (3, 1, 2), (1,) * 18, (0.1, 7.3)])
@pytest.mark.parametrize("gap", [0, 2])
def test_columns_and_gaps_fill_the_rectangle_to_the_pixel(weights, gap):
    columns = RECT.columns(*weights, gap=gap)
    assert columns[0].x == RECT.x
    assert columns[-1].right == RECT.right
    assert all(b.x == a.right + gap for a, b in pairwise(columns))


@pytest.mark.parametrize("gap", [0, 2])
def test_rows_and_gaps_fill_the_rectangle_to_the_pixel(gap):
    rows = RECT.rows(2, 3, 4, gap=gap)
    assert rows[0].y == RECT.y
    assert rows[-1].bottom == RECT.bottom
    assert all(b.y == a.bottom + gap for a, b in pairwise(rows))


def test_weights_are_proportions():
    assert [column.width for column in Rect(0, 0, 840, 10).columns(480, 360)] == [480, 360]


@pytest.mark.parametrize(("weights", "gap"), [((), 0), ((1, 0), 0), ((1, -1), 0), ((1, 1), 200)])
def test_a_split_that_cannot_be_is_an_error(weights, gap):
    with pytest.raises(ValueError, match=r"give|use"):
        RECT.columns(*weights, gap=gap)


@pytest.mark.parametrize("width", range(1, 60, 7))
@pytest.mark.parametrize("height", range(1, 60, 7))
def test_fit_keeps_the_aspect_ratio_to_half_a_pixel_and_stays_inside(width, height):
    fitted = RECT.fit(Size(width, height))
    assert RECT.contains(fitted)
    assert fitted.width == RECT.width or fitted.height == RECT.height
    errors = fitted.width * height / width - fitted.height, fitted.height * width / height - fitted.width
    assert min(abs(error) for error in errors) <= 0.5


def test_fit_centres():
    assert Rect(10, 20, 100, 50).fit(Size(1, 1)) == Rect(35, 20, 50, 50)


def test_an_empty_picture_has_no_aspect_ratio():
    with pytest.raises(ValueError, match="0x3"):
        RECT.fit(Size(0, 3))


def test_inset_takes_the_margin_off_every_side():
    assert RECT.inset(4, 3) == Rect(7, 8, 93, 41)


def test_an_inset_larger_than_the_rectangle_leaves_it_empty_inside():
    inner = RECT.inset(1000)
    assert inner.width <= 1
    assert inner.height <= 1
    assert RECT.contains(inner)


@pytest.mark.parametrize("cut", ["cut_left", "cut_right", "cut_top", "cut_bottom"])
@pytest.mark.parametrize("length", [0, 10, 1000])
def test_a_cut_gives_two_parts_inside_that_do_not_overlap(cut, length):
    part, rest = getattr(RECT, cut)(length, gap=3)
    assert RECT.contains(part)
    assert RECT.contains(rest)
    seen = np.zeros((60, 120, 3), np.uint8)
    part.view(seen)[...] += 1
    rest.view(seen)[...] += 1
    assert seen.max() == 1


def test_cuts_take_their_side():
    rect = Rect(0, 0, 10, 20)
    assert rect.cut_left(4, 1) == (Rect(0, 0, 4, 20), Rect(5, 0, 5, 20))
    assert rect.cut_right(4, 1) == (Rect(6, 0, 4, 20), Rect(0, 0, 5, 20))
    assert rect.cut_top(4, 1) == (Rect(0, 0, 10, 4), Rect(0, 5, 10, 15))
    assert rect.cut_bottom(4, 1) == (Rect(0, 16, 10, 4), Rect(0, 0, 10, 15))


def test_a_view_writes_to_the_canvas():
    canvas = new_canvas(Size(8, 6), (0, 0, 0))
    Rect(2, 1, 3, 2).view(canvas)[...] = 9
    assert canvas.sum() == 9 * 3 * 2 * 3
    assert canvas[1, 2, 0] == 9


@pytest.mark.parametrize("rect", [Rect(-1, 0, 2, 2), Rect(0, -1, 2, 2), Rect(7, 0, 2, 2), Rect(0, 5, 2, 2)])
def test_a_view_outside_the_canvas_is_an_error(rect):
    with pytest.raises(ValueError, match="outside the canvas of 8x6"):
        rect.view(new_canvas(Size(8, 6), (0, 0, 0)))


def test_a_negative_size_is_an_error():
    with pytest.raises(ValueError, match="-1x2"):
        Rect(0, 0, -1, 2)
    with pytest.raises(ValueError, match="-1x2"):
        Size(-1, 2)


def test_clip_is_the_part_inside():
    rect = Rect(10, 10, 20, 10)
    assert rect.clip(Rect(0, 15, 15, 50)) == Rect(10, 15, 5, 5)
    assert rect.clip(rect) == rect
    assert rect.clip(Rect(100, 0, 5, 5)).width == 0


def test_a_part_of_a_picture_is_found_again_where_the_picture_is_drawn():
    place, size = Rect(7, 9, 480, 630), Size(160, 210)
    assert place.project(Rect.whole(size), size) == place
    assert place.project(Rect(-2, 10, 36, 36), size) == Rect(1, 39, 108, 108)


def test_a_box_colours_its_border_alone():
    canvas = new_canvas(Size(20, 20), (0, 0, 0))
    draw_box(canvas, Rect(2, 3, 10, 8), (1, 1, 1), thickness=2)
    assert canvas[..., 0].sum() == 10 * 8 - 6 * 4
    assert (canvas[3:11, 2:12].sum(axis=2) > 0).sum() == 10 * 8 - 6 * 4


def test_a_box_over_the_edge_is_drawn_as_far_as_it_is_seen():
    canvas = new_canvas(Size(6, 6), (0, 0, 0))
    draw_box(canvas, Rect(-5, -5, 8, 8), (1, 1, 1))
    assert canvas[..., 0].sum() == 5
    assert canvas[2, :3].all()
    assert canvas[:3, 2].all()


def test_an_outlined_box_has_the_outline_on_both_sides():
    canvas = new_canvas(Size(12, 12), (0, 0, 0))
    draw_box(canvas, Rect(1, 1, 10, 10), (9, 9, 9), outline=(5, 5, 5))
    assert canvas[6, :, 0].tolist() == [0, 5, 9, 5, 0, 0, 0, 0, 5, 9, 5, 0]
