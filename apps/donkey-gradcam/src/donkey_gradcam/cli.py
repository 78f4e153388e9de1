"""The command line: `video` as in the original tool, and a sub-command for each thing that is new."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, cast

import click
from rlviz_cam.options import layer_option
from rlviz_video.command import CONTEXT_SETTINGS, pick, teller, together
from rlviz_video.options import force_option, json_option

from donkey_gradcam.options import (
    PATH,
    data_option,
    folder_option,
    heat_options,
    map_options,
    model_option,
    open_options,
    pilot_options,
    range_options,
    save_maps_option,
    show_options,
    target_option,
    type_choice,
    video_options,
)
from donkey_gradcam.ranking.orders import ORDERS
from donkey_gradcam.settings import DriveSettings, MapSettings, OutputSettings, PilotSettings

look_options = together(target_option, layer_option, map_options, show_options)


@click.group(context_settings=CONTEXT_SETTINGS)
@click.version_option(package_name="donkey-gradcam")
def cli() -> None:
    """Show what a DonkeyCar pilot looks at on its own tub."""


@cli.command()
@together(model_option, data_option, video_options("grad_cam_visualization"), save_maps_option)
@together(range_options, pilot_options, look_options, json_option)
def video(*, as_json: bool, **given: Any) -> int:  # noqa: ANN401
    """Make the video: the camera's picture, where the pilot looked, and what it did."""
    from donkey_gradcam.render import render_video

    made = render_video(
        pick(DriveSettings, given),
        pick(PilotSettings, given),
        pick(MapSettings, given),
        pick(OutputSettings, given),
        teller(as_json),
    )
    return _tell(made, as_json=as_json)


@cli.command()
@together(model_option, data_option, range_options, pilot_options, target_option, layer_option, json_option)
@click.option("--frames", default=64, show_default=True, help="Frames sampled from the drive.")
def calibrate(*, as_json: bool, frames: int, **given: Any) -> None:  # noqa: ANN401
    """Measure methods, evidence and placements against occlusion, with a random map beside them."""
    from donkey_gradcam.calibration import calibrate_pilot

    settings = (pick(DriveSettings, given), pick(PilotSettings, given), pick(MapSettings, given))
    table = calibrate_pilot(*settings, frames, teller(as_json))
    click.echo(json.dumps(asdict(table)) if as_json else table.report())


@cli.command()
@click.argument("models", nargs=-1, required=True, type=PATH, metavar="MODEL MODEL...")
@together(data_option, video_options("comparison"), range_options)
@click.option("--type", "types", multiple=True, type=type_choice, help="Pilot type, once or for each model.")
@click.option("--layer", "layers", multiple=True, help="Layer by name, once or for each model.")
@together(open_options, target_option, map_options, show_options, json_option)
def compare(*, models: tuple[Path, ...], as_json: bool, **given: Any) -> int:  # noqa: ANN401
    """Show 2 to 4 pilots side by side on one drive: steering errors, evidence, how far their maps agree."""
    from donkey_gradcam.comparing.compare import CompareSettings
    from donkey_gradcam.comparing.compare import compare as run

    compared = run(
        pick(CompareSettings, given, models=models),
        pick(DriveSettings, given),
        pick(PilotSettings, given, model_path=models[0]),
        pick(MapSettings, given),
        pick(OutputSettings, given),
        teller(as_json),
    )
    return _tell(compared, as_json=as_json)


@cli.command()
@together(model_option, data_option)
@click.option(
    "--by",
    type=click.Choice(ORDERS),
    default="error",
    show_default=True,
    help="The steering error, the evidence outside the road (--road, --horizon), or its absence.",
)
@click.option("--top", default=24, show_default=True, help="How many of the worst are pictured.")
@folder_option
@click.option("--name", default="rank", show_default=True, help="Base name of what is made.")
@click.option(
    "--ranges", type=PATH, help="Write the worst as ranges of records, for donkeycar's tub cleaner."
)
@click.option("--join", default=5, show_default=True, help="Records at most this far apart share a range.")
@together(force_option, range_options, pilot_options, target_option, layer_option)
@together(map_options, heat_options, json_option)
def rank(*, as_json: bool, **given: Any) -> int:  # noqa: ANN401
    """Rank frames by what is wrong with them: a table, a sheet of the worst. The tub is not changed."""
    from donkey_gradcam.ranking.rank import RankSettings
    from donkey_gradcam.ranking.rank import rank as run

    ranked = run(
        pick(DriveSettings, given),
        pick(PilotSettings, given),
        pick(MapSettings, given),
        pick(RankSettings, given),
        teller(as_json),
    )
    return _tell(ranked, as_json=as_json)


@cli.command()
@click.option("--frames_dir", type=PATH, required=True, help="Folder of the frames, in natural order.")
@click.option(
    "--output_path", type=PATH, default=Path("fixed.mp4"), show_default=True, help="The video to make."
)
@click.option("--fps", default=30.0, show_default=True, help="Frames a second of the video.")
@together(force_option, json_option)
def fix(*, frames_dir: Path, output_path: Path, fps: float, force: bool, as_json: bool) -> int:
    """Rebuild a video from frames; damaged, missing and glitched ones are held, and all are listed."""
    from donkey_gradcam.fixing.fix import fix_frames

    fixed = fix_frames(frames_dir, output_path, fps, force=force, say=teller(as_json))
    return _tell(fixed, as_json=as_json)


@cli.command()
@click.option("-o", "--output-folder", type=PATH, default=Path("donkey-gradcam-demo"), show_default=True)
@click.option("-n", "--frames", default=400, show_default=True, help="Pictures to draw, 20 a second.")
@force_option
def demo(*, output_folder: Path, frames: int, force: bool) -> None:
    """Show the sample pilot that comes with this tool on a track that it draws."""
    from donkey_gradcam.sample.demo import make_demo

    click.echo(f"Page: {make_demo(output_folder, frames, force=force, say=click.echo)}")


class Result(Protocol):
    """What a command made, a dataclass."""

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it before its time."""
        ...


def _tell(result: Result, *, as_json: bool) -> int:
    """Print a result where JSON is asked for; the exit status."""
    if as_json:
        click.echo(json.dumps(asdict(cast("Any", result)), default=str))
    return 130 if result.interrupted else 0
