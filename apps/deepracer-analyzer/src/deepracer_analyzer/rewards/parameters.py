"""What DeepRacer's simulator hands to a reward function in each step, rebuilt from a log and its track.

`params` as the AWS DeepRacer Developer Guide lists it, with the values that the simulator itself fills in
(deepracer-simapp, markov/agent_ctrl): they belong to the row's own position, since position, action and
reward of a row come from one step.

| key | from |
| --- | --- |
| `all_wheels_on_track`, `x`, `y`, `progress`, `steps` (int) | the log's columns |
| `heading` | `yaw`, degrees, -180 to 180 |
| `steering_angle` | `steer`, degrees, positive to the left |
| `speed` | `throttle`, the speed that was chosen, m/s (see below) |
| `is_offtrack`, `is_crashed` | `episode_status` is `off_track`, `crashed` |
| `track_length` | `track_len`, m |
| `waypoints` | the track's centre line, (x, y) in driving order; the last is the first |
| `closest_waypoints` | [behind, ahead] of the centre line's point nearest to the car |
| `distance_from_center`, `track_width`, `projection_distance` | metres; `places` says how |
| `is_left_of_center` | `places` |
| `is_reversed` | whether the episode was driven against the order of the track file's rows |
| `objects_*`, `closest_objects`, `object_in_camera` | what a race without objects has: [], [0, 0], False |

The guide calls `speed` the observed speed, but the simulator passes on the speed of the chosen action, which
the log calls `throttle`; how fast the car really was is the log frame's `speed`.

Keys that need the track are absent without its borders. Reading an absent key, also with `get`, raises
`AbsentParameterError`, for a default would be a reward that the simulator never gave.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.rewards.places import Places, find_places, turned
from deepracer_analyzer.views import ActionSpace, Floats, Log, Rows, Track

Waypoint = tuple[float, float]
"""x and y in metres."""

OF_TRACK: tuple[str, ...] = (
    "waypoints", "closest_waypoints", "distance_from_center", "track_width", "projection_distance",
    "is_left_of_center", "is_reversed",
)  # fmt: skip
"""Keys that need a track with its borders."""

OF_OBJECTS: Mapping[str, tuple[object, ...] | bool] = MappingProxyType(
    {
        "closest_objects": (0, 0), "objects_location": (), "objects_left_of_center": (),
        "object_in_camera": False, "objects_speed": (), "objects_heading": (),
        "objects_distance_from_center": (), "objects_distance": (),
    }
)  # fmt: skip
"""Keys about other cars and boxes, and what they are in a race without; tuples are handed over as lists."""

NO_TRACK = "it needs the track; give the folder of its .npy file with --tracks DIR"

NOT_IN_LOG = "the log has no number there"

_COLUMNS = MappingProxyType(
    {
        "x": "X", "y": "Y", "heading": "yaw", "progress": "progress", "steps": "steps", "speed": "throttle",
        "steering_angle": "steer", "track_length": "track_len",
    }
)  # fmt: skip
"""Keys that are numbers of the log, and their columns."""


class AbsentParameterError(KeyError):
    """A parameter that the simulator gives and that is not known here.

    Attributes:
        key: Which.
        why: What is missing, and what to do.
    """

    def __init__(self, key: str, why: str) -> None:
        super().__init__(key)
        self.key = key
        self.why = why

    def __str__(self) -> str:
        return f"params[{self.key!r}] is not known: {self.why}"


class Parameters(dict[str, object]):
    """One row's `params`.

    Args:
        known: Keys and values; the function may change them.
        absent: Keys that the simulator gives and that are not known, and why not.

    Attributes:
        missed: The first absent key that was asked for, also if the function went on without it.
    """

    def __init__(self, known: Mapping[str, Any], absent: Mapping[str, str]) -> None:
        super().__init__(known)
        self._absent = absent
        self.missed: AbsentParameterError | None = None

    def __missing__(self, key: str) -> object:
        self._miss(key)
        raise KeyError(key)

    def get(self, key: str, default: object = None, /) -> object:
        """The value; the default for what the simulator does not give either.

        Raises:
            AbsentParameterError: The simulator gives it, but it is not known here.
        """
        if key not in self:
            self._miss(key)
        return super().get(key, default)

    def _miss(self, key: str) -> None:
        if key in self._absent:
            error = AbsentParameterError(key, self._absent[key])
            self.missed = self.missed or error
            raise error


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """The parameters of all rows, as columns.

    Attributes:
        columns: Key -> one value a row, of Python's own types; None where the log has no number.
        waypoints: Of the track in its file's order, and in reverse; both empty without a track.
        backwards: bool (N,), whether each row was driven against that order.
        absent: Keys that are not known in any row, and why not.
        problems: What had to be guessed, one line each.
    """

    columns: Mapping[str, list[Any]]
    waypoints: tuple[tuple[Waypoint, ...], tuple[Waypoint, ...]]
    backwards: NDArray[np.bool_]
    absent: Mapping[str, str]
    problems: tuple[str, ...]

    def rows(self) -> Iterator[Parameters]:
        """Each row's parameters; lists are new for each row, as the simulator hands over copies."""
        keys = tuple(self.columns)
        waypoints = [self.waypoints[int(backwards)] for backwards in self.backwards]
        for line, *values in zip(waypoints, *self.columns.values(), strict=True):
            known = dict(zip(keys, values, strict=True))
            holes = [key for key, value in known.items() if value is None]
            for key in holes:
                del known[key]
            absent = {**self.absent, **dict.fromkeys(holes, NOT_IN_LOG)} if holes else self.absent
            known |= {
                key: list(value) if isinstance(value, tuple) else value for key, value in OF_OBJECTS.items()
            }
            if line:
                known["waypoints"] = list(line)
            yield Parameters(known, absent)


def build(log: Log, track: Track, space: ActionSpace) -> ParameterTable:
    """The parameters of each row of a log.

    Args:
        log: The log.
        track: Where it was driven; without borders, what needs the track is absent.
        space: What the model could choose from: steering angle and speed of rows whose log has none.
    """
    numbers = {key: _numbers(log, column) for key, column in _COLUMNS.items()}
    problems = _fill_from_actions(log, space, numbers)
    heading = numbers["heading"]
    numbers["heading"] = np.where(np.abs(heading) > 180, (heading + 180) % 360 - 180, heading)
    columns = {key: _or_none(values.tolist(), np.isfinite(values)) for key, values in numbers.items()}
    columns["steps"] = [None if step is None else int(step) for step in columns["steps"]]
    status = log.frame["episode_status"].to_numpy(dtype=object)
    columns["all_wheels_on_track"] = log.frame["all_wheels_on_track"].to_numpy(np.bool_).tolist()
    columns["is_offtrack"] = (status == "off_track").tolist()
    columns["is_crashed"] = (status == "crashed").tolist()
    if (status == "crashed").any():
        problems.append("the log does not say where other cars and boxes are; the function is told of none")
    if track.inner is None or track.outer is None:
        backwards = np.zeros(len(status), np.bool_)
        absent = dict.fromkeys(OF_TRACK, NO_TRACK)
        return ParameterTable(columns, ((), ()), backwards, absent, tuple(problems))
    points = np.stack([numbers["x"], numbers["y"]], axis=1)
    places, backwards = _places(log, track, points)
    columns |= _of_track(places, backwards)
    problems += _check_waypoints(log, track, points, places, backwards)
    waypoints = (_waypoints(track), _waypoints(turned(track)))
    return ParameterTable(columns, waypoints, backwards, {}, tuple(problems))


def _numbers(log: Log, column: str) -> Floats:
    if column not in log.frame.columns:
        return np.full(len(log.frame), np.nan)
    return np.asarray(log.frame[column].to_numpy(dtype=np.float64, na_value=np.nan))


def _or_none(values: list[Any], known: NDArray[np.bool_]) -> list[Any]:
    return [value if ok else None for value, ok in zip(values, known.tolist(), strict=True)]


def _fill_from_actions(log: Log, space: ActionSpace, numbers: dict[str, Floats]) -> list[str]:
    """Steering angle and speed of rows that have none, from the action that was chosen."""
    action = _numbers(log, "action")
    chosen = np.isfinite(action) & (action >= 0) & (action < len(space.actions))
    index = np.where(chosen, action, 0).astype(np.intp)
    problems: list[str] = []
    for key, of in (
        ("steering_angle", [one.steering_angle for one in space.actions]),
        ("speed", [one.speed for one in space.actions]),
    ):
        holes = chosen & ~np.isfinite(numbers[key])
        if holes.any():
            numbers[key] = np.where(holes, np.asarray(of)[index], numbers[key])
            problems.append(
                f"{key} is that of the action in {int(holes.sum()):,} rows; the log has none there"
            )
    return problems


def _places(log: Log, track: Track, points: Floats) -> tuple[Places, NDArray[np.bool_]]:
    """Where each row is, in its driving direction, and whether that is against the file's order."""
    forward = find_places(track, points)
    backwards = _driven_backwards(log, forward.along, track.length)
    if not backwards.any():
        return forward, backwards
    backward = find_places(turned(track), points)
    return forward.replaced(backwards, backward), backwards


def _driven_backwards(log: Log, along: Floats, length: float) -> NDArray[np.bool_]:
    """Whether the track's rows fall while progress rises, by episode; bool (N,)."""
    episodes, episode = np.unique(log.frame["episode"].to_numpy(), return_inverse=True)
    moved = (np.diff(along) + length / 2) % length - length / 2
    gained = np.diff(_numbers(log, "progress"))
    votes = np.nan_to_num(np.sign(moved) * np.sign(gained)) * (episode[1:] == episode[:-1])
    return (np.bincount(episode[1:], votes, len(episodes)) < 0)[episode]


def _of_track(places: Places, backwards: NDArray[np.bool_]) -> dict[str, list[Any]]:
    known = np.isfinite(places.along)
    return {
        "closest_waypoints": _or_none(_pair(places).tolist(), known),
        "distance_from_center": _or_none(places.from_center.tolist(), known),
        "track_width": _or_none(places.width.tolist(), known),
        "projection_distance": _or_none(places.along.tolist(), known),
        "is_left_of_center": _or_none(places.is_left.tolist(), known),
        "is_reversed": backwards.tolist(),
    }


def _check_waypoints(
    log: Log, track: Track, points: Floats, places: Places, backwards: NDArray[np.bool_]
) -> list[str]:
    """A line where the log's own waypoints say that this is another track."""
    lines = np.stack([track.center, turned(track).center])[backwards.astype(np.intp)[:, None], _pair(places)]
    apart = np.hypot(*(points[:, None] - lines).transpose(2, 0, 1))
    nearer = np.where(apart[:, 1] < apart[:, 0], places.after, places.before)
    logged = _numbers(log, "closest_waypoint")
    known = np.isfinite(places.along) & np.isfinite(logged) & (logged >= 0)
    other = known & (nearer != logged)
    if other.sum() <= 0.05 * known.sum():
        return []
    share = other.sum() / known.sum()
    return [
        f"the log's closest_waypoint is not that of track {track.name} in {share:.0%} of the rows; "
        "what the function is told of the track may be wrong"
    ]


def _pair(places: Places) -> Rows:
    return np.stack([places.before, places.after], axis=1)


def _waypoints(track: Track) -> tuple[Waypoint, ...]:
    return tuple((float(x), float(y)) for x, y in track.center)
