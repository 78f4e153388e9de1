"""What each report's command does: open what was named, compute, write, and say what was made.

What draws figures is imported where a figure is drawn: matplotlib takes half a second.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deepracer_analyzer.logs.choosing import choose_video
from deepracer_analyzer.opening import Say, match, open_run, open_video, output_folder
from deepracer_analyzer.reports.laps_table import LapsReport, laps_report
from deepracer_analyzer.settings import FigureSettings, SourceSettings, SyncSettings

if TYPE_CHECKING:
    from deepracer_analyzer.reports.actions_report import ActionsReport
    from deepracer_analyzer.reports.comparing import Comparison


def synchronize(source: SourceSettings, settings: SyncSettings, say: Say) -> dict[str, Any]:
    """Find the row that each picture shows, and keep that.

    Returns:
        What was found, as JSON has it.

    Raises:
        ValueError: There is no video, or an input is not what it should be.
        OSError: An input cannot be read, or the result cannot be kept.
    """
    run = open_run(source, say)
    path = choose_video(run.found, run.file, source.video)
    if path is None:
        msg = f"{source.model}: no video to match with the log; give one with --video FILE"
        raise ValueError(msg)
    folder = output_folder(source.model, settings.folder)
    with open_video(path, say) as video:
        sync = match(run, video, settings, folder, say)
    return {
        "log": run.file.name,
        "video": str(path),
        "folder": str(folder),
        "method": sync.method,
        "note": sync.note,
        "pictures": len(sync.rows),
        "mean_confidence": float(sync.confidence.mean()),
        "read": float(np.isfinite(sync.shown).mean()),
    }


def report_laps(source: SourceSettings, sectors: int, say: Say) -> LapsReport:
    """The table of laps."""
    run = open_run(source, say)
    return laps_report(run.log, run.laps, run.track, sectors=sectors)


def map_laps(
    source: SourceSettings, figure: FigureSettings, say: Say, *, by: str, chosen: str | None, together: bool
) -> None:
    """Draw the track with the lines driven."""
    from deepracer_analyzer.reports.map_figure import write_map

    run = open_run(source, say)
    path = _figure_path(source.model, figure, "map.png")
    lines = write_map(
        run.log, run.laps, run.track, path, by=by, chosen=chosen, together=together, force=figure.force
    )
    for line in (*lines, f"Map saved to: {path}"):
        say(line)


def report_actions(source: SourceSettings, figure: FigureSettings, sectors: int, say: Say) -> "ActionsReport":
    """Count the actions in each sector, and draw them."""
    from deepracer_analyzer.reports.actions_report import actions_report, write_actions

    run = open_run(source, say)
    path = _figure_path(source.model, figure, "actions.png")
    report = actions_report(run.log, run.laps, run.track, run.space, sectors=sectors)
    write_actions(report, path, force=figure.force)
    say(f"Figure saved to: {path}")
    return report


def compare_runs(
    sources: tuple[SourceSettings, SourceSettings],
    figure: FigureSettings,
    say: Say,
    *,
    chosen: Sequence[int],
    sectors: int,
) -> "Comparison":
    """Compare a lap of each of two logs, and draw both."""
    from deepracer_analyzer.reports.comparing import compare_laps, write_comparison

    runs = [open_run(source, say) for source in sources]
    path = _figure_path(sources[0].model, figure, "comparison.png")
    report = compare_laps(runs[0], runs[1], chosen=chosen, sectors=sectors)
    write_comparison(report, path, force=figure.force)
    say(f"Figure saved to: {path}")
    return report


def _figure_path(model: Path, figure: FigureSettings, name: str) -> Path:
    return figure.output or output_folder(model, None) / name
