"""Networks of a few lines of NumPy, with closed-form optima, that answer as a backend does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import InputGradients, LayerInfo, Objective, WindowOp

Numbers = NDArray[np.float32]


@dataclass
class DenseNetwork:
    """Units z = <weights, x> + bias of an image, then perhaps a ReLU or a softmax; takes its own size only.

    Attributes:
        weights: (units, ...) of the image's shape.
        bias: (units,).
        nonlinearity: `relu`, `softmax` or None.
        others: name -> shape of further inputs, which add their sum to every unit.
    """

    weights: Numbers
    bias: Numbers
    nonlinearity: str | None = None
    others: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    passes: list[int] = field(default_factory=list[int])
    seen: list[Mapping[str, Numbers]] = field(default_factory=list[Mapping[str, Numbers]])

    @property
    def input_size(self) -> tuple[int, int]:
        return self.weights.shape[-2], self.weights.shape[-1]

    def inputs(self) -> dict[str, tuple[int, ...]]:
        return {"image": self.weights.shape[1:], **self.others}

    def layers(self) -> tuple[LayerInfo, ...]:
        return (self.layer("units"),)

    def layer(self, name: str) -> LayerInfo:
        return LayerInfo(name, "dense", self.bias.shape, False, self.nonlinearity, self.nonlinearity)

    def is_resizable(self, layer: str) -> bool:
        return False

    def windows(self, layer: str) -> tuple[WindowOp, ...]:
        raise ValueError("a dense layer has no windows")

    def activations(self, inputs, layers: Sequence[str]) -> dict[str, Numbers]:
        fed = self._fed(inputs)
        if self.nonlinearity == "softmax":
            fed = np.exp(fed) / np.exp(fed).sum(axis=1, keepdims=True)
        return {layers[0]: np.maximum(fed, 0) if self.nonlinearity == "relu" else fed}

    def input_gradients(self, inputs, objective: Objective, *, leak: float = 0.0) -> InputGradients:
        self.passes.append(len(objective))
        fed = self._fed(inputs)[:, list(objective.channels)]
        slopes = np.where(fed > 0, 1, leak) if self.nonlinearity == "relu" else np.ones_like(fed)
        taken = np.maximum(fed, 0) if self.nonlinearity == "relu" else fed
        by_unit = self.weights[list(objective.channels)].reshape(len(objective.channels), -1)
        gradients = np.einsum("nk,nk,kp->np", objective.weights, slopes, by_unit).astype(np.float32)
        scores = (objective.weights * taken).sum(axis=1).astype(np.float32)
        return InputGradients(scores, gradients.reshape(-1, *self.weights.shape[1:]))

    def _fed(self, inputs) -> Numbers:
        named = inputs if isinstance(inputs, Mapping) else {"image": inputs}
        self.seen.append(named)
        image = named["image"].reshape(len(named["image"]), 1, -1)
        rest = sum(named[name].reshape(len(image), -1).sum(axis=1) for name in self.others)
        # each image for itself, so that a batch of another size rounds alike
        fed = (image * self.weights.reshape(1, len(self.weights), -1)).sum(axis=2)
        return (fed + self.bias + np.reshape(rest, (-1, 1))).astype(np.float32)
