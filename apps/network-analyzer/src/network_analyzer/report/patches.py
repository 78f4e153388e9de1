"""The places of a set of pictures that each channel of a layer answers to most."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Box, ReceptiveField
from rlviz_overlay.opencv import cv2

from network_analyzer.input_pictures import Levels

LARGEST = 96
"""Longer side, in pixels, of the patches that are kept; larger ones are made smaller."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What one cell of a layer saw of one picture.

    Attributes:
        picture: The picture's name.
        number: Its place in the set, from 0.
        activation: Of the cell.
        cell: (y, x); (t, y, x) or (t,) over time steps; the empty tuple of a unit.
        box: The cell's receptive field in pixels of the network's input, which may reach outside the picture;
            see `field_box`. The whole picture where the field is not known, and of a dense layer.
        levels: uint8 (C, h, w) or (T, C, h, w): the part of the box that lies inside the picture, made
            smaller where a side is longer than `LARGEST`.
        inside: Where in the box that part lies, in pixels of the network's input from the box's own corner.
    """

    picture: str
    number: int
    activation: float
    cell: tuple[int, ...]
    box: Box
    levels: Levels
    inside: Box


class TopPatches:
    """Keeps the highest patches of every channel, at most one per picture, from batch to batch.

    Args:
        channels: Number of channels.
        top: How many are kept of each.
        grid: What a channel's cells are numbered by: (h, w), (T, h, w) or (T,) over time steps, () of a unit.
        field: The layer's receptive field; None shows whole pictures.
        above: Only activations above this are kept.
        first: Cells before this one are left out: where the pictures of one input are in the next one too,
            only those of the last step are looked at.
    """

    def __init__(
        self,
        channels: int,
        top: int,
        grid: tuple[int, ...],
        field: ReceptiveField | None,
        *,
        above: float = -np.inf,
        first: int = 0,
    ) -> None:
        if top < 1:
            msg = f"the top {top} patches; give 1 or more"
            raise ValueError(msg)
        self._top = top
        self._grid = grid
        self._field = field
        self._first = first
        self._seen = 0
        self._fields: dict[int, tuple[Box, Box]] = {}
        self._values = np.full((channels, top), above, np.float32)
        self._patches = np.full((channels, top), None, dtype=object)

    def add(self, responses: NDArray[np.float32], names: tuple[str, ...], levels: Levels) -> None:
        """Take a batch; of equal activations the one that comes first stays.

        Args:
            responses: (N, K, cells) float32, the cells of the grid in order.
            names: Of the N pictures.
            levels: uint8 (N, C, H, W) or (N, T, C, H, W).
        """
        cells = responses[:, :, self._first :].argmax(axis=2) + self._first
        best = np.take_along_axis(responses, cells[:, :, None], axis=2)[:, :, 0]
        all_values = np.concatenate([self._values, best.T], axis=1)
        order = np.argsort(-all_values, axis=1, kind="stable")[:, : self._top]
        self._values = np.take_along_axis(all_values, order, axis=1)
        none = np.full((len(order), len(names)), None, dtype=object)
        self._patches = np.take_along_axis(np.concatenate([self._patches, none], axis=1), order, axis=1)
        made: dict[tuple[int, int], tuple[Any, ...]] = {}
        for channel, place in np.argwhere(order >= self._top):
            sample = int(order[channel, place]) - self._top
            cell = int(cells[sample, channel])
            if (sample, cell) not in made:
                made[sample, cell] = self._cut(levels[sample], cell)
            value = float(self._values[channel, place])
            patch = Patch(names[sample], self._seen + sample, value, *made[sample, cell])
            self._patches[channel, place] = patch
        self._seen += len(names)

    def of_channel(self, channel: int) -> tuple[Patch, ...]:
        """Return the patches of one channel, the highest first."""
        return tuple(patch for patch in self._patches[channel] if patch is not None)

    def _place(self, cell: int) -> tuple[int, ...]:
        """Return where a cell is in the grid, by its number."""
        return tuple(int(index) for index in np.unravel_index(cell, self._grid)) if self._grid else ()

    def _cut(self, levels: Levels, cell: int) -> tuple[tuple[int, ...], Box, Levels, Box]:
        """Return cell, box, levels and inside of a patch."""
        place = self._place(cell)
        if self._field is None:
            whole = Box(0, 0, *levels.shape[-2:])
            return place, whole, _reduced(levels), whole
        if cell not in self._fields:
            spot = (place[-2], place[-1])
            self._fields[cell] = field_box(self._field, spot), self._field.box(spot)
        box, seen = self._fields[cell]
        if len(place) == 3 and len(levels) == self._grid[0]:
            levels = levels[place[0]]
        inside = Box(seen.top - box.top, seen.left - box.left, seen.bottom - box.top, seen.right - box.left)
        return place, box, _reduced(levels[..., seen.top : seen.bottom, seen.left : seen.right]), inside


def field_box(field: ReceptiveField, cell: tuple[int, int]) -> Box:
    """Return the receptive field of a cell (y, x) in pixels; it may reach outside the picture.

    Along an axis on which the field is larger than the picture, only what it sees of the picture.
    """
    seen, centre = field.box(cell), field.centre(cell)
    top, left = (round(centre[axis] - (field.size[axis] - 1) / 2) for axis in (0, 1))
    rows = (top, top + field.size[0]) if field.size[0] <= field.pixels[0] else (seen.top, seen.bottom)
    columns = (left, left + field.size[1]) if field.size[1] <= field.pixels[1] else (seen.left, seen.right)
    return Box(rows[0], columns[0], rows[1], columns[1])


def _reduced(levels: Levels) -> Levels:
    """Return a copy, made smaller by area where a side is longer than `LARGEST`."""
    height, width = levels.shape[-2:]
    factor = LARGEST / max(height, width, 1)
    if factor >= 1 or min(height, width) == 0:
        return levels.copy()
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    planes = levels.reshape(-1, height, width)
    small = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in planes]
    return np.stack(small).astype(np.uint8).reshape(*levels.shape[:-2], size[1], size[0])
