"""The command line: `video` as in the original tool, and a sub-command for each thing that is new."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rlviz_video.command import CONTEXT_SETTINGS, pick, teller, together
from rlviz_video.options import force_option, json_option

from donkey_gradcam.options import (
    data_option,
    map_options,
    model_option,
    output_options,
    pilot_options,
    range_options,
    show_options,
    target_options,
)
from donkey_gradcam.settings import DriveSettings, MapSettings, OutputSettings, PilotSettings

PATH = click.Path(path_type=Path)


@click.group(context_settings=CONTEXT_SETTINGS)
@click.version_option(package_name="donkey-gradcam")
def cli() -> None:
    """Show what a DonkeyCar pilot looks at on its own tub."""


@cli.command()
@together(
    model_option, data_option, output_options, range_options, pilot_options, map_options, show_options,
    json_option,
)  # fmt: skip
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
    if as_json:
        click.echo(json.dumps(asdict(made), default=str))
    return 130 if made.interrupted else 0


@cli.command()
@together(model_option, data_option, range_options, pilot_options, target_options, json_option)
@click.option("--frames", default=64, show_default=True, help="Frames sampled from the drive.")
def calibrate(*, as_json: bool, frames: int, **given: Any) -> None:  # noqa: ANN401
    """Measure methods, evidence and placements against occlusion, with a random map beside them."""
    from donkey_gradcam.calibration import calibrate_pilot

    table = calibrate_pilot(
        pick(DriveSettings, given),
        pick(PilotSettings, given),
        pick(MapSettings, given),
        frames,
        teller(as_json),
    )
    click.echo(json.dumps(asdict(table)) if as_json else table.report())


@cli.command()
@click.option("--frames_dir", type=PATH, required=True, help="Folder of the frames, in natural order.")
@click.option(
    "--output_path", type=PATH, default=Path("fixed.mp4"), show_default=True, help="The video to make."
)
@click.option("--fps", default=30.0, show_default=True, help="Frames a second of the video.")
@together(force_option, json_option)
def fix(*, frames_dir: Path, output_path: Path, fps: float, force: bool, as_json: bool) -> int:
    """Rebuild a video from frames; damaged, missing and glitched ones are held, and all are listed."""
    from donkey_gradcam.fix import fix_frames

    fixed = fix_frames(frames_dir, output_path, fps, force=force, say=teller(as_json))
    if as_json:
        click.echo(json.dumps(asdict(fixed), default=str))
    return 130 if fixed.interrupted else 0


@cli.command()
@click.option("-o", "--output-folder", type=PATH, default=Path("donkey-gradcam-demo"), show_default=True)
@click.option("-n", "--frames", default=400, show_default=True, help="Pictures to draw, 20 a second.")
@force_option
def demo(*, output_folder: Path, frames: int, force: bool) -> None:
    """Show the sample pilot that comes with this tool on a track that it draws."""
    from donkey_gradcam.demo import make_demo

    click.echo(f"Page: {make_demo(output_folder, frames, force=force, say=click.echo)}")
