"""Where the diagram's layers are: how large each tile is, in how many columns, so that all units fit."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rlviz_overlay import Rect, Size

from nn_video_generator.drawing.pixels import Pixels
from nn_video_generator.network.layers import DiagramLayer, Kind

LARGEST_NODE, LARGEST_CELL, LARGEST_TILE = 15, 18, 62
"""Pixels, for a frame that is 540 high."""
GAP = 25
"""Pixels between two columns in which the edges are to be seen, for a frame that is 540 high."""
LARGEST_FACTOR = 3
"""Times that a map's cell is enlarged, for a frame that is 540 high."""
RING = 3
"""Pixels above the first and below the last node, for the ring around it."""
SHARES: Mapping[Kind, float] = MappingProxyType({"input": 0.75, "conv": 1.1, "dense": 0.95, "output": 1.0})
"""How wide a column may be beside others."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The units of a layer as tiles in columns.

    Attributes:
        count: of the tiles.
        columns: of tiles.
        tile: size of each.
        gutter: pixels between tiles, and around them.
        bare: whether the block ends with its tiles on both sides: nodes.
    """

    count: int
    columns: int
    tile: Size
    gutter: int
    bare: bool = False

    @property
    def width(self) -> int:
        """Pixels that the layer takes from left to right."""
        return self.size.width - 2 * self.gutter if self.bare else self.size.width

    @property
    def size(self) -> Size:
        """Of the whole block."""
        rows = -(-self.count // self.columns)
        return Size(
            self.columns * (self.tile.width + self.gutter) + self.gutter,
            rows * (self.tile.height + self.gutter) + self.gutter,
        )


@dataclass(frozen=True, slots=True)
class Block:
    """A layer in its place.

    Attributes:
        layer: what it shows.
        grid: its tiles.
        place: of the whole block; of outputs, of the nodes without their names.
        label: the height at which title and shape stand, above the block.
    """

    layer: DiagramLayer
    grid: Grid
    place: Rect
    label: Rect

    def tile(self, unit: int) -> Rect:
        """Where a unit is.

        Raises:
            ValueError: there is no such unit.
        """
        if not 0 <= unit < self.grid.count:
            message = f"no unit {unit} in {self.layer.title}; it has units 0 to {self.grid.count - 1}"
            raise ValueError(message)
        row, column = divmod(unit, self.grid.columns)
        tile, gutter = self.grid.tile, self.grid.gutter
        return Rect(
            self.place.x + gutter + column * (tile.width + gutter),
            self.place.y + gutter + row * (tile.height + gutter),
            tile.width,
            tile.height,
        )


def arrange(
    layers: Sequence[DiagramLayer], body: Rect, px: Pixels, *, label_height: int, beside: tuple[int, int]
) -> tuple[Block, ...]:
    """Place every layer, columns from left to right, tiles as large as leaves room for the edges.

    Args:
        layers: of the diagram.
        body: where.
        px: lengths.
        label_height: pixels above each block for its title and shape.
        beside: pixels left of the first column (for numbers) and right of the last (for names).
    """
    places = sorted({layer.column for layer in layers})
    columns = [[layer for layer in layers if layer.column == place] for place in places]
    room = body.width - sum(beside)
    gaps = max(1, len(columns) - 1)
    gap = min(px(GAP), round(0.5 * room / gaps))
    choices = [
        [list(_grids(layer, _room(column, body.height, label_height), px)) for layer in column]
        for column in columns
    ]
    _narrow(columns, choices, room - gap * gaps)
    widths = [_width(options) for options in choices]
    free = room - sum(widths)
    blocks: list[Block] = []
    for number, (column, options) in enumerate(zip(columns, choices, strict=True)):
        x = body.x + beside[0] + sum(widths[:number]) + round(free * number / gaps)
        place = Rect(x, body.y, widths[number], body.height)
        if layers_are_outputs(column):
            blocks += _outputs(column, [option[0] for option in options], place, label_height)
            continue
        for layer, option, part in zip(column, options, place.rows(*[1] * len(column)), strict=True):
            blocks.append(_block(layer, option[0], part, label_height))
    order = {id(layer): number for number, layer in enumerate(layers)}
    return tuple(sorted(blocks, key=lambda block: order[id(block.layer)]))


def layers_are_outputs(column: Sequence[DiagramLayer]) -> bool:
    """Whether a column is the network's outputs."""
    return column[0].kind == "output"


def _room(column: Sequence[DiagramLayer], height: int, label_height: int) -> Size:
    """What each layer of a column may take: of outputs all nodes share one column."""
    if layers_are_outputs(column):
        rows = sum(layer.shape[0] for layer in column)
        return Size(0, (height - label_height - 2 * RING) // rows)
    return Size(0, height // len(column) - label_height)


def _grids(layer: DiagramLayer, room: Size, px: Pixels) -> Iterator[Grid]:
    """The ways to show a layer within a height, from the largest tiles to the smallest."""
    if layer.kind == "output":
        pitch = max(2, min(room.height, px(2 * LARGEST_NODE)))
        node = min(px(LARGEST_NODE), pitch - max(1, pitch // 4))
        yield Grid(layer.shape[0], 1, Size(node, node), pitch - node, bare=True)
        return
    is_map = len(layer.shape) == 3
    count = layer.shape[0]
    height, width = layer.shape[1:] if is_map else (1, 1)
    largest = px(min(LARGEST_TILE, LARGEST_FACTOR * height)) if is_map else px(LARGEST_CELL)
    if layer.kind == "input" and not is_map and count <= 12:
        largest *= 2
    narrowest = sys.maxsize
    for side in range(max(1, min(largest, room.height - 2)), 0, -1):
        gutter = 0 if side < 3 else max(1, round(side / 10))
        rows = max(1, (room.height - gutter) // (side + gutter))
        columns = -(-count // rows)
        grid = Grid(count, columns, Size(max(1, round(side * width / height)), side), gutter)
        if grid.size.width < narrowest:
            narrowest = grid.size.width
            yield grid


def _narrow(columns: Sequence[Sequence[DiagramLayer]], choices: list[list[list[Grid]]], room: int) -> None:
    """Take smaller tiles in the column that is widest for what it is, again and again, until all fit."""
    while sum(_width(options) for options in choices) > room:
        able = [
            number
            for number, options in enumerate(choices)
            if all(len(grids) > 1 for grids in options if grids[0].width == _width(options))
        ]
        if not able:
            return
        widest = max(able, key=lambda number: _width(choices[number]) / SHARES[columns[number][0].kind])
        width = _width(choices[widest])
        for grids in choices[widest]:
            if grids[0].width == width:
                del grids[0]


def _width(options: Sequence[Sequence[Grid]]) -> int:
    """Of a column, as wide as its widest layer."""
    return max(grids[0].width for grids in options)


def _block(layer: DiagramLayer, grid: Grid, place: Rect, label_height: int) -> Block:
    label, rest = place.cut_top(label_height)
    size = grid.size
    x = place.x + (place.width - size.width) // 2
    y = rest.y + max(0, (rest.height - size.height) // 2)
    return Block(layer, grid, Rect(x, y, size.width, size.height), label)


def _outputs(
    column: Sequence[DiagramLayer], grids: Sequence[Grid], place: Rect, label_height: int
) -> Iterator[Block]:
    """Nodes of all outputs in one column, in the middle of the height."""
    label, rest = place.cut_top(label_height)
    tile, gutter = grids[0].tile, grids[0].gutter
    pitch = tile.height + gutter
    y = rest.y + max(0, (rest.height - pitch * sum(grid.count for grid in grids)) // 2)
    for layer, grid in zip(column, grids, strict=True):
        height = pitch * grid.count
        spot = Rect(place.x - gutter, y - gutter // 2, tile.width + 2 * gutter, height + gutter)
        yield Block(layer, grid, spot, label)
        y += height
