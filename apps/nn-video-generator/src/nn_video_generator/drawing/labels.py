"""Title and shape above each block of the diagram: each as wide as it needs, none over its neighbour."""

from collections.abc import Sequence
from itertools import pairwise

from rlviz_overlay import Frame, Rect, TextStyle, draw_text, measure_text

from nn_video_generator.drawing.arranging import Block
from nn_video_generator.network.layers import DiagramLayer


class Labels:
    """Draws the labels of a diagram.

    Args:
        blocks: the layers in their places.
        body: of the diagram.
        title: look of the titles.
        shape: look of the shapes.
    """

    def __init__(self, blocks: Sequence[Block], body: Rect, title: TextStyle, shape: TextStyle) -> None:
        self._title, self._shape = title, shape
        labelled = [block for block in blocks if block.layer.kind != "output" or block.layer.shape != (1,)]
        self.places: list[tuple[DiagramLayer, Rect]] = []
        for y in sorted({block.label.y for block in labelled}):
            row = sorted((block for block in labelled if block.label.y == y), key=lambda block: block.place.x)
            self.places += zip([block.layer for block in row], self._row(row, body), strict=True)

    def draw(self, canvas: Frame) -> None:
        """Draw all labels, in place."""
        for layer, place in self.places:
            title, rest = place.cut_top(self._title.line_height)
            shape, _ = rest.cut_top(self._shape.line_height)
            texts = (
                (layer.title, _short(layer.title)),
                ("×".join(map(str, layer.shape)), str(layer.shape[0])),
            )
            for (text, shorter), where, style in zip(
                texts, (title, shape), (self._title, self._shape), strict=True
            ):
                has_room = measure_text(text, style).width <= where.width
                draw_text(canvas, text if has_room else shorter, where, style, align="center")

    def _row(self, row: Sequence[Block], body: Rect) -> list[Rect]:
        """Places of labels that stand beside each other."""
        wanted = [self._wanted(block, body) for block in row]
        borders = [(left.right + right.x) // 2 for left, right in pairwise(wanted)]
        places: list[Rect] = []
        for place, left, right in zip(wanted, [body.x, *borders], [*borders, body.right], strict=True):
            places.append(Rect(left, place.y, right - left, place.height).clip(place))
        return places

    def _wanted(self, block: Block, body: Rect) -> Rect:
        """As wide as title and shape, above the middle of the block, or where there is room beside it."""
        layer = block.layer
        width = max(
            measure_text(layer.title, self._title).width,
            measure_text("×".join(map(str, layer.shape)), self._shape).width,
        )
        x = block.place.x + (block.place.width - width) // 2
        if layer.kind == "output":
            x = block.tile(0).x
        x = max(body.x, min(x, body.right - width))
        return Rect(x, block.label.y, width, block.label.height)


def _short(title: str) -> str:
    """First letter and number: `C1` for `Conv 1`."""
    return title[:1] + "".join(sign for sign in title if sign.isdigit())
