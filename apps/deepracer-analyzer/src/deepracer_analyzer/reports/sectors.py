"""Sectors: equal parts of a track, and how long each lap took for them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deepracer_analyzer.reports.places import Course
from deepracer_analyzer.views import Floats

MOST = 20
"""Sectors at most."""


@dataclass(frozen=True, slots=True)
class SectorTimes:
    """How long each lap took for each sector.

    Attributes:
        edges: float64 (S + 1,), 0 to 100: where sectors begin and end, percent of the track from its start.
        seconds: float64 (laps, S); NaN where a lap did not drive a sector whole and in one go.
    """

    edges: Floats
    seconds: Floats

    @property
    def best_laps(self) -> tuple[int | None, ...]:
        """Each sector's fastest lap, counted from 0; None where no lap drove it whole."""
        return tuple(
            int(np.nanargmin(times)) if np.isfinite(times).any() else None for times in self.seconds.T
        )

    @property
    def best(self) -> Floats:
        """The best time of each sector, float64 (S,); NaN where no lap drove it whole."""
        return np.array(
            [
                np.nan if lap is None else self.seconds[lap, sector]
                for sector, lap in enumerate(self.best_laps)
            ]
        )

    @property
    def composite(self) -> float:
        """Seconds of the lap that the best sectors would make; NaN unless all are known."""
        return float(self.best.sum())


def sector_edges(count: int) -> Floats:
    """Where equal sectors begin and end, percent of the track.

    Raises:
        ValueError: There cannot be so many.
    """
    if not 1 <= count <= MOST:
        msg = f"--sectors {count}: give 1 to {MOST}"
        raise ValueError(msg)
    return np.linspace(0, 100, count + 1)


def time_sectors(courses: Sequence[Course], count: int) -> SectorTimes:
    """Time each lap's sectors, interpolated between the rows around each crossing.

    Raises:
        ValueError: There cannot be so many sectors.
    """
    edges = sector_edges(count)
    seconds = np.full((len(courses), count), np.nan)
    for row, course in enumerate(courses):
        for around in (0, 100):  # a lap that starts elsewhere comes to the first sectors after the line
            times = np.diff(course.arrival(edges + around))
            seconds[row] = np.where(np.isnan(seconds[row]), times, seconds[row])
    return SectorTimes(edges, seconds)


def sector_of(places: Floats, count: int) -> Floats:
    """The sector of each place, from 0; NaN where the place is not known."""
    return np.where(np.isfinite(places), np.minimum(places * count // 100, count - 1), np.nan)
