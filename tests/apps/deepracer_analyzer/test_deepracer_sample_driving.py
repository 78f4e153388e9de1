"""The sample's car, its driver, and the drive as a log."""

import math
from itertools import pairwise

import numpy as np
import pytest
from deepracer_analyzer.sample.bicycle import (
    GAUGE,
    GRIP,
    WHEELBASE,
    Car,
    Pose,
    curvature,
    drive,
    follow_arc,
    wheels,
)
from deepracer_analyzer.sample.center_line import CenterLine
from deepracer_analyzer.sample.driving import PENALTY, center_reward, drive_laps
from deepracer_analyzer.sample.policy import ACTIONS, Policy, pursuit_angle
from deepracer_analyzer.sample.track import WIDTH, make_track


@pytest.fixture(scope="module")
def steps():
    return drive_laps(make_track())


@pytest.mark.parametrize("degrees", [-30, -5, 15, 30])
def test_a_bicycle_runs_on_a_circle_of_wheelbase_over_tangent(degrees):
    steer = math.radians(degrees)
    radius = WHEELBASE / math.tan(steer)
    pose, middle = Pose(1.0, 2.0, 0.0), np.array([1.0, 2.0 + radius])
    for _ in range(10):
        pose = follow_arc(pose, 0.05, curvature(steer))
        assert math.hypot(pose.x - middle[0], pose.y - middle[1]) == pytest.approx(abs(radius))


def test_once_round_the_circle_leads_back():
    pose = follow_arc(Pose(1.0, 2.0, 0.5), 2 * math.pi * 0.7, 1 / 0.7)
    assert (pose.x, pose.y, pose.yaw) == pytest.approx((1.0, 2.0, 0.5 + 2 * math.pi))


def test_straight_on_is_a_circle_without_a_bend():
    assert follow_arc(Pose(0, 0, 0), 3.0, 0.0) == Pose(3.0, 0.0, 0.0)


def test_a_car_comes_to_the_speed_and_the_angle_that_are_asked_for():
    car = drive(Car(Pose(0, 0, 0)), 0.2, 2.0, 100.0)
    assert (car.speed, car.steer) == pytest.approx((2.0, 0.2))


def test_a_fast_car_runs_wide():
    car = Car(Pose(0, 0, 0), speed=3.0, steer=0.5)
    now = drive(car, 0.5, 3.0, 0.1)
    assert (now.pose.yaw - car.pose.yaw) / 0.1 * 3.0 == pytest.approx(GRIP)


def test_the_wheels_stand_at_the_corners():
    half = GAUGE / 2
    rear, front = [[1 - half, 2], [1 + half, 2]], [[1 - half, 2 + WHEELBASE], [1 + half, 2 + WHEELBASE]]
    assert wheels(Pose(1, 2, math.pi / 2)) == pytest.approx(np.array(rear + front))


def test_pursuits_arc_leads_to_its_point():
    pose = Pose(0.3, -0.2, 0.4)
    angle = pursuit_angle(0.9, 0.7, pose.yaw)
    bend = curvature(angle)
    ahead = 0.9 * math.cos(0.4) + 0.7 * math.sin(0.4)
    metres = math.atan2(ahead * bend, 1 - bend * (0.7 * math.cos(0.4) - 0.9 * math.sin(0.4))) / bend
    there = follow_arc(pose, metres, bend)
    assert (there.x, there.y) == pytest.approx((1.2, 0.5))


def test_a_point_on_the_left_is_steered_to_with_a_positive_angle():
    assert pursuit_angle(1.0, 0.2, 0.0) > 0


def test_a_standing_car_on_a_straight_mostly_goes_on_straight():
    line = CenterLine(make_track())
    x, y = line.point(1.0)
    car = Car(Pose(x, y, line.direction(1.0)), speed=2.0)
    policy = Policy(line, np.random.default_rng(0))
    angles = [ACTIONS[policy.choose(car)].steering_angle for _ in range(200)]
    assert max(set(angles), key=angles.count) == 0


@pytest.mark.parametrize(("aside", "reward"), [(0.0, 1.0), (-0.2, 0.5), (0.5, 0.1), (0.6, 0.001)])
def test_the_reward_falls_away_from_the_centre_line(aside, reward):
    assert center_reward(aside, WIDTH) == reward


def test_a_drive_is_laps_from_prepare_to_lap_complete(steps):
    for episode in (0, 1):
        lap = [step for step in steps if step.episode == episode]
        statuses = [step.episode_status for step in lap]
        assert (statuses[0], statuses[-1]) == ("prepare", "lap_complete")
        assert set(statuses[1:-1]) <= {"in_progress", "off_track", "pause"}
        assert [step.steps for step in lap] == list(range(1, len(lap) + 1))
        assert [step.done for step in lap] == [False] * (len(lap) - 1) + [True]


def test_it_leaves_the_track_once_or_twice(steps):
    assert 1 <= sum(step.episode_status == "off_track" for step in steps) <= 2


def test_after_it_left_the_track_it_stands_on_the_centre_line_until_the_penalty_is_over(steps):
    line = CenterLine(make_track())
    row = next(row for row, step in enumerate(steps) if step.episode_status == "off_track")
    left = steps[row]
    pause = [step for step in steps[row + 1 : row + 60] if step.episode_status == "pause"]
    assert abs(line.left(left.x, left.y)) > 0.4
    assert left.pause_duration == pytest.approx(PENALTY)
    for step in pause:
        assert abs(line.left(step.x, step.y)) < 0.002
        assert step.pause_duration == pytest.approx(PENALTY - (step.tstamp - left.tstamp))
        assert step.reward == 0
    assert steps[row + 1 + len(pause)].episode_status == "in_progress"
    assert pause[-1].pause_duration < 0.1


def test_time_stamps_rise_unevenly_about_fifteen_times_a_second(steps):
    gaps = np.diff([step.tstamp for step in steps])
    assert gaps.min() >= 0.028 - 1e-9
    assert np.median(gaps) == pytest.approx(1 / 15, abs=0.002)
    assert gaps.std() > 0.003
    assert all(round(step.tstamp, 3) == step.tstamp for step in steps)


def test_progress_never_falls_within_a_lap_and_ends_at_100(steps):
    for now, then in pairwise(steps):
        assert then.progress >= now.progress or now.done
    assert steps[-1].progress == 100.0


def test_rows_say_what_the_action_was(steps):
    for step in steps:
        action = ACTIONS[step.action]
        assert (step.steer, step.throttle) == (action.steering_angle, action.speed)


def test_the_car_is_where_the_last_row_and_the_circle_say(steps):
    for then, now in pairwise(steps):
        if now.episode_status == then.episode_status == "in_progress":
            assert math.hypot(now.x - then.x, now.y - then.y) < 3.0 * 0.1


def test_wheels_are_off_the_track_before_the_car_is(steps):
    for then, now in pairwise(steps):
        if now.episode_status == "off_track":
            assert not now.all_wheels_on_track
            assert not then.all_wheels_on_track


def test_another_seed_is_another_drive():
    track = make_track()
    assert drive_laps(track, 1, 1) == drive_laps(track, 1, 1)
    assert drive_laps(track, 1, 1) != drive_laps(track, 1, 2)
