"""What a frame says is what the moment holds, and each colour means one thing."""

from dataclasses import replace

import numpy as np
import pytest
from neural_moments import ALL_ACTIONS, NATURE, moment, network, reading, subject
from nn_video_generator.drawing.canvas import ActivityCanvas
from nn_video_generator.drawing.game import HeatStyle
from nn_video_generator.drawing.nodes import PULSE
from nn_video_generator.drawing.palette import EXECUTED, FOLLOWED, LIKELY, NEGATIVE, POSITIVE
from nn_video_generator.drawing.title_card import title_card
from nn_video_generator.drawing.value_chart import short_value
from nn_video_generator.network.layers import Edges
from rlviz_overlay import DARK, Fixed, Rect, Size, colormap

SIZE = Size(960, 540)
FIXED = [Fixed(255), *(Fixed(1.0) for _ in NATURE[1:])]


def shown(about, *moments, scales=FIXED, **other):
    canvas = ActivityCanvas(SIZE, about, scales=scales, **other)
    frames = [canvas.draw(one).copy() for one in moments]
    return frames[-1]


def changed(one, other):
    """The rectangle of the pixels that two frames differ in."""
    rows, columns = np.nonzero((one != other).any(axis=2))
    left, top = int(columns.min()), int(rows.min())
    return Rect(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)


def count(frame, color, place):
    return int((place.view(frame) == color).all(axis=2).sum())


def with_activations(one, layer, values):
    activations = list(one.reading.activations)
    activations[layer] = values
    return replace(one, reading=replace(one.reading, activations=tuple(activations)))


@pytest.mark.parametrize(("layer", "unit"), [(1, 0), (1, 17), (2, 63), (3, 5), (4, 0), (4, 511)])
def test_a_unit_that_is_zero_darkens_exactly_its_tile(layer, unit):
    about = subject()
    before = moment(about)
    values = before.reading.activations[layer].copy()
    values[unit] = 0
    frames = [shown(about, one) for one in (before, with_activations(before, layer, values))]
    tile = ActivityCanvas(SIZE, about).tile(layer, unit)
    assert changed(*frames) == tile
    assert tile.view(frames[1]).max() < 16 < tile.view(frames[0]).min()


def test_what_is_more_active_is_brighter():
    about = subject()
    values = np.linspace(0, 1, 512, dtype=np.float32)
    frame = shown(about, with_activations(moment(about), 4, values))
    canvas = ActivityCanvas(SIZE, about)
    levels = [int(canvas.tile(4, unit).view(frame).sum(axis=2).mean()) for unit in range(512)]
    assert levels == sorted(levels)
    assert levels[-1] > levels[0] + 600


def test_a_map_that_is_as_large_as_its_tile_is_shown_cell_for_cell():
    layers = network([(4, 20)], [], 4)
    about = subject(layers)
    one = moment(about)
    values = np.zeros((4, 20, 20), np.float32)
    values[2, 3, 15] = 1
    canvas = ActivityCanvas(SIZE, about, scales=[Fixed(255), *(Fixed(1.0) for _ in layers[1:])])
    frame = canvas.draw(with_activations(one, 1, values))
    tile = canvas.tile(1, 2)
    rows, columns = np.nonzero(tile.view(frame).sum(axis=2) > 600)
    factor = tile.height // 20
    assert tile.height == factor * 20
    assert (rows.min() // factor, rows.max() // factor) == (3, 3)
    assert (columns.min() // factor, columns.max() // factor) == (15, 15)


def test_without_given_scales_brightness_follows_the_percentile_of_late():
    about = subject()
    faint = moment(about)
    faint = with_activations(faint, 4, faint.reading.activations[4] / 1000)
    canvas = ActivityCanvas(SIZE, about)
    frame = canvas.draw(faint)
    brightest = int(faint.reading.activations[4].argmax())
    assert canvas.tile(4, brightest).view(frame).min() > 240


def test_units_below_zero_are_blue():
    about = subject()
    values = np.full(512, -1, np.float32)
    frame = shown(about, with_activations(moment(about), 4, values))
    assert (ActivityCanvas(SIZE, about).tile(4, 9).view(frame) == NEGATIVE).all()


@pytest.mark.parametrize("executed", range(4))
def test_the_executed_action_is_marked_in_table_and_diagram(executed):
    about = subject()
    canvas = ActivityCanvas(SIZE, about)
    frame = canvas.draw(moment(about, executed=executed, frame=PULSE // 4))
    rings = []
    for action in range(4):
        node = canvas.tile(5, action)
        around = Rect(node.x - 3, node.y - 3, node.width + 6, node.height + 6)
        rings.append(count(frame, EXECUTED, around))
    assert np.argmax(rings) == executed
    assert sorted(rings)[:3] == [0, 0, 0]


@pytest.mark.parametrize("value_name", ["probability", "Q-value"])
def test_the_mark_of_every_one_of_18_actions_is_elsewhere(value_name):
    layers = network([(32, 20)], [512], 18)
    about = subject(layers, ALL_ACTIONS, value_name=value_name)
    canvas = ActivityCanvas(SIZE, about)
    places = set()
    for action in range(18):
        frame = canvas.draw(moment(about, executed=action, likely=(action + 1) % 18)).copy()
        header = canvas.places.policy.cut_top(20)[1]
        rows, columns = np.nonzero((header.view(frame) == EXECUTED).all(axis=2))
        assert np.ptp(rows) < 14
        places.add((int(rows.min()), int(columns.min())))
    assert len(places) == 18


def test_the_most_likely_action_is_yellow_and_the_executed_one_is_not_where_it_is_another():
    about = subject()
    canvas = ActivityCanvas(SIZE, about)
    frame = canvas.draw(moment(about, executed=0, likely=2))
    yellow = [count(frame, LIKELY, canvas.tile(5, action)) for action in range(4)]
    assert np.argmax(yellow) == 2
    assert sum(yellow) == yellow[2]
    assert count(frame, LIKELY, canvas.places.policy) > 100


def test_a_longer_bar_is_a_larger_probability():
    about = subject()
    canvas = ActivityCanvas(SIZE, about)
    one = replace(moment(about, executed=3), action_values=np.array([0.1, 0.2, 0.3, 0.4], np.float32))
    policy = canvas.places.policy
    bars = (policy.view(canvas.draw(one)) == DARK.bar).all(axis=2).sum(axis=1)
    lengths = [length for length, before in zip(bars, [0, *bars], strict=False) if length and not before]
    assert np.round(np.array(lengths) / lengths[0]).tolist() == [1, 2, 3]


def test_q_values_below_the_mean_go_left_and_those_above_go_right():
    about = subject(value_name="Q-value")
    canvas = ActivityCanvas(SIZE, about)
    one = replace(moment(about, executed=3), action_values=np.array([5, 9, 7, 12], np.float32), entropy=None)
    gray = (canvas.places.policy.view(canvas.draw(one)) == DARK.bar).all(axis=2)
    rows = np.flatnonzero(gray.any(axis=1))
    bars = [np.flatnonzero(gray[group[0]]) for group in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)]
    lowest, above, below = bars
    assert lowest.max() == below.max() < above.min()
    assert lowest.size > below.size > above.size


def test_how_an_action_was_chosen_and_what_acts_besides_are_named():
    about = subject()
    one = moment(about)
    sampled = shown(about, one)
    forced = shown(about, replace(one, step=replace(one.step, chosen="forced")))
    policy = ActivityCanvas(SIZE, about).places.policy
    assert policy.contains(changed(sampled, forced))
    marked = ActivityCanvas(SIZE, subject(interventions=("epsilon 0.05",)))
    remark = marked.places.head.remark
    assert count(marked.draw(one), DARK.warning, remark) > 50
    assert count(sampled, DARK.warning, Rect(0, 0, 480, 540)) == 0


def edges_of(*strengths):
    count = len(strengths)
    return Edges(3, 4, np.arange(count), np.arange(count) * 40, np.array(strengths, np.float32))


def with_edges(about, *strengths):
    edges = (edges_of(*strengths),) if strengths else ()
    return moment(about, reading=reading(about.layers, edges=edges))


def gap(canvas):
    left, right = (canvas.diagram.blocks[index].place for index in (3, 4))
    return Rect(left.right + 1, right.y, right.x - left.right - 2, right.height)


def test_edges_are_drawn_from_block_to_block_in_the_colour_of_their_sign():
    about = subject()
    place = gap(ActivityCanvas(SIZE, about))
    assert (place.view(shown(about, with_edges(about))) == DARK.background).all()
    for strength, color in ((2.0, POSITIVE), (-2.0, NEGATIVE)):
        frame = shown(about, with_edges(about, strength))
        found = place.view(frame).reshape(-1, 3).astype(int)
        strongest = found[np.abs(found - DARK.background).sum(axis=1).argmax()]
        assert np.abs(strongest - color).max() < 40


def test_a_stronger_edge_is_brighter():
    about = subject()
    place = gap(ActivityCanvas(SIZE, about))
    frame = shown(about, with_edges(about, 5.0, 1.0))
    column = place.view(frame)[:, -1].astype(int).sum(axis=1) - sum(DARK.background)
    strong = ActivityCanvas(SIZE, about).tile(4, 0).bottom - place.y
    weak = ActivityCanvas(SIZE, about).tile(4, 40).bottom - place.y
    assert column[max(0, strong - 4) : strong + 4].max() > column[weak - 4 : weak + 4].max() > 0


def test_edges_leave_the_tiles_alone():
    about = subject()
    frames = [shown(about, one) for one in (with_edges(about), with_edges(about, *range(1, 12)))]
    canvas = ActivityCanvas(SIZE, about)
    for layer in (3, 4):
        for unit in range(NATURE[layer].shape[0]):
            tile = canvas.tile(layer, unit)
            np.testing.assert_array_equal(tile.view(frames[0]), tile.view(frames[1]))


def test_the_same_moment_gives_the_same_frame():
    about = subject()
    first, second = (moment(about, seed) for seed in (1, 2))
    np.testing.assert_array_equal(shown(about, first, second), shown(about, first, second))


def test_only_number_progress_and_pulse_change_when_a_step_is_shown_again():
    about = subject()
    canvas = ActivityCanvas(SIZE, about)
    one = moment(about, executed=2)
    before = canvas.draw(one).copy()
    after = canvas.repeat(replace(one, frame=one.frame + 1, progress=0.5))
    different = (before != after).any(axis=2)
    node = canvas.tile(5, 2)
    head = canvas.places.facts
    different[: head.bottom, : head.right] = False
    different[node.y - 9 : node.bottom + 9, node.x - 9 : node.right + 9] = False
    assert not different.any()


def test_the_pulse_comes_again_after_a_beat_and_is_different_in_between():
    about = subject()
    canvas = ActivityCanvas(SIZE, about)
    one = moment(about)
    frames = [canvas.draw(replace(one, frame=frame)).copy() for frame in (0, PULSE // 4, PULSE)]
    node = canvas.tile(5, 0)
    around = Rect(node.x - 9, node.y - 9, node.width + 18, node.height + 18)
    first, between, again = (around.view(frame) for frame in frames)
    np.testing.assert_array_equal(first, again)
    assert (first != between).any()


def test_heat_is_drawn_over_the_game_where_it_is():
    about = subject()
    heat = np.zeros((84, 84), np.float32)
    heat[40:44, 40:44] = 1
    style = HeatStyle(colormap("inferno"), "Grad-CAM of the executed action", scale=Fixed(1.0))
    frame = shown(about, moment(about, heat=heat), attention=style)
    game = Rect(480, 0, 480, 480).view(frame)
    rows, columns = np.nonzero((game != 200).any(axis=2) & (game != DARK.background).any(axis=2))
    assert abs(rows.mean() / 496 - 0.5) < 0.03
    assert abs(columns.mean() / 480 - 0.5) < 0.03


def test_attention_without_heat_is_refused():
    about = subject()
    style = HeatStyle(colormap("inferno"), "Grad-CAM")
    with pytest.raises(ValueError, match="frame 10: attention is to be drawn, but the moment has no heat"):
        ActivityCanvas(SIZE, about, attention=style).draw(moment(about))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0181, "0.018"),
        (-0.5, "−0.500"),
        (1.337, "1.34"),
        (16.24, "16.2"),
        (-123.4, "−123"),
        (1234.5, "1,234"),
    ],
)
def test_a_value_is_written_in_few_signs(value, text):
    assert short_value(value) == text


@pytest.mark.parametrize("known", [True, False])
def test_what_followed_is_drawn_only_where_it_is_known(known):
    about = subject()
    canvas = ActivityCanvas(SIZE, about)
    frames = [canvas.draw(moment(about, seed, followed=1.0 if known else None)) for seed in range(40)]
    plot = canvas.places.value.inset(30, 0).cut_top(45)[1].view(frames[-1]).astype(int)
    near = np.abs(plot - FOLLOWED).max(axis=2) < 40
    assert near.any() == known


@pytest.mark.parametrize("width", [640, 960, 1920])
def test_a_title_card_has_its_text_in_the_middle(width):
    card = title_card(Size(width, width * 9 // 16), "BREAKOUT - PPO", ["Milestone 50 %", "500,000 steps"])
    rows, columns = np.nonzero((card != DARK.background).any(axis=2))
    assert abs(columns.mean() - width / 2) < width / 50
    assert columns.min() > width / 20
    assert rows.max() < card.shape[0] * 0.8


def test_the_bar_of_a_title_card_is_how_far_the_training_was():
    cards = [title_card(SIZE, "BREAKOUT", progress=share) for share in (0.25, 0.75)]
    short, long = ((card == DARK.bar).all(axis=2).sum() for card in cards)
    assert long == pytest.approx(3 * short, rel=0.02)
