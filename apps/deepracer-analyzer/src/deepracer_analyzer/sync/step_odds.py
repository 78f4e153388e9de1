"""How likely the next picture shows the same row of the log, the next one, or one further on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deepracer_analyzer.views import Floats, Lap, Log, Rows

_DRIVING = ("in_progress", "prepare")
_LEAST = 0.002
_MOST = 0.9
_AT_A_BREAK = 0.3
_BREAK_ROWS = 4.0
"""Rows over which the odds of a standing picture fall by a factor e after a break."""


@dataclass(frozen=True, slots=True)
class StepOdds:
    """The odds of a picture's step through the log.

    Attributes:
        stay: float64 (N,): that after a picture of this row the next shows it again.
        skip: That a row is passed over; two at once have a tenth of it.
        cut: That the video jumps to some later row, whichever.
    """

    stay: Floats
    skip: float
    cut: float = 1e-3

    @property
    def go(self) -> Floats:
        """float64 (N,): that the next picture shows the next row."""
        return 1 - self.stay - 1.1 * self.skip - self.cut


def find_breaks(log: Log, laps: Sequence[Lap]) -> Rows:
    """The rows at which the simulator puts the car back: each first row off the track, each lap's last."""
    driving = log.frame["episode_status"].isin(_DRIVING).to_numpy()
    leaves = np.flatnonzero(driving[:-1] & ~driving[1:]) + 1
    ends = [lap.stop - 1 for lap in laps if lap.stop < len(driving)]
    return np.union1d(leaves, np.array(ends, np.intp)).astype(np.intp)


def expected_odds(rows: int, breaks: Rows, rows_per_frame: float) -> StepOdds:
    """The odds before a video was looked at.

    The picture falls behind the log by a row where the simulator is busy with putting the car back, so a
    standing picture is likely there, and less so with every row after it.

    Args:
        rows: N.
        breaks: Rows at which the car is put back.
        rows_per_frame: How many rows of the log go by in the time of one picture; near 1.
    """
    return _with_breaks(rows, breaks, 1 - rows_per_frame, (rows_per_frame - 1) / 1.2)


def measured_odds(rows: int, breaks: Rows, aligned: Rows) -> StepOdds:
    """The odds as an alignment found them.

    Args:
        rows: N.
        breaks: Rows at which the car is put back.
        aligned: int (F,), the row of each picture; negative ones are not counted.
    """
    counted = aligned[aligned >= 0]
    steps = np.diff(counted)
    usual = ~np.isin(counted[:-1], breaks[:, None] + np.arange(round(3 * _BREAK_ROWS)))
    total = max(int(usual.sum()), 1)
    stays = float((steps[usual] == 0).sum()) / total
    skips = float(np.isin(steps[usual], (2, 3)).sum()) / total
    return _with_breaks(rows, breaks, stays, skips)


def _with_breaks(rows: int, breaks: Rows, stay: float, skip: float) -> StepOdds:
    stay, skip = (min(max(odds, _LEAST), _MOST) for odds in (stay, skip))
    since = np.full(rows, np.inf)
    for row in breaks:
        since[row:] = np.arange(rows - row)
    extra = _AT_A_BREAK * np.exp(-since / _BREAK_ROWS)
    room = 0.98 - 1.1 * skip
    return StepOdds(np.minimum(np.maximum(stay, extra), max(room, _LEAST)), skip)
