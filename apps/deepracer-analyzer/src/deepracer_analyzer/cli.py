"""The command line: one command for each thing a person wants of a run."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    FigureSettings,
    RenderSettings,
    RewardSettings,
    SourceSettings,
    SyncSettings,
    ViewSettings,
)

if TYPE_CHECKING:
    from deepracer_analyzer.simulation.session import Session

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
    return _open(given, click.echo).run()


@cli.command()
@replay_options
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="FILE",
    help="The MP4.  [default: deepracer_analysis/<model>/replay.mp4]",
)
@click.option("--start", default=0, show_default=True, help="First picture.")
@click.option("--end", type=int, help="Picture to stop before.")
@together(force_option, json_option)
def render(*, as_json: bool, **given: Any) -> int:  # noqa: ANN401
    """Make the video, with a timeline and a manifest beside it."""
    from deepracer_analyzer.opening import output_folder
    from deepracer_analyzer.render import output_path, render_video

    settings = pick(RenderSettings, given)
    output_path(output_folder(given["model"], given["folder"]), settings)
    made = render_video(_open(given, teller(as_json)), settings, teller(as_json))
    if as_json:
        click.echo(json.dumps(asdict(made), default=str))
    return 130 if made.interrupted else 0


@cli.command()
@together(model_argument, log_options, video_option, folder_option)
@click.option("--again", is_flag=True, help="Read the video again even if nothing changed.")
@click.option(
    "--check-ocr", is_flag=True, help="Read the speeds with tesseract too, and say how far they agree."
)
@json_option
def sync(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Find the row that each picture shows: sync.csv, and a copy of the log with the speed added."""
    from deepracer_analyzer.commands import synchronize

    found = synchronize(pick(SourceSettings, given), pick(SyncSettings, given), teller(as_json))
    if as_json:
        click.echo(json.dumps(found))


@cli.command()
@together(model_argument, log_options)
@click.option("--sectors", default=3, show_default=True, help="Parts of the track, equal in length.")
@json_option
def laps(*, as_json: bool, sectors: int, **given: Any) -> None:  # noqa: ANN401
    """Show a table of laps: times, sectors, speeds, off-tracks, and the best lap they would make."""
    from deepracer_analyzer.commands import report_laps

    report = report_laps(pick(SourceSettings, given), sectors, teller(as_json))
    click.echo(json.dumps(report.data()) if as_json else report.text())


@cli.command(name="map")
@together(model_argument, log_options, figure_options("map.png"))
@click.option(
    "--by",
    type=click.Choice(["speed", "reward", "throttle", "steer"]),
    default="speed",
    show_default=True,
    help="What the lines are coloured by.",
)
@click.option(
    "--laps",
    "chosen",
    metavar="NUMBERS",
    help="Laps from 1, such as 1,3, or all.  [default: all up to six, else the best six]",
)
@click.option("--together", "on_one", is_flag=True, help="All laps on one map rather than side by side.")
def draw_map(*, by: str, chosen: str | None, on_one: bool, **given: Any) -> None:  # noqa: ANN401
    """Draw the track with the lines driven, laps side by side."""
    from deepracer_analyzer.commands import map_laps

    map_laps(
        pick(SourceSettings, given),
        pick(FigureSettings, given),
        click.echo,
        by=by,
        chosen=chosen,
        together=on_one,
    )


@cli.command()
@together(model_argument, log_options, figure_options("actions.png"))
@click.option("--sectors", default=3, show_default=True, help="Parts of the track, equal in length.")
@json_option
def actions(*, as_json: bool, sectors: int, **given: Any) -> None:  # noqa: ANN401
    """Count the actions in each sector, name those never used, and draw them."""
    from deepracer_analyzer.commands import report_actions

    report = report_actions(
        pick(SourceSettings, given), pick(FigureSettings, given), sectors, teller(as_json)
    )
    click.echo(json.dumps(report.data()) if as_json else report.text())


@cli.command()
@click.argument("logs", nargs=2, type=PATH, metavar="LOG LOG")
@click.option("--tracks", type=PATH, help="Folder of track .npy files; the one that fits is found.")
@click.option(
    "--lap",
    "chosen",
    type=int,
    multiple=True,
    help="Lap from 1, once for each log.  [default: the best of each]",
)
@click.option("--sectors", default=3, show_default=True, help="Parts of the track, equal in length.")
@together(figure_options("comparison.png"), json_option)
def compare(*, logs: tuple[Path, Path], as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Compare a lap of each of two logs, place by place along the track."""
    from deepracer_analyzer.commands import compare_runs

    sources = [SourceSettings(model=log, tracks=given["tracks"]) for log in logs]
    report = compare_runs(
        (sources[0], sources[1]),
        pick(FigureSettings, given),
        teller(as_json),
        chosen=given["chosen"],
        sectors=given["sectors"],
    )
    click.echo(json.dumps(report.data()) if as_json else report.text())


@cli.command()
@click.option("-o", "--output-folder", type=PATH, default=Path("deepracer-analyzer-demo"), show_default=True)
@click.option("-n", "--frames", default=488, show_default=True, help="Pictures to draw, 15 a second.")
@force_option
def demo(*, output_folder: Path, frames: int, force: bool) -> None:
    """Show two laps that this tool drives itself, on a track that it draws."""
    from deepracer_analyzer.sample.demo import make_demo

    click.echo(f"Page: {make_demo(output_folder, frames, force=force, say=click.echo)}")


def _open(given: dict[str, Any], say: Callable[[str], None]) -> "Session":
    """The replay that a command's options name."""
    from deepracer_analyzer.opening import open_replay
    from deepracer_analyzer.rewards.components import read_expressions
    from deepracer_analyzer.simulation.session import Session

    view = pick(ViewSettings, given)
    rewards = pick(RewardSettings, given, components=read_expressions(given["rewards"]))
    return Session(open_replay(pick(SourceSettings, given), pick(SyncSettings, given), rewards, say), view)
