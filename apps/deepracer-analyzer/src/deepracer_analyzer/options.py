"""The options that this app's commands share, each declared once."""

from pathlib import Path

import click
from rlviz_overlay.options import Option
from rlviz_video.command import together
from rlviz_video.options import force_option

PATH = click.Path(path_type=Path)


def frame_size(context: click.Context, parameter: click.Parameter, value: str) -> tuple[int, int]:
    """`640x500` as (640, 500)."""
    del context, parameter
    width, _, height = value.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        message = f"{value!r} is not a width and a height; give both, such as 640x500"
        raise click.BadParameter(message)
    return int(width), int(height)


model_argument = click.argument("model", type=PATH)

log_options = together(
    click.option(
        "--log", help="The log, where there are several: its path, or its name in the folder or archive."
    ),
    click.option("--tracks", type=PATH, help="Folder of track .npy files; the one that fits is found."),
    click.option("--metadata", type=PATH, help="A model_metadata.json that lies elsewhere."),
)

video_option = click.option("--video", type=PATH, help="The evaluation's video, where it lies elsewhere.")

folder_option = click.option(
    "--output-dir", "folder", type=PATH,
    help="Folder of what is made and kept.  [default: deepracer_analysis/<model>]",
)  # fmt: skip

sync_options = together(
    folder_option,
    click.option("--sync/--no-sync", default=True, show_default=True,
                 help="Find the row that each picture shows, or show row i on picture i."),
    click.option("--again", is_flag=True, help="Read the video again even if nothing changed."),
)  # fmt: skip

reward_options = together(
    click.option("--rewards", multiple=True, metavar="FILE|NAME=EXPRESSION",
                 help="Reward parts: a JSON file of names and expressions, or one part; may be repeated."),
    click.option("--normalize", "normalization", type=click.Choice(["none", "max", "z-score"]),
                 default="none", show_default=True, help="How the parts are made comparable."),
    click.option("--reward-function", type=PATH, help="Your reward function's file; it is run on the log."),
)  # fmt: skip

view_options = together(
    click.option("--size", callback=frame_size, metavar="WxH", default="640x500", show_default=True,
                 help="Width and height of the picture with its strip."),
    click.option("--action-space/--no-action-space", default=True, show_default=True,
                 help="Draw the action space."),
    click.option("--heatmap/--no-heatmap", default=True, show_default=True,
                 help="Draw recent actions on it as heat."),
    click.option("--annotations/--no-annotations", default=True, show_default=True, help="Write variables."),
    click.option("--attenuation", default=1.05, show_default=True,
                 help="By how much an action weighs less with each later step, 1 to 1.2."),
    click.option("--gaussian-size", default=60, show_default=True,
                 help="Pixels of the blob of one action, 30 to 100."),
    click.option("--colormap", default=20, show_default=True, help="Colour table of the heat, 0 to 21."),
)  # fmt: skip


def figure_options(name: str) -> Option:
    """Where a figure goes, `name` where nothing is said; PNG and SVG are told by the ending."""
    return together(
        click.option("-o", "--output", type=PATH, metavar="FILE",
                     help=f"The figure, .png or .svg.  [default: deepracer_analysis/<model>/{name}]"),
        force_option,
    )  # fmt: skip
