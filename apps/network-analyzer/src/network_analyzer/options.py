"""The options that this app's commands share, each declared once."""

from pathlib import Path

import click
from rlviz_cam.options import device_option, preprocessing_option, recipe_options, trust_option
from rlviz_video.command import together
from rlviz_video.options import force_option, json_option

PATH = click.Path(path_type=Path)


def feature_list(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[int, ...] | None:
    """`0-2,7` as (0, 1, 2, 7)."""
    del context, parameter
    if value is None:
        return None
    features: list[int] = []
    for part in value.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            message = f"{value!r} is no list of features; give numbers such as 0-15 or 3,7,12"
            raise click.BadParameter(message)
        features += range(int(first), int(last if dash else first) + 1)
    if not features:
        message = f"{value!r} names no feature; the lower number of a range comes first"
        raise click.BadParameter(message)
    return tuple(features)


model_argument = click.argument("model", type=PATH)

network_options = together(model_argument, preprocessing_option, device_option, trust_option)

layer_option = click.option("--layer", required=True, help="The layer, by the name that `layers` lists.")

features_option = click.option(
    "--features",
    callback=feature_list,
    metavar="LIST",
    help="Which features, such as 0-15 or 3,7,12.  [default: all]",
)

figure_options = together(
    click.option(
        "-o", "--out", type=PATH, metavar="FILE",
        help="The figure.  [default: a name of its own in docs/analysis/figures]",
    ),
    click.option("--show", is_flag=True, help="Open a window instead of saving."),
    force_option,
    json_option,
)  # fmt: skip

ascent_options = together(
    recipe_options,
    click.option("--seed", default=0, show_default=True, help="The same seed gives the same pictures."),
    click.option(
        "--chunk", type=int, help="Pictures of one pass at most: less memory.  [default: about 1 GB]"
    ),
)

reference_options = together(
    click.option(
        "--image", type=PATH, required=True,
        help="A picture, a folder of pictures, a tub, a recorded rollout (.arrow) or a video.",
    ),
    click.option("--frame", default=0, show_default=True, help="Which of several pictures."),
)  # fmt: skip
