"""Which rows count at a picture: found once for the whole log, looked up at each picture."""

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.views import BEFORE, Log, Rows, Sync

RESETTING = ("off_track", "pause", "crashed", "reversed", "immobilized", "park", "time_up")
"""The states in which the car does not drive by its model: what it did before counts no longer."""


class Moments:
    """The moments of a replay, by picture.

    Args:
        log: What was logged.
        sync: Which row each picture shows.
    """

    def __init__(self, log: Log, sync: Sync) -> None:
        self._sync = sync
        self._starts = episode_starts(log.frame["episode"].to_numpy())
        resetting = log.frame["episode_status"].isin(RESETTING).to_numpy(np.bool_)
        self._heat_from = np.maximum(rows_since(resetting), self._starts)

    def __len__(self) -> int:
        return len(self._sync.rows)

    def at(self, frame: int, cleared: int | None) -> Moment:
        """What is shown at a picture.

        Args:
            frame: Its number, from 0.
            cleared: The picture at which the heat was cleared, if it was.
        """
        row = int(self._sync.rows[frame])
        if row == BEFORE:
            return Moment(frame, len(self), BEFORE, heat_from=0, episode_from=0, confidence=0.0)
        heat_from = int(self._heat_from[row])
        if cleared is not None and cleared <= frame:
            heat_from = max(heat_from, int(self._sync.rows[cleared]))
        return Moment(
            frame=frame,
            frames=len(self),
            row=row,
            heat_from=heat_from,
            episode_from=int(self._starts[row]),
            confidence=float(self._sync.confidence[frame]),
        )


def episode_starts(episodes: Rows) -> Rows:
    """The first row of each row's episode, int (N,)."""
    rows = np.arange(len(episodes))
    first = np.r_[True, episodes[1:] != episodes[:-1]]
    return np.maximum.accumulate(np.where(first, rows, 0))


def rows_since(ended: NDArray[np.bool_]) -> Rows:
    """For each row, the row after the last one at or before it for which `ended` is true; int (N,)."""
    rows = np.arange(len(ended))
    return np.maximum.accumulate(np.where(ended, rows + 1, 0))
