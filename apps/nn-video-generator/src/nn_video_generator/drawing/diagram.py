"""The diagram of the network: all layers with all units, what feeds what, and the action that came of it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import (
    BOLD,
    DARK,
    Fixed,
    Frame,
    Normalizer,
    NumberText,
    Rect,
    RunningPercentile,
    TextStyle,
    fill,
    measure_text,
)

from nn_video_generator.drawing.arranging import arrange
from nn_video_generator.drawing.blocks import BlockPicture
from nn_video_generator.drawing.edge_lines import EdgeLines
from nn_video_generator.drawing.labels import Labels
from nn_video_generator.drawing.legend import draw_legend
from nn_video_generator.drawing.nodes import Nodes
from nn_video_generator.drawing.palette import brightness
from nn_video_generator.drawing.pixels import Pixels
from nn_video_generator.moment import Moment, Subject
from nn_video_generator.network.layers import DiagramLayer

FEW = 12
"""Numbers of an observation up to which each is written beside its cell."""


class Diagram:
    """Draws the network of one moment after another; the canvas outside of its place is left alone.

    Args:
        subject: what is shown.
        place: where.
        px: lengths.
        scales: what full brightness is, one a layer; None: a running percentile of each.

    Attributes:
        blocks: the layers in their places, in the subject's order.
        labels: their titles and shapes.
    """

    def __init__(
        self, subject: Subject, place: Rect, px: Pixels, scales: Sequence[Normalizer] | None = None
    ) -> None:
        self._subject = subject
        self._px = px
        self._legend, body = place.cut_bottom(px.line(10), gap=self._px(3))
        self._title = TextStyle(px.text(11), DARK.text, BOLD, min_height=7)
        self._shape = TextStyle(px.text(10), DARK.muted, min_height=7)
        self._names_width = min(self._widest_name(), self._px(74))
        self._numbers = _number_width(subject.layers[0], self._px(44))
        beside = (self._numbers, self._names_width + self._px(8))
        label_height = self._title.line_height + self._shape.line_height + self._px(2)
        self.blocks = arrange(subject.layers, body, px, label_height=label_height, beside=beside)
        self._body = body
        self.labels = Labels(self.blocks, body, self._title, self._shape)
        self._space = self._find_space()
        table = brightness()
        self._pictures = [
            None if block.layer.kind == "output" else BlockPicture(block, table) for block in self.blocks
        ]
        self._nodes = {
            index: Nodes(block, self._unit_names(block.layer), self._space, table, px.text(11))
            for index, block in enumerate(self.blocks)
            if block.layer.kind == "output"
        }
        self._scales = list(scales or map(_scale, subject.layers))
        self._edges = EdgeLines(self.blocks, px)
        self._number = NumberText(TextStyle(px.text(11), DARK.muted), DARK.background, align="right")
        self._titles: list[tuple[Rect, Frame]] = []

    def draw_base(self, canvas: Frame) -> None:
        """Draw what never changes: titles, shapes and the key to colours."""
        self.labels.draw(canvas)
        self._titles = [
            (place, place.view(canvas).copy()) for _, place in self.labels.places if place.y > self._body.y
        ]
        draw_legend(canvas, self._legend, self._px.text(10))

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw the network of a moment, in place."""
        reading = moment.reading
        self._clear(canvas)
        lines = self._edges.prepare(reading.edges)
        lines.draw_between(canvas)
        executed, likely = moment.step.action, int(moment.action_values.argmax())
        for index, (values, scale) in enumerate(zip(reading.activations, self._scales, strict=True)):
            heat = scale(values)
            picture = self._pictures[index]
            if picture is not None:
                picture.draw(canvas, heat)
            elif self.blocks[index].layer.shape == (1,) and len(self._nodes) > 1:
                self._nodes[index].draw(canvas, heat, None, None)
            else:
                self._nodes[index].draw(canvas, heat, executed, likely)
        lines.draw_traces(canvas)
        if self._numbers:
            self._draw_numbers(canvas, reading.activations[0])
        self.draw_pulse(canvas, moment)

    def draw_pulse(self, canvas: Frame, moment: Moment) -> None:
        """Draw the executed action's node as it is in the moment's frame, over what draw() left, in place."""
        first = min(self._nodes)
        self._nodes[first].draw_pulse(canvas, moment.step.action, moment.frame)

    def _clear(self, canvas: Frame) -> None:
        """Empty the space between the blocks, but for the titles that stand there."""
        fill(canvas, self._space, DARK.background)
        for place, picture in self._titles:
            place.view(canvas)[...] = picture

    def _find_space(self) -> Rect:
        """Where the edges are: all that is below the titles on top."""
        blocks = self.blocks
        top = max(block.label.bottom for block in blocks if block.label.y == self._body.y)
        left = min(block.place.x for block in blocks)
        return Rect(left, top, self._body.right - left, self._body.bottom - top)

    def _widest_name(self) -> int:
        """Pixels of the widest name of an output, and of the title above."""
        outputs = [layer for layer in self._subject.layers if layer.kind == "output"]
        names = {name for layer in outputs for name in (layer.title, *self._unit_names(layer))}
        return max(measure_text(name, self._title).width for name in names)

    def _draw_numbers(self, canvas: Frame, values: NDArray[np.float32]) -> None:
        block = self.blocks[0]
        for unit, value in enumerate(values.tolist()):
            tile = block.tile(unit)
            place = Rect(self._body.x, tile.y, self._numbers, tile.height)
            self._number.draw(canvas, f"{value:+.2f}".replace("-", "−"), place)

    def _unit_names(self, layer: DiagramLayer) -> tuple[str, ...]:
        return (
            (layer.title,)
            if layer.shape == (1,) and len(self._subject.actions) > 1
            else self._subject.actions
        )


def _scale(layer: DiagramLayer) -> Normalizer:
    """Pictures are shown as they are; every other layer by a running percentile."""
    return Fixed(255) if layer.kind == "input" and len(layer.shape) == 3 else RunningPercentile()


def _number_width(layer: DiagramLayer, width: int) -> int:
    return width if len(layer.shape) == 1 and layer.shape[0] <= FEW else 0
