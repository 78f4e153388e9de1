"""What a model chose from its action space, on the whole track and in each sector."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from deepracer_analyzer.reports.continuous_actions import ContinuousActions, count_continuous
from deepracer_analyzer.reports.counting import count_rows
from deepracer_analyzer.reports.discrete_actions import DiscreteActions, count_discrete
from deepracer_analyzer.views import ActionSpace, Lap, Log, Track

ActionsReport = DiscreteActions | ContinuousActions
"""What there is to say of a model's actions; both have `.text()` and `.data()`."""


def actions_report(
    log: Log, laps: Sequence[Lap], track: Track, space: ActionSpace, *, sectors: int = 3
) -> ActionsReport:
    """Count what a model chose. Rows in which the car had to wait do not count.

    Args:
        log: The log.
        laps: Its laps.
        track: Where it was driven.
        space: What the model could choose from.
        sectors: Equal parts of the track, 1 to 20.

    Raises:
        ValueError: No row says what was chosen, or there cannot be so many sectors.
    """
    if space.kind == "discrete":
        actions = log.frame["action"].to_numpy(np.float64)
        usable = (actions >= 0) & (actions < len(space.actions))
        rows, counted = count_rows(log, laps, track, usable, sectors)
        return count_discrete(space, actions[rows].astype(np.intp), counted)
    steering, speed = (log.frame[name].to_numpy(np.float64) for name in ("steer", "throttle"))
    rows, counted = count_rows(log, laps, track, np.isfinite(steering) & np.isfinite(speed), sectors)
    return count_continuous(space, steering[rows], speed[rows], counted)


def write_actions(report: ActionsReport, path: Path, *, force: bool = False) -> None:
    """Draw what was chosen, as PNG or SVG.

    Args:
        report: What was chosen.
        path: Where to, `.png` or `.svg`.
        force: Whether an existing file may be overwritten.

    Raises:
        ValueError: It is neither PNG nor SVG by its name.
        OSError: The file exists, or cannot be written.
    """
    from deepracer_analyzer.reports.actions_figure import draw_continuous, draw_discrete
    from deepracer_analyzer.reports.figures import write_figure

    if isinstance(report, DiscreteActions):
        write_figure(path, lambda: draw_discrete(report), force=force)
    else:
        write_figure(path, lambda: draw_continuous(report), force=force)
