"""The command line: one command for each thing that can be seen of a network."""

import json
from pathlib import Path
from typing import Any, get_args

import click
from rlviz_cam import Recipe
from rlviz_video.command import CONTEXT_SETTINGS, pick, teller, together
from rlviz_video.options import force_option, json_option

from network_analyzer.options import (
    PATH,
    ascent_options,
    features_option,
    figure_options,
    layer_option,
    network_options,
    reference_options,
)
from network_analyzer.settings import (
    AscentSettings,
    FigureSettings,
    MapMode,
    MapScale,
    MapSettings,
    NetworkSettings,
    ReferenceSettings,
    ReportSettings,
)


@click.group(context_settings=CONTEXT_SETTINGS)
@click.version_option(package_name="network-analyzer")
def cli() -> None:
    """Show a network's filters, what each one prefers and what it sees.

    MODEL is a Keras model (.keras, .h5, a SavedModel folder) or an agent of Stable-Baselines3 (.zip). It is
    read as data: no code of it is run.
    """


@cli.command()
@together(network_options, json_option)
def layers(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """List the layers: name, kind, shape of the output, number of parameters."""
    from network_analyzer.commands import list_layers

    _tell(list_layers(pick(NetworkSettings, given), teller(as_json)), as_json=as_json)


@cli.command()
@together(network_options, layer_option, features_option, figure_options)
def weights(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Draw a layer's weights as pictures."""
    from network_analyzer.commands import draw_weights

    made = draw_weights(pick(NetworkSettings, given), pick(FigureSettings, given), teller(as_json))
    _tell(made, as_json=as_json)


@cli.command()
@together(network_options, layer_option, features_option, ascent_options, figure_options)
def maximize(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Draw the picture that each feature prefers, found by gradient ascent on the input."""
    from network_analyzer.commands import draw_stimuli

    made = draw_stimuli(
        pick(NetworkSettings, given),
        pick(FigureSettings, given),
        pick(Recipe, given),
        pick(AscentSettings, given),
        teller(as_json),
    )
    _tell(made, as_json=as_json)


@cli.command()
@together(network_options, layer_option, features_option, reference_options)
@click.option(
    "--mode",
    type=click.Choice(get_args(MapMode)),
    default="gray",
    show_default=True,
    help="Grey pictures, contours over the grey picture, or a bar for each mean.",
)
@click.option(
    "--scale",
    type=click.Choice(get_args(MapScale)),
    default="layer",
    show_default=True,
    help="One scale for all channels, or one for each.",
)
@figure_options
def maps(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Draw a layer's activations for one picture."""
    from network_analyzer.commands import draw_maps

    made = draw_maps(
        pick(NetworkSettings, given),
        pick(FigureSettings, given),
        pick(ReferenceSettings, given),
        pick(MapSettings, given),
        teller(as_json),
    )
    _tell(made, as_json=as_json)


@cli.command()
@together(network_options, reference_options)
@click.option("--layer", help="Whose neuron.  [default: the last before the network's first output]")
@click.option("--neuron", type=int, help="Unit, or channel whose mean is taken.  [default: the most active]")
@figure_options
def saliency(*, neuron: int | None, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Draw how much each pixel of a picture changes one neuron."""
    from network_analyzer.commands import draw_saliency

    figure = pick(FigureSettings, given, features=None if neuron is None else (neuron,))
    made = draw_saliency(
        pick(NetworkSettings, given), figure, pick(ReferenceSettings, given), teller(as_json)
    )
    _tell(made, as_json=as_json)


@cli.command()
@together(network_options, layer_option, features_option)
@click.option(
    "--images",
    type=PATH,
    required=True,
    help="A folder of pictures, a tub, a recorded rollout (.arrow) or a video.",
)
@click.option("--top", default=9, show_default=True, help="Pictures kept of each channel: its highest.")
@click.option(
    "--stimuli/--no-stimuli",
    default=True,
    show_default=True,
    help="Look for the picture that each channel prefers.",
)
@ascent_options
@click.option(
    "-o", "--out", type=PATH, metavar="FILE",
    help="The page, .html or .pdf.  [default: both, in docs/analysis/figures]",
)  # fmt: skip
@together(force_option, json_option)
def report(*, as_json: bool, **given: Any) -> None:  # noqa: ANN401
    """Write a page of a whole layer: what each channel does over a set of pictures, and prefers."""
    from network_analyzer.commands import write_report

    made = write_report(
        pick(NetworkSettings, given),
        pick(ReportSettings, given),
        pick(Recipe, given),
        pick(AscentSettings, given),
        teller(as_json),
    )
    _tell(made, as_json=as_json)


@cli.command()
@click.option("-o", "--output-folder", type=PATH, default=Path("network-analyzer-demo"), show_default=True)
@click.option("-n", "--steps", default=30, show_default=True, help="Gradient steps at the first size.")
@force_option
def demo(*, output_folder: Path, steps: int, force: bool) -> None:
    """Show the sample network that comes with the framework installed here."""
    from network_analyzer.sample.demo import make_demo

    click.echo(f"Page: {make_demo(output_folder, steps, force=force, say=click.echo)}")


def _tell(made: object, *, as_json: bool) -> None:
    """Print what was made where JSON is asked for."""
    if as_json:
        click.echo(json.dumps(made, default=str))
