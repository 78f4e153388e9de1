"""Preferred stimuli: the picture that each feature answers to most."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Ascent
from rlviz_overlay import (
    DARK,
    Frame,
    Rect,
    Size,
    TextStyle,
    Tile,
    best_columns,
    describe_scale,
    draw_text,
    montage,
    new_canvas,
    resize_tile,
    sheet,
    tile_size,
)

from network_analyzer.figures.channels import check_channels, number
from network_analyzer.references import picture_levels

IN_A_ROW = 8
"""Channels or frames up to which a stimulus's pictures stand in one row."""
GAP = 2


def stimuli_figure(ascent: Ascent, title: str, features: Sequence[int]) -> Frame:
    """Each feature's preferred stimulus, in the order given: uint8 (H, W, 3), RGB.

    Args:
        ascent: What was found.
        title: Above the figure.
        features: The number of each of the ascent's features.

    Raises:
        ValueError: Another number of features than of stimuli, or scores that are no numbers.
    """
    check_channels(ascent.scores, features, 1)
    pictures = [_picture(levels) for levels in ascent.pictures]
    natural = Size.of(pictures[0])
    size = tile_size(natural, len(pictures))
    tiles = [
        _tile(resize_tile(picture, size), feature, float(score), float(noise), dead=bool(dead))
        for picture, feature, score, noise, dead in zip(
            pictures, features, ascent.scores, ascent.noise, ascent.dead, strict=True
        )
    ]
    return sheet(tiles, title, _notes(ascent, natural, size))


def _picture(levels: NDArray[np.uint8]) -> Frame:
    """A stimulus as one picture: what it has of frames or of channels without colours, side by side."""
    frames = np.stack(picture_levels(levels))
    count = len(frames)
    columns = count if count <= IN_A_ROW else best_columns(count, Size.of(frames[0]))
    return montage(frames, columns, gap=GAP, color=DARK.background[0])


def _tile(picture: Frame, feature: int, score: float, noise: float, *, dead: bool) -> Tile:
    if not dead:
        return Tile(picture, (f"{feature}  {number(score)}", f"noise {number(noise)}"))
    empty = new_canvas(Size.of(picture), DARK.panel)
    style = TextStyle(max(6, min(28, picture.shape[0] // 4, picture.shape[1] // 3)), DARK.muted, min_height=6)
    draw_text(empty, "dead", Rect.whole(Size.of(empty)), style, align="center")
    return Tile(empty, (str(feature), f"always {number(score)}"), is_warning=True)


def _notes(ascent: Ascent, natural: Size, size: Size) -> list[str]:
    """What the pictures and numbers are."""
    channels, height, width = ascent.pictures.shape[-3:]
    stacked = ascent.pictures.ndim == 5
    what = f"Pictures of {width} x {height}"
    if stacked:
        what += f", {ascent.pictures.shape[1]} frames each"
    elif channels not in (1, 3):
        what += f", {channels} channels each in grey, from 0 on"
    notes = [
        f"{what}, found by gradient ascent{describe_scale(natural, size)}.",
        "Beside the number: what the feature answers to just this picture; "
        "below it: the most that it answers to plain noise.",
    ]
    if ascent.resized_to is not None:
        height, width = ascent.resized_to
        notes.append(
            f"The network takes {width} x {height}: the pictures are resized to that before it sees them."
        )
    dead = int(ascent.dead.sum())
    if dead:
        notes.append(f"{dead} of {len(ascent.dead)} are dead: they answer to every picture alike.")
    return notes
