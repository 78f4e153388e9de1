"""What each channel of a layer does over a set of pictures, what it prefers, and where it was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from rlviz_cam import Ascent, LayerInfo, Objective, ReceptiveField, Recipe, receptive_field
from rlviz_video import progress

from network_analyzer.opened import Opened
from network_analyzer.report.patches import Patch, TopPatches
from network_analyzer.report.pictures import PictureSet
from network_analyzer.report.statistics import RECTIFIERS, ChannelStatistics, Statistics, by_channel
from network_analyzer.views import chosen_features

RECIPE = Recipe()
"""How stimuli are looked for where nothing else is said."""


@dataclass(frozen=True, slots=True, eq=False)
class FilterReport:
    """A layer, seen over a set of pictures.

    Attributes:
        network: What the network is called.
        layer: The layer.
        inputs: How pictures become the network's inputs, and who says so.
        pictures: What the set of pictures is called.
        seen: How many of them the network saw.
        frames: How many pictures one input of the network is shown as.
        rows: Figures of each channel that was asked for, in that order.
        patches: Of each row, the patches of its highest activations, the highest first; behind a rectifier
            only those above 0.
        top: How many patches were asked for.
        ascent: Of each row, what it prefers; None where that was not asked for.
        recipe: How that was looked for; None where it was not.
        seed: Of that.
        field: The layer's receptive field; None of a dense layer, or where it is not known.
        notes: What a reader must know, one sentence each.
    """

    network: str
    layer: LayerInfo
    inputs: str
    pictures: str
    seen: int
    frames: int
    rows: tuple[ChannelStatistics, ...]
    patches: tuple[tuple[Patch, ...], ...]
    top: int
    ascent: Ascent | None
    recipe: Recipe | None
    seed: int
    field: ReceptiveField | None
    notes: tuple[str, ...]


def filter_report(
    opened: Opened,
    layer: str,
    pictures: PictureSet,
    *,
    features: Sequence[int] | None = None,
    top: int = 9,
    recipe: Recipe | None = RECIPE,
    seed: int = 0,
    chunk: int | None = None,
) -> FilterReport:
    """Look at every channel of a layer over a set of pictures, in one pass over these.

    Args:
        opened: The network.
        layer: The layer.
        pictures: The pictures; read once, and never kept but for the patches.
        features: Which channels or units; all by default.
        top: Patches that are kept of each, at most one per picture.
        recipe: How its preferred stimulus is looked for; None leaves that out.
        seed: Of that.
        chunk: Stimuli that are looked for at once; None takes what fits about 1 GB.

    Raises:
        OSError: The pictures cannot be read.
        ValueError: There is no such layer or feature, no picture, or activations are not finite.
    """
    info = opened.backend.layer(layer)
    chosen = chosen_features(info, features)
    field, notes = _field(opened, info)
    kept = _kept(info, len(chosen), top, field, pictures)
    ascent = None
    if recipe is not None:
        objective = Objective.of_channels(layer, chosen)
        ascent = opened.backend.ascend(objective, recipe, opened.preprocessing, seed=seed, chunk=chunk)
    statistics, patches = _look(opened, info, chosen, pictures, kept)
    return FilterReport(
        network=opened.name,
        layer=info,
        inputs=opened.inputs_are(),
        pictures=f"{pictures.name} ({pictures.kind})",
        seen=pictures.seen,
        frames=pictures.frames,
        rows=statistics.result(),
        patches=tuple(patches.of_channel(row) for row in range(len(chosen))),
        top=top,
        ascent=ascent,
        recipe=recipe,
        seed=seed,
        field=field,
        notes=(*notes, *_count_note(top, pictures.seen), *pictures.notes),
    )


def _kept(
    info: LayerInfo, rows: int, top: int, field: ReceptiveField | None, pictures: PictureSet
) -> TopPatches:
    """Return what keeps the patches: behind a rectifier an activation of 0 is no answer."""
    grid = grid_of(info)
    over_time = pictures.overlap and len(grid) in {1, 3}
    return TopPatches(
        rows,
        top,
        grid,
        field,
        above=0.0 if info.nonlinearity in RECTIFIERS else float("-inf"),
        first=prod(grid) - prod(grid[1:]) if over_time else 0,
    )


def _look(
    opened: Opened, info: LayerInfo, chosen: Sequence[int], pictures: PictureSet, patches: TopPatches
) -> tuple[Statistics, TopPatches]:
    """Pass all pictures through the network once."""
    statistics = Statistics(chosen, info.nonlinearity)
    for batch in progress(pictures, pictures.batches, f"pictures through {info.name}"):
        activations = opened.backend.activations(batch.inputs, [info.name])[info.name]
        responses = by_channel(activations, info)[:, chosen]
        statistics.add(responses)
        patches.add(responses, batch.names, batch.levels)
    return statistics, patches


def grid_of(info: LayerInfo) -> tuple[int, ...]:
    """Return what a channel's cells are numbered by: (h, w), (T, h, w), (T,), () of a unit."""
    shape = info.output_shape
    return (*shape[:-3], *shape[-2:]) if info.is_spatial else shape[:-1]


def _field(opened: Opened, info: LayerInfo) -> tuple[ReceptiveField | None, tuple[str, ...]]:
    """Return a layer's receptive field, and what is to be said where it has none."""
    if not info.is_spatial:
        return None, ("a dense layer sees the whole picture: whole pictures are shown",)
    try:
        return receptive_field(opened.backend, info.name), ()
    except ValueError as error:
        return None, (f"whole pictures are shown: {error}",)


def _count_note(top: int, seen: int) -> tuple[str, ...]:
    if seen >= top:
        return ()
    return (f"the top {top} were asked for, and there are only {seen} pictures",)
