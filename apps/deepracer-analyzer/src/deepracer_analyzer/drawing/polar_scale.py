"""Where an action is on the half-disc of the action space, and which speeds and angles are marked on it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rlviz_overlay import Size

from deepracer_analyzer.views import ActionSpace, Floats

WIDEST = 60.0
"""Degrees from straight at which the largest steering angle is drawn."""

_SPEED_STEPS = (20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05)
_ANGLE_STEPS = (60, 45, 30, 20, 15, 10, 5, 4, 3, 2, 1, 0.5, 0.2, 0.1)
_ORIGIN = (144 / 288, 162 / 182)
_RADIUS = 130 / 288


@dataclass(frozen=True, slots=True)
class PolarScale:
    """The half-disc: speed outwards from the middle of its base, steering to both sides of straight up.

    A car's steering angles are small, so they are drawn larger than they are: the largest of the action space
    at 60 degrees from straight, the others in proportion, as the analyzer always did. What is left of the
    half-disc to both sides stays empty. Left is left.

    Attributes:
        x: Column of the middle of the base line, in pixels from the left of the place it is drawn in.
        y: Its row, from the top.
        radius: Pixels at the highest speed.
        speed: m/s at the rim.
        angle: Steering angle in degrees that is drawn at 60 degrees.
    """

    x: float
    y: float
    radius: float
    speed: float
    angle: float

    @classmethod
    def of(cls, space: ActionSpace, size: Size) -> "PolarScale":
        """The half-disc of an action space, with room for its labels, in a place of this size."""
        fastest = max((abs(speed) for speed in space.speed if math.isfinite(speed)), default=0.0)
        widest = max((abs(angle) for angle in space.steering if math.isfinite(angle)), default=0.0)
        radius = min(_RADIUS * size.width, _RADIUS * 288 / 182 * size.height)
        return cls(
            x=round(_ORIGIN[0] * size.width),
            y=round(_ORIGIN[1] * size.height),
            radius=radius,
            speed=fastest if fastest > 0 else 1.0,
            angle=widest if widest > 0 else 30.0,
        )

    def point(self, steering: float, speed: float) -> tuple[float, float]:
        """Column and row of an action; never outside of the half-disc.

        Args:
            steering: Degrees, positive to the left.
            speed: m/s.
        """
        x, y = self.points(np.array([steering]), np.array([speed]))[0].tolist()
        return x, y

    def points(self, steering: Floats, speed: Floats) -> Floats:
        """Columns and rows of actions, float64 (N, 2); never outside of the half-disc.

        Args:
            steering: Degrees, positive to the left, (N,).
            speed: m/s, (N,).
        """
        theta = np.clip(np.radians(steering / self.angle * WIDEST), -np.pi / 2, np.pi / 2)
        reach = np.clip(speed / self.speed, 0, 1) * self.radius
        return np.stack([self.x - reach * np.sin(theta), self.y - reach * np.cos(theta)], axis=1)


def speed_marks(fastest: float) -> tuple[float, ...]:
    """Round speeds up to the highest, in m/s, rising: three to six, the last is the highest itself."""
    return _marks(fastest, _SPEED_STEPS, range(3, 7))


def angle_marks(space: ActionSpace, widest: float) -> tuple[float, ...]:
    """Steering angles to be marked, in degrees, positive to the left: the space's own where these are few.

    Args:
        space: What the model can choose from.
        widest: The largest angle to either side.
    """
    own = sorted({action.steering_angle for action in space.actions})
    if 5 <= len(own) <= 7 and min(np.diff(own)) >= widest / 6:
        return tuple(own)
    side = _marks(widest, _ANGLE_STEPS, range(2, 4))
    return (*(-angle for angle in reversed(side)), 0.0, *side)


def _marks(highest: float, steps: Sequence[float], counts: range) -> tuple[float, ...]:
    """The highest value and round ones below it: as many as wanted, evenly if any step does that."""
    wanted = [marks for step in steps if len(marks := _multiples(highest, step)) in counts]
    even = [marks for marks in wanted if math.isclose(highest, len(marks) * marks[0])]
    return (even or wanted or [(highest,)])[0]


def _multiples(highest: float, step: float) -> tuple[float, ...]:
    """The step's multiples below the highest value, but none whose label would touch its label; and that."""
    count = math.floor(highest / step + 1e-9)
    below = (round(step * number, 6) for number in range(1, count + 1))
    return (*(mark for mark in below if highest - mark > 0.4 * step), highest)
