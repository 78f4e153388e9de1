"""How often each action of a discrete space was chosen, on the whole track and in each sector."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deepracer_analyzer.reports.counting import Counted
from deepracer_analyzer.reports.text_table import aligned, fits, split, wrapped
from deepracer_analyzer.views import Action, ActionSpace

_BAR = 24  # characters of the longest bar


@dataclass(frozen=True, slots=True)
class DiscreteActions:
    """How often each action was chosen.

    Attributes:
        space: What could be chosen.
        counts: int (S, A): rows in each sector with each action.
        totals: int (A,): rows with each action, those at an unknown place too.
        counted: Which rows these are.
    """

    space: ActionSpace
    counts: NDArray[np.intp]
    totals: NDArray[np.intp]
    counted: Counted

    @property
    def order(self) -> tuple[int, ...]:
        """Indices of the actions from left to right, the slower first; unknown ones last."""

        def key(index: int) -> tuple[bool, float, float]:
            action = self.space.actions[index]
            unknown = math.isnan(action.steering_angle) or math.isnan(action.speed)
            return (unknown, 0, index) if unknown else (False, -action.steering_angle, action.speed)

        return tuple(sorted(range(len(self.space.actions)), key=key))

    @property
    def unused(self) -> tuple[int, ...]:
        """Indices of the actions that were never chosen, from left to right."""
        return tuple(index for index in self.order if not self.totals[index])

    @property
    def most_used(self) -> int:
        """Index of the action that was chosen most often."""
        return int(self.totals.argmax())

    def text(self) -> str:
        """A table of at most 100 columns, and what must be said beside it."""
        names, sectors = self._name_columns(), self._sector_columns()
        whole = aligned([[*one, *two] for one, two in zip(names, sectors, strict=True)], 2)
        tables = (
            [whole] if fits(whole) else [aligned(names, 2), *split([row[:2] for row in names], sectors, 2)]
        )
        return "\n\n".join("\n".join(part) for part in (*tables, wrapped(self._remarks())))

    def data(self) -> dict[str, Any]:
        """The same as JSON has it; None stands for what is not known."""
        return {
            "kind": "discrete",
            "origin": self.space.origin,
            "rows": self.counted.rows,
            "rows_left_out": self.counted.left_out,
            "sectors": self.counted.sectors(),
            "actions": [
                {
                    "action": index,
                    "steering_angle": _known(self.space.actions[index].steering_angle),
                    "speed": _known(self.space.actions[index].speed),
                    "label": action_label(self.space.actions[index]),
                    "rows": int(self.totals[index]),
                    "share": float(self.totals[index] / self.counted.rows),
                    "rows_by_sector": self.counts[:, index].tolist(),
                }
                for index in self.order
            ],
            "unused": list(self.unused),
            "most_used": self.most_used,
        }

    def _name_columns(self) -> list[list[str]]:
        longest = max(int(self.totals.max()), 1)
        rows = [["action", "", "rows", "share"], ["", "", "", "%"]]
        rows.extend(
            [
                str(index),
                action_label(self.space.actions[index]),
                f"{self.totals[index]:,}",
                f"{100 * self.totals[index] / self.counted.rows:.1f}",
            ]
            for index in self.order
        )
        bars = ["", "", *(_bar(int(self.totals[index]), longest) for index in self.order)]
        return [[*row, bar.ljust(_BAR)] for row, bar in zip(rows, bars, strict=True)]

    def _sector_columns(self) -> list[list[str]]:
        count = len(self.counts)
        sums = np.maximum(self.counts.sum(axis=1), 1)
        rows = [[f"S{sector + 1}" for sector in range(count)], ["%"] * count]
        rows.extend(
            [f"{100 * self.counts[sector, index] / sums[sector]:.1f}" for sector in range(count)]
            for index in self.order
        )
        return rows

    def _remarks(self) -> list[str]:
        most = self.most_used
        label = action_label(self.space.actions[most])
        share = self.totals[most] / self.counted.rows
        unused = ", ".join(f"{index} ({action_label(self.space.actions[index])})" for index in self.unused)
        return [
            f"Most used: action {most} ({label}), {share:.0%} of {self.counted.rows:,} rows.",
            f"Never used: {unused}." if unused else f"All {len(self.totals)} actions were used.",
            *self.counted.remarks(),
            f"Action space: from {self.space.origin}.",
        ]


def count_discrete(space: ActionSpace, actions: NDArray[np.intp], counted: Counted) -> DiscreteActions:
    """Count actions.

    Args:
        space: A discrete one with actions.
        actions: int (R,): the action of each counted row, all of them in the space.
        counted: Which rows these are.
    """
    count = len(space.actions)
    counts = np.zeros((counted.sector_count, count), np.intp)
    placed = counted.placed
    np.add.at(counts, (counted.sector[placed].astype(np.intp), actions[placed]), 1)
    return DiscreteActions(space, counts, np.bincount(actions, minlength=count), counted)


def action_label(action: Action) -> str:
    """An action in words, such as `20.0° left, 2.0 m/s`."""
    if math.isnan(action.steering_angle) or math.isnan(action.speed):
        return "unknown"
    return f"{steering_label(action.steering_angle)}, {action.speed:.1f} m/s"


def steering_label(angle: float) -> str:
    """A steering angle in words: positive ones are to the left."""
    if abs(angle) < 0.05:
        return "straight"
    return f"{abs(angle):.1f}° {'left' if angle > 0 else 'right'}"


def _bar(rows: int, longest: int) -> str:
    """A bar for so many rows, of at least one character where there are any."""
    return "█" * max(round(_BAR * rows / longest), int(rows > 0))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
