"""The sample's drive: laps with their resets, one step after the other, as the simulator would log them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deepracer_analyzer.sample.bicycle import Car, Pose, drive, wheels
from deepracer_analyzer.sample.center_line import CenterLine
from deepracer_analyzer.sample.policy import ACTIONS, Policy
from deepracer_analyzer.sample.track import WIDTH
from deepracer_analyzer.views import Track

RATE = 15
"""Steps a second, about."""

LAPS = 2
"""How often the sample goes round."""

SEED = 151
"""Of the sample's drive."""

PENALTY = 2.0
"""Seconds that the car stands after it left the track."""

_FIRST = 7.199  # seconds on the simulator's clock
_STRIDE = 1.0015 / RATE  # seconds: the simulator is a little slow
_LATE = 0.004  # seconds: deviation of a time stamp from its step
_UNEVEN = 0.002  # seconds: deviation of a step's length
_SHORTEST = 0.028  # seconds between two time stamps
_OVERRUN = 0.01  # seconds by which the last step of a pause may be over it
_STARTS_AT = 0.144  # metres along the line, where laps begin
_TREMBLE = 0.0003  # metres: a standing car is not quite still


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the log; fields are its columns, in order (`sample.trace.HEADER` has their names)."""

    episode: int
    steps: float
    x: float
    y: float
    yaw: float
    steer: float
    throttle: float
    action: int
    reward: float
    done: bool
    all_wheels_on_track: bool
    progress: float
    closest_waypoint: int
    track_len: float
    tstamp: float
    episode_status: str
    pause_duration: float
    obstacle_crash_counter: int = 0


def drive_laps(track: Track, laps: int = LAPS, seed: int = SEED) -> tuple[Step, ...]:
    """Drive round a track; the same arguments give the same drive.

    A lap begins with a row `prepare`, goes on `in_progress` and ends with `lap_complete`. When its middle
    has left the track, that row is `off_track`; in the next one the car stands on the centre line, and stays
    there through rows `pause` until `PENALTY` is over. Steps are counted on.

    Args:
        track: With 1.07 m from border to border.
        laps: 1 or more.
        seed: Of every choice and of the time stamps, 0 or more.
    """
    driver = _Driver(track, seed)
    return tuple(step for lap in range(laps) for step in driver.lap(lap))


def center_reward(aside: float, width: float) -> float:
    """1 on the middle tenth of the track, 0.5 on its middle half, 0.1 elsewhere on it, 0.001 off it.

    Args:
        aside: Metres from the centre line, of either sign.
        width: Of the track, in metres.
    """
    away = abs(aside) / width
    return next((reward for limit, reward in ((0.1, 1.0), (0.25, 0.5), (0.5, 0.1)) if away <= limit), 1e-3)


class _Clock:
    """Steps of nearly even length, and time stamps in milliseconds that are now early, now late."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._now = _FIRST
        self.stamp = _FIRST

    def tick(self) -> float:
        """Go one step on: the seconds that went by."""
        seconds = max(_SHORTEST, _STRIDE + _UNEVEN * float(self._rng.standard_normal()))
        self._now += seconds
        late = self._now + _LATE * float(self._rng.standard_normal())
        self.stamp = round(max(late, self.stamp + _SHORTEST), 3)
        return seconds


class _Driver:
    """One car, one clock and one driver for all laps."""

    def __init__(self, track: Track, seed: int) -> None:
        choices, times, self._trembling = (np.random.default_rng((seed, part)) for part in range(3))
        self._line = CenterLine(track)
        self._policy = Policy(self._line, choices)
        self._clock = _Clock(times)
        self._car = Car(Pose(0.0, 0.0, 0.0))
        self._lap = 0
        self._steps = 0
        self._behind = 0.0  # metres of this lap that were driven, at most so far
        self._action = 0

    def lap(self, lap: int) -> Iterator[Step]:
        """The rows of one lap."""
        if lap:
            self._clock.tick()  # between two laps the simulator needs a step for itself
            self._clock.tick()
        self._lap, self._steps, self._behind = lap, 0, _STARTS_AT
        self._stand_at(_STARTS_AT)
        yield self._step("prepare", reward=0.0)
        self._clock.tick()
        yield self._step("in_progress")
        while self._behind < self._line.length:
            self._go()
            if self._behind >= self._line.length:
                yield self._step("lap_complete")
            elif self._is_off():
                yield from self._reset()
            else:
                yield self._step("in_progress")

    def _go(self) -> None:
        """One step of driving."""
        self._action = self._policy.choose(self._car)
        action = ACTIONS[self._action]
        seconds = self._clock.tick()
        self._car = drive(self._car, math.radians(action.steering_angle), action.speed, seconds)
        length = self._line.length
        along = self._line.along(self._car.pose.x, self._car.pose.y)
        forward = (along - self._behind + length / 2) % length - length / 2
        self._behind = max(self._behind, self._behind + forward)

    def _reset(self) -> Iterator[Step]:
        """The row in which the track was left, and the rows of the penalty on the centre line."""
        until = round(self._clock.stamp + PENALTY, 3)
        yield self._step("off_track", pause=until - self._clock.stamp)
        self._stand_at(self._line.along(self._car.pose.x, self._car.pose.y))
        place = self._car
        self._clock.tick()
        while until - self._clock.stamp > -_OVERRUN:
            yield self._step("pause", pause=until - self._clock.stamp, reward=0.0)
            self._clock.tick()
            self._car = self._trembled(place)
            if self._trembling.random() < 0.1:
                self._action = self._policy.choose(self._car)
        self._car = place
        yield self._step("in_progress")

    def _stand_at(self, along: float) -> None:
        """Put the car on the centre line, standing, with the way ahead of it."""
        x, y = self._line.point(along)
        self._car = Car(Pose(x, y, self._line.direction(along)))
        self._action = self._policy.choose(self._car)

    def _trembled(self, car: Car) -> Car:
        """The standing car as a row finds it: moved by a hair in every second one."""
        if self._trembling.random() < 0.5:
            return car
        x, y = (self._trembling.standard_normal(2) * _TREMBLE).tolist()
        return Car(Pose(car.pose.x + x, car.pose.y + y, car.pose.yaw))

    def _wheels_off(self) -> int:
        """How many wheels are beyond a border."""
        return int((np.abs(self._line.project(wheels(self._car.pose)).left) > WIDTH / 2).sum())

    def _is_off(self) -> bool:
        """Whether the middle of the car is beyond a border."""
        x, y = wheels(self._car.pose).mean(axis=0).tolist()
        return abs(self._line.left(x, y)) > WIDTH / 2

    def _step(self, status: str, *, pause: float = 0.0, reward: float | None = None) -> Step:
        """What is logged of this moment."""
        self._steps += 1
        pose, action, done = self._car.pose, ACTIONS[self._action], status == "lap_complete"
        earned = center_reward(self._line.left(pose.x, pose.y), WIDTH)
        return Step(
            episode=self._lap,
            steps=float(self._steps),
            x=pose.x,
            y=pose.y,
            yaw=math.degrees(math.remainder(pose.yaw, 2 * math.pi)),
            steer=action.steering_angle,
            throttle=action.speed,
            action=self._action,
            reward=earned if reward is None else reward,
            done=done,
            all_wheels_on_track=self._wheels_off() == 0,
            progress=100.0 if done else 100 * self._behind / self._line.length,
            closest_waypoint=0 if done else self._line.nearest_waypoint(pose.x, pose.y),
            track_len=self._line.length,
            tstamp=self._clock.stamp,
            episode_status=status,
            pause_duration=pause,
        )
