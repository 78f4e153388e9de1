"""Laps around an oval at constant speed, in closed form, and logs of them as simulators wrote them."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

STRAIGHT, RADIUS = 8.0, 2.0
LENGTH = 2 * STRAIGHT + 2 * math.pi * RADIUS
"""Metres of a lap; it begins at (-4, -2) along +x and turns left."""

STEP = 1 / 16
"""Seconds of a simulator step, exact in binary."""

SPEED = 2.0
"""m/s along the line; on the straights that is what a log shows."""

PAUSE_STEPS = 4

ACTIONS = ((-20.0, 1.0), (0.0, 2.0), (20.0, 1.5))
"""Steering angle and commanded speed by index: the car never takes the first."""

Row = dict[str, Any]
ActionStyle = Literal["index", "space", "quoted", "unquoted"]

_A = (
    "episode", "steps", "X", "Y", "yaw", "steer", "throttle", "action", "reward", "done",
    "all_wheels_on_track", "progress", "closest_waypoint", "track_len", "tstamp", "episode_status",
)  # fmt: skip
SCHEMAS = {
    "A": _A,
    "B": (*_A, "pause_duration"),
    "C": (*_A, "pause_duration", "obstacle_crash_counter"),
    "D": (*_A, "pause_duration", "obstacle_crash_counter", "wall_clock"),
    "model_A": (*_A[:5], "speed", *_A[5:], "pause_duration"),
}


def oval(distance: float) -> tuple[float, float, float]:
    """Position in m and heading in degrees after some metres."""
    s, turn = distance % LENGTH, math.pi * RADIUS
    if s < STRAIGHT:
        return s - STRAIGHT / 2, -RADIUS, 0.0
    if s < STRAIGHT + turn:
        angle = (s - STRAIGHT) / RADIUS
        return STRAIGHT / 2 + RADIUS * math.sin(angle), -RADIUS * math.cos(angle), math.degrees(angle)
    if s < 2 * STRAIGHT + turn:
        return STRAIGHT / 2 - (s - STRAIGHT - turn), RADIUS, 180.0
    angle = (s - 2 * STRAIGHT - turn) / RADIUS
    return -STRAIGHT / 2 - RADIUS * math.sin(angle), RADIUS * math.cos(angle), math.degrees(angle) - 180.0


def drive(
    laps: int = 1,
    steps: int | None = None,
    *,
    off_track: Sequence[int] = (),
    continuous_race: bool = False,
    episode: int = 0,
    start: float = 10.0,
) -> list[Row]:
    """The rows of some laps.

    Args:
        laps: How many.
        steps: Rows of each; None: until the lap is complete.
        off_track: At which rows of each lap the car leaves the track; it pauses for `PAUSE_STEPS` there.
        continuous_race: Whether laps follow each other without a reset, as in one drive.
        episode: Number of the first.
        start: Time stamp of the first row; between laps with resets two steps pass.
    """
    rows: list[Row] = []
    seconds, metres = start, 0.0
    for lap in range(laps):
        begun = LENGTH * lap if continuous_race else 0.0
        metres = metres if continuous_race else 0.0
        here = 0
        while steps is None or here < steps:
            status = "in_progress" if here or (continuous_race and lap) else "prepare"
            complete = steps is None and metres - begun >= LENGTH
            status = "lap_complete" if complete and (lap == laps - 1 or not continuous_race) else status
            status = "off_track" if here in off_track else status
            last = complete or (steps is not None and here == steps - 1)
            number = len(rows) + 1 if continuous_race else here + 1
            rows.append(_row(episode + lap, number, metres, metres - begun, seconds, status, done=last))
            seconds, here = seconds + STEP, here + 1
            if status == "off_track":
                for left in range(PAUSE_STEPS, 0, -1):
                    row = _row(episode + lap, number + 1, metres, metres - begun, seconds, "pause")
                    rows.append({**row, "steps": float(here + 1), "pause_duration": left * STEP})
                    seconds, here = seconds + STEP, here + 1
            metres += SPEED * STEP
            if last:
                break
        seconds += 0 if continuous_race else STEP
    return rows


def _row(
    episode: int,
    number: int,
    metres: float,
    driven: float,
    seconds: float,
    status: str,
    *,
    done: bool = False,
) -> Row:
    x, y, yaw = oval(metres)
    action = 1 if (metres % (LENGTH / 2)) < STRAIGHT else 2
    steer, throttle = ACTIONS[action]
    progress = min(100.0, driven / LENGTH * 100)
    return {
        "episode": episode, "steps": float(number), "X": x, "Y": y, "yaw": yaw, "speed": 9.0, "steer": steer,
        "throttle": throttle, "action": action, "reward": 0.5, "done": done,
        "all_wheels_on_track": status != "off_track", "progress": progress,
        "closest_waypoint": int(driven / LENGTH * 60) % 60, "track_len": LENGTH, "tstamp": seconds,
        "episode_status": status, "pause_duration": 0.0, "obstacle_crash_counter": 0,
        "wall_clock": 1.7e9 + seconds,
    }  # fmt: skip


def csv_text(
    rows: Iterable[Row], schema: str = "B", action: ActionStyle = "index", columns: Sequence[str] = ()
) -> str:
    """A log as CSV, with the columns of a schema or those named."""
    names = tuple(columns) or SCHEMAS[schema]
    lines = [",".join(_field(row, name, action) for name in names) for row in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def simulator_text(
    rows: Iterable[Row], schema: str = "B", action: ActionStyle = "index", before: str = ""
) -> str:
    """A log as a simulator's lines, rounded as it rounds, between others."""
    decimals = {
        "X": 4,
        "Y": 4,
        "yaw": 4,
        "steer": 2,
        "throttle": 2,
        "reward": 4,
        "progress": 4,
        "track_len": 2,
    }
    decimals |= {"pause_duration": 2, "wall_clock": 4, "steps": 0}
    lines = ["agent: Starting evaluation phase", "Reset agent"]
    for row in rows:
        rounded = {
            name: f"{value:.{decimals[name]}f}" if name in decimals else value for name, value in row.items()
        }
        fields = ",".join(_field(rounded, name, action) for name in SCHEMAS[schema])
        lines.append(f"{before}SIM_TRACE_LOG:{fields}")
    return "\n".join([*lines, "agent: Finished evaluation phase."]) + "\n"


def _field(row: Row, name: str, action: ActionStyle) -> str:
    if name != "action" or action == "index":
        return str(row[name])
    steer, throttle = row["steer"], row["throttle"]
    if action == "space":
        return f"[{steer} {throttle}]"
    pair = f"[{steer}, {throttle}]"
    return f'"{pair}"' if action == "quoted" else pair
