import numpy as np
import pytest
from rlviz_overlay import DARK, Histogram, Rect, Size, new_canvas

GREY = (90, 90, 90)
RECT = Rect(0, 0, 200, 60)


def drawn(values, **update):
    histogram = Histogram(len(values), ends=("left", "right"))
    histogram.update(values, **update)
    canvas = new_canvas(RECT.size, GREY)
    histogram.draw(canvas, RECT)
    return canvas, histogram


def heights(canvas, histogram, color):
    return [
        int((track.view(canvas)[:, track.width // 2] == color).all(axis=1).sum())
        for track in histogram.tracks(RECT)
    ]


def test_a_bars_height_is_proportional_to_its_value():
    values = [0, 0.25, 0.5, 1]
    canvas, histogram = drawn(values)
    height = histogram.tracks(RECT)[0].height
    assert heights(canvas, histogram, DARK.bar) == [round(height * value) for value in values]


def test_bars_stand_on_the_bottom_of_their_tracks():
    canvas, histogram = drawn([0.5])
    (track,) = histogram.tracks(RECT)
    rows = np.flatnonzero((track.view(canvas) == DARK.bar).all(axis=(1, 2)))
    assert rows[-1] == track.height - 1


def test_the_highlighted_bar_alone_has_the_accent():
    canvas, histogram = drawn([0.5, 0.5, 0.5], highlighted=1)
    assert [height > 0 for height in heights(canvas, histogram, DARK.accent)] == [False, True, False]


def test_the_mark_is_below_the_bar_of_its_bin():
    for place in range(5):
        canvas, histogram = drawn([0.5] * 5, marked=place)
        rows, columns = np.nonzero((canvas == DARK.other).all(axis=2))
        track = histogram.tracks(RECT)[place]
        assert rows.min() >= track.bottom
        assert abs(columns.mean() - (track.x + (track.width - 1) / 2)) <= 1


def test_a_mark_beyond_the_bins_is_at_the_last_one():
    assert (drawn([0.5] * 5, marked=99)[0] == drawn([0.5] * 5, marked=4)[0]).all()


@pytest.mark.parametrize("size", [Size(200, 60), Size(31, 20), Size(9, 5), Size(1, 1), Size(0, 0)])
@pytest.mark.parametrize("bins", [1, 15, 40])
def test_a_histogram_fills_its_rectangle_and_nothing_else(size, bins):
    canvas = new_canvas(Size(size.width + 8, size.height + 8), GREY)
    rect = Rect(4, 4, size.width, size.height)
    histogram = Histogram(bins, ends=("left", "right"))
    histogram.update([0.5] * bins, highlighted=0, marked=0.2)
    histogram.draw(canvas, rect)
    assert not (rect.view(canvas) == GREY).all(axis=2).any()
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


@pytest.mark.parametrize("values", [[1], [1, 2, 3], [1, float("nan")]])
def test_each_bin_needs_a_finite_value(values):
    with pytest.raises(ValueError, match="2 bins"):
        Histogram(2).update(values)


def test_only_a_bin_that_exists_can_be_highlighted():
    with pytest.raises(ValueError, match="bins 0 to 1"):
        Histogram(2).update([1, 1], highlighted=2)


def test_a_histogram_needs_bins():
    with pytest.raises(ValueError, match="0 bins"):
        Histogram(0)
