"""The sample's car as it is drawn: a dark shell on four wheels, of which the front ones turn."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Color, Frame
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.sample.bicycle import GAUGE, WHEELBASE, Pose
from deepracer_analyzer.sample.camera import ABOVE, View, project
from deepracer_analyzer.views import Floats

# The shell's cross sections from back to front: metres before the rear axle, half width below and above,
# height of its lower and upper edge.
_SECTIONS = (
    (-0.062, 0.058, 0.040, 0.030, 0.066),
    (-0.040, 0.066, 0.050, 0.026, 0.098),
    (0.030, 0.056, 0.046, 0.024, 0.106),
    (0.075, 0.052, 0.042, 0.024, 0.092),
    (0.120, 0.052, 0.034, 0.024, 0.064),
    (0.185, 0.050, 0.026, 0.026, 0.050),
    (0.222, 0.034, 0.016, 0.028, 0.040),
)
_SHELL: Color = (44, 46, 54)
_GLASS: Color = (92, 108, 122)
_STRIPE: Color = (116, 78, 190)
_TYRE: Color = (30, 30, 32)
_RIM: Color = (120, 122, 126)
_RADIUS, _TREAD, _SPOKES = 0.035, 0.042, 14
_HUBS = tuple((ahead, side * GAUGE / 2, _RADIUS) for ahead in (0.0, WHEELBASE) for side in (1, -1))
_LIGHT = np.array([0.35, -0.3, 0.89])
_AMBIENT, _DIFFUSE = 0.72, 0.5
_SHADOW = 0.5  # share of the light that is left under the car
_SHIFT = 4


_Face = tuple[Floats, Color]
"""A flat piece: float64 (n, 3) metres, counter-clockwise seen from outside; and its colour."""


class CarShape:
    """The car, ready to be drawn."""

    def __init__(self) -> None:
        body, wheels = list(_body()), [list(_wheel_at(hub)) for hub in _HUBS]
        faces = [*body, *(face for wheel in wheels for face in wheel)]
        self._corners = np.concatenate([corners for corners, _ in faces])
        self._colors = np.array([color for _, color in faces], np.float64)
        lengths = np.array([len(corners) for corners, _ in faces])
        self._stops = lengths.cumsum()
        self._starts = self._stops - lengths
        per_wheel = sum(len(corners) for corners, _ in wheels[0])
        self._front = slice(len(self._corners) - 2 * per_wheel, None)
        self._front_hubs = np.repeat(np.array(_HUBS[2:]), per_wheel, axis=0)

    def draw(self, canvas: Frame, view: View, pose: Pose, steer: float) -> None:
        """Draw the car into the picture, in place.

        Args:
            canvas: uint8 (480, 640, 3), RGB.
            view: Where it is seen from.
            pose: Where it is.
            steer: Angle of its front wheels in radians, positive to the left.
        """
        _draw_shadow(canvas, view, pose)
        corners = self._corners.copy()
        corners[self._front] = (corners[self._front] - self._front_hubs) @ _turn(steer) + self._front_hubs
        corners = _placed(corners, pose)
        pixels = _pixels(view, corners)
        first, second, third = (corners[self._starts + number] for number in range(3))
        normals = np.cross(second - first, third - second)
        to_eye = np.array([view.x, view.y, ABOVE]) - first
        facing = (normals * to_eye).sum(axis=1) > 0
        light = _DIFFUSE * (normals @ _LIGHT) / np.linalg.norm(normals, axis=1) + _AMBIENT
        colors = np.minimum(self._colors * light[:, None], 255)
        middles = np.add.reduceat(corners, self._starts) / (self._stops - self._starts)[:, None]
        far = np.square(middles - (view.x, view.y, ABOVE)).sum(axis=1)
        for face in np.argsort(-far, kind="stable"):
            if facing[face]:
                outline = pixels[self._starts[face] : self._stops[face]]
                cv2.fillConvexPoly(canvas, outline, colors[face].tolist(), cv2.LINE_AA, _SHIFT)


def _pixels(view: View, corners: Floats) -> NDArray[np.int32]:
    """Fixed-point pixels for OpenCV: int32 (n, 2)."""
    return np.round((project(view, corners) - 0.5) * 2**_SHIFT).astype(np.int32)


def _turn(angle: float) -> Floats:
    """Turns rows (ahead, left, up) to the left."""
    sin, cos = math.sin(angle), math.cos(angle)
    return np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])


def _placed(corners: Floats, pose: Pose) -> Floats:
    """From the car's own metres (ahead, left, up, from under the rear axle) to the world's."""
    return corners @ _turn(pose.yaw) + (pose.x, pose.y, 0)


def _draw_shadow(canvas: Frame, view: View, pose: Pose) -> None:
    """Darken the road under the car."""
    turn = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    oval = np.stack([0.08 + 0.17 * np.cos(turn), 0.005 - 0.115 * np.sin(turn), np.zeros(24)], axis=1)
    corners = _pixels(view, _placed(oval, pose))
    left, top = np.maximum(corners.min(axis=0) // 2**_SHIFT - 6, 0).tolist()
    right, bottom = (corners.max(axis=0) // 2**_SHIFT + 7).tolist()
    part = canvas[top:bottom, left:right]
    if not part.size:
        return
    mask = np.zeros(part.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, corners - np.array([left, top]) * 2**_SHIFT, (255,), cv2.LINE_AA, _SHIFT)
    soft = cv2.GaussianBlur(mask, (9, 9), 0)[..., None].astype(np.float32) / 255
    part[:] = (part * (1 - (1 - _SHADOW) * soft)).astype(np.uint8)


def _body() -> Iterator[_Face]:
    """The shell: sides, top and the two ends."""
    for back, front in pairwise(_SECTIONS):
        (b0, b1, b2, b3), (f0, f1, f2, f3) = _corners(back), _corners(front)
        yield (np.array([b0, f0, f1, b1])[::-1], _SHELL)  # left
        yield (np.array([b3, f3, f2, b2]), _SHELL)  # right
        screen = 0.07 < front[0] < 0.13
        yield (np.array([b1, f1, f2, b2])[::-1], _GLASS if screen else _SHELL)
        if not screen:
            lane = np.array([b1, f1, f2, b2])[::-1] * (1, 0.3, 1) + (0, 0, 0.001)
            yield (lane, _STRIPE)
    yield (_corners(_SECTIONS[0]), _SHELL)
    yield (_corners(_SECTIONS[-1])[::-1], _SHELL)


def _corners(section: tuple[float, float, float, float, float]) -> Floats:
    """Of a cross section: low left, high left, high right, low right."""
    ahead, low, high, bottom, top = section
    return np.array([[ahead, low, bottom], [ahead, high, top], [ahead, -high, top], [ahead, -low, bottom]])


def _wheel_at(hub: tuple[float, float, float]) -> Iterator[_Face]:
    """A wheel in its place."""
    for corners, color in _wheel():
        yield corners + hub, color


def _wheel() -> Iterator[_Face]:
    """One cylinder round the origin, its axle to the left."""
    angle = np.linspace(0, 2 * math.pi, _SPOKES, endpoint=False)
    round_about = np.stack([np.cos(angle), np.zeros(_SPOKES), np.sin(angle)], axis=1)
    rim = round_about * _RADIUS
    half = np.array([0, _TREAD / 2, 0])
    for one, other in zip(rim, np.roll(rim, -1, axis=0), strict=True):
        yield (np.array([one - half, one + half, other + half, other - half]), _TYRE)
    yield ((rim + half)[::-1], _TYRE)
    yield (rim - half, _TYRE)
    yield ((rim * 0.5 + half * 1.02)[::-1], _RIM)
    yield (rim * 0.5 - half * 1.02, _RIM)
