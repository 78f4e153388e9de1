"""Command-line options for how heat is shown, declared once for every app; needs the extra `cli`."""

from collections.abc import Callable
from typing import Any

import click

from rlviz_overlay.colormap import COLORMAPS
from rlviz_overlay.normalize import SCALES

Option = Callable[[Any], Any]
"""What a decorator of click is."""

scale_value_option: Option = click.option(
    "--scale-value", type=float, help="The map value of full heat, for `--heat-scale fixed`."
)

smooth_option: Option = click.option(
    "--smooth", default=0.0, show_default=True, help="Half life of the smoothing, in frames."
)

colormap_option: Option = click.option(
    "--colormap",
    type=click.Choice(list(COLORMAPS)),
    metavar="NAME",
    default="inferno",
    show_default=True,
    help=f"{', '.join(COLORMAPS)}; signed evidence is always shown in diverging.",
)

show_field_option: Option = click.option(
    "--show-field", is_flag=True, help="Frame the pixels that the map's strongest cell sees."
)

exclude_regions_option: Option = click.option(
    "--exclude_regions",
    default="",
    metavar="'X1,Y1,X2,Y2;...'",
    help="Rectangles, in the picture's own pixels, in which no heat is shown.",
)


def heat_scale_option(default: str, *names: str, measured: bool = True) -> Option:
    """`--heat-scale`, given on as `heat_scale` unless other names are given.

    Args:
        default: Name of the scale that is taken when none is chosen.
        names: What click.option takes as names; `--heat-scale` alone when left out.
        measured: Whether scales can be chosen whose value is measured from a sample beforehand.
    """
    scales = {name: scale for name, scale in SCALES.items() if measured or not scale.measured}
    return click.option(
        *(names or ("--heat-scale",)),
        type=click.Choice(list(scales)),
        default=default,
        show_default=True,
        help=f"What full heat is: {'; '.join(f'{name}, {scales[name].description}' for name in scales)}.",
    )
