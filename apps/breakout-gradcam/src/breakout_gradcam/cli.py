"""The command line: every option of the original tool, and a sub-command for each thing that is new."""

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from rlviz_agents import parse_env_kwargs
from rlviz_cam import EVIDENCE, LIBRARY_METHODS, METHODS, PLACEMENTS
from rlviz_overlay import COLORMAPS, SCALES

from breakout_gradcam.settings import (
    ALGOS,
    DEFAULT_ENV,
    AgentSettings,
    MapSettings,
    OutputSettings,
    RunSettings,
)

Command = TypeVar("Command", bound=Callable[..., Any])
Settings = TypeVar("Settings")


def together(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in the order given."""
    return lambda command: reduce(lambda inner, outer: outer(inner), reversed(decorators), command)


def pick(settings: type[Settings], given: dict[str, Any], **more: Any) -> Settings:  # noqa: ANN401
    """Fill a settings class from the options of its fields' names."""
    names = [field.name for field in fields(cast("Any", settings))]
    return settings(**({name: given[name] for name in names if name in given} | more))


def teller(as_json: bool) -> Callable[[str], None]:
    """Lines for the console; with `--json` there are none."""
    return (lambda _: None) if as_json else click.echo


def _env_kwargs(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    return parse_env_kwargs(values)


agent_options = together(
    click.option("--env", default=DEFAULT_ENV, show_default=True, help="Environment id."),
    click.option("--algo", type=click.Choice(ALGOS), default="dqn", show_default=True, help="Algorithm."),
    click.option(
        *("-f", "--folder"),
        type=click.Path(path_type=Path),
        default=Path("rl-trained-agents"),
        show_default=True,
        help="Folder of trained agents, in the zoo's layout.",
    ),
    click.option(
        "--exp-id", default=0, show_default=True, help="Experiment (0: latest, -1: no such folder)."
    ),
    click.option("--load-best", is_flag=True, help="The best model instead of the last."),
    click.option(
        "--load-checkpoint", type=int, help="The checkpoint of this many steps instead of the last model."
    ),
    click.option(
        "--load-last-checkpoint", is_flag=True, help="The last checkpoint instead of the last model."
    ),
    click.option(
        "--env-kwargs",
        multiple=True,
        callback=_env_kwargs,
        metavar="KEY:VALUE...",
        help="Arguments for the environment; values are literals.",
    ),
    click.option(
        "--custom-objects",
        is_flag=True,
        help="Accepted as before; every field is replaced safely in any case.",
    ),
    click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda."),
    click.option(
        "--trust", is_flag=True, help="Unpickle what the agent's files hold: only for files of your own."
    ),
)

run_options = together(
    click.option(
        "-n",
        "--n-timesteps",
        "--n-steps",
        "n_timesteps",
        default=1000,
        show_default=True,
        help="Steps to record.",
    ),
    click.option(
        "--n-envs", default=1, show_default=True, help="Environments played; the first is explained."
    ),
    click.option(
        "--deterministic", is_flag=True, help="Always the best action (Atari is sampled by default)."
    ),
    click.option("--stochastic", is_flag=True, help="Sample actions."),
    click.option("--seed", default=0, show_default=True, help="Seed of everything random."),
    click.option(
        "--no-render", is_flag=True, help="As for rl_zoo3.record_video; the videos are made all the same."
    ),
)

target_options = together(
    click.option(
        "--target",
        default="action",
        show_default=True,
        help="What a map explains: action (the executed one), advantage, value, contrast:A,B or an action.",
    ),
    click.option("--layer", help="Layer by name; the last spatial one otherwise."),
)

method_option = together(
    click.option(
        *("--method", "--gradcam-method", "method"),
        type=click.Choice([*METHODS, *LIBRARY_METHODS]),
        metavar="NAME",
        default="gradcam",
        show_default=True,
        help=f"{', '.join(METHODS)}; by pytorch-grad-cam (extra `grad-cam`): {', '.join(LIBRARY_METHODS)}.",
    ),
)

map_options = together(
    target_options,
    method_option,
    click.option(
        "--placement",
        type=click.Choice(["auto", *PLACEMENTS]),
        default="auto",
        show_default=True,
        help="Where a cell's heat is drawn; auto measures all against occlusion.",
    ),
    click.option(
        "--evidence",
        type=click.Choice(list(EVIDENCE)),
        default="absolute",
        show_default=True,
        help="Which part of a map is shown: what speaks for the target, against it, both by size or by sign.",
    ),
)

show_options = together(
    click.option(
        "--scale",
        type=click.Choice(list(SCALES)),
        default="recent",
        show_default=True,
        help=f"What full heat is: {'; '.join(f'{name}, {SCALES[name].description}' for name in SCALES)}.",
    ),
    click.option("--scale-value", type=float, help="The map value of full heat, for `--scale fixed`."),
    click.option("--smooth", default=0.0, show_default=True, help="Half life of the smoothing, in frames."),
    click.option(
        "--background",
        type=click.Choice(["game", "observation"]),
        default="game",
        show_default=True,
        help="The picture under the heat.",
    ),
    click.option(
        "--colormap",
        type=click.Choice(list(COLORMAPS)),
        metavar="NAME",
        default="inferno",
        show_default=True,
        help=f"{', '.join(COLORMAPS)}; signed evidence is always shown in diverging.",
    ),
    click.option("--show-field", is_flag=True, help="Frame the pixels that the map's strongest cell sees."),
)

recording_option = click.option(
    "--from-recording",
    type=click.Path(path_type=Path),
    help="Read a kept recording: nothing is played again.",
)

output_options = together(
    click.option(
        *("-o", "--output-folder", "folder_out"),
        type=click.Path(path_type=Path),
        help="Output folder; `videos` beside the agent otherwise.",
    ),
    click.option("--save-frames", is_flag=True, help="Keep every Grad-CAM frame as PNG."),
    click.option(
        "--save-recording", type=click.Path(path_type=Path), help="Keep the played steps in this file."
    ),
    recording_option,
    click.option(
        "--trace", type=click.Path(path_type=Path), help="Write a line a step, to compare two runs."
    ),
    click.option("--force", is_flag=True, help="Replace outputs that exist."),
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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
    from breakout_gradcam.calibration import calibrate_agent, format_table

    settings = (pick(AgentSettings, given), pick(RunSettings, given), pick(MapSettings, given))
    table = calibrate_agent(*settings, pick(OutputSettings, given, folder=None), frames, teller(as_json))
    click.echo(json.dumps(asdict(table)) if as_json else format_table(table))


@cli.command()
@together(agent_options, run_options, target_options, method_option, recording_option, json_option)
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
@click.option("--force", is_flag=True, help="Replace outputs that exist.")
def demo(*, output_folder: Path, n_timesteps: int, force: bool) -> None:
    """Record the sample agent that comes with this tool (a DQN of ours, 300,000 steps: far from perfect)."""
    from breakout_gradcam.demo import make_demo

    click.echo(f"Page: {make_demo(output_folder, n_timesteps, force=force, say=click.echo)}")
