"""The car's camera: what it sees of a track and its hall from a place on the floor."""

from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay.opencv import cv2

from donkey_gradcam.sample.track import Points, Track
from donkey_gradcam.sample.track_scenery import (
    LEVELS,
    TEXELS,
    WALL_HIGH,
    WALL_LOW,
    WALL_TEXELS,
    Thing,
    make_scenery,
)
from donkey_gradcam.views import Frame

_Grid: TypeAlias = NDArray[np.floating[Any]]  # float32; NumPy's types cannot say so of most results

WIDTH, HEIGHT = 160, 120
"""Pixels of a frame."""

CAMERA_HEIGHT = 0.24
"""Metres over the floor."""

FOCAL = 67.0
"""Focal length in pixels: the picture is 100 degrees wide."""

PITCH = float(np.arctan(20 / FOCAL))
"""How far the camera looks down, in radians: the horizon lies on row 40 of 120."""

_FINE = 2  # drawn this many times larger, then reduced: smooth edges
_NEAREST, _FARTHEST = 0.3, 11.0  # metres: things outside of these are not drawn
_WIDEST = 0.45  # metres: no thing reaches farther from its middle
_NOISE = 2.2  # deviation of the sensor's noise, of 255


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the car is.

    Attributes:
        x: metres to the east.
        y: metres to the north.
        heading: radians from the east, counter-clockwise.
    """

    x: float
    y: float
    heading: float


def project(pose: Pose, points: Points, heights: NDArray[np.float64]) -> tuple[Points, NDArray[np.float64]]:
    """Say where points of the hall are seen: a pinhole camera, without distortion.

    Args:
        pose: where the car is.
        points: (n, 2), metres on the floor.
        heights: (n,), metres over the floor.

    Returns:
        (n, 2), column and row in pixels, the first pixel's middle at (0, 0); and (n,), metres in front of
        the camera along its axis. What is not in front has no meaning.
    """
    away = points - (pose.x, pose.y)
    ahead = away @ (np.cos(pose.heading), np.sin(pose.heading))
    right = away @ (np.sin(pose.heading), -np.cos(pose.heading))
    below = CAMERA_HEIGHT - heights
    depth = np.maximum(ahead * np.cos(PITCH) + below * np.sin(PITCH), 1e-6)
    down = below * np.cos(PITCH) - ahead * np.sin(PITCH)
    seen = np.stack([right / depth, down / depth], axis=1)
    return seen * FOCAL + ((WIDTH - 1) / 2, (HEIGHT - 1) / 2), depth


class Camera:
    """Looks at the hall of a track from the car. One picture look-up a frame, then what stands about.

    Args:
        track: the track.
        seed: of the sensor's noise.
    """

    def __init__(self, track: Track, seed: int) -> None:
        self._scenery = make_scenery(track)
        self._noise = np.random.default_rng((seed, 3))
        self._look_down()
        self._things = sorted(self._scenery.things, key=lambda thing: thing.x)

    def _look_down(self) -> None:
        """Cast a ray through each fine pixel, once: where it meets the floor or the walls of a car at 0."""
        rows, columns = np.indices((HEIGHT * _FINE, WIDTH * _FINE), dtype=np.float32)
        right = ((columns + 0.5) / _FINE - WIDTH / 2) / FOCAL
        down = ((rows + 0.5) / _FINE - HEIGHT / 2) / FOCAL
        cos, sin = np.float32(np.cos(PITCH)), np.float32(np.sin(PITCH))
        ahead, fall = cos - down * sin, sin + down * cos
        self._horizon = int((fall[:, 0] < -WALL_LOW * ahead[:, 0]).sum())
        self._look_ahead(right[: self._horizon], ahead[: self._horizon], fall[: self._horizon])
        floor = slice(self._horizon, None)
        metres: _Grid = np.float32(CAMERA_HEIGHT) / fall[floor]
        self._ahead, self._right = metres * ahead[floor], metres * right[floor]
        # Texels a fine pixel covers, across and along; their mean picks the floor's size, one for a row.
        across = metres[:, 0] / (FOCAL * _FINE) * TEXELS
        along = across * metres[:, 0] / CAMERA_HEIGHT
        level = np.clip(np.round(np.log2(np.sqrt(across * along))), 0, LEVELS - 1).astype(int)
        self._shrunk = np.float32(0.5) ** level[:, None].astype(np.float32)
        self._first = self._scenery.places[level]
        self._light = _falling_light()

    def _look_ahead(self, right: _Grid, ahead: _Grid, fall: _Grid) -> None:
        """Where the rays above the floor meet the panorama, for a car that looks to the east."""
        self._turned = -np.arctan2(right, ahead) * WALL_TEXELS
        rise = np.clip(-fall / np.hypot(right, ahead), WALL_LOW, WALL_HIGH)
        last = (WALL_HIGH - WALL_LOW) * WALL_TEXELS - 1
        self._wall_rows = self._scenery.wall_top + np.clip((WALL_HIGH - rise) * WALL_TEXELS - 0.5, 0, last)

    def look(self, pose: Pose) -> Frame:
        """Take the picture that the camera has from a place: uint8 (120, 160, 3), RGB."""
        columns, rows = self._texels(pose)
        fine = cast("Frame", cv2.remap(self._scenery.surfaces, columns, rows, cv2.INTER_LINEAR))
        for thing in self._in_front(pose):
            _draw_thing(fine, thing, pose)
        frame: _Grid = cv2.resize(fine, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
        grain: _Grid = self._noise.standard_normal((HEIGHT, WIDTH, 3), np.float32)
        return np.clip(np.round(frame * self._light + grain * _NOISE), 0, 255).astype(np.uint8)

    def _texels(self, pose: Pose) -> tuple[_Grid, _Grid]:
        """The place in `surfaces` that each fine pixel shows."""
        scenery = self._scenery
        cos, sin = np.float32(np.cos(pose.heading)), np.float32(np.sin(pose.heading))
        east = np.float32(pose.x - scenery.west) + self._ahead * cos + self._right * sin
        south = np.float32(scenery.north - pose.y) - self._ahead * sin + self._right * cos
        last = scenery.floor_size * self._shrunk - 1.5
        floor_columns = np.clip(east * TEXELS * self._shrunk - 0.5, 0.5, last) + self._first[:, :1]
        floor_rows = np.clip(south * TEXELS * self._shrunk - 0.5, 0.5, last) + self._first[:, 1:]
        turned = self._turned + np.float32(pose.heading * WALL_TEXELS)
        # The panorama is drawn as seen from within: to the left is more heading, and fewer columns.
        wall_columns = np.mod(-turned, np.float32(scenery.wall_width))
        return (
            np.concatenate([wall_columns, floor_columns]),
            np.concatenate([self._wall_rows, floor_rows]).astype(np.float32),
        )

    def _in_front(self, pose: Pose) -> list[Thing]:
        """The things that may be seen, the farthest first."""
        places = np.array([(thing.x, thing.y) for thing in self._things]).reshape(-1, 2)
        pixels, depth = project(pose, places, np.zeros(len(places)))
        beside = np.abs(pixels[:, 0] - WIDTH / 2) - _WIDEST * FOCAL / depth
        seen = (depth > _NEAREST) & (depth < _FARTHEST) & (beside < WIDTH / 2)
        order = np.argsort(-depth, kind="stable")
        return [self._things[number] for number in order if seen[number]]


def _falling_light() -> _Grid:
    """What a lens takes away towards the corners: (120, 160, 1), 1 in the middle."""
    rows, columns = np.indices((HEIGHT, WIDTH), dtype=np.float32)
    far = np.hypot((columns - 79.5) / 100, (rows - 59.5) / 100)
    return (1.06 - 0.3 * far**2)[..., None]


def _draw_thing(canvas: Frame, thing: Thing, pose: Pose) -> None:
    """Draw a cone or a box on the fine canvas, in place."""
    if thing.kind == "cone":
        _draw_cone(canvas, thing, pose)
    else:
        _draw_box(canvas, thing, pose)


def _fill(canvas: Frame, corners: Points, colour: NDArray[np.float64]) -> None:
    """Fill a convex outline given in pixels of the frame."""
    if np.abs(corners).max() > 4000:
        return
    fixed = np.round((corners + 0.5) * _FINE * 16 - 8).astype(np.int32)
    red, green, blue = np.clip(colour, 0, 255).tolist()
    cv2.fillConvexPoly(canvas, fixed, (red, green, blue), cv2.LINE_AA, 4)


def _draw_cone(canvas: Frame, cone: Thing, pose: Pose) -> None:
    """A cone looks the same from all sides: bands between two widths, each with a darker right half."""
    height = cone.size[2]
    levels = np.array([0.0, 0.06, 0.38, 0.62, 1.0]) * height
    halves = np.array([0.27, 0.22, 0.15, 0.1, 0.03]) * height
    colours = [np.array(cone.colour) * 0.75, np.array(cone.colour), np.array((235.0, 232, 225))]
    centre, depth = project(pose, np.repeat([[cone.x, cone.y]], 5, axis=0), levels)
    wide = halves * FOCAL / depth
    for band, colour in enumerate((*colours, np.array(cone.colour))):
        for side, shade in ((-1, 1.0), (1, 0.78)):
            low, high = centre[band], centre[band + 1]
            outer_low, outer_high = (side * wide[band], 0), (side * wide[band + 1], 0)
            _fill(canvas, np.array([low, low + outer_low, high + outer_high, high]), colour * shade)


def _draw_box(canvas: Frame, box: Thing, pose: Pose) -> None:
    """The sides that face the camera, each with its own light, and the top when it is seen."""
    along = np.array([np.cos(box.heading), np.sin(box.heading)])
    length, width, height = box.size
    half = np.array([along * length / 2, np.array([-along[1], along[0]]) * width / 2])
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    corners = np.array([box.x, box.y]) + signs @ half
    foot, depth = project(pose, corners, np.zeros(4))
    head, _ = project(pose, corners, np.full(4, height))
    if depth.min() < _NEAREST / 2:
        return
    colour = np.array(box.colour, np.float64)
    for first in range(4):
        second = (first + 1) % 4
        middle = (corners[first] + corners[second]) / 2
        outward = middle - (box.x, box.y)
        if outward @ (middle - (pose.x, pose.y)) < 0:
            light = 0.72 + 0.28 * float(outward @ (0.8, 0.6)) / float(np.linalg.norm(outward))
            _fill(canvas, np.array([foot[first], foot[second], head[second], head[first]]), colour * light)
    if height < CAMERA_HEIGHT:
        _fill(canvas, head, colour * 1.15)
