"""The sample's video, picture by picture: which row of the log each one shows, and how it looks."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rlviz_overlay import Frame

from deepracer_analyzer.sample.bicycle import Pose
from deepracer_analyzer.sample.camera import Camera, chase
from deepracer_analyzer.sample.car_shape import CarShape
from deepracer_analyzer.sample.driving import Step
from deepracer_analyzer.sample.hud import Hud, Shown
from deepracer_analyzer.sample.scenery import paint_ground
from deepracer_analyzer.views import BEFORE, Track

LAG = 3
"""Pictures by which the video trails the log from its beginning."""


def picture_rows(steps: Sequence[Step]) -> list[int]:
    """Which row each picture shows, `BEFORE` for those from before the log.

    Picture f shows row f - 3. At the first reset, and where a second lap follows, the simulator is busy: one
    picture is shown twice, and the video trails by one more, as measured on a real log and its video.
    """
    rows = [BEFORE] * LAG
    resets = 0
    for row, step in enumerate(steps):
        rows.append(row)
        resets += step.episode_status == "off_track"
        first_reset = step.episode_status == "off_track" and resets == 1
        if first_reset or (step.done and row + 1 < len(steps)):
            rows.append(row)
    return rows


def shown_speeds(steps: Sequence[Step]) -> list[float]:
    """What the HUD says at each row: metres over seconds since the row before; 0 at the first."""
    gaps = ((math.hypot(b.x - a.x, b.y - a.y), b.tstamp - a.tstamp) for a, b in pairwise(steps))
    return [0.0, *(metres / seconds for metres, seconds in gaps)]


def film(track: Track, steps: Sequence[Step], rows: Sequence[int]) -> Iterator[Frame]:
    """Paint the pictures, one after the other.

    Args:
        track: On which was driven.
        steps: The log.
        rows: Which of its rows each picture shows; before the log, the car stands at its start.

    Yields:
        uint8 (480, 640, 3), RGB; a new array each time.
    """
    camera, car, hud = Camera(paint_ground(track)), CarShape(), Hud(track)
    poses = [Pose(step.x, step.y, math.radians(step.yaw)) for step in steps]
    views = chase(poses, [step.tstamp for step in steps])
    said = said_at(steps)
    for row in rows:
        at = max(row, 0)
        frame = camera.look(views[at])
        car.draw(frame, views[at], poses[at], math.radians(steps[at].steer))
        hud.draw(frame, said[at])
        yield frame


def said_at(steps: Sequence[Step]) -> list[Shown]:
    """What the HUD says at each row."""
    said: list[Shown] = []
    resets, laps = 0, steps[-1].episode + 1
    for step, speed in zip(steps, shown_speeds(steps), strict=True):
        race = step.tstamp - steps[0].tstamp
        said.append(Shown(speed, step.episode + 1, laps, race, resets, step.x, step.y))
        resets += step.episode_status == "off_track"
    return said
