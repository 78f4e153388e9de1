import numpy as np
import pytest
from rlviz_overlay import DARK, Rect, Series, Size, TraceChart, new_canvas

SIZE = Size(300, 90)
GREY = (90, 90, 90)
BOTH = (Series("pilot", DARK.accent), Series("user", DARK.other))


def chart(*rows, series=BOTH, **options):
    made = TraceChart(series, **{"limits": (-1, 1), **options})
    for row in rows:
        made.update(*row)
    return made


def drawn(made, size=SIZE):
    canvas = new_canvas(size, GREY)
    made.draw(canvas, Rect.whole(size))
    return canvas


def close_to(canvas, color):
    return np.abs(canvas.astype(int) - color).sum(axis=2) < 60


def test_the_newest_value_is_at_the_right_and_a_value_is_a_whole_number_of_pixels_wide():
    made = chart((-1, None), (1, None), (0, None), step=7)
    (run,) = made.runs(Rect(10, 20, 41, 11))[0]
    assert run.tolist() == [[36, 30], [43, 20], [50, 25]]


def test_scrolling_moves_the_lines_and_changes_nothing_else():
    values = np.sin(np.arange(300) / 9)
    made = chart(*((value, value / 2) for value in values), step=2)
    made.draw(before := new_canvas(SIZE, GREY), Rect.whole(SIZE))
    made.update(values[-1], values[-1] / 2)
    made.draw(after := new_canvas(SIZE, GREY), Rect.whole(SIZE))
    plot = made.plot(SIZE)
    assert (plot.view(after)[:, 4:-6] == plot.view(before)[:, 6:-4]).all()


def test_the_first_series_is_drawn_over_the_others():
    canvas = drawn(chart(*[(0.5, 0.5)] * 9))
    plot = chart().plot(SIZE)
    assert close_to(plot.view(canvas), DARK.accent).any()
    assert not close_to(plot.view(canvas), DARK.other).any()


def test_an_unknown_value_leaves_a_gap():
    made = chart((1, 0), (1, None), (1, 0), (1, 0), step=5)
    pilot, user = made.runs(Rect(0, 0, 100, 50))
    assert [len(run) for run in pilot] == [4]
    assert [len(run) for run in user] == [1, 2]


def test_a_value_between_unknown_ones_is_seen():
    made = chart((None, None), (0.5, None), (None, None), step=5)
    assert close_to(made.plot(SIZE).view(drawn(made)), DARK.accent).any()


def test_lines_are_not_joined_across_a_cut():
    made = chart((1, 1), (1, 1))
    made.cut()
    made.update(-1, -1)
    made.update(-1, -1)
    for runs in made.runs(Rect(0, 0, 100, 50)):
        assert [len(run) for run in runs] == [2, 2]


def test_a_chart_shows_as_many_values_as_its_window_says():
    made = chart(*[(0, 0)] * 500, step=3)
    inner = made.plot(SIZE).inset(1, 2)
    assert len(made.runs(inner)[0][0]) == made.window(SIZE)


def test_positive_values_are_above_the_zero_line_and_negative_ones_below():
    made = chart(*[(0.5, -0.5)] * 20)
    plot = made.plot(SIZE).view(drawn(made))
    zero = np.flatnonzero((plot[:, 0] == DARK.rule).all(axis=1))
    assert abs(zero[0] - (plot.shape[0] - 1) / 2) <= 0.5
    assert np.flatnonzero(close_to(plot, DARK.accent).any(axis=1)).max() < zero[0]
    assert np.flatnonzero(close_to(plot, DARK.other).any(axis=1)).min() > zero[0]


def test_values_beyond_the_limits_stay_in_the_plot():
    made = chart((-7, 7), (7, -7))
    for (run,) in made.runs(Rect(0, 10, 100, 50)):
        assert sorted(run[:, 1]) == [10, 59]


def test_an_axis_without_limits_starts_at_zero_and_follows_the_values():
    made = chart((0.25, None), limits=None)
    assert made.axis.limits == (0, 0.25)
    made.update(-0.5, 0.75)
    assert made.axis.limits == (-0.5, 0.75)


def test_the_newest_values_stand_above_the_plot():
    one, other = drawn(chart((0.25, 0.5))), drawn(chart((0.75, 0.5)))
    top = chart().plot(SIZE).y
    changed = (one != other).any(axis=2)
    assert changed[:top].any()
    assert (drawn(chart((0.25, None)))[:top] != one[:top]).any()


@pytest.mark.parametrize("width", [60, 110, 160, 220, 300])
def test_names_and_values_do_not_overlap(width):
    made = chart((-1, -1), title="Steering")
    empty, full = drawn(chart(title="Steering"), Size(width, 90)), drawn(made, Size(width, 90))
    top = made.plot(Size(width, 90)).y
    written = (full[:top] != empty[:top]).any(axis=2)
    assert (empty[:top][written] == DARK.panel).all()


def test_a_new_title_is_drawn():
    made = chart((0, 0), title="one")
    before = drawn(made)
    made.title = "another"
    assert (drawn(made) != before).any()


@pytest.mark.parametrize(
    "size", [Size(300, 90), Size(60, 30), Size(9, 40), Size(5, 5), Size(1, 1), Size(0, 0)]
)
def test_a_trace_chart_fills_its_rectangle_and_nothing_else(size):
    canvas = new_canvas(Size(size.width + 8, size.height + 8), GREY)
    rect = Rect(4, 4, size.width, size.height)
    chart((0.1, None), (-3, 2), title="Steering", ends=("left", "right")).draw(canvas, rect)
    assert not (rect.view(canvas) == GREY).all(axis=2).any()
    rect.view(canvas)[...] = GREY
    assert (canvas == GREY).all()


def test_a_chart_without_values_is_empty():
    plot = chart().plot(SIZE)
    assert set(map(tuple, plot.view(drawn(chart())).reshape(-1, 3).tolist())) == {DARK.track, DARK.rule}


@pytest.mark.parametrize("values", [(1,), (1, 2, 3), (float("nan"), 1), (float("inf"), None)])
def test_each_series_needs_a_finite_value_or_none(values):
    with pytest.raises(ValueError, match="series pilot, user"):
        chart(values)


def test_a_chart_needs_series():
    with pytest.raises(ValueError, match="series"):
        TraceChart([])


def test_a_step_is_one_pixel_or_more():
    with pytest.raises(ValueError, match="step of 0"):
        chart(step=0)


WAVE = np.stack([np.sin(np.arange(300) / 9), np.cos(np.arange(300) / 9)], axis=1)


def test_shown_values_are_drawn_as_if_they_had_come_one_by_one():
    made = chart()
    made.show(WAVE)
    assert (drawn(made) == drawn(chart(*WAVE.tolist()))).all()


def test_shown_values_replace_all_that_was_there():
    made, other = chart((1, 1), (-1, -1)), chart()
    made.cut()
    for one in (made, other):
        one.show(WAVE[:40])
    assert (drawn(made) == drawn(other)).all()


def test_showing_changes_no_values_of_the_caller():
    values = WAVE.copy()
    made = chart()
    made.show(values)
    made.update(0, 0)
    assert (values == WAVE).all()


def test_shown_values_have_gaps_where_they_are_not_known_and_where_lines_start():
    made = chart()
    values = np.array([[0, 0], [1, np.nan], [0, 1], [1, 0.0]])
    made.show(values, np.array([False, False, True, False]))
    pilot, user = made.runs(Rect(0, 0, 100, 50))
    assert [len(run) for run in pilot] == [2, 2]
    assert [len(run) for run in user] == [1, 2]


def test_no_shown_values_are_an_empty_chart():
    made = chart((1, 1))
    made.show(np.empty((0, 2)))
    assert (drawn(made) == drawn(chart())).all()


def test_an_upright_line_stands_behind_a_marked_value():
    made, plain = chart(step=3), chart(step=3)
    made.show(WAVE[:20], marks=[15])
    plain.show(WAVE[:20])
    changed = (drawn(made) != drawn(plain)).any(axis=2)
    assert set(np.flatnonzero(changed.any(axis=0))) == {made.column(SIZE, 4)}
    assert made.column(SIZE, 4) == made.column(SIZE, 0) - 12


def test_marks_outside_the_plot_are_not_drawn():
    made, plain = chart(), chart()
    made.show(WAVE, marks=[0])
    plain.show(WAVE)
    assert (drawn(made) == drawn(plain)).all()


def test_a_chart_without_header_is_plot_from_the_top():
    made = chart((0, 0), title="Steering", header=False)
    assert made.plot(SIZE).y == 0
    assert made.plot(SIZE).bottom == SIZE.height


def test_charts_with_ends_as_wide_as_each_others_have_the_same_axis_of_time():
    one, other = chart(limits=(-1, 1), header=False), chart(limits=(0, 1e9), header=False)
    assert one.column(SIZE, 0) == other.column(SIZE, 0)
    assert one.plot(SIZE) != other.plot(SIZE)
    one.ends_width = other.ends_width = 60
    assert one.plot(SIZE) == other.plot(SIZE)


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((3, 1)), np.full((3, 2), np.inf)])
def test_shown_values_have_a_column_a_series_and_are_not_infinite(values):
    with pytest.raises(ValueError, match="series pilot, user"):
        chart().show(values)
