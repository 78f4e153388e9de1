"""What a log does not hold itself: columns it lacks, and the speed."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepracer_analyzer.logs.columns import Say
from deepracer_analyzer.logs.lines import name_lines
from deepracer_analyzer.logs.schema import ADDED, COLUMNS, KINDS, OPTIONAL
from deepracer_analyzer.views import Floats

_GUESSED = ("done", "all_wheels_on_track", "episode_status")


def complete(frame: pd.DataFrame, lines: NDArray[np.intp], say: Say) -> pd.DataFrame:
    """Add the columns that a log lacks and the speed, in the order of `schema.COLUMNS`; say what is missing.

    `done`, `all_wheels_on_track` and `episode_status` follow from the others, floats are unknown (NaN), and
    `pause_duration` is 0.

    Args:
        frame: The log's own columns.
        lines: The line of the file that each row stood in.
        say: Takes a problem.
    """
    rows = len(frame)
    columns: dict[str, NDArray[Any]] = {name: frame[name].to_numpy() for name in frame.columns}
    if "pause_duration" not in columns:
        columns["pause_duration"] = np.zeros(rows)
    unknown = [name for name in KINDS if name not in {*columns, *_GUESSED, *ADDED, *OPTIONAL}]
    for name in unknown:
        columns[name] = np.full(rows, -1, np.int64) if KINDS[name] == "int" else np.full(rows, np.nan)
    if unknown:
        say(f"no column {', '.join(unknown)}: unknown in every row")
    _guess_states(columns, say)
    columns["speed"] = speed_of(frame, lines, say)
    known = [name for name in COLUMNS if name in columns]
    others = [name for name in columns if name not in COLUMNS]
    return pd.DataFrame({name: columns[name] for name in (*known, *others)})


def _guess_states(columns: dict[str, NDArray[Any]], say: Say) -> None:
    """Fill in what the end of each episode tells."""
    guessed = [name for name in _GUESSED if name not in columns]
    if not guessed:
        return
    episode = columns["episode"]
    if "done" in guessed:
        columns["done"] = np.append(np.diff(episode) != 0, True)
    if "episode_status" in guessed:
        complete = columns["done"] & (columns["progress"] >= 100)
        columns["episode_status"] = _ends(columns, complete)
    if "all_wheels_on_track" in guessed:
        columns["all_wheels_on_track"] = columns["episode_status"] != "off_track"
    say(f"no column {', '.join(guessed)}: guessed from the ends of the episodes")


def _ends(columns: dict[str, NDArray[Any]], complete: NDArray[np.bool_]) -> NDArray[Any]:
    statuses = np.full(len(complete), "in_progress", object)
    if "all_wheels_on_track" in columns:
        statuses[columns["done"] & ~columns["all_wheels_on_track"]] = "off_track"
    statuses[complete] = "lap_complete"
    return statuses


def speed_of(frame: pd.DataFrame, lines: NDArray[np.intp], say: Say) -> Floats:
    """Metres a second of each row: hypot(dX, dY) / dtstamp against the row before, float64 (N,).

    The first row's is 0, and so is that of rows in which time does not advance; that it goes back is said.

    Args:
        frame: Columns X, Y in m and tstamp in s.
        lines: The line of the file that each row stood in.
        say: Takes a problem.
    """
    x, y, seconds = (np.diff(frame[name].to_numpy(np.float64)) for name in ("X", "Y", "tstamp"))
    speed = np.zeros(len(frame))
    np.divide(np.hypot(x, y), seconds, out=speed[1:], where=seconds > MOMENT)
    back = np.flatnonzero(seconds < 0) + 1
    if len(back):
        first = frame["tstamp"].to_numpy(np.float64)[back[0] - 1 : back[0] + 1]
        say(
            f"{name_lines(lines[back].tolist())}: the clock goes back "
            f"(first from {first[0]:.3f} to {first[1]:.3f} s); the speed there is 0"
        )
    return speed


MOMENT = 1e-6
"""Seconds; time that advances by less stands still."""
