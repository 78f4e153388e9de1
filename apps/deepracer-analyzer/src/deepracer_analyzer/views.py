"""What the parts of this app hand to each other: plain data, without a file, a window or a picture in it."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Rows = NDArray[np.intp]
"""Row numbers of a log, from 0; `BEFORE` where the picture is from before the log's first row."""

Floats = NDArray[np.float64]

BEFORE = -1
"""In place of a row: the picture is older than the log."""


@dataclass(frozen=True, slots=True)
class Log:
    """One simulation trace.

    Attributes:
        frame: One row a simulator step, columns as in `logs.schema.COLUMNS`, index 0, 1, 2, ...
        source: Where it was read, for people: a path, or `archive!member`.
        schema: What kind of table it was: `A`, `B`, `C`, `D`, `SIM_TRACE_LOG`, or `custom`.
        digest: SHA-256 of the file's own bytes, hexadecimal.
        problems: What was wrong with it and what was done, one line each.
    """

    frame: pd.DataFrame
    source: str
    schema: str
    digest: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """What a car can be told to do.

    Attributes:
        steering_angle: Degrees, positive to the left.
        speed: m/s.
    """

    steering_angle: float
    speed: float


@dataclass(frozen=True, slots=True)
class ActionSpace:
    """What a model can choose from.

    Attributes:
        kind: Of what space.
        actions: Those of a discrete space, by index; empty for a continuous one.
        steering: Lowest and highest steering angle in degrees: furthest right (negative), furthest left.
        speed: Lowest and highest speed in m/s.
        origin: Where this is known from, such as `model_metadata.json` or `the log`.
    """

    kind: Literal["discrete", "continuous"]
    actions: tuple[Action, ...]
    steering: tuple[float, float]
    speed: tuple[float, float]
    origin: str


@dataclass(frozen=True, slots=True)
class Lap:
    """One episode of a log.

    Attributes:
        episode: Its number in the log.
        start: Its first row.
        stop: The row after its last.
        seconds: How long it took: the metrics file's figure where there is one, else from the time stamps.
        timed_by: `metrics` or `log`.
        progress: Percent of the track that were reached, 0 to 100.
        complete: Whether the whole lap was driven.
        off_tracks: How often the car left the track.
        crashes: How often it crashed.
        steps: Simulator steps.
        mean_speed: m/s over the rows in which it drove.
        max_speed: m/s, the same.
        reward: Sum over the rows.
    """

    episode: int
    start: int
    stop: int
    seconds: float
    timed_by: Literal["metrics", "log"]
    progress: float
    complete: bool
    off_tracks: int
    crashes: int
    steps: int
    mean_speed: float
    max_speed: float
    reward: float


@dataclass(frozen=True, slots=True)
class Track:
    """A closed track, or the line that was driven where no track is known.

    Attributes:
        name: Its file's name without ending, or `driven line`.
        center: float64 (N, 2), x and y in metres; row index is `closest_waypoint`; first row = last row.
        inner: The inner border, float64 (N, 2); None for a driven line.
        outer: The outer border, float64 (N, 2); None for a driven line.
    """

    name: str
    center: Floats
    inner: Floats | None = None
    outer: Floats | None = None

    @property
    def length(self) -> float:
        """Metres along the centre line."""
        return float(np.hypot(*np.diff(self.center, axis=0).T).sum())


@dataclass(frozen=True, slots=True)
class Sync:
    """Which row of the log each picture of the video shows.

    Attributes:
        rows: int (F,), never falling; `BEFORE` for pictures from before the log.
        confidence: float64 (F,), 0 (a guess) to 1 (the picture says so itself).
        method: How this is known.
        note: One line for people: what was measured, and how sure it is.
        shown: float64 (F,), the speed that each picture shows in m/s; NaN where it was not read.
    """

    rows: Rows
    confidence: Floats
    method: Literal["hud", "ocr", "lap starts", "frame = row"]
    note: str
    shown: Floats


@dataclass(frozen=True, slots=True)
class Components:
    """The parts of a reward over the whole log.

    Attributes:
        names: Of the parts.
        expressions: How each is written; the same number.
        values: float64 (K, N): each part for each row, normalised if that was asked for.
        total: float64 (N,): what is shown as the final reward.
        normalization: `none`, `max` or `z-score`.
        problems: What could not be computed as written and what stands there instead, one line each.
    """

    names: tuple[str, ...]
    expressions: tuple[str, ...]
    values: Floats
    total: Floats
    normalization: str = "none"
    problems: tuple[str, ...] = field(default=())
