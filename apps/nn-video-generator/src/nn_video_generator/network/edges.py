"""What feeds what in the diagram: the strongest contributions between connected blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Backend, Contributions, Feeds

from nn_video_generator.network.layers import DiagramLayer, Edges


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """Two blocks of the diagram of which one feeds the other.

    Attributes:
        source: index of the block that feeds.
        target: index of the block that is fed.
        contributions: of the source's units to the target's sums.
    """

    source: int
    target: int
    contributions: Contributions

    def edges(self, blocks: Sequence[NDArray[np.float32]], count: int) -> list[Edges]:
        """The strongest contributions of each sample.

        Args:
            blocks: what every block of the diagram does, (N, ...) each.
            count: how many at most; contributions of 0 are none.
        """
        return [
            Edges(self.source, self.target, *found)
            for found in self.contributions.strongest(blocks[self.source], count)
        ]


def connections(
    backend: Backend, layers: Sequence[DiagramLayer], feeds: Feeds
) -> tuple[tuple[Connection, ...], Mapping[int, str]]:
    """Connect the blocks of a diagram wherever it can be told exactly what one adds to the other.

    Returns:
        The connections, and for each block that has none leading to it, but the input, the reason.
    """
    places = {layer.name: place for place, layer in enumerate(layers) if layer.kind != "output"}
    found: list[Connection] = []
    without: dict[int, str] = {}
    for place, layer in enumerate(layers):
        if layer.kind == "input":
            continue
        reason = _reason(layer, feeds)
        if reason is None and (source := places.get(feeds.layers[layer.name].source or "")) is not None:
            contributions = Contributions.of(backend, layer.name, feeds.layers[layer.name])
            if contributions.shape[1] != layer.shape[0]:  # quantiles: the actions' means are shown
                contributions = contributions.averaged(contributions.shape[1] // layer.shape[0])
            found.append(Connection(source, place, contributions))
        else:
            without[place] = reason or "what feeds it is not in the diagram"
    return tuple(found), without


def _reason(layer: DiagramLayer, feeds: Feeds) -> str | None:
    """Say why nothing exact is known of what a block is fed; None where it is known."""
    if layer.kind == "output" and layer.name not in feeds.heads.values():
        return "the output is not what one layer returns"
    return feeds.unknown.get(layer.name)
