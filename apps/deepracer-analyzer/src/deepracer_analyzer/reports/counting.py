"""Which rows of a log are counted, and in which sector each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.reports.driven import driving_rows
from deepracer_analyzer.reports.places import follow, row_places
from deepracer_analyzer.reports.sectors import sector_edges, sector_of
from deepracer_analyzer.views import Floats, Lap, Log, Track


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of a log that are counted.

    Attributes:
        source: The log.
        track: What the sectors are parts of.
        total: Rows of the log.
        pauses: Rows in which the car had to wait, which do not count.
        unusable: Rows that do not say what the model did, which do not count.
        sector: float64 (R,): the sector of each counted row, from 0; NaN where its place is not known.
        edges: float64 (S + 1,): where sectors begin and end, percent of the track.
    """

    source: str
    track: Track
    total: int
    pauses: int
    unusable: int
    sector: Floats
    edges: Floats

    @property
    def rows(self) -> int:
        """How many rows count."""
        return len(self.sector)

    @property
    def left_out(self) -> int:
        """How many do not."""
        return self.pauses + self.unusable

    @property
    def sector_count(self) -> int:
        """How many sectors there are."""
        return len(self.edges) - 1

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which of the counted rows are in a sector, bool (R,)."""
        return np.isfinite(self.sector)

    def sectors(self) -> list[dict[str, Any]]:
        """The sectors as JSON has them."""
        edges = self.edges.tolist()
        rows = np.bincount(self.sector[self.placed].astype(np.intp), minlength=self.sector_count).tolist()
        return [
            {"from": low, "to": high, "rows": n} for low, high, n in zip(edges, edges[1:], rows, strict=False)
        ]

    def remarks(self) -> list[str]:
        """What must be said of them."""
        count = self.sector_count
        lines = [f"S1 to S{count}: equal parts of the track ({self.track.name}) from its start line."]
        if count == 1:
            lines = []
        why = [f"{self.pauses:,} are pauses"] * (self.pauses > 0)
        why += [f"{self.unusable:,} do not say what was done"] * (self.unusable > 0)
        if why:
            lines.append(f"{self.rows:,} of {self.total:,} rows count: {', '.join(why)}.")
        lost = int(np.count_nonzero(~self.placed))
        if lost:
            lines.append(f"{lost:,} rows are in no sector: their place is not known.")
        return lines


def count_rows(
    log: Log, laps: Sequence[Lap], track: Track, usable: NDArray[np.bool_], sectors: int
) -> tuple[NDArray[np.intp], Counted]:
    """Choose the rows that count: those in which a car can drive and that say what was done.

    Args:
        log: The log.
        laps: Its laps.
        track: Where it was driven.
        usable: bool (N,): the rows that say what was done.
        sectors: Equal parts of the track, 1 to 20.

    Returns:
        The numbers of these rows, (R,), and what must be known of them.

    Raises:
        ValueError: No row counts, or there cannot be so many sectors.
    """
    edges = sector_edges(sectors)
    driving = driving_rows(log)
    rows = np.flatnonzero(driving & usable)
    if not len(rows):
        msg = f"{log.source}: no row says what the model did; give a log with actions, steer and throttle"
        raise ValueError(msg)
    places = row_places(log, follow(log, laps, track))
    return rows, Counted(
        source=log.source,
        track=track,
        total=len(driving),
        pauses=int(np.count_nonzero(~driving)),
        unusable=int(np.count_nonzero(driving & ~usable)),
        sector=sector_of(places[rows], sectors),
        edges=edges,
    )
