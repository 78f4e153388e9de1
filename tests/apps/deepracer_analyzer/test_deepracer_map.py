"""Facts about maps: which laps, what their colours mean, and files that are whole."""

from functools import cache

import matplotlib as mpl
import numpy as np
import pytest
from deepracer_analyzer.reports.choosing import best_lap, choose_laps, lap_name
from deepracer_analyzer.reports.driven import driven, steady_speed
from deepracer_analyzer.reports.figures import part_of
from deepracer_analyzer.reports.map_figure import write_map
from deepracer_analyzer.views import Track
from deepracer_ring import drive, laps_of, log, ring
from PIL import Image


def write(path, *drives, track=None, **chosen):
    one = log(*drives)
    return write_map(one, laps_of(one), track or ring(), path, **chosen)


@pytest.mark.parametrize(("by", "suffix"), [("speed", ".png"), ("steer", ".svg")])
def test_a_map_is_the_same_bytes_each_time(by, suffix, tmp_path):
    for name in ("first", "second"):
        write(tmp_path / f"{name}{suffix}", drive(ring(), 9, off_track_at=30), by=by)
    first, second = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("first", "second"))
    assert first == second
    assert b"matplotlib.org" not in first
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"first{suffix}", f"second{suffix}"]


def test_a_map_is_1200_pixels_wide_and_may_be_looked_at(tmp_path):
    write(tmp_path / "map.png", drive(ring(), 9))
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.width == 1200
        assert len(picture.convert("RGB").getcolors(10**6) or ()) > 50


@pytest.mark.parametrize(("laps", "together"), [(2, False), (4, False), (9, False), (9, True)])
def test_any_number_of_laps_stays_on_one_page(laps, together, tmp_path):
    write(tmp_path / "map.png", *[drive(ring(), 4, progress=50)] * laps, chosen="all", together=together)
    with Image.open(tmp_path / "map.png") as picture:
        assert picture.width == 1200
        assert 300 < picture.height < 1350


def color_of(path, table, value):
    """How many pixels have the colour of a value between 0 and 1, within rounding."""
    wanted = np.array(table(value)[:3]) * 255
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), np.float64)
    apart = np.abs(pixels[: int(len(pixels) * 0.8)] - wanted).max(axis=2)  # the colour bar is below
    return int((apart <= 3).sum())


def test_a_slow_lap_and_a_fast_one_share_one_scale(tmp_path):
    speed = ring().length / 8
    write(tmp_path / "map.png", drive(ring(), 8), drive(ring(), 16))
    top = np.ceil(speed / 0.5) * 0.5
    for part in (speed / top, speed / 2 / top):
        assert color_of(tmp_path / "map.png", part_of("plasma", 0, 0.86), part) > 300


def test_left_and_right_have_their_own_colours_whatever_the_lap_holds(tmp_path):
    from matplotlib.colors import LinearSegmentedColormap

    table = LinearSegmentedColormap.from_list("t", ["#1b7837", "#a6a9ad", "#762a83"])
    write(tmp_path / "map.png", drive(ring(), 8, steer=20), by="steer")
    assert color_of(tmp_path / "map.png", table, 1.0) > 300  # to the left
    assert color_of(tmp_path / "map.png", table, 0.0) == 0


def test_a_map_without_borders_can_be_drawn(tmp_path):
    write(tmp_path / "map.png", drive(ring(), 8), track=Track("driven line", ring().center))
    assert (tmp_path / "map.png").exists()


def test_the_user_s_matplotlib_is_left_as_it_was(tmp_path):
    with mpl.rc_context({"axes.facecolor": "red", "svg.hashsalt": "mine"}):
        before = dict(mpl.rcParams)
        write(tmp_path / "one.svg", drive(ring(), 8))
        assert dict(mpl.rcParams) == before
    write(tmp_path / "two.svg", drive(ring(), 8))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_pyplot_is_not_needed():
    from subprocess import run
    from sys import executable

    code = (
        "import sys; import deepracer_analyzer.reports.map_figure; print('matplotlib.pyplot' in sys.modules)"
    )
    done = run([executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_file_is_not_overwritten_unless_forced(tmp_path):
    path = tmp_path / "map.png"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="--force"):
        write(path, drive(ring(), 8))
    assert path.read_text() == "mine"
    write(path, drive(ring(), 8), force=True)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["map.pdf", "map", "map.jpg"])
def test_another_kind_of_file_is_one_line(name, tmp_path):
    with pytest.raises(ValueError, match=r"ends in \.png or \.svg"):
        write(tmp_path / name, drive(ring(), 8))
    assert list(tmp_path.iterdir()) == []


def test_a_column_that_is_no_choice_is_one_line(tmp_path):
    with pytest.raises(ValueError, match="--by yaw: choose one of speed, reward, throttle, steer"):
        write(tmp_path / "map.png", drive(ring(), 8), by="yaw")


def test_a_column_of_which_nothing_is_known_is_one_line(tmp_path):
    with pytest.raises(ValueError, match="reward is unknown in every row"):
        write(tmp_path / "map.png", drive(ring(), 8).assign(reward=np.nan), by="reward")


def test_rows_of_which_nothing_is_known_are_drawn_as_unknown(tmp_path):
    holes = drive(ring(), 8)
    holes.loc[20:60, "reward"] = np.nan
    write(tmp_path / "map.png", holes, by="reward")
    wanted = np.array([0x56, 0xB4, 0xE9]) / 255
    assert color_of(tmp_path / "map.png", lambda _: wanted, 0) > 100


def test_a_car_that_does_not_move_is_one_line(tmp_path):
    with pytest.raises(ValueError, match="the car does not move in this lap"):
        write(tmp_path / "map.png", drive(ring(), 8).assign(X=np.nan))


def test_a_log_without_laps_is_one_line(tmp_path):
    with pytest.raises(ValueError, match="no laps"):
        write_map(log(drive(ring())), (), ring(), tmp_path / "map.png")


@cache
def many_laps():
    """20 laps: complete ones are number 5 (the fastest) and 9; the others end early."""
    drives = [drive(ring(), 6, progress=5 + 2 * number) for number in range(20)]
    drives[4], drives[8] = drive(ring(), 6), drive(ring(), 7)
    return laps_of(log(*drives))


def test_of_many_laps_the_fastest_and_those_that_came_furthest_are_shown_and_this_is_said():
    places, note = choose_laps(many_laps(), None, "x.csv")
    assert places == (4, 8, 16, 17, 18, 19)
    assert note.startswith("6 of 20 laps, the fastest complete ones and those that came furthest")


def test_up_to_six_laps_all_are_shown():
    assert choose_laps(many_laps()[:6], None, "x.csv") == ((0, 1, 2, 3, 4, 5), "")


@pytest.mark.parametrize(
    ("text", "places"),
    [("1", (0,)), ("3,1", (0, 2)), ("2-4", (1, 2, 3)), (" 1 , 19-20 ", (0, 18, 19)), ("2,2", (1,))],
)
def test_laps_are_chosen_by_number(text, places):
    assert choose_laps(many_laps(), text, "x.csv") == (places, "")


def test_all_laps_may_be_chosen():
    assert len(choose_laps(many_laps(), "all", "x.csv")[0]) == 20


@pytest.mark.parametrize("text", ["", "a", "1;2", "1,,2", "1.5", "-3"])
def test_what_is_no_number_of_a_lap_is_one_line(text):
    with pytest.raises(ValueError, match=f"--laps {text}: give numbers of laps"):
        choose_laps(many_laps(), text, "x.csv")


@pytest.mark.parametrize("text", ["0", "21", "4-2", "1,99"])
def test_a_lap_that_is_not_there_is_one_line(text):
    with pytest.raises(ValueError, match=f"--laps {text}: x.csv has laps 1 to 20"):
        choose_laps(many_laps(), text, "x.csv")


def test_the_best_lap_is_the_fastest_complete_one_or_that_came_furthest():
    laps = many_laps()
    assert best_lap(laps) == 4
    assert best_lap(laps[10:15]) == 4


def test_a_lap_is_named_by_its_episode_too_where_that_differs():
    laps = many_laps()
    assert lap_name(laps[3], 3) == "lap 4"
    assert lap_name(laps[3], 0) == "lap 1 (episode 3)"


def test_pauses_and_jumps_are_not_part_of_the_line():
    one = drive(ring(), 9, off_track_at=50, pause=1)
    waiting = one["episode_status"] == "pause"
    one.loc[waiting, ["X", "Y"]] = [0.0, 0.0]
    made = log(one)
    line = driven(made, laps_of(made)[0])
    steps = np.hypot(*(line.pieces[:, 1] - line.pieces[:, 0]).T)
    assert steps.max() < 0.2
    assert len(line.off_track) == 1
    assert not waiting[line.rows].any()


def test_a_reset_that_the_log_does_not_call_a_pause_is_not_driven_either():
    one = drive(ring(), 9)
    one.loc[0, ["X", "Y"]] = [4.0, -1.0]
    made = log(one)
    assert 1 not in driven(made, laps_of(made)[0]).rows


def test_the_steady_speed_is_the_distance_by_the_time_whatever_single_time_stamps_say():
    one = log(drive(ring(), 9))
    one.frame.loc[1::2, "tstamp"] += 0.03  # jitter
    line = driven(one, laps_of(one)[0])
    assert steady_speed(one, line)[5:-5] == pytest.approx(ring().length / 9, rel=0.15)


def test_the_steady_speed_of_a_steady_drive_is_exact():
    one = log(drive(ring(), 9, off_track_at=50))
    line = driven(one, laps_of(one)[0])
    assert steady_speed(one, line) == pytest.approx(ring().length / 9, rel=1e-3)
