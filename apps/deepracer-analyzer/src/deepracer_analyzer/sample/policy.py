"""The sample's driver: pure pursuit, spoken in fifteen actions, one of which is drawn by chance."""

import math

import numpy as np

from deepracer_analyzer.sample.bicycle import GRIP, WHEELBASE, Car
from deepracer_analyzer.sample.center_line import CenterLine
from deepracer_analyzer.views import Action

ACTIONS = tuple(Action(float(angle), float(speed)) for angle in (-30, -15, 0, 15, 30) for speed in (1, 2, 3))
"""What the driver can ask for, by index."""

_LOOK_AHEAD = 0.55, 0.16  # metres, and metres more for each m/s
_BRAKING = 0.5, 0.55  # metres of track whose bends set the speed, and metres more for each m/s
_CARE = 0.5  # share of the grip that the driver means to use
_UNSURE = math.radians(11), 0.65  # radians and m/s: how far the drawn action is from the meant one
_MISJUDGED = 0.18  # radians: deviation of what the driver takes for the direction of the point ahead
_MEMORY = 0.9  # of a misjudgement, how much lasts to the next step


class Policy:
    """A driver who knows the track, sees it a little wrong, and chooses among `ACTIONS`.

    Args:
        line: The track's centre line.
        rng: Of the choices.
    """

    def __init__(self, line: CenterLine, rng: np.random.Generator) -> None:
        self._line = line
        self._rng = rng
        self._error = 0.0

    def choose(self, car: Car) -> int:
        """The index of the next action, drawn: likelier the nearer it is to what pursuit asks for."""
        fresh = math.sqrt(1 - _MEMORY**2) * float(self._rng.standard_normal())
        self._error = _MEMORY * self._error + fresh * _MISJUDGED
        angle, speed = self._wanted(car)
        away = [
            ((math.radians(action.steering_angle) - angle) / _UNSURE[0]) ** 2
            + ((action.speed - speed) / _UNSURE[1]) ** 2
            for action in ACTIONS
        ]
        weights = np.exp(-0.5 * (np.array(away) - min(away)))
        return int(np.searchsorted((weights / weights.sum()).cumsum(), self._rng.random()))

    def _wanted(self, car: Car) -> tuple[float, float]:
        """Steering in radians and speed in m/s, before anything is drawn."""
        pose = car.pose
        along = self._line.along(pose.x, pose.y)
        ahead = _LOOK_AHEAD[0] + _LOOK_AHEAD[1] * car.speed
        x, y = self._line.point(along + ahead)
        sharpest = self._line.sharpest(along, _BRAKING[0] + _BRAKING[1] * car.speed)
        speed = min(max(math.sqrt(_CARE * GRIP / max(sharpest, 1e-6)), ACTIONS[0].speed), ACTIONS[-1].speed)
        return pursuit_angle(x - pose.x, y - pose.y, pose.yaw + self._error), speed


def pursuit_angle(east: float, north: float, yaw: float) -> float:
    """The steering angle in radians, left positive, of the arc that leads from the rear axle to a point.

    Coulter, "Implementation of the Pure Pursuit Path Tracking Algorithm", CMU-RI-TR-92-01, 1992: the arc's
    curvature is 2 x / l², x the point's place to the side and l its distance; the bicycle's angle for it is
    atan(wheelbase * curvature).

    Args:
        east: Metres from the axle to the point.
        north: Metres.
        yaw: Where the car points, in radians.
    """
    left = north * math.cos(yaw) - east * math.sin(yaw)
    return math.atan(WHEELBASE * 2 * left / (east**2 + north**2))
