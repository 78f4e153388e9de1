"""The sample's camera: behind the car and above it, turning after it a little late."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from rlviz_overlay import Frame, Size
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.sample.bicycle import Pose
from deepracer_analyzer.sample.scenery import SEA, TEXELS, Ground, paint_sky
from deepracer_analyzer.views import Floats

SIZE = Size(640, 480)
"""Of the pictures, as of the simulator's."""

FOCAL = 504.0
"""Focal length in pixels: a field of view of 65 degrees."""

HORIZON = 46
"""Row of the horizon: the camera looks down by 21 degrees."""

ABOVE = 0.9
"""Metres that it is above the ground."""

_BEHIND = 1.42  # metres from the middle of the rear axle
_PITCH = math.atan((SIZE.height / 2 - HORIZON) / FOCAL)
_TURNING = 0.35  # seconds in which the camera has turned 63 % of the way after the car
_MOVED = 0.3  # metres in one step: further than a car drives, so that it was put there

# Rows of the picture, from the far ones to the near ones: how many lines are drawn for each row and then
# averaged, and from which size of the ground. A far pixel is wide and very deep.
_BANDS = ((HORIZON + 2, 66, 12, 3), (66, 104, 6, 2), (104, 190, 3, 1), (190, SIZE.height, 1, 0))


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera is and looks.

    Attributes:
        x: Metres.
        y: Metres.
        yaw: Radians from the x axis.
    """

    x: float
    y: float
    yaw: float

    def projection(self) -> Floats:
        """From metres (x, y, height, 1) to pixels (u w, v w, w): float64 (3, 4)."""
        sin, cos = math.sin(self.yaw), math.cos(self.yaw)
        down, level = math.sin(_PITCH), math.cos(_PITCH)
        axes = np.array(
            [[sin, -cos, 0.0], [-down * cos, -down * sin, -level], [level * cos, level * sin, -down]]
        )
        lens = np.array([[FOCAL, 0, SIZE.width / 2], [0, FOCAL, SIZE.height / 2], [0, 0, 1]])
        place = np.array([self.x, self.y, ABOVE])
        return lens @ np.hstack([axes, -(axes @ place)[:, None]])


def chase(poses: Sequence[Pose], stamps: Sequence[float]) -> list[View]:
    """Follow a car: the camera turns after it with a lag, and is set behind it anew where the car was moved.

    Args:
        poses: Of the car, one a step.
        stamps: Their times, in seconds.
    """
    views: list[View] = []
    yaw, before = poses[0].yaw, poses[0]
    for number, pose in enumerate(poses):
        seconds = stamps[number] - stamps[max(number - 1, 0)]
        moved = math.hypot(pose.x - before.x, pose.y - before.y)
        turned = math.remainder(pose.yaw - yaw, 2 * math.pi)
        jumped = moved > _MOVED
        yaw = pose.yaw if jumped else yaw + turned * (1 - math.exp(-seconds / _TURNING))
        views.append(View(pose.x - _BEHIND * math.cos(yaw), pose.y - _BEHIND * math.sin(yaw), yaw))
        before = pose
    return views


def project(view: View, points: Floats) -> Floats:
    """Where points of the world are in the picture.

    Args:
        view: The camera.
        points: float64 (n, 3), metres; in front of the camera.

    Returns:
        float64 (n, 2), pixels; the middle of the first pixel is (0.5, 0.5).
    """
    seen = np.hstack([points, np.ones((len(points), 1))]) @ view.projection().T
    return seen[:, :2] / seen[:, 2:]


class Camera:
    """Pictures of the field and the sky, without the car.

    Args:
        ground: The field.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        around = round(2 * math.pi * FOCAL)
        sky = paint_sky(around, HORIZON + 2)
        self._sky = np.concatenate([sky, sky[:, : SIZE.width]], axis=1)
        self._around = around

    def look(self, view: View) -> Frame:
        """What is seen: a new picture, uint8 (480, 640, 3) RGB."""
        frame = np.empty((SIZE.height, SIZE.width, 3), np.uint8)
        column = round((-view.yaw / (2 * math.pi)) * self._around) % self._around
        frame[: HORIZON + 2] = self._sky[:, column : column + SIZE.width]
        flat = view.projection()[:, [0, 1, 3]]
        for top, bottom, lines, level in _BANDS:
            frame[top:bottom] = self._band(flat, top, bottom, lines, level)
        return frame

    def _band(self, flat: Floats, top: int, bottom: int, lines: int, level: int) -> Frame:
        """Some rows of the picture."""
        texel = 2**level / TEXELS
        world = np.array([[texel, 0, self._ground.west], [0, -texel, self._ground.north], [0, 0, 1]])
        half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV counts from the middles of pixels
        rows = np.array([[1, 0, -0.5], [0, lines, -top * lines - 0.5], [0, 0, 1]])
        band = cv2.warpPerspective(
            self._ground.levels[level],
            rows @ flat @ world @ half,
            (SIZE.width, (bottom - top) * lines),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=SEA,
        )
        if lines > 1:
            band = cv2.resize(band, (SIZE.width, bottom - top), interpolation=cv2.INTER_AREA)
        return cast("Frame", band)
