"""The sample's track: a smooth closed line with borders, and the way round it."""

import numpy as np
import pytest
from deepracer_analyzer.logs.tracks import load_track
from deepracer_analyzer.sample.center_line import CenterLine, curvature
from deepracer_analyzer.sample.track import WIDTH, make_track, spline_points, track_array
from deepracer_analyzer.views import Track


def circle(radius: float, count: int) -> np.ndarray:
    turn = 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def test_a_spline_goes_through_its_points():
    knots = np.array([[0.0, 0], [3, 1], [4, 3], [1, 4], [-1, 2]])
    assert spline_points(knots, 10)[::10] == pytest.approx(knots)


def test_a_spline_through_points_of_a_circle_is_nearly_that_circle():
    line = spline_points(circle(2, 16), 20)
    assert np.linalg.norm(line, axis=1) == pytest.approx(2, abs=1e-3)


def test_a_splines_direction_does_not_jump_at_its_points():
    line = spline_points(np.array([[0.0, 0], [3, 1], [4, 3], [1, 4], [-1, 2]]), 1000)
    legs = np.roll(line, -1, axis=0) - line
    heading = np.unwrap(np.arctan2(legs[:, 1], legs[:, 0]))
    assert np.abs(np.diff(heading)).max() < 0.01


def test_the_track_is_closed_and_its_waypoints_are_even():
    track = make_track()
    assert (track.center[0] == track.center[-1]).all()
    assert np.ptp(np.hypot(*np.diff(track.center, axis=0).T)) < 0.002


def test_the_track_is_as_long_and_as_wide_as_real_ones():
    track = make_track()
    assert 20 < track.length < 30
    assert track.inner is not None
    assert track.outer is not None
    assert np.hypot(*(track.inner - track.outer).T) == pytest.approx(WIDTH)


def test_the_track_bends_to_both_sides_and_its_inner_border_never_folds():
    bend = curvature(make_track().center[:-1])
    assert bend.min() < -0.5
    assert 0.5 < bend.max() < 1 / (WIDTH / 2 + 0.2)


def test_the_tracks_file_is_one_that_is_read(tmp_path):
    np.save(tmp_path / "rlviz_sample.npy", track_array(make_track()))
    track = load_track(tmp_path / "rlviz_sample.npy")
    assert (track.center == make_track().center).all()
    assert track.name == "rlviz_sample"


def test_a_track_without_borders_is_refused():
    with pytest.raises(ValueError, match="has no borders"):
        track_array(Track("driven line", circle(1, 9)))


@pytest.fixture
def ring() -> CenterLine:
    points = circle(3, 360)
    return CenterLine(Track("ring", np.vstack([points, points[:1]])))


def test_the_curvature_of_a_circle_is_one_over_its_radius():
    assert curvature(circle(3, 360)) == pytest.approx(1 / 3)


def test_the_sharpest_bend_of_a_ring_is_its_own(ring):
    assert ring.sharpest(1.0, 2.0) == pytest.approx(1 / 3)


def test_a_point_along_the_line_is_found_there_again(ring):
    assert ring.along(*ring.point(5.5)) == pytest.approx(5.5)


def test_a_ring_goes_round_and_round(ring):
    assert ring.point(2.0 + ring.length) == pytest.approx(ring.point(2.0))


def test_a_counter_clockwise_ring_has_its_middle_on_the_left(ring):
    assert ring.left(2.0, 0.0) == pytest.approx(1.0, abs=1e-3)
    assert ring.direction(0.0) == pytest.approx(np.pi / 2, abs=0.01)


def test_the_nearest_waypoint_is_a_row(ring):
    assert ring.nearest_waypoint(0.0, 3.1) == 90
