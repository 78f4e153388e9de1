"""The command line: `record` as in the original tool, and a sub-command for each thing that is new."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rlviz_video.command import CONTEXT_SETTINGS, pick, teller, together
from rlviz_video.options import force_option, json_option

from breakout_gradcam.options import (
    agent_options,
    library_method_option,
    map_options,
    output_options,
    recording_option,
    run_options,
    show_options,
    target_options,
)
from breakout_gradcam.settings import AgentSettings, MapSettings, OutputSettings, RunSettings


@click.group(context_settings=CONTEXT_SETTINGS)
@click.version_option(package_name="breakout-gradcam")
def cli() -> None:
    """Record Stable-Baselines3 agents exactly as rl_zoo3.record_video does, with what they look at."""


@cli.command()
@together(agent_options, run_options, map_options, show_options, output_options, json_option)
def record(*, as_json: bool, folder_out: Path | None, **given: Any) -> int:  # noqa: ANN401
    """Record the original video, and the video with heat, actions and values."""
    from breakout_gradcam.render import record as run

    output = pick(OutputSettings, given, folder=folder_out)
    made = run(
        pick(AgentSettings, given),
        pick(RunSettings, given),
        pick(MapSettings, given),
        output,
        teller(as_json),
    )
    if as_json:
        click.echo(json.dumps(asdict(made), default=str))
    return 130 if made.interrupted else 0


@cli.command()
@together(agent_options, run_options, json_option)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep both runs in this folder.")
def verify(*, as_json: bool, keep: Path | None, **given: Any) -> int:  # noqa: ANN401
    """Run rl_zoo3.record_video and record, each in its own process; compare every step and the videos."""
    from breakout_gradcam.verify import verify as run

    report = run(pick(AgentSettings, given), pick(RunSettings, given), keep, teller(as_json))
    if as_json:
        click.echo(json.dumps(asdict(report), default=str))
    return 0 if report.identical else 1


@cli.command()
@together(agent_options, run_options, target_options, recording_option, json_option)
@click.option("--frames", default=64, show_default=True, help="Frames sampled from the run.")
def calibrate(*, as_json: bool, frames: int, **given: Any) -> None:  # noqa: ANN401
    """Measure methods, evidence and placements against occlusion, with a random map beside them."""
    from breakout_gradcam.calibration import calibrate_agent

    settings = (pick(AgentSettings, given), pick(RunSettings, given), pick(MapSettings, given))
    table = calibrate_agent(*settings, pick(OutputSettings, given, folder=None), frames, teller(as_json))
    click.echo(json.dumps(asdict(table)) if as_json else table.report())


@cli.command()
@together(agent_options, run_options, target_options, library_method_option, recording_option, json_option)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the rows to this CSV file too.")
@click.option("--force", is_flag=True, help="Replace the CSV file if it exists.")
def analyze(*, as_json: bool, output: Path | None, **given: Any) -> None:  # noqa: ANN401
    """Frame by frame: action, margin, evidence by object, where the ball will land."""
    from breakout_gradcam.analyze import analyze_agent

    settings = (pick(AgentSettings, given), pick(RunSettings, given), pick(MapSettings, given))
    kept = pick(OutputSettings, given, folder=None)
    analyze_agent(*settings, kept, output, click.echo, as_json=as_json)


@cli.command()
@click.option("-o", "--output-folder", type=click.Path(path_type=Path), default=Path("breakout-gradcam-demo"))
@click.option("-n", "--n-timesteps", default=600, show_default=True, help="Steps to record.")
@force_option
def demo(*, output_folder: Path, n_timesteps: int, force: bool) -> None:
    """Record the sample agent that comes with this tool (a DQN of ours, 300,000 steps: far from perfect)."""
    from breakout_gradcam.demo import make_demo

    click.echo(f"Page: {make_demo(output_folder, n_timesteps, force=force, say=click.echo)}")
