"""The reward's parts beside the video."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.reward_chart import value_text
from deepracer_analyzer.drawing.reward_charts import COLORS, RewardCharts
from deepracer_analyzer.drawing.reward_layout import STEPS, arrange_charts
from deepracer_analyzer.drawing.reward_limits import joined, short, span_of
from deepracer_analyzer.simulation.view import View
from deepracer_analyzer.views import BEFORE
from deepracer_replay import ROWS, close_to, make_canvas, make_components, make_log, moment, plain
from rlviz_overlay import Rect, Size

HEIGHT = 500


def drawn(components, row, **facts):
    """The panel at a row."""
    charts = RewardCharts(components, Logged.of(make_log(len(components.total))), HEIGHT, 1.0)
    canvas = np.zeros((HEIGHT, charts.size.width, 3), np.uint8)
    charts.draw_base(canvas, Rect.whole(charts.size))
    charts.draw(canvas, Rect.whole(charts.size), moment(row, len(components.total), **facts))
    return canvas


def constant(value, parts=1):
    components = make_components(parts=parts)
    values = components.values.copy()
    values[0] = value
    return replace(components, values=values)


def line(canvas, part, place):
    """Where the line of a part is in its plot, bool (H, W)."""
    return close_to(place.plot.view(canvas), COLORS[part], 60)


def rects(parts, height=HEIGHT, unit=1.0):
    layout = arrange_charts(parts, height, unit)
    places = (*layout.parts, layout.together, layout.final)
    return layout, [rect for place in places for rect in (place.head, place.names, place.plot, place.axis)]


@pytest.mark.parametrize("parts", [*range(1, 13), 20])
@pytest.mark.parametrize(("height", "unit"), [(500, 1.0), (750, 1.5), (1000, 2.0)])
def test_charts_are_in_the_panel_and_do_not_overlap(parts, height, unit):
    layout, places = rects(parts, height, unit)
    assert len(layout.parts) == parts
    assert all(Rect.whole(layout.size).contains(rect) for rect in places)
    for one, other in combinations([rect for rect in (layout.title, *places) if rect.height], 2):
        assert one.clip(other).width * one.clip(other).height == 0


def test_three_parts_have_five_charts_in_one_narrow_column():
    layout, _ = rects(3)
    assert 420 <= layout.size.width <= 480
    assert len({place.plot.x for place in (*layout.parts, layout.together, layout.final)}) == 1


@pytest.mark.parametrize("parts", range(1, 11))
def test_up_to_ten_parts_have_plots_in_which_lines_can_be_read(parts):
    layout, _ = rects(parts)
    for place in (*layout.parts, layout.together, layout.final):
        assert place.plot.height >= 44
        assert place.plot.width >= 330
        assert place.head.height >= 16


@pytest.mark.parametrize("parts", range(1, 12))
def test_the_panels_width_is_even_for_video(parts):
    for unit in (0.5, 1.0, 1.31):
        assert arrange_charts(parts, round(500 * unit), unit).size.width % 2 == 0


@pytest.mark.parametrize("rows", [10, 57, STEPS, 119])
def test_the_last_hundred_steps_of_the_episode_are_shown_newest_at_the_right(rows):
    layout, _ = rects(1)
    mask = line(drawn(make_components(parts=1), rows - 1), 0, layout.parts[0])
    columns = np.flatnonzero(mask.any(axis=0))
    assert layout.parts[0].plot.width - columns.max() <= 4
    span = columns.max() - columns.min()
    assert abs(span - 4 * (min(rows, STEPS) - 1)) <= 4


def test_a_new_episode_begins_with_an_empty_chart():
    layout, _ = rects(1)
    before, after = (drawn(make_components(parts=1), row) for row in (ROWS // 2 - 1, ROWS // 2))
    assert line(before, 0, layout.parts[0]).sum() > 500
    assert line(after, 0, layout.parts[0]).sum() < 20


def test_before_the_log_charts_are_empty():
    layout, _ = rects(2)
    canvas = drawn(make_components(parts=2), BEFORE)
    for part in range(2):
        assert not line(canvas, part, layout.parts[part]).any()


def test_rows_to_come_change_nothing():
    one = make_components()
    values = one.values.copy()
    # The highest and the lowest value stay, so that the axis does.
    values[:, 61:] = values[:, 61:][:, ::-1]
    other = replace(one, values=values, total=values.sum(axis=0))
    assert (drawn(one, 60) == drawn(other, 60)).all()
    assert (drawn(one, 90) != drawn(other, 90)).any()


def test_a_value_that_is_not_known_leaves_a_gap():
    components = make_components(parts=1)
    values = components.values.copy()
    values[0, 20:40] = np.nan
    values[0, 30] = np.inf
    layout, _ = rects(1)
    whole, broken = (
        line(drawn(one, 60), 0, layout.parts[0]).any(axis=0)
        for one in (components, replace(components, values=values))
    )
    assert not (broken & ~whole).any()
    assert 60 <= (whole & ~broken).sum() <= 84


def test_each_part_is_in_its_chart_and_in_that_of_all_together():
    layout, _ = rects(3)
    canvas = drawn(make_components(), 80)
    for part in range(3):
        assert line(canvas, part, layout.parts[part]).sum() > 200
        assert line(canvas, part, layout.together).sum() > 100
        assert close_to(layout.together.names.view(canvas), COLORS[part]).sum() >= 30


def test_the_final_reward_is_drawn_in_white():
    layout, _ = rects(3)
    canvas = drawn(make_components(), 80)
    assert close_to(layout.final.plot.view(canvas), (233, 237, 243), 60).sum() > 200


def test_the_axis_is_the_same_at_every_row():
    layout, _ = rects(1)
    canvases = [drawn(make_components(parts=1), row) for row in (3, 60, 119, 200)]
    ends = [layout.parts[0].plot.cut_left(30)[0].view(canvas) for canvas in canvases]
    assert all((end == ends[0]).all() for end in ends)


def test_axes_of_charts_below_each_other_have_the_same_steps():
    components = make_components(parts=3)
    values = components.values * np.array([[1e-5], [1.0], [3e6]])
    layout, _ = rects(3)
    canvas = drawn(replace(components, values=values), 80)
    starts = [np.flatnonzero(line(canvas, part, layout.parts[part]).any(axis=0)).min() for part in range(3)]
    assert max(starts) - min(starts) <= 1


@pytest.mark.parametrize("value", [0.0, -20.0, 3e9, 1e-12])
def test_a_part_that_never_changes_is_a_line_in_the_middle(value):
    layout, _ = rects(1)
    mask = line(drawn(constant(value), 80), 0, layout.parts[0])
    rows = np.flatnonzero(mask.any(axis=1))
    assert abs(rows.mean() - layout.parts[0].plot.height / 2) < 3


def test_a_part_that_is_never_known_has_an_empty_chart():
    layout, _ = rects(1)
    assert not line(drawn(constant(np.nan), 80), 0, layout.parts[0]).any()


def test_all_values_are_shown_where_none_flattens_the_others():
    assert span_of(np.sin(np.arange(500))).limits == pytest.approx((-1, 1), abs=1e-3)
    assert span_of(np.sin(np.arange(500))).note == ""


def test_a_rare_high_value_is_cut_off_and_that_is_said():
    values = np.r_[np.sin(np.arange(2000)), 5000.0]
    span = span_of(values)
    assert span.limits[1] < 3
    assert span.note == "cut off: highest 5k"


def test_rare_values_at_both_ends_are_named():
    values = np.r_[np.sin(np.arange(2000)), 5000.0, -20.0]
    assert span_of(values).note == "cut off: lowest −20, highest 5k"


def test_a_penalty_in_a_few_rows_is_shown_whole():
    values = np.zeros(2000)
    values[::200] = -20
    span = span_of(values)
    assert span.limits == (-20, 0)
    assert span.note == ""


def test_the_axis_of_all_together_holds_each_part():
    spans = [span_of(np.r_[np.sin(np.arange(2000)), 5000.0]), span_of(np.array([-7.0, 2.0]))]
    whole = joined(spans)
    assert whole.limits[0] == -7
    assert whole.limits[1] == max(span.limits[1] for span in spans)
    assert whole.note == "cut off: highest 5k"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0, "0"), (-20, "−20"), (24.2, "24.2"), (1234, "1.23k"), (-5_040_000, "−5.04M"), (3e9, "3e9")],
        *[(0.5, "0.5"), (-0.0581, "−0.058"), (0.00002, "2e−5"), (999.9, "1k"), (999_960, "1M")],
    ],
)
def test_numbers_at_an_axis_are_short(value, text):
    assert short(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(16.694, "16.694"), (-146.92, "−146.92"), (74252.4, "74252"), (513_333, "513k")],
        *[(0.00009, "9.0e−5"), (0, "0.000"), (np.nan, "–")],
    ],
)
def test_the_newest_value_is_written_in_at_most_seven_signs(value, text):
    assert value_text(value) == text
    assert len(text) <= 7


def test_twelve_parts_have_colours_of_their_own_as_far_as_there_are():
    assert len(set(COLORS)) == len(COLORS) == 10
    drawn(make_components(parts=12), 50)


@pytest.mark.parametrize("size", [(320, 240), (960, 750)])
def test_charts_grow_with_the_picture(size):
    canvas = make_canvas(components=make_components(), size=size)
    picture = canvas.draw(plain(), moment(60), View())
    assert Size.of(picture) == canvas.size
    panel = picture[:, size[0] :]
    assert close_to(panel, COLORS[0], 60).any()
