import numpy as np
import pytest
from rlviz_overlay import DARK, Axis, BarChart, LineChart, Rect, Size, format_value, new_canvas

NAMES = ["NOOP", "FIRE", "RIGHT", "LEFT"]
SIZE = Size(330, 300)
GREY = (90, 90, 90)


def drawn(chart, size=SIZE):
    canvas = new_canvas(size, GREY)
    chart.draw(canvas, Rect.whole(size))
    return canvas


def count(canvas, color):
    return int((canvas == color).all(axis=2).sum())


def bar_lengths(chart, size=SIZE, color=DARK.bar):
    """Length in pixels of each bar, measured in the middle of its track."""
    canvas = drawn(chart, size)
    middles = [(track, canvas[track.y + track.height // 2]) for track in chart.tracks(size)]
    return [int((row[track.x : track.right] == color).all(axis=1).sum()) for track, row in middles]


def test_a_bars_length_is_proportional_to_its_value():
    chart = BarChart(NAMES, limits=(0, 4))
    values = [0, 1, 2.5, 4]
    chart.update(values)
    width = chart.tracks(SIZE)[0].width
    assert bar_lengths(chart) == [round(width * value / 4) for value in values]


def test_bars_of_opposite_values_are_equally_long_on_either_side_of_zero():
    chart = BarChart(["a", "b"], limits=(-1, 1))
    chart.update([-0.5, 0.5])
    canvas = drawn(chart)
    left, right = chart.tracks(SIZE)
    zero = left.x + round(left.width / 2)
    row = canvas[left.y + left.height // 2]
    assert (row[zero + 1 : left.right] == DARK.track).all()
    row = canvas[right.y + right.height // 2]
    assert (row[right.x : zero] == DARK.track).all()
    lengths = bar_lengths(chart)
    assert abs(lengths[0] - lengths[1]) <= 2


def test_values_beyond_the_limits_fill_the_track():
    chart = BarChart(["a"], limits=(0, 1))
    chart.update([7])
    assert bar_lengths(chart) == [chart.tracks(SIZE)[0].width]


def test_a_highlighted_bar_differs_and_the_others_do_not():
    plain, lit = BarChart(NAMES), BarChart(NAMES)
    plain.update([1, 2, 3, 4])
    lit.update([1, 2, 3, 4], highlighted=2)
    before, after = drawn(plain), drawn(lit)
    track = plain.tracks(SIZE)[2]
    rows = np.flatnonzero((before != after).any(axis=(1, 2)))
    assert count(before, DARK.accent) == 0
    assert count(after, DARK.accent) >= track.height * round(track.width * 3 / 4)
    assert rows[0] > plain.tracks(SIZE)[1].bottom
    assert rows[-1] < plain.tracks(SIZE)[3].y


def test_several_bars_can_be_highlighted():
    chart = BarChart(NAMES)
    chart.update([1, 1, 1, 1], highlighted=[0, 3])
    assert [length > 0 for length in bar_lengths(chart, color=DARK.accent)] == [True, False, False, True]


def test_a_chart_without_values_shows_empty_tracks():
    assert bar_lengths(BarChart(NAMES)) == [0, 0, 0, 0]


def test_all_values_zero_are_no_bars():
    chart = BarChart(NAMES)
    chart.update([0, 0, 0, 0])
    assert bar_lengths(chart) == [0, 0, 0, 0]


def test_what_was_drawn_before_does_not_show():
    old, new = BarChart(NAMES, limits=(-9, 9)), BarChart(NAMES, limits=(-9, 9))
    canvas = new_canvas(SIZE, GREY)
    old.update([9, 8, -7, 6], highlighted=0)
    old.draw(canvas, Rect.whole(SIZE))
    for chart in (old, new):
        chart.update([1, 2, 3, 4], highlighted=3)
    old.draw(canvas, Rect.whole(SIZE))
    assert (canvas == drawn(new)).all()


@pytest.mark.parametrize(
    "size", [Size(330, 300), Size(137, 120), Size(40, 20), Size(5, 5), Size(0, 0), Size(900, 700)]
)
@pytest.mark.parametrize("bars", [1, 4, 18])
def test_a_bar_chart_fills_its_rectangle_and_nothing_else(size, bars):
    canvas = new_canvas(Size(size.width + 8, size.height + 8), GREY)
    chart = BarChart([f"ACTION {n}" for n in range(bars)])
    chart.update(np.linspace(-123.4, 99, bars).tolist(), highlighted=0)
    rect = Rect(4, 4, size.width, size.height)
    chart.draw(canvas, rect)
    assert not (rect.view(canvas) == GREY).all(axis=2).any()
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


def test_names_and_values_do_not_overlap_the_track():
    chart = BarChart(["DOWNRIGHTFIRE"] * 18, limits=(-1000, 1000))
    chart.update([-1000] * 18)
    canvas = drawn(chart)
    tracks = chart.tracks(SIZE)
    assert all(track.x > 60 and track.right < SIZE.width - 40 for track in tracks)
    edges = [canvas[:, track.x - 1] for track in tracks] + [canvas[:, track.right] for track in tracks]
    assert all((edge == DARK.panel).all() for edge in edges)


def test_the_axis_of_bars_never_shrinks():
    chart = BarChart(["a"])
    spans = []
    for value in (1, -2, 0.5, 3):
        chart.update([value])
        spans.append(chart.axis.limits)
    assert spans == [(0, 1), (-2, 1), (-2, 1), (-2, 3)]


@pytest.mark.parametrize("values", [[1, 2, 3], [1, 2, 3, float("nan")], [1, 2, 3, float("inf")]])
def test_bars_need_one_finite_value_each(values):
    with pytest.raises(ValueError, match="4 bars"):
        BarChart(NAMES).update(values)


@pytest.mark.parametrize("highlighted", [-1, 4, [0, 9]])
def test_only_a_bar_that_exists_can_be_highlighted(highlighted):
    with pytest.raises(ValueError, match="bars 0 to 3"):
        BarChart(NAMES).update([1, 2, 3, 4], highlighted=highlighted)


def test_a_chart_needs_labels():
    with pytest.raises(ValueError, match="labels"):
        BarChart([])


@pytest.mark.parametrize("limits", [(1, 1), (2, 1), (0, float("inf"))])
def test_limits_are_a_lower_and_a_higher_number(limits):
    with pytest.raises(ValueError, match="lower"):
        Axis(limits)


def test_an_axis_of_one_value_still_has_a_span():
    axis = Axis()
    for value in (0.0, 5.0, -3.0):
        axis.reset()
        axis.include([value])
        assert axis.limits[0] < axis.limits[1]
        assert 0 <= axis.fraction(value) <= 1


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (1.234, ".2f", "1.23"),
        (-1.234, ".2f", "−1.23"),
        (-0.001, ".2f", "0.00"),
        (0.5, ".0%", "50%"),
        (-0.0, "g", "0"),
        (0.031, "#.3g", "0.0310"),
        (123.4, "#.3g", "123"),
    ],
)
def test_values_are_written_with_a_minus_sign_but_none_before_zero(value, spec, text):
    assert format_value(value, spec) == text


def test_the_newest_value_is_at_the_right_and_steps_are_even():
    chart, plot = LineChart(window=5, limits=(0, 1)), Rect(10, 20, 41, 11)
    for value in (0.0, 1.0, 0.5):
        chart.update(value)
    assert chart.points(plot).tolist() == [[30, 30], [40, 20], [50, 25]]


def test_old_values_leave_the_window():
    chart = LineChart(window=3, limits=(0, 9))
    for value in range(9):
        chart.update(value)
    assert len(chart.points(Rect(0, 0, 30, 10))) == 3


def test_a_line_follows_its_values_down_the_picture():
    chart = LineChart(window=2, limits=(0, 1), text_height=9)
    chart.update(1.0)
    chart.update(0.0)
    canvas = drawn(chart, Size(120, 60))
    bright = canvas[:, :60].mean(axis=2) > 150
    rows = [int(np.flatnonzero(bright[:, column]).mean()) for column in (5, 25, 45)]
    assert rows == sorted(rows)
    assert rows[2] - rows[0] > 15


@pytest.mark.parametrize("size", [Size(330, 60), Size(100, 20), Size(9, 5), Size(1, 1), Size(0, 0)])
def test_a_line_chart_fills_its_rectangle_and_nothing_else(size):
    canvas = new_canvas(Size(size.width + 8, size.height + 8), GREY)
    chart = LineChart(window=10)
    for value in (1e6, -3, 7):
        chart.update(value)
    rect = Rect(4, 4, size.width, size.height)
    chart.draw(canvas, rect)
    assert not (rect.view(canvas) == GREY).all(axis=2).any()
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


def test_a_reset_line_chart_draws_as_a_new_one():
    used = LineChart()
    for value in (1, 2, 3):
        used.update(value)
    used.reset()
    assert (drawn(used) == drawn(LineChart())).all()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_line_needs_finite_values(value):
    with pytest.raises(ValueError, match="finite"):
        LineChart().update(value)


def test_a_line_needs_a_window_of_two():
    with pytest.raises(ValueError, match="window of 1"):
        LineChart(window=1)
