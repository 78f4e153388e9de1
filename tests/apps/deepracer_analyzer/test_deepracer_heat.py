"""Recent actions as heat."""

import numpy as np
import pytest
from deepracer_analyzer.drawing.heat import (
    FAINTEST,
    HeatPainter,
    action_heat,
    gaussian,
    recent_actions,
    share,
)
from deepracer_analyzer.simulation.view import View
from deepracer_replay import close_to, make_canvas, make_log, moment, plain
from rlviz_overlay import OPENCV_COLORMAPS, Rect, Size, colormap

SIZE = Size(90, 60)
RNG = np.random.default_rng(3)
POINTS = np.stack([RNG.integers(0, SIZE.width, 300), RNG.integers(0, SIZE.height, 300)], axis=1).astype(float)


def heat_at(row, heat_from, attenuation, size=31, points=POINTS):
    recent = recent_actions(row, heat_from, attenuation)
    return action_heat(points[recent.first : row + 1], recent.weights, size, SIZE), recent.weights


def recursion(row, heat_from, attenuation, size=31):
    """The original's way: each picture weakens the heat and adds the newest action's blob."""
    heat = np.zeros((SIZE.height, SIZE.width))
    blob = gaussian(size)
    reach = size // 2
    for column, line in POINTS[heat_from : row + 1].astype(int):
        heat /= attenuation
        for y in range(max(0, line - reach), min(SIZE.height, line + reach + 1)):
            left, right = max(0, column - reach), min(SIZE.width, column + reach + 1)
            start = left - column + reach
            heat[y, left:right] += blob[y - line + reach, start : start + right - left]
    return heat


@pytest.mark.parametrize("attenuation", [1.0, 1.02, 1.05, 1.2])
@pytest.mark.parametrize(("row", "heat_from"), [(0, 0), (40, 30), (299, 0), (299, 250)])
def test_the_closed_form_is_what_the_recursion_gives(attenuation, row, heat_from):
    heat, weights = heat_at(row, heat_from, attenuation)
    # What weighs less than a thousandth is left out: no more than that share of a sum without end.
    left_out = 0 if attenuation == 1 else 0.001 / (1 - 1 / attenuation)
    assert np.abs(heat - recursion(row, heat_from, attenuation)).max() <= left_out + 1e-4
    assert weights[-1] == 1


def test_actions_that_weigh_less_than_a_thousandth_do_not_count():
    recent = recent_actions(1000, 0, 1.05)
    assert recent.weights.min() >= 0.001
    assert recent.weights.min() / 1.05 < 0.001


def test_without_attenuation_all_actions_since_the_reset_count_alike():
    recent = recent_actions(1000, 20, 1.0)
    assert recent.first == 20
    assert (recent.weights == 1).all()
    assert len(recent.weights) == 981


def test_right_after_a_reset_no_action_counts():
    heat, weights = heat_at(40, 41, 1.05)
    assert len(weights) == 0
    assert not heat.any()
    assert share(heat, weights) == 0


@pytest.mark.parametrize("size", [30, 31, 60, 100])
def test_a_blob_is_1_at_its_centre_and_0_at_its_corners(size):
    blob = gaussian(size)
    reach = blob.shape[0] // 2
    assert blob.shape == (2 * (size // 2) + 1,) * 2
    assert blob[reach, reach] == blob.max() == 1
    assert blob[0, 0] == blob.min() == 0


def test_a_blobs_standard_deviation_is_a_sixth_of_its_width():
    blob = gaussian(60)
    assert abs(blob[30, 40] - np.exp(-0.5)) < 1e-3


def test_heat_adds_up_where_an_action_is_chosen_again():
    heat, _ = heat_at(7, 3, 1.0, points=np.full((300, 2), 20.0))
    assert heat[20, 20] == heat.max() == 5


def test_the_share_is_1_where_all_actions_are_the_same():
    heat, weights = heat_at(80, 0, 1.05, points=np.full((300, 2), 20.0))
    assert share(heat, weights) == pytest.approx(1)


def test_the_share_is_that_of_the_weights_at_the_hottest_point():
    points = np.array([[5.0, 5.0], [80.0, 50.0], [80.0, 50.0]])
    heat, weights = heat_at(2, 0, 1.1, size=9, points=points)
    assert share(heat, weights) == pytest.approx((1 + 1 / 1.1) / weights.sum())


def test_actions_that_are_not_known_or_outside_are_not_heat():
    points = np.array([[np.nan, 5.0], [400.0, 3.0], [-1.0, 3.0], [10.0, 10.0]])
    heat, _ = heat_at(3, 0, 1.0, size=5, points=points)
    assert heat.sum() == pytest.approx(gaussian(5).sum())


def painted(heat, number, disc=None):
    disc = np.full(heat.shape, 255, np.uint8) if disc is None else disc
    canvas = np.full((*heat.shape, 3), 200, np.uint8)
    HeatPainter(disc).draw(canvas, Rect(0, 0, *heat.shape[::-1]), heat, number)
    return canvas


def test_heat_is_drawn_where_it_is_more_than_20_of_255_of_its_peak():
    heat = np.linspace(0, 7, 256, dtype=np.float32)[None].repeat(4, axis=0)
    drawn = (painted(heat, 20) != 200).any(axis=2)
    assert (drawn == (np.arange(256) > FAINTEST)).all()


@pytest.mark.parametrize("number", range(22))
def test_the_peak_has_the_last_colour_of_its_table(number):
    heat = np.array([[0.0, 0.03]], np.float32)
    table = colormap(list(OPENCV_COLORMAPS)[number])
    mixed = 0.82 * table[255].astype(float) + 0.18 * 200
    assert np.abs(painted(heat, number)[0, 1] - mixed).max() <= 2


def test_heat_stays_on_the_disc():
    disc = np.zeros((60, 90), np.uint8)
    disc[:, :30] = 255
    drawn = (painted(np.ones((60, 90), np.float32), 20, disc) != 200).any(axis=2)
    assert drawn[:, :30].all()
    assert not drawn[:, 30:].any()


def test_no_heat_leaves_the_picture_as_it_is():
    assert (painted(np.zeros((6, 9), np.float32), 20) == 200).all()


@pytest.mark.parametrize(
    "view", [View(attenuation=1.2), View(gaussian_size=100), View(colormap=3), View(heatmap=False)]
)
def test_every_choice_of_the_heat_is_seen(view):
    canvas = make_canvas()
    assert (canvas.draw(plain(), moment(70), view) != canvas.draw(plain(), moment(70), View())).any()


def test_actions_before_the_reset_leave_no_trace():
    first, other = make_log(), make_log()
    other.frame.loc[:39, ["steer", "throttle"]] = [-30.0, 3.0]
    pictures = [
        make_canvas(log).draw(plain(), moment(50, heat_from=40), View(attenuation=1.0))
        for log in (first, other)
    ]
    assert (pictures[0] == pictures[1]).all()


def test_at_the_row_of_a_reset_the_action_is_shown_without_heat():
    canvas = make_canvas()
    there = canvas.draw(plain(), moment(50, heat_from=51), View())
    assert (there == canvas.draw(plain(), moment(50), View(heatmap=False))).all()
    assert close_to(there, (255, 150, 0)).any()
