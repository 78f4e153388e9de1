import numpy as np
import pytest
from rlviz_overlay import Rect, ScrollingChart, Series, Size, TraceChart, new_canvas

ONE = (Series("value", (255, 0, 0)),)
RECT = Rect(5, 5, 130, 50)


def picture(chart, canvas=None):
    canvas = new_canvas(Size(140, 60), (1, 2, 3)) if canvas is None else canvas
    chart.draw(canvas, RECT)
    return canvas


def wave(count):
    return np.sin(np.arange(count) / 4)


def drawn_after_each(chart, values):
    """The pictures of a chart that is drawn after each value."""
    pictures = []
    for value in values:
        chart.update(value)
        pictures.append(picture(chart))
    return pictures


@pytest.mark.parametrize("step", [1, 2, 3])
def test_scrolling_gives_the_picture_of_drawing_everything_anew(step):
    whole = TraceChart(ONE, step=step, limits=(-1, 1), header=False)
    for value in wave(200):
        whole.update(value)
    scrolled = drawn_after_each(ScrollingChart(ONE, step=step, limits=(-1, 1)), wave(200))[-1]
    plot = whole.plot(RECT.size).inset(4, 0)
    one, other = (plot.view(RECT.view(frame)).astype(int) for frame in (scrolled, picture(whole)))
    assert np.abs(one - other).max() <= 2
    assert one.any()


def test_drawing_again_without_a_new_value_changes_nothing():
    chart = ScrollingChart(ONE)
    last = drawn_after_each(chart, wave(30))[-1]
    np.testing.assert_array_equal(picture(chart), last)


def test_an_axis_that_grows_moves_what_was_there():
    shown = drawn_after_each(ScrollingChart(ONE, text_height=8), [1.0] * 30 + [10.0])
    red_before, red_after = (np.flatnonzero(one[:, 115, 0] > 150) for one in shown[-2:])
    assert red_after.min() > red_before.max()


def test_a_value_that_is_not_known_leaves_a_gap():
    values = [0.5] * 20 + [None] * 10 + [0.5] * 20
    shown = drawn_after_each(ScrollingChart(ONE, limits=(0, 1)), values)[-1]
    row = (shown[:, :, 0] > 200).any(axis=0)
    assert len(np.flatnonzero(np.diff(row.astype(int)))) == 4


def test_a_cut_does_not_join_what_belongs_to_something_else():
    joined, cut = ScrollingChart(ONE, limits=(0, 1)), ScrollingChart(ONE, limits=(0, 1))
    for number, value in enumerate([0.1] * 20 + [0.9] * 20):
        if number == 20:
            cut.cut()
        for chart in (joined, cut):
            chart.update(value)
            picture(chart)
    middle = slice(25, 35)
    assert (picture(joined)[middle, :, 0] > 200).any()
    assert not (picture(cut)[middle, :, 0] > 200).any()


def test_nothing_outside_the_rectangle_is_touched():
    chart = ScrollingChart(ONE)
    canvas = new_canvas(Size(140, 60), (1, 2, 3))
    for value in wave(50):
        chart.update(value)
        picture(chart, canvas)
    RECT.view(canvas)[...] = (1, 2, 3)
    assert (canvas == (1, 2, 3)).all()


def test_other_numbers_than_there_are_series_are_refused():
    with pytest.raises(ValueError, match="series value"):
        ScrollingChart(ONE).update(1.0, 2.0)
