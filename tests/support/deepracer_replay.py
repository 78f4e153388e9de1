"""A log of a few laps whose columns are known, and canvases over pictures of noise."""

import numpy as np
import pandas as pd
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.drawing.replay_canvas import ReplayCanvas
from deepracer_analyzer.views import BEFORE, Action, ActionSpace, Components, Log
from rlviz_overlay import Frame, Size

ROWS = 240
ANGLES, SPEEDS = (-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0), (1.0, 2.0, 3.0)

SPACE = ActionSpace(
    kind="discrete",
    actions=tuple(Action(angle, speed) for angle in ANGLES for speed in SPEEDS),
    steering=(-30.0, 30.0),
    speed=(1.0, 3.0),
    origin="the test",
)

VIDEO = Size(640, 480)


def make_log(rows: int = ROWS, **columns: object) -> Log:
    """Two laps on a circle of 4 m; the columns that are given replace those there are."""
    number = np.arange(rows)
    turn = number / 30
    action = number * 5 % len(SPACE.actions)
    half = rows // 2
    frame = pd.DataFrame(
        {
            "episode": number // half,
            "steps": (number % half + 1).astype(float),
            "X": 4 * np.cos(turn),
            "Y": 4 * np.sin(turn),
            "yaw": np.degrees(turn) % 360 - 180,
            "speed": 1 + np.sin(number / 7),
            "steer": [SPACE.actions[index].steering_angle for index in action],
            "throttle": [SPACE.actions[index].speed for index in action],
            "action": action,
            "reward": np.cos(number / 5),
            "all_wheels_on_track": True,
            "progress": 100 * (number % half + 1) / half,
            "closest_waypoint": number % half,
            "episode_status": "in_progress",
            "pause_duration": 0.0,
        }
    ).assign(**columns)  # pyright: ignore[reportArgumentType]
    return Log(frame, "test.csv", "B", "0" * 64)


def make_components(rows: int = ROWS, parts: int = 3) -> Components:
    """Waves of different heights."""
    values = np.stack([(part + 1) * np.sin(np.arange(rows) / (5 + part)) for part in range(parts)])
    names = tuple(f"Part {part}" for part in range(parts))
    return Components(
        names, tuple(f"{{speed}} * {part}" for part in range(parts)), values, values.sum(axis=0)
    )


def make_canvas(log: Log | None = None, **options: object) -> ReplayCanvas:
    """A canvas over a video of 640x480."""
    settings = {"video_size": VIDEO, "note": "row = picture"} | options
    return ReplayCanvas(log or make_log(), SPACE, **settings)  # pyright: ignore[reportArgumentType]


def moment(row: int, rows: int = ROWS, **changes: object) -> Moment:
    """The picture of a row: the same number; all actions of its lap count."""
    half = rows // 2
    start = row // half * half
    facts = {"frame": max(0, row), "frames": rows, "row": row, "heat_from": start, "episode_from": start}
    if row == BEFORE:
        facts |= {"heat_from": 0, "episode_from": 0, "confidence": 0.0}
    return Moment(**(facts | changes))  # pyright: ignore[reportArgumentType]


def noise(size: Size = VIDEO, seed: int = 1) -> Frame:
    """A picture in which no two neighbours are alike."""
    return np.random.default_rng(seed).integers(0, 256, (size.height, size.width, 3), dtype=np.uint8)


def plain(level: int = 90, size: Size = VIDEO) -> Frame:
    """A grey picture."""
    return np.full((size.height, size.width, 3), level, np.uint8)


def close_to(picture: Frame, color: tuple[int, int, int], most: int = 40) -> np.ndarray:
    """Where a picture has a colour, bool (H, W)."""
    return np.abs(picture.astype(int) - color).sum(axis=2) <= most
