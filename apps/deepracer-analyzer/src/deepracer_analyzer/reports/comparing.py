"""Two laps compared place by place along the track: time gained and lost, speed and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deepracer_analyzer.reports.contestants import (
    Contestant,
    Side,
    common_track,
    contestant,
)
from deepracer_analyzer.reports.sectors import sector_edges
from deepracer_analyzer.reports.text_table import aligned, known, number, wrapped
from deepracer_analyzer.views import Floats, Track

STEPS = 1000
"""Places along the track at which two laps are compared, and one more."""


@dataclass(frozen=True, slots=True)
class SectorComparison:
    """What two laps did in one sector; NaN where one of them did not drive it whole.

    Attributes:
        start: Where it begins, percent of the track.
        end: Where it ends.
        seconds: Of both.
        speed: m/s, the mean of both over the place.
        apart: Metres between both lines, the mean.
    """

    start: float
    end: float
    seconds: tuple[float, float]
    speed: tuple[float, float]
    apart: float

    @property
    def difference(self) -> float:
        """Seconds that the second took longer (negative: less)."""
        return self.seconds[1] - self.seconds[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two laps place by place.

    Attributes:
        track: Where they were driven.
        first: One lap.
        second: The other.
        places: float64 (P,): percent of the track from its start line, rising; where both laps were.
        difference: float64 (P,): seconds by which the second is behind there since the first place.
        speed: float64 (2, P): m/s of both.
        left: float64 (2, P): metres of both to the left of the centre line.
        sectors: What they did in each.
    """

    track: Track
    first: Contestant
    second: Contestant
    places: Floats
    difference: Floats
    speed: Floats
    left: Floats
    sectors: tuple[SectorComparison, ...]

    @property
    def whole(self) -> bool:
        """Whether both laps are complete."""
        return self.first.lap.complete and self.second.lap.complete

    def text(self) -> str:
        """A table of sectors, and what must be said beside it."""
        rows = [
            ["", "time A", "time B", "B - A", "speed A", "speed B", "apart"],
            ["", "s", "s", "s", "m/s", "m/s", "m"],
        ]
        rows += [_row(f"S{place}", sector) for place, sector in enumerate(self.sectors, 1)]
        rows.append(_row("all" if self.whole else "in common", self._total()))
        return "\n".join(
            [
                f"A: {self.first.name}",
                f"B: {self.second.name}",
                "",
                *aligned(rows, 1),
                "",
                *wrapped(self._remarks()),
            ]
        )

    def data(self) -> dict[str, Any]:
        """The same as JSON has it, and the series along the track; None stands for what is not known."""
        return {
            "track": {"name": self.track.name, "length": self.track.length},
            "laps": [
                {
                    "name": one.name,
                    "episode": one.lap.episode,
                    "seconds": one.lap.seconds,
                    "complete": one.lap.complete,
                }
                for one in (self.first, self.second)
            ],
            "sectors": [_sector_data(sector) for sector in self.sectors],
            "in_common": _sector_data(self._total()),
            "places": self.places.tolist(),
            "difference": [known(value) for value in self.difference.tolist()],
            "speed": [[known(value) for value in series] for series in self.speed.tolist()],
            "left": [[known(value) for value in series] for series in self.left.tolist()],
        }

    def _total(self) -> SectorComparison:
        return _compare_sector(self.first, self.second, float(self.places[0]), float(self.places[-1]))

    def _remarks(self) -> list[str]:
        along = self.track.name if self.track.inner is not None else f"the {self.track.name}"
        lines = [
            f"Matched place by place along {along} ({self.track.length:.2f} m), not by time.",
            "Pauses count in times, not in speeds. B - A: above 0, B took longer. "
            "Apart: mean distance of the lines.",
        ]
        if not self.whole:
            part = f"{self.places[0]:.1f} to {self.places[-1]:.1f} %"
            lines.append(f"Not both laps are complete: what both drove of the track is compared ({part}).")
        lines.append(self._extreme_line())
        return lines

    def _extreme_line(self) -> str:
        """Where most time is gained within 5 % of the track."""
        window = round(5 / float(self.places[1] - self.places[0]))
        change = self.difference[window:] - self.difference[: max(len(self.difference) - window, 0)]
        if not len(change) or not np.isfinite(change).any():
            return "They have less than 5 % of the track in common."
        place = int(np.nanargmax(np.abs(change)))
        slower = "B" if change[place] > 0 else "A"
        low, high = self.places[place] % 100, self.places[place + window] % 100
        return (
            f"Most within 5 % of the track: {slower} loses {abs(change[place]):.2f} s "
            f"from {low:.0f} to {high or 100:.0f} %."
        )


def compare_laps(first: Side, second: Side, *, chosen: Sequence[int] = (), sectors: int = 3) -> Comparison:
    """Compare a lap of each of two logs of one track, matched by place and not by time.

    Args:
        first: A log with what belongs to it.
        second: Another, or the same.
        chosen: The lap of each, from 1; empty: the fastest complete lap of each, or where there is none the
            one that came furthest.
        sectors: Equal parts of the track, 1 to 20.

    Raises:
        ValueError: Two tracks, no such laps, nothing in common, or there cannot be so many sectors.
    """
    edges = sector_edges(sectors)
    if len(chosen) not in {0, 2}:
        msg = f"--lap was given {len(chosen)} times; give it twice, for each log, or not at all"
        raise ValueError(msg)
    numbers = tuple(chosen) or (None, None)
    track = common_track(first, second)
    one, two = contestant(first, numbers[0], track), contestant(second, numbers[1], track)
    places = np.linspace(*_in_common(one, two), STEPS + 1)
    clocks = [each.seconds(places) for each in (one, two)]
    difference = clocks[1] - clocks[0]
    return Comparison(
        track=track,
        first=one,
        second=two,
        places=places,
        difference=difference - difference[0],
        speed=np.stack([each.at(each.speed, places) for each in (one, two)]),
        left=np.stack([each.at(each.left, places) for each in (one, two)]),
        sectors=tuple(
            _compare_sector(one, two, low, high)
            for low, high in zip(edges.tolist(), edges.tolist()[1:], strict=False)
        ),
    )


def write_comparison(report: Comparison, path: Path, *, force: bool = False) -> None:
    """Draw both lines on the track, and speed, line and time difference along it, as PNG or SVG.

    Args:
        report: What was compared.
        path: Where to, `.png` or `.svg`.
        force: Whether an existing file may be overwritten.

    Raises:
        ValueError: It is neither PNG nor SVG by its name.
        OSError: The file exists, or cannot be written.
    """
    from deepracer_analyzer.reports.comparison_figure import draw_comparison
    from deepracer_analyzer.reports.figures import write_figure

    write_figure(path, lambda: draw_comparison(report), force=force)


def _in_common(one: Contestant, two: Contestant) -> tuple[float, float]:
    """The part of the track that both drove: all of it where both laps are complete.

    Raises:
        ValueError: There is none.
    """
    if one.lap.complete and two.lap.complete:
        return 0.0, 100.0
    if one.lap.complete or two.lap.complete:
        part = two if one.lap.complete else one
        return float(part.course.places[0]), part.course.end
    parts = [(float(each.course.places[0]), each.course.end) for each in (one, two)]
    common = [
        (max(parts[0][0], parts[1][0] + around), min(parts[0][1], parts[1][1] + around))
        for around in (0, 100, -100)  # a lap that starts elsewhere runs on past 100
    ]
    low, high = max(common, key=lambda part: part[1] - part[0])
    if high - low < 1:
        drove = [
            f"{one.name} drove {low:.0f} to {high:.0f} %"
            for one, (low, high) in zip((one, two), parts, strict=True)
        ]
        msg = f"nothing to compare: {drove[0]}, {drove[1]} of the track; choose other laps with --lap"
        raise ValueError(msg)
    return low, high


def _compare_sector(one: Contestant, two: Contestant, low: float, high: float) -> SectorComparison:
    places = np.linspace(low, high, 101)
    both = (one, two)
    seconds = [float(np.diff(each.seconds(np.array([low, high])))[0]) for each in both]
    speeds = [each.at(each.speed, places) for each in both]
    lefts = [each.at(each.left, places) for each in both]
    apart = np.abs(lefts[1] - lefts[0])
    return SectorComparison(
        start=low,
        end=high,
        seconds=(seconds[0], seconds[1]),
        speed=(_mean(speeds[0]), _mean(speeds[1])),
        apart=_mean(apart),
    )


def _mean(values: Floats) -> float:
    """The mean of what is known; NaN where more than a tenth is not."""
    finite = np.isfinite(values)
    return float(values[finite].mean()) if finite.mean() >= 0.9 else float("nan")


def _row(name: str, sector: SectorComparison) -> list[str]:
    difference = number(sector.difference, 3)
    return [
        name,
        number(sector.seconds[0], 3),
        number(sector.seconds[1], 3),
        f"+{difference}" if sector.difference > 0 else difference,
        number(sector.speed[0], 2),
        number(sector.speed[1], 2),
        number(sector.apart, 2),
    ]


def _sector_data(sector: SectorComparison) -> dict[str, Any]:
    return {
        "from": sector.start,
        "to": sector.end,
        "seconds": [known(value) for value in sector.seconds],
        "difference": known(sector.difference),
        "speed": [known(value) for value in sector.speed],
        "apart": known(sector.apart),
    }
