# pyright: standard
"""A PyTorch network in the form that pytorch-grad-cam takes."""

import copy
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from rlviz_cam.backends.base import Inputs
from rlviz_cam.backends.torch_network import TorchNetwork, named_heads, transformed


class LibraryView:
    """A copy of a network that returns one head's units, its layer and its inputs as tensors.

    Raises:
        ValueError: When the layer is not spatial, or its activations are a function's.
    """

    def __init__(self, network: TorchNetwork, layer: str) -> None:
        point = network.call(layer, spatial=True).taken_at
        if point.module is None:
            msg = (
                f"pytorch-grad-cam takes activations of modules only, and a function follows {layer!r}; "
                "choose a method of our own"
            )
            raise ValueError(msg)
        model = copy.deepcopy(network.model).eval()
        self.module = _OneHead(model)
        self.layer = model.get_submodule(point.module)
        self._network = network

    def predict(self, inputs: Inputs) -> Mapping[str, NDArray[np.float32]]:
        """Return every head's values, as ``Backend.predict`` does."""
        return self._network.predict(inputs)

    def choose(self, head: str, transform: str) -> None:
        """Choose the head that the copy returns, and what is applied to it."""
        self.module.head, self.module.transform = head, transform

    def tensor(self, inputs: NDArray[np.generic]) -> Tensor:
        """Return inputs as a float32 tensor, which gradients may reach."""
        return self._network.given.tensor(inputs).float()


class _OneHead(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.head, self.transform = "output", "none"

    def forward(self, inputs: Tensor) -> Tensor:
        return transformed(named_heads(self.model(inputs))[self.head], self.transform)
