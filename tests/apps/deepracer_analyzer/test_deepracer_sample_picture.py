"""The sample's pictures: the camera, the HUD, and which row each one shows."""

import math

import numpy as np
import pytest
from deepracer_analyzer.sample.bicycle import Pose
from deepracer_analyzer.sample.camera import FOCAL, HORIZON, SIZE, Camera, View, chase, project
from deepracer_analyzer.sample.car_shape import CarShape
from deepracer_analyzer.sample.driving import drive_laps
from deepracer_analyzer.sample.filming import film, picture_rows, shown_speeds
from deepracer_analyzer.sample.glyphs import sprite
from deepracer_analyzer.sample.hud import CELLS, DIGIT_ROWS, Hud, Shown, race_text, speed_text
from deepracer_analyzer.sample.scenery import SEA, TEXELS, Ground, paint_ground
from deepracer_analyzer.sample.track import make_track
from deepracer_analyzer.views import BEFORE, Track


@pytest.fixture(scope="module")
def steps():
    return drive_laps(make_track())


@pytest.fixture(scope="module")
def hud():
    return Hud(make_track())


def shown(speed: float = 0.0, x: float = 2.0) -> Shown:
    return Shown(speed, lap=1, laps=2, race=7.874, resets=1, x=x, y=0.0)


def test_the_video_begins_before_the_log_and_trails_it_by_three(steps):
    assert picture_rows(steps)[:6] == [BEFORE, BEFORE, BEFORE, 0, 1, 2]


def test_it_trails_by_one_more_from_the_first_reset_and_from_the_second_lap_on(steps):
    rows = picture_rows(steps)
    reset = next(row for row, step in enumerate(steps) if step.episode_status == "off_track")
    lap = next(row for row, step in enumerate(steps) if step.episode == 1)
    lags = {row: frame - row for frame, row in enumerate(rows)}  # the last picture of each row
    assert [lags[row] for row in (0, reset - 1, reset, lap - 2, lap - 1, len(steps) - 1)] == [
        3,
        3,
        4,
        4,
        5,
        5,
    ]


def test_every_row_is_shown_in_order(steps):
    rows = picture_rows(steps)
    assert (np.diff(rows) >= 0).all()
    assert set(rows) == {BEFORE, *range(len(steps))}


def test_the_speed_is_way_over_time_of_a_row(steps):
    speeds = shown_speeds(steps)
    then, now = steps[99], steps[100]
    assert speeds[0] == 0
    assert speeds[100] == math.hypot(now.x - then.x, now.y - then.y) / (now.tstamp - then.tstamp)


@pytest.mark.parametrize(("speed", "text"), [(0.0, "00.00"), (1.6349, "01.63"), (12.5, "12.50")])
def test_the_speed_has_two_digits_before_and_after_its_point(speed, text):
    assert speed_text(speed) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00.000"), (7.874, "00:07.874"), (83.9996, "01:24.000")]
)
def test_times_are_minutes_seconds_milliseconds(seconds, text):
    assert race_text(seconds) == text


def test_each_digit_stays_in_its_cell_at_the_known_place(hud):
    one, other = np.zeros((2, 480, 640, 3), np.uint8)
    hud.draw(one, shown(0.00))
    hud.draw(other, shown(0.08))
    rows, columns = np.nonzero(np.ptp([one, other], axis=0).max(axis=2) > 40)
    assert DIGIT_ROWS[0] <= rows.min() <= rows.max() < DIGIT_ROWS[1]
    assert CELLS[4] <= columns.min() <= columns.max() <= CELLS[4] + 12


def test_no_two_digits_look_alike(hud):
    cells = []
    for digit in range(10):
        canvas = np.zeros((480, 640, 3), np.uint8)
        hud.draw(canvas, shown(digit / 100))
        cells.append(canvas[slice(*DIGIT_ROWS), CELLS[4] : CELLS[4] + 12].astype(float).ravel())
    likeness = np.corrcoef(cells) - np.eye(10)
    assert likeness.max() < 0.9


def test_the_hud_leaves_the_rest_of_the_picture_alone(hud):
    canvas = np.full((480, 640, 3), 90, np.uint8)
    hud.draw(canvas, shown(1.0))
    assert (canvas[140:300] == 90).all()
    assert (canvas[42:400, 155:400] == 90).all()
    assert (canvas[:290, 240:] == 90).all()


def test_the_maps_dot_goes_with_the_car(hud):
    pictures = np.zeros((2, 480, 640, 3), np.uint8)
    for canvas, x in zip(pictures, (0.0, 4.0), strict=True):
        hud.draw(canvas, shown(x=x))
    _, columns = np.nonzero((pictures[0] != pictures[1]).any(axis=2))
    assert columns.max() - columns.min() > 80


def test_a_sprite_covers_as_much_as_it_says():
    canvas = np.full((4, 4, 3), 100, np.uint8)
    sprite((np.full((2, 2), 0.5), (200, 0, 100))).draw(canvas, 1, 1)
    assert canvas[1, 1].tolist() == [150, 50, 100]
    assert canvas[0, 0].tolist() == [100, 100, 100]


def test_the_horizon_is_where_far_points_are():
    far = project(View(0, 0, 0.7), np.array([[math.cos(0.7) * 1e7, math.sin(0.7) * 1e7, 0.0]]))
    assert far[0] == pytest.approx([SIZE.width / 2, HORIZON], abs=1e-3)


def test_what_is_on_the_left_is_seen_on_the_left_at_the_scale_of_its_distance():
    left, middle = project(View(0, 0, 0), np.array([[2.0, 0.5, 0.0], [2.0, 0.0, 0.0]]))
    depth = 2.0 * math.cos(math.atan((240 - HORIZON) / FOCAL)) + 0.9 * math.sin(
        math.atan((240 - HORIZON) / FOCAL)
    )
    assert middle[0] - left[0] == pytest.approx(FOCAL * 0.5 / depth)


def test_the_ground_is_seen_where_points_of_it_are():
    size = 5 * TEXELS
    field = np.zeros((size, size, 3), np.uint8)
    field[round(2.2 * TEXELS) : round(2.3 * TEXELS), round(2.6 * TEXELS) : round(2.7 * TEXELS)] = 255
    ground = Ground(tuple(field[:: 2**level, :: 2**level].copy() for level in range(4)), 0.0, 5.0)
    view = View(0.2, 2.5, 0.1)
    picture = Camera(ground).look(view)[HORIZON + 20 :, :, 0]
    row, column = np.argwhere(picture > 128).mean(axis=0).tolist()
    place = project(view, np.array([[2.65, 2.75, 0.0]]))[0]
    assert (column + 0.5, row + HORIZON + 20.5) == pytest.approx(tuple(place), abs=1.0)


def test_beyond_the_field_is_the_sea():
    field = np.zeros((64, 64, 3), np.uint8)
    picture = Camera(Ground((field,) * 4, 0.0, 0.0)).look(View(100, 100, 0))
    assert (picture[HORIZON + 2 :] == SEA).all()


def test_the_camera_is_behind_a_car_that_stands():
    view = chase([Pose(1, 2, math.pi / 2)] * 3, [0, 0.1, 0.2])[-1]
    assert (view.x, view.yaw) == pytest.approx((1, math.pi / 2))
    assert view.y < 1


def test_the_camera_turns_after_the_car_a_little_late():
    views = chase(
        [Pose(0, 0, 0), Pose(0, 0, 1), *[Pose(0, 0, 1)] * 60], [number / 15 for number in range(62)]
    )
    assert 0 < views[1].yaw < views[2].yaw < 0.5
    assert views[-1].yaw == pytest.approx(1, abs=1e-3)


def test_the_camera_goes_at_once_where_the_car_was_put():
    assert chase([Pose(0, 0, 0), Pose(0.5, 0, 2)], [0, 0.07])[1].yaw == 2


def test_the_car_is_drawn_on_its_place_and_its_front_wheels_turn():
    view, pose = View(-1.4, 0, 0), Pose(0, 0, 0)
    ahead, left = np.full((2, 480, 640, 3), 128, np.uint8)
    CarShape().draw(ahead, view, pose, 0.0)
    CarShape().draw(left, view, pose, 0.5)
    rows, columns = np.nonzero((ahead != 128).any(axis=2))
    place = project(view, np.array([[0.08, 0, 0.03]]))[0]
    assert columns.mean() == pytest.approx(place[0], abs=6)
    assert rows.min() < place[1] < rows.max()
    assert (ahead != left).any()


def test_a_ground_without_borders_is_refused():
    with pytest.raises(ValueError, match="has no borders"):
        paint_ground(Track("driven line", np.zeros((4, 2))))


def test_pictures_are_frames_of_a_video(steps):
    pictures = list(film(make_track(), steps, [BEFORE, 0, 60]))
    assert all(picture.shape == (480, 640, 3) and picture.dtype == np.uint8 for picture in pictures)
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[1] != pictures[2]).any()
