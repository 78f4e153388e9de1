"""The options that this app's commands share, each declared once; those of the original tool come first."""

from pathlib import Path

import click
from rlviz_cam.options import (
    Option,
    device_option,
    evidence_option,
    method_option,
    placement_option,
    trust_option,
)
from rlviz_overlay.options import (
    colormap_option,
    exclude_regions_option,
    heat_scale_option,
    scale_value_option,
    show_field_option,
    smooth_option,
)
from rlviz_video.command import together
from rlviz_video.options import force_option, save_frames_option

from donkey_gradcam.pilots import TYPES

PATH = click.Path(path_type=Path)

model_option = click.option(
    "--model_path", type=PATH, required=True, help="The pilot: .h5, .keras, .savedmodel or a folder with it."
)

data_option = click.option(
    "--data_path", type=PATH, required=True, help="A tub (v2 or v1), a folder of pictures or a video."
)

range_options = together(
    click.option("--start", default=0, show_default=True, help="First record, by its number in the tub."),
    click.option("--end", type=int, help="Record to stop before."),
    click.option("--stride", default=1, show_default=True, help="Show every Nth record."),
    click.option("--max_frames", type=int, help="Show at most this many frames."),
    click.option(
        "--config",
        type=PATH,
        help="A myconfig.py: what is done to a picture before the pilot sees it; read, never run.",
    ),
)

folder_option = click.option(
    "--output_dir", "folder", type=PATH, default=Path("output"), show_default=True,
    help="Folder of what is made.",
)  # fmt: skip


def video_options(name: str) -> Option:
    """How a video is written; `name` is its base name where none is given."""
    return together(
        folder_option,
        click.option("--video_name", default=name, show_default=True, help="Base name of the video."),
        click.option("--fps", default=30.0, show_default=True, help="Frames a second of the video."),
        click.option("--scale", default=2, show_default=True,
                     help="How many times larger the picture is shown."),
        click.option("--draw-user-input/--no-draw-user-input", default=True, show_default=True,
                     help="Draw what the person at the wheel did beside what the pilot does."),
        save_frames_option,
        force_option,
    )  # fmt: skip


save_maps_option = click.option("--save-maps", type=PATH, help="Keep the raw maps in this .npz file.")

type_choice = click.Choice(["auto", *TYPES])

open_options = together(
    click.option("--throttle-range", type=float,
                 help="A categorical pilot's throttle at its last bin; the config's otherwise, or 0.8."),
    device_option,
    trust_option,
)  # fmt: skip

pilot_options = together(
    click.option("--type", type=type_choice, default="auto", show_default=True,
                 help="donkeycar's pilot type; auto tells it from the network's structure."),
    open_options,
)  # fmt: skip

target_option = click.option(
    "--target", default="steering", show_default=True, metavar="NAME[:UNIT]",
    help="What a map explains: steering, throttle, or an output and one of its units.",
)  # fmt: skip

region_options = together(
    exclude_regions_option,
    click.option("--road", default="", metavar="'X,Y X,Y X,Y ...'",
                 help="The road as a polygon, in the picture's own pixels: the evidence on it is counted."),
    click.option("--horizon", type=int, help="The road as all that lies below this row."),
)  # fmt: skip

map_options = together(method_option(), placement_option, evidence_option("positive"), region_options)

heat_options = together(heat_scale_option("typical"), scale_value_option, colormap_option)

show_options = together(heat_options, smooth_option, show_field_option)
