"""Facts about track files, and about finding the one a log was driven on."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from deepracer_analyzer.logs.centerline import project
from deepracer_analyzer.logs.driven_line import NAME, driven_line
from deepracer_analyzer.logs.tracks import find_track, load_track
from deepracer_analyzer.views import Log
from deepracer_ring import drive, log, ring, save_track

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "deepracer"


def test_a_track_file_is_centre_inner_and_outer_line(tmp_path):
    track = load_track(save_track(ring(), tmp_path, "my_ring"))
    assert track.name == "my_ring"
    assert track.inner is not None
    assert track.outer is not None
    for line, radius in ((track.center, 4.0), (track.inner, 3.5), (track.outer, 4.5)):
        assert line.shape == (73, 2)
        assert np.allclose(np.hypot(*line.T), radius)


def test_the_length_is_that_of_the_polygon():
    assert ring(72, 4.0).length == pytest.approx(72 * 2 * 4.0 * math.sin(math.pi / 72))


BROKEN = {
    "three columns": np.zeros((10, 3)),
    "one row": np.zeros((1, 6)),
    "text": np.full((10, 6), "a"),
    "numbers that are not finite": np.full((10, 6), np.nan),
    "open": np.arange(60.0).reshape(10, 6),
    "no length": np.zeros((10, 6)),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_array_that_is_no_track_is_one_line(kind, tmp_path):
    path = tmp_path / "odd.npy"
    np.save(path, BROKEN[kind])
    with pytest.raises(ValueError, match=r"odd\.npy.*expected") as error:
        load_track(path)
    assert "\n" not in str(error.value)


def npy_header(shape: str) -> bytes:
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head


FILES = {
    "empty": b"",
    "text": b"x,y\n1,2\n",
    "header only": npy_header("(100, 6)"),
    "a header that promises terabytes": npy_header("(10000000000000, 6)") + bytes(480),
    "a header that is cut": npy_header("(100, 6)")[:30],
    "a header that is no header": npy_header("((((("),
    "zip": b"PK\x03\x04" + bytes(50),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_no_array_is_one_line(kind, tmp_path):
    path = tmp_path / "odd.npy"
    path.write_bytes(FILES[kind])
    with pytest.raises(ValueError, match=r"odd\.npy.*expected") as error:
        load_track(path)
    assert "\n" not in str(error.value)


def test_a_pickled_array_is_not_unpickled(tmp_path):
    path = tmp_path / "odd.npy"
    np.save(path, np.array([[{}] * 6] * 10, dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"odd\.npy.*expected"):
        load_track(path)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cannot read .*nowhere\.npy: No such file"):
        load_track(tmp_path / "nowhere.npy")


def test_a_folder_is_no_track_file(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"):
        load_track(tmp_path)


def test_a_point_beside_the_line_is_projected_on_it():
    line = np.array([[0.0, 0], [4, 0], [4, 4]])
    found = project(line, np.array([[1.0, 0.5], [3, -1], [3.5, 3], [np.nan, 0]]))
    assert found.along[:3] == pytest.approx([1, 3, 7])
    assert found.left[:3] == pytest.approx([0.5, -1, 0.5])
    assert np.isnan(found.along[3])
    assert found.length == 8


@pytest.fixture
def tracks(tmp_path):
    """One track in both directions, numbered from elsewhere too, and one that is longer."""
    folder = tmp_path / "tracks"
    folder.mkdir()
    save_track(ring(), folder, "ring_ccw")
    save_track(ring(clockwise=True), folder, "ring_cw")
    save_track(ring(), folder, "ring_rolled", roll=20)
    save_track(ring(radius=5), folder, "bigger")
    return folder


@pytest.mark.parametrize("name", ["ring_ccw", "ring_cw", "ring_rolled", "bigger"])
def test_the_track_a_log_was_driven_on_is_found(name, tracks):
    track, line = find_track(log(drive(load_track(tracks / f"{name}.npy"), beside=0.2)), tracks)
    assert track.name == name
    assert line.startswith(f"{name} (")
    assert "0.20 m from its centre line" in line


def test_another_track_of_the_same_length_is_not_taken(tracks):
    moved = drive(ring())
    _, line = find_track(log(moved.assign(X=moved["X"] + 3)), tracks)
    assert "none of the 4 files" in line
    assert "m from its centre line on average, its border is 0.50 m from it" in line


def test_the_way_round_is_said_where_it_is_what_speaks_against_the_nearest_miss(tracks):
    (tracks / "ring_ccw.npy").unlink()
    (tracks / "ring_rolled.npy").unlink()
    track, line = find_track(log(drive(ring())), tracks)
    assert track.name == NAME
    assert "ring_cw comes nearest, but it runs the other way round" in line


def test_other_numbers_are_said_where_they_speak_against_the_only_file(tracks):
    track, line = find_track(log(drive(ring())), tracks / "ring_rolled.npy")
    assert track.name == NAME
    assert "does not fit: its way points have other numbers (0% of the rows agree)" in line


def test_both_lengths_are_said_where_none_is_near(tracks):
    _, line = find_track(log(drive(ring(radius=7))), tracks)
    assert "bigger comes nearest, but it is 31.41 m long, the log says 43.97 m" in line


def test_a_file_that_is_no_track_is_left_out_and_said(tracks):
    (tracks / "notes.npy").write_bytes(b"notes")
    track, line = find_track(log(drive(ring())), tracks)
    assert track.name == "ring_ccw"
    assert "1 left out: " in line
    assert "notes.npy" in line


def test_a_second_file_that_would_do_is_named(tracks):
    save_track(ring(), tracks, "ring_copy")
    track, line = find_track(log(drive(ring())), tracks)
    assert track.name == "ring_ccw"
    assert line.endswith("ring_copy would do as well")


def test_a_folder_without_track_files_is_said(tmp_path):
    track, line = find_track(log(drive(ring())), tmp_path)
    assert track.name == NAME
    assert f"no track file (.npy) in {tmp_path}" in line


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere does not exist"):
        find_track(log(drive(ring())), tmp_path / "nowhere")


def test_without_a_folder_the_line_is_the_driven_one():
    track, line = find_track(log(drive(ring())), None)
    assert line.startswith("the line driven in episode 0;")
    assert track.inner is None
    assert len(track.center) == 73
    assert np.allclose(track.center[0], track.center[-1])
    assert np.hypot(*(track.center - ring().center).T).max() < 0.1


def test_the_driven_line_is_that_of_the_lap_that_came_furthest():
    one = log(drive(ring(), progress=40, beside=0.3), drive(ring(), beside=-0.1), drive(ring(), progress=90))
    track, whose = driven_line(one)
    assert whose == "the line driven in episode 1"
    assert np.hypot(*track.center.T).mean() == pytest.approx(4.1, abs=0.02)


def test_where_no_lap_is_whole_the_others_complete_the_driven_line():
    one = log(drive(ring(), progress=70), drive(ring(), progress=60, start=50))
    track, whose = driven_line(one)
    assert whose == "the line driven in episode 0, completed from the others"
    assert track.length == pytest.approx(ring().length, rel=0.01)


def test_way_points_that_a_fast_car_skips_are_interpolated():
    track, whose = driven_line(log(drive(ring(), seconds=1.5)))
    assert whose == "the line driven in episode 0"
    assert np.isfinite(track.center).all()
    assert track.length == pytest.approx(ring().length, rel=0.02)


def test_a_pause_does_not_pull_the_driven_line():
    paused = drive(ring(), off_track_at=30, pause=2)
    paused.loc[paused["episode_status"] == "pause", "X"] = 100.0
    track, _ = driven_line(log(paused))
    assert np.hypot(*track.center.T).max() < 4.1


def test_rows_without_a_position_are_passed_over():
    holes = drive(ring())
    holes.loc[20:30, "X"] = np.nan
    track, _ = driven_line(log(holes))
    assert np.isfinite(track.center).all()


@pytest.mark.parametrize("spoil", ["no row", "no position", "one place"])
def test_a_log_without_a_line_is_one_line(spoil):
    frame = drive(ring())
    if spoil == "no row":
        frame = frame.iloc[:0]
    elif spoil == "no position":
        frame = frame.assign(X=np.nan)
    else:
        frame = frame.assign(closest_waypoint=0)
    with pytest.raises(ValueError, match=r"ring\.csv: no line was driven"):
        driven_line(Log(frame.assign(episode=0), "ring.csv", "B", ""))


def test_a_log_that_was_never_on_track_says_that_no_file_was_tried(tracks):
    track, line = find_track(log(drive(ring()).assign(all_wheels_on_track=False)), tracks)
    assert track.name == NAME
    assert "no file was tried" in line


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("model_A/evaluation_job_logs/sim-trace/evaluation/0-iteration.csv", "2022_july_pro_cw"),
        ("console/sim-trace/evaluation", "reinvent_base"),
        ("console/sim-trace/training", "reinvent_base"),
        ("drfc/evaluation-20220709200242/evaluation-simtrace/0-iteration.csv", "reinvent_base"),
        ("drfc/training-simtrace", "reinvent_base"),
        ("continuous/sim-trace/training", "reInvent2019_wide_cw"),
    ],
)
def test_every_shared_log_finds_its_track_in_its_first_half_minute(path, name):
    place = SHARED / path
    if not place.exists():
        pytest.skip("the shared logs are not here")
    for file in [place] if place.is_file() else sorted(place.rglob("*.csv")):
        frame = pd.read_csv(file, nrows=400)
        track, line = find_track(Log(frame, str(file), "B", ""), SHARED / "tracks")
        assert track.name == name
        assert "in 100% of the rows" in line
