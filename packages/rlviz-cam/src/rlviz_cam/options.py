"""Command-line options for what is explained, declared once for every app; needs the extra `cli`."""

from collections.abc import Callable
from typing import Any, get_args

import click

from rlviz_cam.ascent.recipe import Parameterisation, Recipe
from rlviz_cam.evidence import EVIDENCE
from rlviz_cam.library import LIBRARY_METHODS
from rlviz_cam.methods import METHODS
from rlviz_cam.placement import PLACEMENTS
from rlviz_cam.preprocessing import PREPROCESSINGS

Option = Callable[[Any], Any]
"""What a decorator of click is."""

layer_option: Option = click.option("--layer", help="Layer by name; the last spatial one otherwise.")

placement_option: Option = click.option(
    "--placement",
    type=click.Choice(["auto", *PLACEMENTS]),
    default="auto",
    show_default=True,
    help="Where a cell's heat is drawn; auto measures all against occlusion.",
)

device_option: Option = click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda.")

trust_option: Option = click.option(
    "--trust", is_flag=True, help="Run the code that a model's files hold: only for files of your own."
)


def method_option(*further: str, library: bool = False) -> Option:
    """`--method`, given on as `method`.

    Args:
        further: Further names of the option.
        library: Whether pytorch-grad-cam's methods can be chosen too; they need a network of PyTorch.
    """
    text = ", ".join(METHODS)
    if library:
        text += f"; by pytorch-grad-cam (extra `grad-cam`): {', '.join(LIBRARY_METHODS)}"
    return click.option(
        *("--method", *further, "method"),
        type=click.Choice([*METHODS, *(LIBRARY_METHODS if library else ())]),
        metavar="NAME",
        default="gradcam",
        show_default=True,
        help=f"{text}.",
    )


def evidence_option(default: str) -> Option:
    """`--evidence`; the default depends on what the app's targets are."""
    return click.option(
        "--evidence",
        type=click.Choice(list(EVIDENCE)),
        default=default,
        show_default=True,
        help="Which part of a map is shown: what speaks for the target, against it, both by size or by sign.",
    )


preprocessing_option: Option = click.option(
    "--preprocessing",
    metavar="NAME|BLACK,WHITE",
    help=f"How levels become inputs: {', '.join(PREPROCESSINGS)}, or the values of black and white.",
)

_RECIPE = Recipe()


def recipe_options(command: Any) -> Any:  # noqa: ANN401 - as click's own decorators
    """The fields of `Recipe` that people change, given on by their names."""
    for option in reversed(
        (
            click.option(
                "--steps",
                default=_RECIPE.steps,
                show_default=True,
                help="Steps at the first size; fewer at larger ones.",
            ),
            click.option(
                "--size",
                type=(int, int),
                metavar="HEIGHT WIDTH",
                help="Of the picture, in pixels.  [default: the network's own]",
            ),
            click.option(
                "--parameterisation",
                type=click.Choice(list(get_args(Parameterisation))),
                default=_RECIPE.parameterisation,
                show_default=True,
                help="What is changed in a step: the picture's spectrum, or each pixel for itself.",
            ),
            click.option(
                "--jitter",
                default=_RECIPE.jitter,
                show_default=True,
                help="Pixels that it is moved by at most.",
            ),
            click.option(
                "--zoom", default=_RECIPE.zoom, show_default=True, help="Share that it is resized by at most."
            ),
            click.option(
                "--rotate",
                default=_RECIPE.rotate,
                show_default=True,
                help="Degrees that it is turned by at most.",
            ),
            click.option("--rate", default=_RECIPE.rate, show_default=True, help="Step size."),
        )
    ):
        command = option(command)
    return command
