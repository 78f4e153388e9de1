"""The options that commands share, each declared once; those of the original tool come first."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click
from rlviz_agents import parse_env_kwargs
from rlviz_cam import EVIDENCE, LIBRARY_METHODS, METHODS, PLACEMENTS
from rlviz_overlay import COLORMAPS, SCALES

from breakout_gradcam.settings import ALGOS, DEFAULT_ENV

Command = TypeVar("Command", bound=Callable[..., Any])


def together(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in the order given."""
    return lambda command: reduce(lambda inner, outer: outer(inner), reversed(decorators), command)


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
