"""The action space over the video: recent actions as heat, the chosen one, and how fast the car is."""

import math
from dataclasses import replace

import numpy as np
from rlviz_overlay import BOLD, Frame, Print, Rect, Size, draw_text, format_value

from deepracer_analyzer.drawing.colors import ACTION, BLACK, SPEED, over_video
from deepracer_analyzer.drawing.heat import HeatPainter, action_heat, recent_actions, share
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.drawing.polar_print import (
    ACTION_GAP,
    Grid,
    disc_coverage,
    disc_print,
    draw_arc,
    draw_dot,
)
from deepracer_analyzer.drawing.polar_scale import PolarScale
from deepracer_analyzer.simulation.view import View
from deepracer_analyzer.views import Action, ActionSpace

TEXT_HEIGHT = 12
"""Of labels, at 640x500."""


class Polar:
    """Draws the action space at a moment; a pure function of log, moment and view.

    Args:
        logged: The log's columns.
        space: What the model can choose from.
        size: Of the place it is drawn in.
        unit: Pixels for each pixel of a video of 640x480.

    Attributes:
        scale: Where actions are.
    """

    def __init__(self, logged: Logged, space: ActionSpace, size: Size, unit: float) -> None:
        space = replace(space, actions=tuple(filter(_is_known, space.actions)))
        self.scale = PolarScale.of(space, size)
        self._logged = logged
        self._unit = unit
        self._points = self.scale.points(logged.steering, logged.throttle)
        height = max(6, round(TEXT_HEIGHT * unit))
        self._action_style = over_video(height, ACTION, BOLD)
        coverage = disc_coverage(self.scale, size)
        self._disc = disc_print(coverage)
        self._grid = Print.drawn(Grid(space, self.scale, height, unit).draw, size)
        self._painter = HeatPainter(np.where(coverage > 127, np.uint8(255), np.uint8(0)))

    def draw(self, canvas: Frame, rect: Rect, moment: Moment, view: View) -> float | None:
        """Draw it into its place, in place.

        Returns:
            What share of the recent actions the hottest point has, 0 to 1; None where no heat is drawn.
        """
        self._disc.draw(canvas, rect)
        hottest = self._draw_heat(canvas, rect, moment, view) if view.heatmap and moment.known else None
        self._grid.draw(canvas, rect)
        if moment.known:
            self._draw_speed(rect.view(canvas), float(self._logged.speed[moment.row]))
            self._draw_action(rect.view(canvas), moment.row)
        return hottest

    def _draw_heat(self, canvas: Frame, rect: Rect, moment: Moment, view: View) -> float | None:
        recent = recent_actions(moment.row, moment.heat_from, view.attenuation)
        if not recent.weights.size:
            return None
        points = self._points[recent.first : moment.row + 1]
        width = max(3, round(view.gaussian_size * self._unit))
        heat = action_heat(points, recent.weights, width, rect.size)
        self._painter.draw(canvas, rect, heat, view.colormap)
        return share(heat, recent.weights)

    def _draw_speed(self, view: Frame, speed: float) -> None:
        """A green half-circle; at the rim and dashed where the car is faster than the model can ask for."""
        if not math.isfinite(speed):
            return
        thickness = max(1, round(2 * self._unit))
        beyond = speed > self.scale.speed
        radius = min(speed / self.scale.speed, 1) * self.scale.radius - (thickness / 2 if beyond else 0)
        if radius >= 1:
            draw_arc(view, self.scale, radius, SPEED, thickness, dashed=beyond)

    def _draw_action(self, view: Frame, row: int) -> None:
        steering, throttle = float(self._logged.steering[row]), float(self._logged.throttle[row])
        if not (math.isfinite(steering) and math.isfinite(throttle)):
            return
        place = self.scale.point(steering, throttle)
        draw_dot(view, place, 6 * self._unit, BLACK)
        draw_dot(view, place, 4.6 * self._unit, ACTION)
        draw_text(view, action_text(steering, throttle), self._text_rect(Size.of(view)), self._action_style)

    def _text_rect(self, size: Size) -> Rect:
        """Under the right half of the base line."""
        left, top = round(self.scale.x + ACTION_GAP * self._unit), round(self.scale.y + 2 * self._unit)
        below = Rect(left, top, size.width - left, self._action_style.line_height)
        return Rect.whole(size).clip(below)


def _is_known(action: Action) -> bool:
    """Whether a place can be drawn: of an action that the log never shows, only the number may be known."""
    return math.isfinite(action.steering_angle) and math.isfinite(action.speed)


def action_text(steering: float, throttle: float) -> str:
    """An action as people read it.

    Args:
        steering: Degrees, positive to the left, as logged; written with right positive.
        throttle: m/s.
    """
    return f"({format_value(throttle, '.1f')} m/s, {format_value(-steering, '.1f')} deg)"
