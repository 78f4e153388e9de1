"""Where no speed can be read: the delay estimated from when the car moves, stands and is put back."""

from dataclasses import dataclass

import numpy as np

from deepracer_analyzer.views import BEFORE, Floats, Rows

LEAST_CORRELATION = 0.4
"""Below it, the pictures' motion and the log's do not belong together."""

LEAST_LEAD = 0.05
"""How much better the best delay must fit than any that is not next to it."""

_NEXT_TO = 20
_AS_GOOD = 0.01
_LEAST_OVERLAP = 0.5
_LEAST_FRAMES = 30


@dataclass(frozen=True, slots=True)
class Delay:
    """By how many rows the pictures trail the log.

    Attributes:
        lag: Picture f shows row f - lag.
        correlation: Of the motion in the pictures with the speed in the log, -1 to 1.
        lead: How much better this is than the best lag that is not next to it.
        as_good: How many lags fit nearly as well.
    """

    lag: int
    correlation: float
    lead: float
    as_good: int

    @property
    def decisive(self) -> bool:
        """Whether the delay may be used."""
        return self.correlation >= LEAST_CORRELATION and self.lead >= LEAST_LEAD


def estimate_delay(motion: Floats, speed: Floats) -> Delay | None:
    """Find the delay at which the pictures move when the log says that the car does.

    The car stands at lap starts and during penalties, and jumps where it is put back: the brightness of the
    pictures changes little there, and much here.

    Args:
        motion: float64 (F,), mean absolute difference of each picture to the one before.
        speed: float64 (N,), m/s.

    Returns:
        The best delay; None where either is too short or never changes.
    """
    pictures, rows = _levelled(np.log1p(motion)), _levelled(np.nan_to_num(speed))
    least = max(_LEAST_FRAMES, round(_LEAST_OVERLAP * min(len(pictures), len(rows))))
    lags = np.arange(least - len(rows), len(pictures) - least + 1)
    if not len(lags):
        return None
    scores = np.array([_correlation(pictures, rows, int(lag)) for lag in lags])
    best = int(scores.argmax())
    if scores[best] <= 0:
        return None
    elsewhere = scores[np.abs(lags - lags[best]) > _NEXT_TO]
    second = float(elsewhere.max()) if len(elsewhere) else 0.0
    as_good = int((scores >= scores[best] - _AS_GOOD).sum())
    return Delay(int(lags[best]), float(scores[best]), float(scores[best]) - second, as_good)


def rows_with_delay(frames: int, rows: int, lag: int) -> tuple[Rows, int]:
    """The row of each picture under one delay, and how many pictures lie after the log's end.

    Args:
        frames: F.
        rows: N.
        lag: Picture f shows row f - lag; BEFORE where that is negative, and no more than the last.
    """
    wanted = np.arange(frames) - lag
    return np.clip(wanted, BEFORE, rows - 1).astype(np.intp), int((wanted >= rows).sum())


def _levelled(series: Floats) -> Floats:
    """A series without its extremes."""
    if not len(series):
        return series
    low, high = np.percentile(series, (5, 95))
    return np.clip(series, low, high)


def _correlation(pictures: Floats, rows: Floats, lag: int) -> float:
    """Pearson's correlation where both overlap; 0 where one of them never changes."""
    first, last = max(0, lag), min(len(pictures), len(rows) + lag)
    a, b = pictures[first:last], rows[first - lag : last - lag]
    a, b = a - a.mean(), b - b.mean()
    length = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / length if length > 1e-9 else 0.0
