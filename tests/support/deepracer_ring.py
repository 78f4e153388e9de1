"""A round track and drives on it, whose every figure has a closed form."""

from pathlib import Path

import numpy as np
import pandas as pd
from deepracer_analyzer.views import Action, ActionSpace, Lap, Log, Track

STEPS = 0.05
"""Seconds between two rows."""


def ring(waypoints: int = 72, radius: float = 4.0, width: float = 1.0, *, clockwise: bool = False) -> Track:
    """A regular polygon around (0, 0) whose start line is at (radius, 0)."""
    angle = np.linspace(0, 2 * np.pi, waypoints + 1) * (-1 if clockwise else 1)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    circle[-1] = circle[0]
    return Track("ring", circle * radius, circle * (radius - width / 2), circle * (radius + width / 2))


def save_track(track: Track, folder: Path, name: str = "ring", *, roll: int = 0) -> Path:
    """Write a track file; `roll` numbers its way points from another one."""
    if track.inner is None or track.outer is None:
        raise ValueError("a line without borders is no track file")
    rows = np.concatenate([track.center, track.inner, track.outer], axis=1)
    rows = np.roll(rows[:-1], roll, axis=0)
    np.save(folder / f"{name}.npy", np.concatenate([rows, rows[:1]]))
    return folder / f"{name}.npy"


def drive(
    track: Track,
    seconds: float = 10.0,
    *,
    start: float = 0.0,
    progress: float = 100.0,
    off_track_at: float | None = None,
    pause: float = 1.0,
    beside: float = 0.0,
    action: int = 0,
    steer: float = 10.0,
    throttle: float = 2.0,
) -> pd.DataFrame:
    """One lap at constant speed along the centre line.

    Args:
        track: Its way points.
        seconds: How long a whole lap takes, without the pause.
        start: Where on the track it begins, in percent.
        progress: How much of it is driven, in percent.
        off_track_at: The progress at which the car leaves the track once.
        pause: Seconds the clock runs before it goes on from there.
        beside: Metres it drives to the left of the line.
        action: Of every row, with `steer` and `throttle`.
        steer: Degrees, positive to the left.
        throttle: m/s.
    """
    done = np.arange(0, progress + 1e-9, 100 * STEPS / seconds)
    status = np.full(len(done), "in_progress", dtype="U16")
    if off_track_at is not None:
        row = int(np.argmin(np.abs(done - off_track_at)))
        waiting = np.full(round(pause / STEPS), done[row])
        status[row] = "off_track"
        status = np.insert(status, [row + 1] * len(waiting), "pause")
        done = np.insert(done, [row + 1] * len(waiting), waiting)
    status[0] = "prepare"
    status[-1] = "lap_complete" if progress >= 100 else "off_track"
    gaps = np.hypot(*np.diff(track.center, axis=0).T)
    along = np.concatenate([[0], gaps.cumsum()])
    where = (start + done) / 100 % 1 * along[-1]
    line = [np.interp(where, along, track.center[:, axis]) for axis in (0, 1)]
    ahead = np.diff(track.center, axis=0)[np.searchsorted(along, where, side="right") - 1]
    left = np.stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(*ahead.T)
    x, y = np.stack(line) + beside * left
    nearest = np.hypot(*(np.stack(line, axis=1)[:, None] - track.center[None, :-1]).transpose(2, 0, 1))
    return pd.DataFrame(
        {
            "steps": np.arange(1.0, len(done) + 1),
            "X": x,
            "Y": y,
            "yaw": 0.0,
            "steer": steer,
            "throttle": throttle,
            "action": action,
            "reward": 1.0,
            "done": np.arange(len(done)) == len(done) - 1,
            "all_wheels_on_track": status != "off_track",
            "progress": done,
            "closest_waypoint": nearest.argmin(axis=1),
            "track_len": track.length,
            "tstamp": np.arange(len(done)) * STEPS,
            "episode_status": status,
            "pause_duration": 0.0,
        }
    )


def log(*drives: pd.DataFrame, source: str = "ring.csv") -> Log:
    """Several drives as one log, one episode each, each beginning 1 s after the one before."""
    parts, now = [], 5.0
    for number, one in enumerate(drives):
        parts.append(one.assign(episode=number, tstamp=one["tstamp"] + now))
        now = float(parts[-1]["tstamp"].iloc[-1]) + 1
    frame = pd.concat(parts, ignore_index=True)
    moved = np.hypot(frame["X"].diff(), frame["Y"].diff()).to_numpy()
    frame["speed"] = np.nan_to_num(moved / frame["tstamp"].diff().to_numpy())
    return Log(frame, source, "B", "0" * 64)


def laps_of(one: Log) -> tuple[Lap, ...]:
    """What there is to know of each episode."""
    laps = []
    for episode in sorted(set(one.frame["episode"].tolist())):
        rows = one.frame[one.frame["episode"] == episode]
        speed = rows["speed"][rows["episode_status"] != "pause"]
        laps.append(
            Lap(
                episode=episode,
                start=int(rows.index[0]),
                stop=int(rows.index[-1]) + 1,
                seconds=float(rows["tstamp"].iloc[-1] - rows["tstamp"].iloc[0]),
                timed_by="log",
                progress=float(rows["progress"].max()),
                complete=bool((rows["episode_status"] == "lap_complete").any()),
                off_tracks=int((rows["episode_status"] == "off_track").sum()),
                crashes=0,
                steps=len(rows),
                mean_speed=float(speed.mean()),
                max_speed=float(speed.max()),
                reward=float(rows["reward"].sum()),
            )
        )
    return tuple(laps)


def discrete_space() -> ActionSpace:
    """Six actions; 0 is the middle left one."""
    actions = tuple(Action(steering, speed) for steering in (10.0, 0.0, -10.0) for speed in (2.0, 1.0))
    return ActionSpace("discrete", actions, (-10.0, 10.0), (1.0, 2.0), "the test")
