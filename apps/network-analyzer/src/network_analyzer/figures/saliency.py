"""Saliency: how much each pixel of a picture changes a neuron."""

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import (
    ColorBar,
    Frame,
    Size,
    Tile,
    blend,
    colorize,
    colormap,
    covering,
    resize_frame,
    resize_heatmap,
    sheet,
    tile_size,
    without_color,
)

from network_analyzer.figures.channels import check_channels, number
from network_analyzer.references import Reference

HEAT = "inferno"


def saliency_figure(saliency: NDArray[np.float32], reference: Reference, title: str) -> Frame:
    """The picture, its saliency, and both: uint8 (H, W, 3), RGB.

    Args:
        saliency: float32 (H, W) of the network's input, finite, 0 or more.
        reference: The picture.
        title: Above the figure.

    Raises:
        ValueError: The saliency has another shape, or is no number.
    """
    check_channels(saliency[None], [0], 3)
    largest = float(saliency.max())
    heat = saliency / np.float32(largest or 1.0)
    size = tile_size(covering(Size.of(reference.picture), Size.of(saliency)), 3)
    table = colormap(HEAT)
    picture = resize_frame(reference.picture, size)
    pixels = resize_frame(colorize(heat, table), size)
    both = blend(without_color(picture), resize_heatmap(heat, size), table)
    tiles = [Tile(picture, ("picture",)), Tile(pixels, ("saliency",)), Tile(both, ("both",))]
    height, width = saliency.shape
    what = f"Saliency of each of the {width} x {height} pixels that the network sees, per grey level of 255"
    scale = (
        f"black is 0, the brightest is {number(largest)}, the largest." if largest else "it is 0 everywhere."
    )
    key = ColorBar(table, (0.0, largest)) if largest else None
    return sheet(tiles, title, [*reference.notes, f"{what}: {scale}"], key=key, columns=len(tiles))
