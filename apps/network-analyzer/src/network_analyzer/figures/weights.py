"""A layer's weights as pictures."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import (
    GRAYS,
    GREY,
    ColorBar,
    Frame,
    Size,
    Tile,
    best_columns,
    describe_scale,
    enlarged,
    gray_frame,
    headed,
    matrix_picture,
    montage,
    resize_tile,
    sheet,
    strongest,
    tile_size,
    tiles_within,
    tone,
)

from network_analyzer.figures.channels import check_channels, number

IN_A_ROW = 16
"""Input channels up to which a filter's tiles stand in one row."""
MATRIX = Size(1600, 1200)
"""Most columns and rows of a matrix that are shown one by one."""

LEAST = 2
"""Pixels that a weight is wide and high in any case."""

Weights = NDArray[np.float32]


def weights_figure(weights: Weights, title: str, features: Sequence[int]) -> Frame:
    """Each feature's weights as a picture, in the order given: uint8 (H, W, 3), RGB.

    Filters of 3 input channels are shown in colour, those of 1 in grey, those of more as one grey tile per
    input channel. Dense layers and convolutions of a single cell are a matrix, a row per feature.

    Args:
        weights: float32 (kh, kw, in, out) or (in, out), finite, all features of the layer.
        title: Above the figure.
        features: The features to be shown, 0 to out - 1.

    Raises:
        ValueError: Weights of another shape, or that are no numbers; or no feature.
    """
    if weights.ndim not in (2, 4):
        msg = f"weights of shape {weights.shape}; expected (kh, kw, in, out) or (in, out)"
        raise ValueError(msg)
    chosen = np.moveaxis(weights, -1, 0)[list(features)]
    check_channels(chosen, features, weights.ndim)
    largest = float(np.abs(weights).max())
    inputs = weights.shape[-2]
    if weights.ndim == 2 or (weights.shape[:2] == (1, 1) and inputs not in (1, 3)):
        return _matrix(chosen.reshape(len(chosen), inputs), largest, title, features)
    if inputs == 3:
        return _colored(chosen, largest, title, features)
    return _tiled(chosen, largest, title, features)


def _colored(filters: Weights, largest: float, title: str, features: Sequence[int]) -> Frame:
    """Filters (N, kh, kw, 3) as red, green and blue."""
    tops = np.abs(filters).reshape(len(filters), -1).max(axis=1).tolist()
    natural = Size.of(filters[0])
    size = tile_size(natural, len(filters))
    tiles = [
        Tile(resize_tile(tone(one, _around_zero(top)), size), (f"{feature}  ±{number(top)}",))
        for one, feature, top in zip(filters, features, tops, strict=True)
    ]
    notes = [
        f"Filters of {natural.width} x {natural.height} weights as pictures{describe_scale(natural, size)}: "
        "their 3 input channels are red, green and blue.",
        "Each filter on its own scale: mid-grey is 0, the brightest and darkest are its own largest weight, "
        f"beside its number; ±{number(largest)} is the layer's largest.",
    ]
    return sheet(tiles, title, notes)


def _tiled(filters: Weights, largest: float, title: str, features: Sequence[int]) -> Frame:
    """Filters (N, kh, kw, in) as one grey tile per input channel."""
    count, height, width, inputs = filters.shape
    columns = inputs if inputs <= IN_A_ROW else best_columns(inputs, Size(width + 1, height + 1))
    size = Size(columns * (width + 1) - 1, -(-inputs // columns) * (height + 1) - 1)
    shown = min(count, tiles_within(size, least=LEAST))
    factor = tile_size(size, shown, least=LEAST).width // size.width
    levels = np.moveaxis(tone(filters[:shown], _around_zero(largest)), -1, 1)
    gap, color = max(1, factor // 4), GREY.background[0]
    tiles = [
        Tile(gray_frame(montage(enlarged(one, factor), columns, gap=gap, color=color)), (str(feature),))
        for one, feature in zip(levels, features, strict=False)
    ]
    what = f"Filters of {width} x {height} weights as levels of grey"
    if inputs > 1:
        rows = "side by side" if columns == inputs else f"{columns} a row"
        what += f", one tile for each of the {inputs} input channels, {rows} from 0 on"
    notes = [f"{what}.", _scale(largest)]
    warnings = (
        []
        if shown == count
        else [f"Only the first {shown} of {count} filters have room; ask for others by their numbers."]
    )
    return sheet(tiles, title, notes, key=_key(largest), warnings=warnings, theme=GREY)


def _matrix(rows: Weights, largest: float, title: str, features: Sequence[int]) -> Frame:
    """Weights (N, in) as one picture."""
    count, inputs = rows.shape
    seen = strongest(rows, MATRIX)
    body = matrix_picture(
        tone(seen, _around_zero(largest)),
        [str(feature) for feature in features],
        [str(one) for one in range(inputs)],
        theme=GREY,
    )
    notes = ["Weights as levels of grey: a row for each feature, a column for each input.", _scale(largest)]
    if seen.shape != rows.shape:
        notes.append(
            f"{count} x {inputs} weights in {seen.shape[0]} x {seen.shape[1]} places: "
            "of those that share one, the largest is shown."
        )
    return headed(body, title, notes, key=_key(largest), theme=GREY)


def _scale(largest: float) -> str:
    if largest == 0:
        return "All are 0."
    return (
        f"One scale for the layer: mid-grey is 0, black and white are ±{number(largest)}, its largest weight."
    )


def _key(largest: float) -> ColorBar | None:
    return ColorBar(GRAYS, _around_zero(largest), theme=GREY) if largest else None


def _around_zero(top: float) -> tuple[float, float]:
    return (-top, top) if top else (-1.0, 1.0)
