"""From a batch of observations to what the network did with each of them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Backend, action_value_name

from nn_video_generator.network.diagram import diagram_heads, diagram_layers, left_out
from nn_video_generator.network.edges import connections
from nn_video_generator.network.layers import Reading


class NetworkReader:
    """Reads a network: activations, outputs and the strongest contributions, from one forward pass.

    Args:
        backend: the network, as `rlviz_agents.policy_heads` hands it over.
        edges: contributions kept for each pair of connected layers.

    Attributes:
        layers: of the diagram, from left to right.
        value_name: what the action's values are: `probability` or `Q-value`.
        left_out: layers of the network that the diagram cannot show, by name -> why.
        without_edges: index of a layer that no edge leads to -> why: nothing exact can be told of it.

    Raises:
        ValueError: the network takes several inputs, or has no output for each action.
    """

    def __init__(self, backend: Backend, *, edges: int = 20) -> None:
        self._backend = backend
        self._edges = edges
        feeds = backend.feeds()
        self._heads = diagram_heads(backend)
        self.layers = diagram_layers(backend, feeds)
        self.value_name = action_value_name(tuple(backend.heads()))
        self.left_out = left_out(backend)
        self._connections, self.without_edges = connections(backend, self.layers, feeds)
        self._inner = [layer.name for layer in self.layers if layer.kind in {"conv", "dense"}]

    def read(self, observations: NDArray[np.generic]) -> list[Reading]:
        """Read a batch in one forward pass.

        Args:
            observations: (N, C, H, W) uint8, or (N, k) numbers.

        Returns:
            One reading for each observation.

        Raises:
            ValueError: the observations do not fit the network, or an output is not finite.
        """
        activity = self._backend.activity(observations, self._inner)
        blocks = [
            observations.astype(np.float32),
            *(activity.activations[name] for name in self._inner),
            *(_units(activity.outputs[head]) for head in self._heads),
        ]
        edges = [one.edges(blocks, self._edges) for one in self._connections]
        return [
            Reading(
                tuple(block[n] for block in blocks),
                tuple(one[n] for one in edges),
                _sample(activity.outputs, n),
            )
            for n in range(len(observations))
        ]


def _units(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The outputs as units, (N, units): of quantiles their mean."""
    return values.mean(axis=1, dtype=np.float32) if values.ndim == 3 else values


def _sample(outputs: Mapping[str, NDArray[np.float32]], number: int) -> dict[str, NDArray[np.float32]]:
    return {head: values[number] for head, values in outputs.items()}
