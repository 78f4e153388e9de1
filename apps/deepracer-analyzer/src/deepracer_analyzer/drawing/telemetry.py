"""The replay of a log without a video: the track from above, the car, and where it has just been."""

import math

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import DARK, Frame, Rect, Static
from rlviz_overlay.opencv import cv2

from deepracer_analyzer.drawing.colors import ACTION, BLACK, SPEED
from deepracer_analyzer.drawing.layout import Arrangement
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.views import Floats, Track

TRAIL = 45
"""Rows that the trail behind the car is long: three seconds."""

_ROAD = (47, 53, 63)
_BORDER = (168, 176, 188)
_CENTER = (150, 118, 52)
_SHIFT = 4
_CAR = 10
"""Pixels from the middle of the car to its front, at 640x500."""

# A car seen from above, along and across: an arrow, as one of its real size could not be seen.
_ARROW = np.array([(1.0, 0.0), (-0.7, 0.62), (-0.4, 0.0), (-0.7, -0.62)])


class TelemetryPicture:
    """Draws the track with the car on it, in place of the video.

    North is up, and a metre is as long across as up.

    Args:
        logged: The log's columns.
        track: The track, or the line that was driven; None takes the car's own way.
        places: Where everything is.
    """

    def __init__(self, logged: Logged, track: Track | None, places: Arrangement) -> None:
        self._logged = logged
        self._places = places
        way = np.stack([logged.x, logged.y], axis=1)
        self._track = track or Track("way", way[np.isfinite(way).all(axis=1)])
        lines = (self._track.center, self._track.inner, self._track.outer)
        self._to_picture = _Projection(
            np.concatenate([line for line in lines if line is not None]), places.map
        )
        self._driven = self._to_picture(way)
        self._static = Static(self._draw_track, background=DARK.background)

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw it into the video's place, in place; without a car before the log."""
        view = self._places.video.view(canvas)
        view[...] = self._static.picture(self._places.video.size)
        if moment.known:
            self._draw_trail(view, moment)
            self._draw_car(view, moment.row)

    def _draw_trail(self, view: Frame, moment: Moment) -> None:
        first = max(moment.episode_from, moment.row - TRAIL)
        points = self._driven[first : moment.row + 1]
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) > 1:
            thickness = self._places.px(2)
            cv2.polylines(view, [_fixed(points)], False, SPEED, thickness, cv2.LINE_AA, _SHIFT)

    def _draw_car(self, view: Frame, row: int) -> None:
        place, yaw = self._driven[row], float(self._logged.yaw[row])
        if not (np.isfinite(place).all() and math.isfinite(yaw)):
            return
        turn = math.radians(yaw)
        along, across = (
            np.array([math.cos(turn), -math.sin(turn)]),
            np.array([-math.sin(turn), -math.cos(turn)]),
        )
        corners = place + _CAR * self._places.unit * (_ARROW @ np.stack([along, across]))
        cv2.fillPoly(view, [_fixed(corners)], ACTION, cv2.LINE_AA, _SHIFT)
        cv2.polylines(view, [_fixed(corners)], True, BLACK, 1, cv2.LINE_AA, _SHIFT)

    def _draw_track(self, canvas: Frame, rect: Rect) -> None:
        """Draw the track onto a picture of the video's size."""
        view, thin = rect.view(canvas), self._places.px(1.2)
        track = self._track
        if track.inner is not None and track.outer is not None:
            borders = [_fixed(self._to_picture(line)) for line in (track.outer, track.inner)]
            cv2.fillPoly(view, borders, _ROAD, cv2.LINE_AA, _SHIFT)
            cv2.polylines(view, borders, True, _BORDER, thin, cv2.LINE_AA, _SHIFT)
        center = _fixed(self._to_picture(track.center))
        dashes = [center[start : start + 2] for start in range(0, len(center) - 1, 2)]
        whole = track.inner is None
        color = _BORDER if whole else _CENTER
        cv2.polylines(view, [center] if whole else dashes, False, color, thin, cv2.LINE_AA, _SHIFT)


class _Projection:
    """From metres to pixels of the video's place."""

    def __init__(self, points: Floats, place: Rect) -> None:
        known = points[np.isfinite(points).all(axis=1)]
        if not len(known):
            known = np.zeros((1, 2))
        low, high = known.min(axis=0), known.max(axis=0)
        width, height = np.maximum(high - low, 1e-3)
        self._scale = float(min(0.96 * place.width / width, 0.96 * place.height / height))
        self._middle = (low + high) / 2
        self._center = np.array([place.x + place.width / 2, place.y + place.height / 2])

    def __call__(self, points: Floats) -> Floats:
        """Columns and rows, float64 (N, 2)."""
        return self._center + (points - self._middle) * (self._scale, -self._scale)


def _fixed(points: Floats) -> NDArray[np.int32]:
    """Points in sixteenths of a pixel, as OpenCV takes them."""
    return np.rint(points * 2**_SHIFT).astype(np.int32).reshape(-1, 1, 2)
