"""The sample's car: a kinematic bicycle whose wheels follow late and whose tyres hold only so much."""

import math
from dataclasses import dataclass, replace

import numpy as np

from deepracer_analyzer.views import Floats

WHEELBASE = 0.165
"""Metres between the axles of a car of scale 1:18."""

GAUGE = 0.16
"""Metres between the wheels of an axle."""

GRIP = 4.6
"""m/s²: how hard the tyres can push to the side."""

_STEERING_LAG = 0.09  # seconds in which the wheels go 63 % of the way to the angle that is asked for
_SPEED_LAG = 0.38  # seconds, the same for the speed


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a car is.

    Attributes:
        x: Metres; of the middle of the rear axle.
        y: Metres.
        yaw: Where it points, in radians from the x axis, counter-clockwise.
    """

    x: float
    y: float
    yaw: float


@dataclass(frozen=True, slots=True)
class Car:
    """A car on its way.

    Attributes:
        pose: Where it is.
        speed: m/s.
        steer: Angle of its front wheels in radians, positive to the left.
    """

    pose: Pose
    speed: float = 0.0
    steer: float = 0.0


def curvature(steer: float, wheelbase: float = WHEELBASE) -> float:
    """1 / radius of the circle on which the rear axle runs, tan(steer) / wheelbase, in 1/m, left positive.

    Kong, Pfeiffer, Schildbach, Borrelli, "Kinematic and Dynamic Vehicle Models for Autonomous Driving Control
    Design", IEEE IV 2015, eq. 1, with the reference point on the rear axle (l_r = 0).

    Args:
        steer: Angle of the front wheels in radians, between -pi/2 and pi/2.
        wheelbase: Metres.
    """
    return math.tan(steer) / wheelbase


def follow_arc(pose: Pose, metres: float, bend: float) -> Pose:
    """Drive along a circle, exactly: no step is too long.

    Args:
        pose: Where from.
        metres: How far.
        bend: Its curvature in 1/m, left positive; 0 is straight on.
    """
    turn = metres * bend
    chord = metres * float(np.sinc(turn / (2 * math.pi)))  # 2 sin(turn / 2) / bend, also for a bend of 0
    course = pose.yaw + turn / 2
    return Pose(pose.x + chord * math.cos(course), pose.y + chord * math.sin(course), pose.yaw + turn)


def drive(car: Car, steer: float, speed: float, seconds: float) -> Car:
    """Let some time go by while an angle and a speed are asked for.

    Wheels and motor follow as first-order lags. Where the circle would ask for more than `GRIP`, the car runs
    wide: on the tightest circle that v² / r <= GRIP allows.

    Args:
        car: As it was.
        steer: Asked for, in radians, left positive.
        speed: Asked for, in m/s.
        seconds: 0 or more.
    """
    now = replace(
        car,
        speed=speed + (car.speed - speed) * math.exp(-seconds / _SPEED_LAG),
        steer=steer + (car.steer - steer) * math.exp(-seconds / _STEERING_LAG),
    )
    most = GRIP / max(now.speed, 1e-9) ** 2
    bend = min(max(curvature(now.steer), -most), most)
    return replace(now, pose=follow_arc(car.pose, now.speed * seconds, bend))


def wheels(pose: Pose) -> Floats:
    """Where the four wheels stand: float64 (4, 2), metres; rear left, rear right, front left, front right."""
    ahead = np.array([math.cos(pose.yaw), math.sin(pose.yaw)])
    left = np.array([-ahead[1], ahead[0]]) * GAUGE / 2
    rear = np.array([pose.x, pose.y])
    front = rear + ahead * WHEELBASE
    return np.array([rear + left, rear - left, front + left, front - left])
