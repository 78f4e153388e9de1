"""The columns of a simulation trace with their units, and the tables that simulators have written."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "episode": "number of the episode (lap), int; runs on over a whole training",
        "steps": "simulator step within the run, float from 1; runs on over the laps of a continuous race",
        "X": "position of the car in m",
        "Y": "position of the car in m",
        "yaw": "heading in degrees, counter-clockwise from the x axis, -180 to 180",
        "steer": "commanded steering angle in degrees, positive to the left",
        "throttle": "commanded speed in m/s",
        "action": "index of the chosen action, int; -1 where the action space is continuous",
        "reward": "reward of the step",
        "done": "whether the episode ended with this step, bool",
        "all_wheels_on_track": "whether all wheels were on the track, bool",
        "progress": "part of the track that is done, in percent, 0 to 100",
        "closest_waypoint": "row of the track's centre line that is nearest, int; -1 where it is not known",
        "track_len": "length of the track in m",
        "tstamp": "time in s: of the simulation, or since 1970 in logs of 2020",
        "episode_status": "what the car is doing: prepare, in_progress, off_track, pause, lap_complete, ...",
        "pause_duration": "seconds of the penalty that are still to run; 0 when driving",
        "obstacle_crash_counter": "crashes into obstacles so far; only where the log has it",
        "wall_clock": "time since 1970 in s, of the machine's clock; only where the log has it",
        "speed": "speed in m/s since the row before, hypot(dX, dY) / dtstamp, as the video shows it",
        "speed_logged": "the log's own column `speed` in m/s, such as one read from the video; only there",
    }
)
"""Each column of a log's table -> what it holds, with its unit, in order."""

STATUSES = (
    "prepare", "in_progress", "off_track", "pause", "crashed", "reversed", "immobilized",
    "time_up", "park", "lap_complete",
)  # fmt: skip
"""What `episode_status` can say."""

_A = tuple(COLUMNS)[:16]
SCHEMAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "A": _A,
        "B": (*_A, "pause_duration"),
        "C": (*_A, "pause_duration", "obstacle_crash_counter"),
        "D": (*_A, "pause_duration", "obstacle_crash_counter", "wall_clock"),
    }
)
"""The tables by name: A (2020), B (2021), C (2022), D (2026). B may have a `speed` of its own."""

WITHOUT_STATUS = _A[:-1]
"""What simulator logs of 2019 hold."""

NEEDED = ("episode", "steps", "X", "Y", "tstamp")
"""Without these there is nothing to show."""

ADDED = ("speed",)
"""What is computed from the others."""

OPTIONAL = ("obstacle_crash_counter", "wall_clock", "speed_logged")
"""What is there only where the log has it."""

Kind = Literal["int", "float", "bool", "text"]

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        **dict.fromkeys(COLUMNS, "float"),
        **dict.fromkeys(("episode", "action", "closest_waypoint"), "int"),
        **dict.fromkeys(("done", "all_wheels_on_track"), "bool"),
        "episode_status": "text",
    }
)
"""What each column holds."""

LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "episode": (-1, 1e9),
        "steps": (0, 1e9),
        "X": (-1e5, 1e5),
        "Y": (-1e5, 1e5),
        "tstamp": (-1e12, 1e12),
        "action": (-1, 1e6),
        "closest_waypoint": (-1, 1e9),
    }
)
"""What lies outside is a damaged number."""

_NAMES = {name.casefold(): name for name in COLUMNS}


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """The names in a header line as `COLUMNS` spells them; the log's own `speed` is `speed_logged`."""
    names = [_NAMES.get(name.strip().casefold(), name.strip()) for name in header]
    return tuple("speed_logged" if name == "speed" else name for name in names)


def schema_of(names: Sequence[str]) -> str:
    """Which of `SCHEMAS` a table is, whether or not it has a speed of its own; else `custom`."""
    columns = tuple(name for name in names if name != "speed_logged")
    return next((key for key, schema in SCHEMAS.items() if columns == schema), "custom")


def is_header(line: str) -> bool:
    """Whether a line names columns of a simulation trace: at least half of the needed ones."""
    names = column_names(line.replace('"', "").split(","))
    return 2 * len(set(NEEDED) & set(names)) >= len(NEEDED)
