"""Activation maps: what each channel of a layer answers to a picture."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import (
    DARK,
    GRAYS,
    GREY,
    ColorBar,
    ContourBands,
    Frame,
    Limits,
    Size,
    Table,
    Theme,
    Tile,
    colormap,
    covering,
    describe_scale,
    gray_frame,
    resize_tile,
    sheet,
    tile_size,
    tone,
    without_color,
)

from network_analyzer.figures.channels import check_channels, number
from network_analyzer.settings import MapScale

MapMode = Literal["gray", "heat"]

BANDS = 8
"""Contour bands between 0 and the highest activation."""
HEAT = "turbo"
"""Their colour table."""

Maps = NDArray[np.float32]
Drawn = tuple[list[Tile], list[str], ColorBar | None]
"""Tiles, notes and what their colours mean."""


def maps_figure(
    maps: Maps,
    picture: Frame,
    title: str,
    features: Sequence[int],
    *,
    mode: MapMode,
    scale: MapScale,
    said: Sequence[str] = (),
) -> Frame:
    """Each channel's activations as a picture, in the order given: uint8 (H, W, 3), RGB.

    Args:
        maps: float32 (K, h, w), finite.
        picture: uint8 (H, W, 3), RGB: what the network was shown; only drawn in heat mode.
        title: Above the figure.
        features: The number of each of the K channels.
        mode: ``gray``: the map itself, a cell a level of grey; ``heat``: filled contours of the activations
            above 0, stretched over the picture in grey.
        scale: ``layer``: one scale for all channels; ``channel``: each has its own.
        said: What was done to the picture, one sentence each; stands first under the title.

    Raises:
        ValueError: No channel, another number of features than of channels, values that are no numbers, or
            no such mode or scale.
    """
    check_channels(maps, features, 3)
    if mode not in ("gray", "heat") or scale not in ("layer", "channel"):
        msg = f"mode {mode!r}, scale {scale!r}; choose the mode gray or heat, the scale layer or channel"
        raise ValueError(msg)
    shared = scale == "layer"
    if mode == "gray":
        tiles, notes, key = _gray_tiles(maps, features, shared=shared)
        return sheet(tiles, title, [*said, *notes], key=key, theme=GREY)
    tiles, notes, key = _heat_tiles(maps, picture, features, shared=shared)
    return sheet(tiles, title, [*said, *notes], key=key)


def _gray_tiles(maps: Maps, features: Sequence[int], *, shared: bool) -> Drawn:
    signed = bool(maps.min() < 0)
    peaks = _peaks(np.abs(maps))
    highest = float(peaks.max())
    natural = Size.of(maps[0])
    size = tile_size(natural, len(maps))
    mark = "±" if signed else "≤"
    tiles: list[Tile] = []
    for one, feature, peak in zip(maps, features, peaks.tolist(), strict=True):
        top = (highest if shared else peak) or 1.0
        picture = gray_frame(tone(one, (-top if signed else 0.0, top)))
        said = "  all 0" if peak == 0 else "" if shared else f"  {mark} {number(peak)}"
        tiles.append(Tile(resize_tile(picture, size), (f"{feature}{said}",)))
    notes = [
        f"Activations of {_cells(maps)} as levels of grey{describe_scale(natural, size)}.",
        _gray_scale(highest, shared=shared, signed=signed),
    ]
    limits = (-highest if signed else 0.0, highest)
    return tiles, notes, _key(GRAYS, limits, GREY, shared=shared)


def _gray_scale(highest: float, *, shared: bool, signed: bool) -> str:
    if highest == 0:
        return "All are 0."
    top = f"{'±' if signed else ''}{number(highest)}"
    middle = "mid-grey is 0, black and white are" if signed else "black is 0, white is"
    if shared:
        return f"One scale for all: {middle} {top}, the largest."
    return f"Each on its own scale: {middle} its own largest, beside its number; {top} is the largest of all."


def _heat_tiles(maps: Maps, picture: Frame, features: Sequence[int], *, shared: bool) -> Drawn:
    peaks = np.maximum(_peaks(maps), 0)
    highest = float(peaks.max())
    natural = Size.of(picture)
    size = tile_size(covering(natural, Size.of(maps[0])), len(maps))
    below = without_color(resize_tile(picture, size))
    paint = ContourBands(colormap(HEAT), bands=BANDS)
    tiles: list[Tile] = []
    for one, feature, peak in zip(maps, features, peaks.tolist(), strict=True):
        top = (highest if shared else peak) or 1.0
        said = f"  ≤ {number(peak)}" if peak == 0 or not shared else ""
        tiles.append(Tile(paint(below, one / np.float32(top)), (f"{feature}{said}",)))
    notes = [
        f"Contours of {_cells(maps)}, stretched over the picture in grey{describe_scale(natural, size)}.",
        _heat_scale(highest, shared=shared),
    ]
    return tiles, notes, _key(paint.colors, (0.0, highest), DARK, shared=shared)


def _heat_scale(highest: float, *, shared: bool) -> str:
    if highest == 0:
        return "None is above 0, so that there is nothing to see."
    none = "0 and below is left as it is."
    if shared:
        top = f"{number(highest)}, the highest, {number(highest / BANDS)} each"
        return f"One scale for all: {BANDS} bands from 0 to {top}; {none}"
    top = f"its own highest, beside its number ({number(highest)} is the highest of all)"
    return f"Each on its own scale: {BANDS} bands from 0 to {top}; {none}"


def _peaks(maps: Maps) -> Maps:
    return maps.reshape(len(maps), -1).max(axis=1)


def _cells(maps: Maps) -> str:
    return f"{maps.shape[2]} x {maps.shape[1]} cells"


def _key(table: Table, limits: Limits, theme: Theme, *, shared: bool) -> ColorBar | None:
    """What the colours mean; nothing where all are the same."""
    if limits[1] == 0:
        return None
    ends = None if shared else ("0" if limits[0] == 0 else "− its own largest", "its own largest")
    return ColorBar(table, limits, ends, theme=theme)
