"""Pictures of the replay: each depends on log, video, moment and view alone."""

import numpy as np
import pytest
from deepracer_analyzer.drawing.colors import ACTION, SPEED
from deepracer_analyzer.drawing.layout import arrange
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.recording import draw_recording
from deepracer_analyzer.drawing.strip import footnote_text, progress_width
from deepracer_analyzer.drawing.telemetry import TRAIL
from deepracer_analyzer.drawing.variables import car_values, lap_values, simulation_values, state_text
from deepracer_analyzer.simulation.view import View
from deepracer_analyzer.views import BEFORE, Track
from deepracer_replay import (
    ROWS,
    VIDEO,
    close_to,
    make_canvas,
    make_components,
    make_log,
    moment,
    noise,
    plain,
)
from rlviz_overlay import DARK, OPENCV_COLORMAPS, Rect, Size

PLACES = arrange(Size(640, 500), VIDEO)
VIEWS = [
    View(),
    View(heatmap=False),
    View(action_space=False),
    View(annotations=False),
    View(help=True),
    View(attenuation=1.0, gaussian_size=30, colormap=3),
]


def changed(one, other):
    """Where two pictures differ, bool (H, W)."""
    return (one != other).any(axis=2)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("with_video", [True, False])
def test_a_picture_is_the_same_whatever_was_drawn_before(view, with_video):
    frame = noise() if with_video else None
    canvas, other = make_canvas(components=make_components()), make_canvas(components=make_components())
    there = {row: canvas.draw(frame, moment(row), view) for row in (BEFORE, 5, 119, 120, 200)}
    back = {row: other.draw(frame, moment(row), view) for row in reversed(there)}
    assert all((there[row] == back[row]).all() for row in there)


def test_drawing_changes_nothing_that_it_was_given():
    log, components, frame = make_log(), make_components(), noise()
    before = log.frame.copy(), components.values.copy(), frame.copy()
    make_canvas(log, components=components).draw(frame, moment(150), View())
    assert log.frame.equals(before[0])
    assert (components.values == before[1]).all()
    assert (frame == before[2]).all()


def test_a_picture_is_the_callers_own():
    canvas = make_canvas()
    first = canvas.draw(plain(), moment(5), View())
    kept = first.copy()
    canvas.draw(plain(10), moment(9), View())
    assert (first == kept).all()
    first[...] = 0
    assert (canvas.draw(plain(), moment(5), View()) == kept).all()


@pytest.mark.parametrize("size", [(640, 500), (960, 750), (320, 240)])
def test_a_picture_has_the_size_that_the_canvas_says(size):
    for components in (None, make_components()):
        canvas = make_canvas(size=size, components=components)
        drawn = canvas.draw(plain(), moment(5), View())
        assert Size.of(drawn) == canvas.size
        assert drawn.dtype == np.uint8
        assert canvas.size.width % 2 == 0


@pytest.mark.parametrize(
    ("view", "names"),
    [
        (View(action_space=False), ["polar", "simulation"]),
        (View(heatmap=False), ["polar", "simulation"]),
        (View(annotations=False), ["car", "lap", "simulation", "note", "footnote"]),
    ],
)
def test_what_is_switched_off_is_not_drawn_and_all_else_stays(view, names):
    canvas, frame = make_canvas(), noise()
    different = changed(canvas.draw(frame, moment(50), View()), canvas.draw(frame, moment(50), view))
    for name in names:
        place = getattr(PLACES, name).view(different)
        assert place.any(), name
        place[...] = False
    assert not different.any()


def test_with_everything_off_the_video_and_the_bar_are_left():
    frame = noise()
    drawn = make_canvas().draw(frame, moment(50), View(action_space=False, annotations=False))
    assert (drawn[:480] == frame).all()
    assert close_to(drawn[480:], SPEED).any()


def test_a_picture_from_before_the_log_shows_no_action_no_speed_and_no_heat():
    drawn = make_canvas().draw(plain(), moment(BEFORE), View())
    polar = PLACES.polar.view(drawn)
    assert not close_to(polar, ACTION).any()
    assert not close_to(polar, SPEED).any()
    heat_off = make_canvas().draw(plain(), moment(BEFORE), View(heatmap=False))
    assert (drawn == heat_off).all()


def test_a_picture_from_before_the_log_says_so():
    logged = Logged.of(make_log())
    assert lap_values(logged, None)[0] == "before the log"
    assert set(lap_values(logged, None)[1:]) == {"–"}
    assert set(car_values(logged, None)) == {"–"}
    strip = PLACES.note.view(make_canvas().draw(plain(), moment(BEFORE), View()))
    assert close_to(strip, DARK.warning).any()


def test_a_row_that_is_a_guess_is_said_to_be_one():
    canvas = make_canvas()
    sure = PLACES.note.view(canvas.draw(plain(), moment(5, confidence=0.5), View()))
    guess = PLACES.note.view(canvas.draw(plain(), moment(5, confidence=0.49), View()))
    assert not close_to(sure, DARK.warning, 60).any()
    assert close_to(guess, DARK.warning, 60).any()


def test_the_values_of_the_car_are_those_of_the_row():
    logged = Logged.of(make_log(X=-6.583, Y=2.4, yaw=165.716, speed=2.004, all_wheels_on_track=False))
    assert car_values(logged, 7) == ("no", "(−6.58, 2.40) m", "165.7 deg", "2.00 m/s")


def test_the_values_of_the_lap_are_those_of_the_row():
    assert lap_values(Logged.of(make_log()), 130) == ("in_progress", "9.2 %", "11", "10", "2 of 2")


def test_laps_are_counted_in_the_order_in_which_they_were_driven():
    logged = Logged.of(make_log(episode=np.repeat([140, 141, 7], ROWS // 3)))
    assert [lap_values(logged, row)[4] for row in (0, 80, 239)] == ["1 of 3", "2 of 3", "3 of 3"]


def test_a_value_that_is_not_known_is_not_made_up():
    logged = Logged.of(make_log(X=np.nan, speed=np.nan, progress=np.nan))
    assert car_values(logged, 3)[1:] == ("(–, 0.40) m", "−174.3 deg", "– m/s")
    assert lap_values(logged, 3)[1] == "– %"
    make_canvas(make_log(X=np.nan, speed=np.nan, steer=np.nan)).draw(plain(), moment(3), View())


def test_a_pause_counts_down():
    assert state_text("pause", 1.24) == "pause (1.2s)"
    assert state_text("in_progress", 0.0) == "in_progress"


@pytest.mark.parametrize("number", range(22))
def test_every_colour_table_has_its_number_and_name_written(number):
    _, _, text, _ = simulation_values(View(colormap=number), 0.5)
    assert text == f"{number} ({list(OPENCV_COLORMAPS)[number]})"


def test_the_share_of_the_hottest_action_is_written():
    assert simulation_values(View(), 0.417)[3] == "42% of actions"
    assert simulation_values(View(), None)[3] == "–"


def test_the_footnote_says_where_the_replay_is():
    assert footnote_text(moment(812, 2000), View(), 15) == (
        "FPS 15 (1.0x) | Frame 812 | Row 812 | H (help) | Q (quit)"
    )
    assert footnote_text(moment(BEFORE), View(frame_rate=30), 15).startswith(
        "FPS 30 (2.0x) | Frame 0 | no row"
    )


@pytest.mark.parametrize(("row", "width"), [(0, 0), (100, 50), (200, 100)])
def test_the_bar_is_green_as_far_as_the_replay_is(row, width):
    assert progress_width(100, moment(row, frames=201)) == width


def test_a_replay_of_one_picture_has_a_bar():
    assert progress_width(100, moment(0, frames=1)) == 0


def test_the_bar_is_at_the_very_bottom():
    drawn = make_canvas().draw(plain(), moment(ROWS // 2), View())
    green = close_to(drawn[-1:], SPEED)[0]
    assert green[:320].all()
    assert not green[330:].any()


def test_recording_is_said_at_the_top_right_on_a_copy():
    drawn = make_canvas().draw(plain(), moment(5), View(action_space=False))
    before = drawn.copy()
    noted = draw_recording(drawn, moment(5))
    assert (drawn == before).all()
    rows, columns = np.nonzero(changed(noted, drawn))
    assert rows.max() < 40
    assert columns.min() > 500


def test_the_dots_of_recording_follow_the_pictures_number():
    drawn = plain(size=Size(640, 500))
    ink = [int(changed(draw_recording(drawn, moment(number)), drawn).sum()) for number in range(64)]
    assert ink[:32] == ink[32:]
    assert len(set(ink)) == 4
    assert sorted(set(ink)) == list(dict.fromkeys(ink))


CIRCLE = Track(
    "ring", np.array([[4 * np.cos(turn), 4 * np.sin(turn)] for turn in np.linspace(0, 2 * np.pi, 60)])
)


def telemetry(row, **columns):
    """The track's place without a video, at a row."""
    log = make_log(**columns)
    drawn = make_canvas(log, video_size=None, track=CIRCLE).draw(None, moment(row), View())
    return arrange(Size(640, 500), None).map.view(drawn)


def center(mask):
    rows, columns = np.nonzero(mask)
    return columns.mean(), rows.mean()


@pytest.mark.parametrize(("x", "y"), [(4.0, 0.0), (-4.0, 0.0), (0.0, 4.0), (0.0, -4.0)])
def test_without_a_video_the_car_is_on_the_track_with_north_up(x, y):
    picture = telemetry(5, X=x, Y=y)
    height, width = picture.shape[:2]
    column, row = center(close_to(picture, ACTION))
    scale = 0.96 * height / 8
    assert abs(column - (width / 2 + x * scale)) < 4
    assert abs(row - (height / 2 - y * scale)) < 4


@pytest.mark.parametrize(("yaw", "right", "up"), [(0, 1, 0), (90, 0, 1), (180, -1, 0), (-90, 0, -1)])
def test_the_car_points_where_it_heads(yaw, right, up):
    picture = telemetry(5, X=0.0, Y=0.0, yaw=float(yaw))
    rows, columns = np.nonzero(close_to(picture, ACTION))
    middle = np.array([picture.shape[1] / 2, picture.shape[0] / 2])
    reach = np.stack([columns - middle[0], middle[1] - rows])
    along = np.array([right, up]) @ reach
    assert along.max() > 1.2 * -along.min()


def test_the_trail_is_that_of_the_last_seconds_of_the_episode():
    length = [int(close_to(telemetry(row), SPEED).sum()) for row in (1, 20, TRAIL, 110, 121)]
    assert length[0] < length[1] < length[2]
    assert abs(length[3] - length[2]) < 0.1 * length[2]
    assert length[4] < length[1]


def test_before_the_log_there_is_no_car():
    assert not close_to(telemetry(BEFORE), ACTION).any()


def test_without_a_track_the_cars_own_way_gives_the_map_its_size():
    drawn = make_canvas(video_size=None).draw(None, moment(30), View())
    assert close_to(arrange(Size(640, 500), None).map.view(drawn), ACTION).any()


def test_a_log_that_never_says_where_the_car_is_gives_pictures_without_it():
    log = make_log(X=np.nan, Y=np.nan)
    picture = make_canvas(log, video_size=None).draw(None, moment(30), View())
    assert not close_to(arrange(Size(640, 500), None).map.view(picture), ACTION).any()


def test_reward_charts_stand_beside_the_picture():
    frame = noise()
    plainly = make_canvas().draw(frame, moment(60), View())
    canvas = make_canvas(components=make_components())
    drawn = canvas.draw(frame, moment(60), View())
    assert 420 <= canvas.size.width - 640 <= 480
    assert (drawn[:, :640] == plainly).all()


def test_the_help_menu_covers_the_whole_picture():
    canvas, frame = make_canvas(components=make_components()), noise()
    drawn = canvas.draw(frame, moment(60), View(help=True))
    corner = Rect(0, 0, 60, 60)
    assert corner.view(drawn).mean() < 0.2 * corner.view(frame).mean()
    assert changed(drawn, canvas.draw(frame, moment(60), View())).mean() > 0.8
