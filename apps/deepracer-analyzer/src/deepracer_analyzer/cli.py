"""The command line: one command for each thing a person wants of a run."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rlviz_video.command import CONTEXT_SETTINGS, pick, teller, together
from rlviz_video.options import force_option, json_option

from deepracer_analyzer.options import (
    PATH,
    figure_options,
    folder_option,
    log_options,
    model_argument,
    reward_options,
    sync_options,
    video_option,
    view_options,
)
from deepracer_analyzer.settings import (
    RenderSettings,
    RewardSettings,
    SourceSettings,
    SyncSettings,
    ViewSettings,
)

replay_options = together(
    model_argument, log_options, video_option, sync_options, reward_options, view_options
)


@click.group(context_settings=CONTEXT_SETTINGS)
@click.version_option(package_name="deepracer-analyzer")
def cli() -> None:
    """Replay a DeepRacer evaluation with the truth on top, in step with its log.

    MODEL is a model folder, an archive of one (tar.gz, zip) or a log file.
    """


@cli.command()
@replay_options
def play(**given: Any) -> int:  # noqa: ANN401
    """Play it in a window; H lists the keys."""
    from deepracer_analyzer.playing.display import check_display

    check_display()
    return open_session(given, click.echo).run()


@cli.command()
@replay_options
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="FILE",
    help="The MP4.  [default: deepracer_analysis/<model>/<video>_analysis.mp4]",
)
@click.option("--start", default=0, show_default=True, help="First picture.")
@click.option("--end", type=int, help="Picture to stop before.")
@together(force_option, json_option)
def render(*, as_json: bool, **given: Any) -> int:  # noqa: ANN401
    """Make the video, with a timeline and a manifest beside it."""
    from deepracer_analyzer.render import render_video

    settings = pick(RenderSettings, given)
    made = render_video(open_session(given, teller(as_json)), settings, teller(as_json))
    if as_json:
        click.echo(json.dumps(asdict(made), default=str))
    return 130 if made.interrupted else 0


@cli.command()
@together(model_argument, log_options, video_option, folder_option)
@click.option("--again", is_flag=True, help="Read the video again even if nothing changed.")
@click.option(
    "--check-ocr", is_flag=True, help="Read the speeds with tesseract too, and say how far both agree."
)
@json_option
def sync(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Find the row that each picture shows: sync.csv, and a copy of the log with the speed added."""
    from deepracer_analyzer.synchronizing import synchronize

    result = synchronize(pick(SourceSettings, given), pick(SyncSettings, given), teller(as_json))
    if as_json:
        click.echo(json.dumps(result, default=str))


@cli.command()
@together(model_argument, log_options)
@click.option("--sectors", default=3, show_default=True, help="Parts of the track, equal in length.")
@json_option
def laps(*, as_json: bool, sectors: int, **given: Any) -> None:  # noqa: ANN401
    """Show a table of laps: times, sectors, speeds, off-tracks, and the best lap they would make."""
    from deepracer_analyzer.opening import open_run
    from deepracer_analyzer.reports.laps_table import laps_report

    run = open_run(pick(SourceSettings, given), teller(as_json))
    report = laps_report(run.log, run.laps, run.track, sectors=sectors)
    click.echo(json.dumps(report.data()) if as_json else report.text())


@cli.command()
@together(model_argument, log_options, figure_options("map.png"))
def map(**given: Any) -> None:  # noqa: ANN401
    """Draw the track with the lines driven."""
