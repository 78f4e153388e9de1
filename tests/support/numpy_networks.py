"""Networks of a few lines of NumPy, with closed-form optima, that answer as a backend does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import InputGradients, LayerInfo, Objective, WindowOp

Numbers = NDArray[np.float32]
Shapes = Mapping[str, tuple[int, ...]]


@dataclass
class DenseNetwork:
    """Units z = <weights, x> + bias of an image, then perhaps a ReLU or a softmax; takes its own size only.

    Attributes:
        weights: (units, ...) of the image's shape.
        bias: (units,).
        nonlinearity: `relu`, `softmax` or None.
        others: name -> shape of further inputs, whose sum is added to every unit.
        passes: images of every pass forth and back so far.
        leaks: of the same passes.
    """

    weights: Numbers
    bias: Numbers
    nonlinearity: str | None = None
    others: Shapes = field(default_factory=dict[str, tuple[int, ...]])
    passes: list[int] = field(default_factory=list[int])
    leaks: list[float] = field(default_factory=list[float])

    @property
    def input_size(self) -> tuple[int, int]:
        return self.weights.shape[-2], self.weights.shape[-1]

    def inputs(self) -> Shapes:
        return {"image": self.weights.shape[1:], **self.others}

    def layers(self) -> tuple[LayerInfo, ...]:
        return (self.layer("units"),)

    def layer(self, name: str) -> LayerInfo:
        return LayerInfo(name, "dense", self.bias.shape, False, self.nonlinearity, self.nonlinearity)

    def is_resizable(self, layer: str) -> bool:
        return False

    def activations(self, inputs, layers: Sequence[str]) -> Mapping[str, Numbers]:
        fed = self._fed(inputs)
        if self.nonlinearity == "softmax":
            fed = np.exp(fed) / np.exp(fed).sum(axis=1, keepdims=True)
        return {layers[0]: np.maximum(fed, 0) if self.nonlinearity == "relu" else fed}

    def input_gradients(self, inputs, objective: Objective, *, leak: float = 0.0) -> InputGradients:
        self.passes.append(len(objective))
        self.leaks.append(leak)
        channels = list(objective.channels)
        fed = self._fed(inputs)[:, channels]
        slopes, taken = _rectified(fed, leak) if self.nonlinearity == "relu" else (np.ones_like(fed), fed)
        gradients = np.einsum("nk,nk,k...->n...", objective.weights, slopes, self.weights[channels])
        scores = (objective.weights * taken).sum(axis=1)
        return InputGradients(scores.astype(np.float32), gradients.astype(np.float32))

    def _fed(self, inputs) -> Numbers:
        named = inputs if isinstance(inputs, Mapping) else {"image": inputs}
        image = named["image"].reshape(len(named["image"]), 1, -1)
        rest = sum(named[name].reshape(len(image), -1).sum(axis=1) for name in self.others)
        # no matrix product: each image rounds alike, whatever stands beside it
        fed = (image * self.weights.reshape(1, len(self.weights), -1)).sum(axis=2)
        return (fed + self.bias + np.reshape(rest, (-1, 1))).astype(np.float32)


@dataclass
class PixelNetwork:
    """A convolution of 1 x 1 with a ReLU: each cell is max(<weights, colours of the pixel> + bias, 0).

    Attributes:
        weights: (K, C).
        bias: (K,).
        shape: of the image, (C, H, W) or (T, C, H, W).
        resizable: whether images of other sizes are taken.
        sizes: height and width of every image of every pass forth and back so far.
        passes: images of the same passes.
    """

    weights: Numbers
    bias: Numbers
    shape: tuple[int, ...]
    resizable: bool = True
    sizes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    passes: list[int] = field(default_factory=list[int])

    @property
    def input_size(self) -> tuple[int, int]:
        return self.shape[-2], self.shape[-1]

    def inputs(self) -> Shapes:
        return {"input": self.shape}

    def layers(self) -> tuple[LayerInfo, ...]:
        return (self.layer("conv"),)

    def layer(self, name: str) -> LayerInfo:
        shape = (*self.shape[:-3], len(self.bias), *self.input_size)
        return LayerInfo(name, "conv", shape, True, "relu", "relu")

    def is_resizable(self, layer: str) -> bool:
        return self.resizable

    def windows(self, layer: str) -> tuple[WindowOp, ...]:
        return (WindowOp((1, 1)),)

    def activations(self, inputs, layers: Sequence[str]) -> Mapping[str, Numbers]:
        return {layers[0]: np.maximum(self._fed(inputs), 0)}

    def input_gradients(self, inputs, objective: Objective, *, leak: float = 0.0) -> InputGradients:
        self.sizes.append(inputs.shape[-2:])
        self.passes.append(len(inputs))
        channels = list(objective.channels)
        fed = self._fed(inputs)[..., channels, :, :]
        slopes, taken = _rectified(fed, leak)
        if objective.cell is not None:
            asked = np.zeros_like(slopes)
            asked[..., *objective.cell] = slopes[..., *objective.cell] * asked[0, ..., 0, :, :].size
            slopes, taken = asked, taken[..., objective.cell[0], None, objective.cell[1], None]
        responses = taken.mean(axis=(-2, -1)).reshape(len(fed), -1, len(channels)).mean(axis=1)
        cells = slopes.size / (len(slopes) * len(channels))
        gradients = np.einsum("nk,n...khw,kc->n...chw", objective.weights, slopes, self.weights[channels])
        scores = (objective.weights * responses).sum(axis=1)
        return InputGradients(scores.astype(np.float32), (gradients / cells).astype(np.float32))

    def _fed(self, inputs) -> Numbers:
        if not self.resizable and inputs.shape[-2:] != self.input_size:
            raise ValueError(f"images of {inputs.shape[-2:]}")
        colours = self.weights[:, :, None, None] * inputs[..., None, :, :, :]
        return colours.sum(axis=-3) + self.bias[:, None, None]


def _rectified(fed: Numbers, leak: float) -> tuple[Numbers, Numbers]:
    return np.where(fed > 0, 1, leak).astype(np.float32), np.maximum(fed, 0)
