"""The options of the commands, each declared once; those of the original tool come first."""

from pathlib import Path
from typing import Any

import click
from rlviz_cam.options import (
    device_option,
    evidence_option,
    layer_option,
    method_option,
    placement_option,
    trust_option,
)
from rlviz_overlay.options import heat_scale_option, scale_value_option
from rlviz_video import frame_rate
from rlviz_video.command import together
from rlviz_video.options import force_option, json_option

from nn_video_generator.settings import SHOWN

PATH = click.Path(path_type=Path)


def _fps(_context: click.Context, _option: click.Parameter, value: str) -> Any:  # noqa: ANN401 - click's own
    return frame_rate(value)


def _size(_context: click.Context, _option: click.Parameter, value: str) -> tuple[int, int]:
    width, _, height = value.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        message = f"--size {value} is none; give width and height as 960x540"
        raise ValueError(message)
    return int(width), int(height)


def _shown(_context: click.Context, _option: click.Parameter, value: str | None) -> frozenset[str]:
    return frozenset(name.strip() for name in value.split(",")) if value else frozenset[str]()


def _percentages(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> tuple[float, ...] | None:
    if value is None:
        return None
    try:
        return tuple(float(part.strip().removesuffix("%")) for part in value.split(","))
    except ValueError as error:
        message = f"--milestones-pct {value} is no list of percentages; give for example 0,1,10,50,100"
        raise ValueError(message) from error


source_options = together(
    click.option("--model-dir", type=PATH, help="Folder of the training's checkpoints."),
    click.option("--config", type=PATH, help="The training's YAML config; with --model-dir."),
    click.option(
        "--agent",
        type=PATH,
        metavar="FOLDER",
        help="A training run of RL Zoo, <logs>/<algo>/<env>_<number>, in place of --model-dir and --config.",
    ),
    click.option(
        "--milestones-pct",
        metavar="P,P,...",
        callback=_percentages,
        help="Percentages of the training to make videos of.  [default: the config's, or every checkpoint]",
    ),
)

length_options = together(
    click.option("--clip-seconds", default=10.0, show_default=True, help="Length of each video."),
    click.option(
        "--total-seconds",
        type=float,
        help="Make one video of this length through all checkpoints, in place of one for each.",
    ),
    click.option("--fps", default="30", show_default=True, callback=_fps, help="Frames per second."),
    click.option(
        "--speed",
        default=1.0,
        show_default=True,
        help="Seconds of the game in a second of the video; 1 is the game's true speed.",
    ),
)

play_options = together(
    click.option("--seed", type=int, help="Of everything random.  [default: the config's showcase, or 42]"),
    click.option("--deterministic", is_flag=True, help="Always the policy's best action."),
    click.option(
        "--stochastic",
        is_flag=True,
        help="Sample actions (DQN, QR-DQN: with the exploration they were saved with).",
    ),
    click.option(
        "--epsilon", type=float, help="Share of random actions, marked on the frame.  [default: none]"
    ),
    click.option(
        "--fire-on-reset", is_flag=True, help="Press FIRE first in every episode, marked on the frame."
    ),
)

picture_options = together(
    click.option("--size", default="960x540", show_default=True, callback=_size, help="Of the video."),
    click.option(
        "--show",
        metavar="NAME,...",
        callback=_shown,
        help=f"What to show besides: {', '.join(SHOWN)}.",
    ),
    click.option("--attention", is_flag=True, help="Heat over the game: what the action looked at."),
    click.option(
        "--target",
        default="action",
        show_default=True,
        help="What the heat explains: action (the executed one), advantage, value, contrast:A,B, an action.",
    ),
    method_option(),
    layer_option,
    placement_option,
    evidence_option(default="absolute"),
    heat_scale_option("recent", measured=False),
    scale_value_option,
)

output_options = together(
    click.option(
        "--provenance-names", is_flag=True, help="Names that say game, algorithm, steps, seed and model."
    ),
    click.option("--jobs", default=1, show_default=True, help="Videos made at a time, a process each."),
    click.option("--resume", is_flag=True, help="Keep finished videos of the same making; make the rest."),
    force_option,
    click.option("--verbose", default=1, show_default=True, help="0 says nothing, 1 what is made and found."),
    json_option,
    device_option,
    trust_option,
)
