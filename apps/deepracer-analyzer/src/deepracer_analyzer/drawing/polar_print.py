"""What of the action space never changes: the half-disc, its arcs and lines, their labels, the actions."""

import math

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Frame, Print, Rect, Size, TextStyle, draw_text, format_value, measure_text
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.drawing.colors import over_video
from deepracer_analyzer.drawing.polar_scale import WIDEST, PolarScale, angle_marks, speed_marks
from deepracer_analyzer.views import ActionSpace

DISC_OPACITY = 0.8
ACTION_GAP = 10
"""Pixels, at 640x500, right of the middle of the base line from which on the action is written below it."""

_LINE = (112, 118, 128)
_DOT = (128, 134, 144)
_SHIFT = 4


def disc_coverage(scale: PolarScale, size: Size) -> NDArray[np.uint8]:
    """How much of each pixel lies on the half-disc, uint8 (H, W), 0 to 255."""
    fine = 8
    picture = np.zeros((size.height * fine, size.width * fine), np.uint8)
    center = (round((scale.x + 0.5) * fine), round((scale.y + 0.5) * fine))
    cv2.circle(picture, center, round(scale.radius * fine), (255,), cv2.FILLED)
    picture[round((scale.y + 1) * fine) :] = 0
    return np.asarray(cv2.resize(picture, (size.width, size.height), interpolation=cv2.INTER_AREA), np.uint8)


def disc_print(coverage: NDArray[np.uint8]) -> Print:
    """The half-disc: white, with a fifth of the video showing through."""
    added = np.rint(coverage * DISC_OPACITY).astype(np.uint8)
    return Print(np.repeat(255 - added[..., None], 3, axis=2), np.repeat(added[..., None], 3, axis=2))


class Grid:
    """Arcs of speed, lines of angles, their labels, and the actions there are.

    Args:
        space: What the model can choose from.
        scale: Where its actions are.
        text_height: Font size of the labels in pixels.
        unit: Pixels for each pixel of a video of 640x480.
    """

    def __init__(self, space: ActionSpace, scale: PolarScale, text_height: int, unit: float) -> None:
        self._space = space
        self._scale = scale
        self._style = over_video(text_height)
        self._unit = unit

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw everything, in place."""
        view = rect.view(canvas)
        for speed in speed_marks(self._scale.speed):
            draw_arc(view, self._scale, self._scale.radius * speed / self._scale.speed, _LINE, 1)
        for angle in angle_marks(self._space, self._scale.angle):
            self._draw_angle(view, angle)
        self._draw_base(view)
        self._draw_actions(view)

    def _draw_base(self, view: Frame) -> None:
        left, right = self._scale.x - self._scale.radius, self._scale.x + self._scale.radius
        draw_line(view, (left, self._scale.y), (right, self._scale.y), _LINE)
        self._draw_speeds(view)

    def _draw_speeds(self, view: Frame) -> None:
        """Write speeds below the left half of the base line, from the outside in, as far as there is room.

        Their unit stands nearest to the middle, where no speed is: right of it the action is written.
        """
        row = self._scale.y + 2 * self._unit + self._style.line_height / 2
        columns = {
            _short(speed): self._scale.x - self._scale.radius * speed / self._scale.speed
            for speed in reversed(speed_marks(self._scale.speed))
        }
        unit_width = measure_text("m/s", self._style).width
        columns["m/s"] = self._scale.x + (ACTION_GAP - 2) * self._unit - unit_width / 2
        end = 0.0
        for text, column in columns.items():
            if column - measure_text(text, self._style).width / 2 >= end - self._style.margin:
                end = _write_centered(view, text, (column, row), self._style).right

    def _draw_angle(self, view: Frame, angle: float) -> None:
        theta = math.radians(angle / self._scale.angle * WIDEST)
        rim = self._scale.point(angle, self._scale.speed)
        draw_line(view, (self._scale.x, self._scale.y), rim, _LINE)
        text = f"{_short(-angle)}°"
        # Far enough out for the label's box not to touch the rim, whatever the angle.
        half = (measure_text(text, self._style).width / 2, self._style.line_height / 2)
        away = self._scale.radius + abs(half[0] * math.sin(theta)) + abs(half[1] * math.cos(theta))
        place = (self._scale.x - away * math.sin(theta), self._scale.y - away * math.cos(theta))
        _write_centered(view, text, place, self._style)

    def _draw_actions(self, view: Frame) -> None:
        if self._space.kind == "continuous":
            self._draw_sector(view)
        for action in self._space.actions:
            draw_dot(view, self._scale.point(action.steering_angle, action.speed), 2.4 * self._unit, _DOT)

    def _draw_sector(self, view: Frame) -> None:
        """The border of what a continuous space allows."""
        (right, left), (slow, fast) = self._space.steering, self._space.speed
        angles = np.linspace(right, left, 64)
        outer = self._scale.points(angles, np.full(64, fast))
        inner = self._scale.points(angles[::-1], np.full(64, slow))
        corners = _fixed(np.concatenate([outer, inner]))
        cv2.polylines(view, [corners], True, _DOT, max(1, round(2 * self._unit)), cv2.LINE_AA, _SHIFT)


def draw_arc(
    view: Frame,
    scale: PolarScale,
    radius: float,
    color: tuple[int, int, int],
    thickness: int,
    *,
    dashed: bool = False,
) -> None:
    """Draw a half-circle around the middle of the base line, in place.

    Args:
        view: uint8 (H, W, 3), RGB: the place the scale is for.
        scale: Where the middle is.
        radius: Pixels to the middle of the line.
        color: Of the line.
        thickness: Pixels.
        dashed: Whether it has gaps, each as long as a dash.
    """
    turns = np.linspace(0, np.pi, max(8, round(radius / 2)) * 2 + 1)
    points = _fixed(np.stack([scale.x - radius * np.cos(turns), scale.y - radius * np.sin(turns)], axis=1))
    # A dash is three pieces of the line.
    pieces = [points[start : start + 4] for start in range(0, len(points) - 1, 6)] if dashed else [points]
    cv2.polylines(view, pieces, False, color, thickness, cv2.LINE_AA, _SHIFT)


def draw_line(
    view: Frame, start: tuple[float, float], end: tuple[float, float], color: tuple[int, int, int]
) -> None:
    """Draw a thin straight line, in place."""
    cv2.polylines(view, [_fixed(np.array([start, end]))], False, color, 1, cv2.LINE_AA, _SHIFT)


def draw_dot(view: Frame, place: tuple[float, float], radius: float, color: tuple[int, int, int]) -> None:
    """Draw a filled circle, in place."""
    center = tuple(round(value * 2**_SHIFT) for value in place)
    cv2.circle(view, center, round(radius * 2**_SHIFT), color, cv2.FILLED, cv2.LINE_AA, _SHIFT)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Points in sixteenths of a pixel, as OpenCV takes them."""
    return np.rint(points * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)


def _write_centered(view: Frame, text: str, place: tuple[float, float], style: TextStyle) -> Rect:
    """Write a text around a place, moved as far as the edge of the picture asks for; where it is."""
    size, whole = measure_text(text, style), Rect.whole(Size.of(view))
    x = min(max(0, round(place[0] - size.width / 2)), max(0, whole.width - size.width))
    y = min(max(0, round(place[1] - size.height / 2)), max(0, whole.height - size.height))
    return draw_text(view, text, whole.clip(Rect(x, y, size.width, size.height)), style)


def _short(value: float) -> str:
    """A number with as few digits as say it."""
    return format_value(value, ".3g")
