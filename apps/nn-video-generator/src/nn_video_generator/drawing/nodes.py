"""The network's outputs: a node for each action with its name, the executed one pulsing."""

from functools import cache
from math import pi, sin

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import (
    BOLD,
    DARK,
    REGULAR,
    Frame,
    Rect,
    Table,
    TextStyle,
    draw_text,
    fill,
    new_canvas,
)
from rlviz_overlay.opencv import cv2

from nn_video_generator.drawing.arranging import Block
from nn_video_generator.drawing.palette import EXECUTED, LIKELY, STEPS, VALUE, ZERO, mixed

PULSE = 30
"""Frames of the video from one beat to the next."""


class Nodes:
    """Draws the nodes of one output layer.

    Args:
        block: the layer in its place.
        names: of the units, written to the right.
        room: where nodes, rings and names are; names reach to its right end.
        table: colours of activations.
        text_height: wanted font size of the names.
    """

    def __init__(
        self, block: Block, names: tuple[str, ...], room: Rect, table: Table, text_height: int
    ) -> None:
        self._nodes = [block.tile(unit) for unit in range(block.grid.count)]
        self._names = names
        self._table = table
        self._room = room
        self._is_value = block.layer.shape == (1,)
        node = block.grid.tile
        pitch = node.height + block.grid.gutter
        self._reach = max(2, min(round(0.45 * node.height), (pitch - node.height) // 2 + 1))
        self._height = text_height
        height = max(pitch, TextStyle(text_height, DARK.text, min_height=8).line_height)
        self._crowded = height > pitch
        x = self._nodes[0].right + self._reach + 1
        highest = [tile.y + (tile.height - height) // 2 for tile in self._nodes]
        self._places = [
            room.clip(Rect(x, max(room.y, min(y, room.bottom - height)), max(1, room.right - x), height))
            for y in highest
        ]
        self._name = cache(self._make_name)

    def draw(
        self, canvas: Frame, heat: NDArray[np.float32], executed: int | None, likely: int | None
    ) -> None:
        """Draw nodes and names, in place.

        Args:
            canvas: uint8 (H, W, 3), RGB.
            heat: float32 (units,) in [-1, 1].
            executed: unit of the executed action; None for an output that is no action.
            likely: unit of the most likely action.
        """
        levels = np.rint(heat * STEPS + ZERO).astype(int).tolist()
        for unit, (node, place, level) in enumerate(zip(self._nodes, self._places, levels, strict=True)):
            marked = (unit == executed, unit == likely)
            border = VALUE if self._is_value else LIKELY if marked[1] else DARK.rule
            fill(canvas, node, border)
            red, green, blue = self._table[level].tolist()
            fill(canvas, node.inset(max(1, node.width // 10)), (red, green, blue))
            if not self._crowded:
                place.view(canvas)[...] = self._name(unit, *marked)
        if self._crowded:
            self._draw_marked(canvas, executed, likely)

    def _draw_marked(self, canvas: Frame, executed: int | None, likely: int | None) -> None:
        """Write the names of these two alone, where there is no room for all, one below the other."""
        units = sorted({unit for unit in (executed, likely) if unit is not None})
        top = self._room.y
        for number, unit in enumerate(units):
            place = self._places[unit]
            following = sum(self._places[other].height for other in units[number + 1 :])
            y = max(top, min(place.y, self._room.bottom - place.height - following))
            if following:
                y = min(y, max(top, self._places[units[-1]].y - place.height))
            spot = self._room.clip(Rect(place.x, y, place.width, place.height))
            spot.view(canvas)[...] = self._name(unit, unit == executed, unit == likely)[: spot.height]
            top = spot.bottom

    def draw_pulse(self, canvas: Frame, executed: int, frame: int) -> None:
        """Draw the rings around the executed action's node as they are in a frame of the video, in place."""
        beat = 0.5 + 0.5 * sin(2 * pi * frame / PULSE)
        node = self._nodes[executed]
        view, x, y = self._room.view(canvas), node.x - self._room.x, node.y - self._room.y
        for ring in range(1, self._reach + 1):
            share = min(1.0, 0.3 + 1.4 * beat * (1 - 0.8 * ring / self._reach))
            corner, other = (x - ring, y - ring), (x + node.width - 1 + ring, y + node.height - 1 + ring)
            cv2.rectangle(view, corner, other, mixed(EXECUTED, share, DARK.background), 1)

    def _make_name(self, unit: int, executed: bool, likely: bool) -> Frame:
        size = self._places[unit].size
        picture = new_canvas(size, DARK.background)
        color = VALUE if self._is_value else LIKELY if likely else EXECUTED if executed else DARK.muted
        style = TextStyle(self._height, color, BOLD if executed or likely else REGULAR, min_height=7)
        draw_text(picture, self._names[unit], Rect.whole(size), style)
        return picture
