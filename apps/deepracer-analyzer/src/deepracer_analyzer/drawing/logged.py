"""The log's columns as the pictures read them: arrays, taken from the table once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepracer_analyzer.views import Floats, Log


@dataclass(frozen=True, slots=True)
class Logged:
    """One value a row, (N,); NaN where the log does not say.

    Attributes:
        x: Metres.
        y: Metres.
        yaw: Degrees.
        speed: m/s.
        steering: The commanded angle in degrees, positive to the left.
        throttle: The commanded speed in m/s.
        on_track: Whether all wheels are on the track.
        status: What the simulator says of the episode.
        pause: Seconds of the penalty still to run.
        progress: Percent of the lap.
        steps: Of the episode, from 1.
        waypoint: The closest one.
        lap: Which episode it is, from 1.
        laps: How many episodes there are.
    """

    x: Floats
    y: Floats
    yaw: Floats
    speed: Floats
    steering: Floats
    throttle: Floats
    on_track: NDArray[np.bool_]
    status: tuple[str, ...]
    pause: Floats
    progress: Floats
    steps: Floats
    waypoint: Floats
    lap: NDArray[np.intp]
    laps: int

    @classmethod
    def of(cls, log: Log) -> "Logged":
        """The columns of a log."""
        frame = log.frame
        episodes = frame["episode"].to_numpy()
        lap = np.cumsum(np.r_[True, episodes[1:] != episodes[:-1]][: len(episodes)]).astype(np.intp)
        return cls(
            x=_numbers(frame, "X"),
            y=_numbers(frame, "Y"),
            yaw=_numbers(frame, "yaw"),
            speed=_numbers(frame, "speed"),
            steering=_numbers(frame, "steer"),
            throttle=_numbers(frame, "throttle"),
            on_track=frame["all_wheels_on_track"].to_numpy(np.bool_),
            status=tuple(frame["episode_status"].astype(str)),
            pause=np.nan_to_num(_numbers(frame, "pause_duration")),
            progress=_numbers(frame, "progress"),
            steps=_numbers(frame, "steps"),
            waypoint=_numbers(frame, "closest_waypoint"),
            lap=lap,
            laps=int(lap.max(initial=0)),
        )


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    if name not in frame:
        return np.full(len(frame), np.nan)
    return frame[name].to_numpy(np.float64)
