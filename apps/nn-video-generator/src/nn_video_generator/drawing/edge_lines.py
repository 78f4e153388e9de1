"""The strongest contributions as lines: in the gutters between tiles, and from block to block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import DARK, Frame, RunningPercentile
from rlviz_overlay.opencv import cv2

from nn_video_generator.drawing.arranging import Block
from nn_video_generator.drawing.palette import NEGATIVE, POSITIVE, mixed
from nn_video_generator.drawing.pixels import Pixels
from nn_video_generator.network.layers import Edges

LEVELS = 5
"""Steps of brightness; lines of the strongest are wider."""

Points = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where lines meet the units of one block: float or whole pixels, one a unit.

    Attributes:
        x: middle of each tile.
        y: the gutter below it, in which a line leaves the block.
        left: column at which lines arrive.
        right: column at which they leave.
        traced: whether there are gutters to draw in.
    """

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    left: int
    right: int
    traced: bool


class EdgeLines:
    """Draws the edges of one frame after another.

    Full brightness is a running percentile of the strengths, for each pair of layers one of its own.

    Args:
        blocks: the layers in their places.
        px: lengths.
    """

    def __init__(self, blocks: Sequence[Block], px: Pixels) -> None:
        self._ends = [_ends(block) for block in blocks]
        self._scales: dict[tuple[int, int], RunningPercentile] = {}
        self._width = px(1)
        shares = np.linspace(0.28, 1, LEVELS)
        self._colors = [
            [mixed(color, float(share), DARK.background) for share in shares]
            for color in (POSITIVE, NEGATIVE)
        ]

    def prepare(self, edges: Iterable[Edges]) -> "Drawing":
        """Work out the lines of one frame."""
        between: list[Points] = []
        traces: list[Points] = []
        levels: list[NDArray[np.int64]] = []
        traced: list[NDArray[np.int64]] = []
        for one in edges:
            level = self._levels(one)
            source, target = self._ends[one.source], self._ends[one.target]
            y, to_y = source.y[one.sources], target.y[one.targets]
            between.append(_lines(source.right, y, target.left, to_y))
            levels.append(level)
            if source.traced:
                traces.append(_lines(source.x[one.sources], y, source.right, y))
                traced.append(level)
            if target.traced:
                traces.append(_lines(target.left, to_y, target.x[one.targets], to_y))
                traced.append(level)
        return Drawing(_grouped(between, levels), _grouped(traces, traced), self._colors, self._width)

    def _levels(self, edges: Edges) -> NDArray[np.int64]:
        """Number of each line's group: two for each level, the second for what is below zero."""
        pair = (edges.source, edges.target)
        if pair not in self._scales:
            self._scales[pair] = RunningPercentile()
        shares = self._scales[pair](edges.strengths)
        level = np.ceil(np.abs(shares) * LEVELS).astype(np.int64) - 1
        return np.maximum(level, 0) * 2 + (shares < 0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The lines of one frame, in groups of one colour, the weakest first.

    Attributes:
        between: lines from block to block, int32 (E, 2, 2) of each group.
        traces: lines within gutters.
        colors: of positive and of negative lines, by level.
        width: of a thin line in pixels.
    """

    between: list[Points]
    traces: list[Points]
    colors: list[list[tuple[int, int, int]]]
    width: int

    def draw_between(self, canvas: Frame) -> None:
        """Draw the lines from block to block."""
        for group, lines in enumerate(self.between):
            level, sign = divmod(group, 2)
            width = self.width + (level == LEVELS - 1)
            # A thick anti-aliased line costs as much as eight thin ones: so it is some thin ones.
            for below in range(width if len(lines) else 0):
                moved = lines + np.array([0, below - width // 2], np.int32)
                cv2.polylines(canvas, list(moved), False, self.colors[sign][level], 1, cv2.LINE_AA)

    def draw_traces(self, canvas: Frame) -> None:
        """Draw the lines in the gutters."""
        for group, lines in enumerate(self.traces):
            if len(lines):
                level, sign = divmod(group, 2)
                cv2.polylines(canvas, list(lines), False, self.colors[sign][level], self.width, cv2.LINE_8)


def _ends(block: Block) -> _Ends:
    grid = block.grid
    tiles = [block.tile(unit) for unit in range(grid.count)]
    is_output = block.layer.kind == "output"
    traced = grid.gutter > 0 and not is_output
    x = [tile.x + tile.width // 2 for tile in tiles]
    y = [tile.bottom + grid.gutter // 2 if traced else tile.y + tile.height // 2 for tile in tiles]
    left, right = block.place.x, block.place.right - 1
    if is_output:
        left = tiles[0].x - max(3, grid.tile.width // 2)
    return _Ends(np.array(x, np.int32), np.array(y, np.int32), left, right, traced)


def _lines(x: "int | Points", y: Points, to_x: "int | Points", to_y: Points) -> Points:
    """Lines from (x, y) to (to_x, to_y), int32 (E, 2, 2)."""
    lines = np.empty((len(y), 2, 2), np.int32)
    lines[:, 0, 0], lines[:, 0, 1], lines[:, 1, 0], lines[:, 1, 1] = x, y, to_x, to_y
    return lines


def _grouped(lines: list[Points], groups: list[NDArray[np.int64]]) -> list[Points]:
    """The lines of each group, int32 (E, 2, 2), from the weakest to the strongest."""
    if not lines:
        return []
    numbers = np.concatenate(groups)
    ordered = np.concatenate(lines)[np.argsort(numbers, kind="stable")]
    return np.split(ordered, np.cumsum(np.bincount(numbers, minlength=2 * LEVELS))[:-1])
