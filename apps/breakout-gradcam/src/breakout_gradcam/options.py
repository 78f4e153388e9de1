"""The options that commands share, each declared once; those of the original tool come first."""

from pathlib import Path
from typing import Any

import click
from rlviz_agents import parse_env_kwargs
from rlviz_cam.options import (
    device_option,
    evidence_option,
    layer_option,
    method_option,
    placement_option,
    trust_option,
)
from rlviz_overlay.options import (
    colormap_option,
    heat_scale_option,
    scale_value_option,
    show_field_option,
    smooth_option,
)
from rlviz_video.command import together
from rlviz_video.options import force_option, save_frames_option

from breakout_gradcam.settings import ALGOS, DEFAULT_ENV


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
    device_option,
    trust_option,
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
    layer_option,
)

library_method_option = method_option("--gradcam-method", library=True)

map_options = together(
    target_options, library_method_option, placement_option, evidence_option(default="absolute")
)

show_options = together(
    # A run is explained while it is played: no sample of it can be measured beforehand.
    heat_scale_option("recent", "--scale", "--heat-scale", "scale", measured=False),
    scale_value_option,
    smooth_option,
    click.option(
        "--background",
        type=click.Choice(["game", "observation"]),
        default="game",
        show_default=True,
        help="The picture under the heat.",
    ),
    colormap_option,
    show_field_option,
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
    save_frames_option,
    click.option(
        "--save-recording", type=click.Path(path_type=Path), help="Keep the played steps in this file."
    ),
    recording_option,
    click.option(
        "--trace", type=click.Path(path_type=Path), help="Write a line a step, to compare two runs."
    ),
    force_option,
)
