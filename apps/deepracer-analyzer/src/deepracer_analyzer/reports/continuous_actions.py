"""Where in a continuous action space a model chose, on the whole track and in each sector."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.reports.counting import Counted
from deepracer_analyzer.reports.discrete_actions import steering_label
from deepracer_analyzer.reports.text_table import aligned, number, wrapped
from deepracer_analyzer.views import ActionSpace, Floats

STEERING_BINS, SPEED_BINS = 10, 6

_AT_LIMIT = 0.005
"""Part of its range by which a value may miss a limit and still count as at it."""

LIMITS = ("left", "right", "slowest", "fastest")
"""The limits of the space: of the steering angle to both sides, and of the speed."""


@dataclass(frozen=True, slots=True)
class ContinuousActions:
    """Where in its action space a model chose.

    Attributes:
        space: What could be chosen.
        steering_edges: float64 (A + 1,), degrees, rising: from right to left.
        speed_edges: float64 (B + 1,), m/s, rising.
        counts: int (S, A, B): rows in each sector by steering and speed.
        totals: int (A, B): the same on the whole track, rows at an unknown place too.
        limits: float64 (S + 1, 4): the share of rows at each of `LIMITS`, in each sector and last in total.
        counted: Which rows these are.
    """

    space: ActionSpace
    steering_edges: Floats
    speed_edges: Floats
    counts: NDArray[np.intp]
    totals: NDArray[np.intp]
    limits: Floats
    counted: Counted

    def text(self) -> str:
        """A table of steering by speed, one of the limits, and what must be said beside them."""
        parts = (self._histogram(), self._limits(), wrapped(self._remarks()))
        return "\n\n".join("\n".join(part) for part in parts)

    def data(self) -> dict[str, Any]:
        """The same as JSON has it."""
        limits = [dict(zip(LIMITS, shares, strict=True)) for shares in _plain(self.limits)]
        return {
            "kind": "continuous",
            "origin": self.space.origin,
            "steering_angle": list(self.space.steering),
            "speed": list(self.space.speed),
            "rows": self.counted.rows,
            "rows_left_out": self.counted.left_out,
            "sectors": [
                {**sector, "at_limit": at_limit, "rows_by_steering_and_speed": counts}
                for sector, at_limit, counts in zip(
                    self.counted.sectors(), limits[:-1], self.counts.tolist(), strict=True
                )
            ],
            "at_limit": limits[-1],
            "steering_edges": self.steering_edges.tolist(),
            "speed_edges": self.speed_edges.tolist(),
            "rows_by_steering_and_speed": self.totals.tolist(),
        }

    def _histogram(self) -> list[str]:
        """Percent of rows: left turns to the left, the fastest on top."""
        shares = 100 * self.totals / max(self.counted.rows, 1)
        edges = self.steering_edges[::-1]
        head = [
            ["steering from", *(_side(high) for high in edges[:-1].tolist())],
            ["m/s        to", *(_side(low) for low in edges[1:].tolist())],
        ]
        rows = [
            [f"{low:.2f} to {high:.2f}", *(_percent(share) for share in shares[::-1, column])]
            for column, (low, high) in enumerate(zip(self.speed_edges, self.speed_edges[1:], strict=False))
        ]
        return aligned([*head, *rows[::-1]], 1)

    def _limits(self) -> list[str]:
        left, right = (steering_label(angle) for angle in (self.space.steering[1], self.space.steering[0]))
        low, high = self.space.speed
        names = [f"S{sector + 1}" for sector in range(len(self.counts))]
        rows = [
            ["at limit", left, right, f"{low:.2f} m/s", f"{high:.2f} m/s"],
            ["", *["%"] * 4],
            *(
                [name, *(number(100 * share, 1) for share in shares)]
                for name, shares in zip([*names, "total"], self.limits, strict=True)
            ),
        ]
        return aligned(rows, 1)

    def _remarks(self) -> list[str]:
        return [
            f"Percent of {self.counted.rows:,} rows; L: to the left, R: to the right.",
            *self.counted.remarks(),
            f"Action space: from {self.space.origin}.",
        ]


def count_continuous(
    space: ActionSpace, steering: Floats, speed: Floats, counted: Counted
) -> ContinuousActions:
    """Count where in a continuous space a model chose.

    Args:
        space: Its ranges; values beyond them, by rounding, count as at their limits.
        steering: float64 (R,), degrees, of the counted rows.
        speed: float64 (R,), commanded m/s, of the counted rows.
        counted: Which rows these are.
    """
    edges = _edges(space.steering, STEERING_BINS), _edges(space.speed, SPEED_BINS)
    column, row = _bins(steering, edges[0]), _bins(speed, edges[1])
    totals = np.zeros((STEERING_BINS, SPEED_BINS), np.intp)
    np.add.at(totals, (column, row), 1)
    counts = np.zeros((counted.sector_count, *totals.shape), np.intp)
    placed = counted.placed
    np.add.at(counts, (counted.sector[placed].astype(np.intp), column[placed], row[placed]), 1)
    at = _at_limits(space, steering, speed)
    parts = [at[counted.sector == sector] for sector in range(counted.sector_count)]
    limits = [part.mean(axis=0) if len(part) else np.full(len(LIMITS), np.nan) for part in (*parts, at)]
    return ContinuousActions(space, *edges, counts, totals, np.array(limits), counted)


def _edges(limits: tuple[float, float], bins: int) -> Floats:
    low, high = limits
    return np.linspace(low, high, bins + 1) if high > low else np.linspace(low - 0.5, low + 0.5, bins + 1)


def _bins(values: Floats, edges: Floats) -> NDArray[np.intp]:
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def _at_limits(space: ActionSpace, steering: Floats, speed: Floats) -> NDArray[np.bool_]:
    """Which rows are at which of `LIMITS`, bool (R, 4)."""
    near = [_AT_LIMIT * (high - low) for low, high in (space.steering, space.speed)]
    return np.stack(
        [
            steering >= space.steering[1] - near[0],
            steering <= space.steering[0] + near[0],
            speed <= space.speed[0] + near[1],
            speed >= space.speed[1] - near[1],
        ],
        axis=1,
    )


def _side(angle: float) -> str:
    """A steering angle with its side, short: `20°L`."""
    return f"{abs(angle):.0f}°{'L' if angle >= 0.5 else 'R' if angle <= -0.5 else ''}"


def _percent(share: float) -> str:
    return "·" if share == 0 else f"{share:.1f}"


def _plain(values: Floats) -> list[list[float | None]]:
    return [[None if np.isnan(value) else float(value) for value in row] for row in values]
