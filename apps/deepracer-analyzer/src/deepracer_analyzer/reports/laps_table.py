"""The table of laps: times, sectors, speeds, off-tracks, and the best lap they would make."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from deepracer_analyzer.reports.places import follow
from deepracer_analyzer.reports.sectors import SectorTimes, time_sectors
from deepracer_analyzer.reports.text_table import aligned, fits, known, number, split, wrapped
from deepracer_analyzer.views import Floats, Lap, Log, Track

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class LapsReport:
    """What there is to say of a log's laps.

    Attributes:
        source: The log.
        track: Where it was driven.
        laps: In the log's order; one or more.
        sectors: Their times.
    """

    source: str
    track: Track
    laps: tuple[Lap, ...]
    sectors: SectorTimes

    @property
    def best_lap(self) -> int | None:
        """The fastest complete lap, counted from 0; None where none is complete."""
        complete = [place for place, lap in enumerate(self.laps) if lap.complete]
        return min(complete, key=lambda place: self.laps[place].seconds, default=None)

    def text(self) -> str:
        """A table of at most 100 columns, and what must be said beside it."""
        laps, sectors = self._lap_columns(), _sector_columns(self.sectors)
        whole = aligned([[*one, *two] for one, two in zip(laps, sectors, strict=True)])
        tables = [whole] if fits(whole) else [aligned(laps), *split([row[:1] for row in laps], sectors)]
        return "\n\n".join("\n".join(part) for part in (*tables, wrapped(self._remarks())))

    def data(self) -> dict[str, Any]:
        """The same as JSON has it; None stands for what is not known."""
        best = self.sectors.best_laps
        laps: list[dict[str, Any]] = []
        for place, lap in enumerate(self.laps):
            values = {
                key: known(value) if isinstance(value, float) else value for key, value in asdict(lap).items()
            }
            times = [known(seconds) for seconds in self.sectors.seconds[place]]
            laps.append({"lap": place + 1, **values, "sectors": times})
        edges = self.sectors.edges.tolist()
        return {
            "log": self.source,
            "track": {"name": self.track.name, "length": self.track.length},
            "laps": laps,
            "sectors": [
                {
                    "from": edges[sector],
                    "to": edges[sector + 1],
                    "best_seconds": known(float(self.sectors.best[sector])),
                    "best_lap": None if lap is None else lap + 1,
                }
                for sector, lap in enumerate(best)
            ],
            "best_lap": None if self.best_lap is None else self.best_lap + 1,
            "best_composite_seconds": known(self.sectors.composite),
        }

    def _lap_columns(self) -> Rows:
        """Two lines of headings and one a lap."""
        best = self.best_lap
        numbered = any(lap.episode != place for place, lap in enumerate(self.laps))
        rows: Rows = [
            ["lap", *["episode"] * numbered, "time ", "progress", "off-", "", "mean", "max", "", ""],
            ["", *[""] * numbered, "s ", "%", "tracks", "crashes", "m/s", "m/s", "steps", "reward"],
        ]
        for place, lap in enumerate(self.laps):
            time = number(lap.seconds, 3)
            rows.append(
                [
                    str(place + 1),
                    *[str(lap.episode)] * numbered,
                    f"{time}{'*' if place == best else ' '}" if lap.complete else f"({time})",
                    number(lap.progress, 1),
                    str(lap.off_tracks),
                    str(lap.crashes),
                    number(lap.mean_speed, 2),
                    number(lap.max_speed, 2),
                    str(lap.steps),
                    number(lap.reward, 1),
                ]
            )
        return rows

    def _remarks(self) -> list[str]:
        count = len(self.sectors.best)
        metrics = sum(lap.timed_by == "metrics" for lap in self.laps)
        timed = {0: "from the log", len(self.laps): "from the metrics file"}.get(
            metrics, f"{metrics} from the metrics file, the others from the log"
        )
        return [
            self._best_line(),
            self._composite_line(),
            f"S1 to S{count}: equal parts of the track ({self.track.name}, {self.track.length:.2f} m)"
            " from its start line; pauses count.",
            f"Times: {timed}; (in brackets): not a whole lap; *: the best.",
        ]

    def _best_line(self) -> str:
        if self.best_lap is None:
            return "Best lap: none was completed."
        return f"Best lap: {self.best_lap + 1}, {self.laps[self.best_lap].seconds:.3f} s."

    def _composite_line(self) -> str:
        missing = [f"S{sector + 1}" for sector, lap in enumerate(self.sectors.best_laps) if lap is None]
        if missing:
            return f"Best composite lap: unknown, no lap drove {', '.join(missing)} from end to end."
        if set(self.sectors.best_laps) == {self.best_lap}:
            return "Best composite lap: the best lap itself, it is the fastest in every sector."
        parts = ", ".join(
            f"S{sector + 1} of lap {lap + 1}"
            for sector, lap in enumerate(self.sectors.best_laps)
            if lap is not None
        )
        line = f"Best composite lap: {self.sectors.composite:.3f} s"
        if self.best_lap is not None:
            line += f", {self.laps[self.best_lap].seconds - self.sectors.composite:.3f} s under the best lap"
        return f"{line} ({parts})." if len(self.sectors.best) <= 6 else f"{line}."


def laps_report(log: Log, laps: Sequence[Lap], track: Track, *, sectors: int = 3) -> LapsReport:
    """Measure a log's laps.

    Args:
        log: The log.
        laps: Its laps.
        track: Where it was driven.
        sectors: Equal parts of the track, 1 to 20.

    Raises:
        ValueError: There are no laps, or there cannot be so many sectors.
    """
    if not laps:
        msg = f"{log.source}: no laps; give a log in which the car drives"
        raise ValueError(msg)
    return LapsReport(log.source, track, tuple(laps), time_sectors(follow(log, laps, track), sectors))


def _sector_columns(sectors: SectorTimes) -> Rows:
    """Two lines of headings and one a lap; the best of each sector with a star."""
    best = sectors.best_laps
    count = len(best)
    rows: Rows = [[f"S{sector + 1} " for sector in range(count)], ["s "] * count]
    rows.extend(
        [f"{number(time, 3)}{'*' if best[sector] == lap else ' '}" for sector, time in enumerate(times)]
        for lap, times in enumerate(_rows(sectors.seconds))
    )
    return rows


def _rows(values: Floats) -> list[list[float]]:
    return np.asarray(values, np.float64).tolist()
