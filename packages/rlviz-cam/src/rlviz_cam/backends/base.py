"""What every framework offers: layers, weights, activations, gradients and outputs as NumPy arrays."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.activity import Activity, Feeds
from rlviz_cam.ascent.recipe import Ascent, Recipe
from rlviz_cam.objectives import InputGradients, Objective
from rlviz_cam.preprocessing import Preprocessing
from rlviz_cam.targets import Target

Array = NDArray[np.generic]
Inputs = Array | Mapping[str, Array]
"""A batch, (N, ...), or named batches of the same N."""


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """One convolution or dense layer.

    Attributes:
        name: The layer's path inside the network.
        kind: ``conv``, ``conv_transpose`` or ``dense``.
        output_shape: Of its activations, without the samples: (K, h, w) for an image layer, (T, K, h, w) for
            one over time steps, whatever the framework.
        is_spatial: Whether the activations are (K, h, w) or (T, K, h, w), so that a map can be made of them.
        taken_after: The nonlinearity after which the activations are taken; ``None`` when none follows
            directly.
        nonlinearity: What kind that is, in small letters without underscores: ``relu``, ``leakyrelu``,
            ``sigmoid``, ``softmax``.
        parameters: How many numbers it holds, all of its own layers' included.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    is_spatial: bool
    taken_after: str | None = None
    nonlinearity: str | None = None
    parameters: int = 0

    @property
    def steps(self) -> int | None:
        """Number of time steps T of a spatial layer that has them, each of which has a map of its own."""
        return self.output_shape[0] if self.is_spatial and len(self.output_shape) == 4 else None


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """One forward and one partial backward pass, on the host.

    Attributes:
        activations: A, (N, K, h, w) or, over time steps, (N, T, K, h, w) float32.
        gradients: dS/dA of the target's score S, float32 of the same shape.
        outputs: Head -> raw values, (N, units) float32, or (N, quantiles, units).
    """

    activations: NDArray[np.float32]
    gradients: NDArray[np.float32]
    outputs: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class WindowOp:
    """A convolution's or pooling's window, fields as (y, x); padding is what is added at the top and left."""

    kernel: tuple[int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)


class Backend(Protocol):
    """The white-box view of one network; everything returned is NumPy, nothing of the network is changed.

    Inputs are channel-first whatever the framework: images (N, C, H, W), sequences of images (N, T, C, H, W),
    vectors (N, k); a network of several inputs takes them by name.
    """

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the image that the network takes, in pixels."""
        ...

    def inputs(self) -> Mapping[str, tuple[int, ...]]:
        """Return every input's name and the shape of one sample of it; an unnamed input is ``input``."""
        ...

    def heads(self) -> Mapping[str, tuple[int, ...]]:
        """Return every output's name and the shape of one sample of it."""
        ...

    def path(self, head: str) -> tuple[str, ...]:
        """Name those of ``layers`` that a head is computed from, in the same order."""
        ...

    def layers(self, *, every: bool = False) -> tuple[LayerInfo, ...]:
        """List the convolution and dense layers in the order in which they are computed.

        Args:
            every: List every layer that returns a tensor, and has no layers of its own.
        """
        ...

    def layer(self, name: str) -> LayerInfo:
        """Describe one layer, also one that ``layers`` does not list (a nonlinearity, a block)."""
        ...

    def weights(self, layer: str) -> NDArray[np.float32]:
        """Return a layer's weights: (kh, kw, in, out) of a convolution, (in, out) of a dense layer."""
        ...

    def digest(self) -> str:
        """Return the SHA-256 of all the numbers that the network holds, with their names, in hexadecimal."""
        ...

    def predict(self, inputs: Inputs) -> Mapping[str, NDArray[np.float32]]:
        """Return every head's values, head -> (N, units)."""
        ...

    def activations(self, inputs: Inputs, layers: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Return the activations, layer -> (N, ...), of any number of layers in one forward pass.

        Images may have another size than the network's where all of the layers are resizable.
        """
        ...

    def activity(self, inputs: Inputs, layers: Sequence[str]) -> Activity:
        """Return the activations of any number of layers and every head's values, of the same pass."""
        ...

    def feeds(self) -> Feeds:
        """Tell what each layer's weights are multiplied with: another's activations, or the input."""
        ...

    def record(self, inputs: Inputs, layer: str, target: Target) -> LayerRecord:
        """Run one forward pass, and one backward pass from the target's score down to the layer."""
        ...

    def is_resizable(self, layer: str) -> bool:
        """Whether a layer can be computed for images of another size than the network's own."""
        ...

    def input_gradients(self, inputs: Inputs, objective: Objective, *, leak: float = 0.0) -> InputGradients:
        """Run one forward pass up to the objective's layer, and one backward pass to the image.

        Nothing above the layer is computed, no gradient of a weight, and of the layer itself only the
        objective's channels. Images may have another size than the network's where the layer is resizable.

        Args:
            inputs: A batch, one image per row of the objective's weights.
            objective: What is differentiated.
            leak: Slope given to the layer's own nonlinearity where it is fed negative values: the gradients
                are those of s + leak (the objective of min(z, 0)), z being what the nonlinearity is fed. A
                channel that is silent everywhere then still says how to wake it. The scores are those of s.
        """
        ...

    def ascend(
        self,
        objective: Objective,
        recipe: Recipe,
        preprocessing: Preprocessing,
        *,
        seed: int = 0,
        chunk: int | None = None,
    ) -> Ascent:
        """Raise the objective of every image by gradient ascent on the input.

        Args:
            objective: One scalar per image.
            recipe: How.
            preprocessing: How levels of 0 to 255 become what the network takes.
            seed: Of the noise and the transformations: the same seed gives the same pictures.
            chunk: Images of one pass at most; bounds the memory. ``None`` takes what fits about 1 GB.
        """
        ...

    def randomized(self, up_to_layer: str, seed: int) -> Self:
        """Return a copy with weights drawn anew from the output down to a layer (Adebayo et al., 2018)."""
        ...

    def windows(self, layer: str) -> tuple[WindowOp, ...]:
        """Return the sliding windows between the input image and a spatial layer, the first one first."""
        ...


def digest_of(numbers: Iterable[tuple[str, NDArray[Any]]]) -> str:
    """Return the SHA-256 of named arrays: their names, types, shapes and bytes, in the order given."""
    digest = hashlib.sha256()
    for name, values in numbers:
        digest.update(f"{name} {values.dtype} {values.shape}\n".encode())
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def innermost(names: Iterable[str], separator: str) -> tuple[str, ...]:
    """Leave out the names of layers that hold another one, such as `encoder` beside `encoder/conv1`."""
    listed = tuple(names)
    holding = {name[:place] for name in listed for place in _places(name, separator)}
    return tuple(name for name in listed if name and name not in holding)


def _places(name: str, separator: str) -> list[int]:
    return [place for place, letter in enumerate(name) if letter == separator]


def automatic_layer(backend: Backend, head: str | None = None) -> str:
    """Name the layer that a map is made of when none is named: the last convolution with more than one cell.

    A network whose convolutions all end in a single cell gives its last convolution.

    Args:
        backend: The network.
        head: Only layers that this head is computed from count; by default all do. A network that also draws
            pictures has convolutions that its other outputs do not come from.

    Raises:
        ValueError: When no convolution has a spatial output, or there is no such head.
    """
    layers = backend.layers()
    if head is not None:
        path = frozenset(backend.path(head))
        layers = tuple(layer for layer in layers if layer.name in path)
    spatial = [layer for layer in layers if layer.is_spatial]
    if not spatial:
        there_are = ", ".join(f"{layer.name} ({layer.kind})" for layer in layers) or "none at all"
        where = "the network" if head is None else f"the way to head {head!r}"
        msg = f"a map needs a convolution with a spatial output; {where} has only: {there_are}"
        raise ValueError(msg)
    wide = [layer for layer in spatial if layer.output_shape[-2] * layer.output_shape[-1] > 1]
    return (wide or spatial)[-1].name


def check_outputs(outputs: Mapping[str, NDArray[np.float32]]) -> None:
    """Refuse outputs that are not numbers.

    Raises:
        ValueError: Naming the head and the samples.
    """
    for head, values in outputs.items():
        _check_finite(values, f"output {head!r}", "weights and inputs")


def check_inputs(inputs: Mapping[str, Array]) -> None:
    """Refuse inputs that are not numbers; a ReLU may take NaN for 0, so that the outputs do not tell.

    Raises:
        ValueError: Naming the input and the samples.
    """
    for name, values in inputs.items():
        # the sum tells that all are finite, at a tenth of the price of looking at each
        with np.errstate(over="ignore", invalid="ignore"):
            doubtful = np.issubdtype(values.dtype, np.inexact) and not np.isfinite(values.sum())
        if doubtful:
            _check_finite(values, f"input {name!r}", "source")


def check_objective(objective: Objective, images: int, channels: int) -> None:
    """Refuse an objective that is for other images, or for channels that a layer does not have.

    Raises:
        ValueError: Naming both.
    """
    name = objective.layer
    if len(objective) != images:
        rows = len(objective)
        msg = f"{images} images, but the objective has {rows} rows of weights; give one row per image"
        raise ValueError(msg)
    if objective.channels[-1] >= channels:
        msg = (
            f"no channel {objective.channels[-1]} in layer {name!r}: "
            f"the layer has {channels} channels, numbered 0 to {channels - 1}"
        )
        raise ValueError(msg)


def check_cell(objective: Objective, grid: tuple[int, ...]) -> None:
    """Refuse an objective's cell that a layer's grid, (h, w), does not have; a dense layer's grid is ().

    Raises:
        ValueError: Naming both.
    """
    if objective.cell is None:
        return
    if len(grid) != 2:
        msg = f"layer {objective.layer!r} has no grid of cells; leave the cell out"
        raise ValueError(msg)
    (y, x), (height, width) = objective.cell, grid
    if not (0 <= y < height and 0 <= x < width):
        msg = f"no cell {objective.cell} in layer {objective.layer!r}, whose grid is {height} x {width}"
        raise ValueError(msg)


def check_gradients(layer: str, found: InputGradients) -> None:
    """Refuse scores and gradients that are not numbers.

    Raises:
        ValueError: Naming the layer and the samples.
    """
    _check_finite(found.scores, f"score of layer {layer!r}", "weights and inputs")
    _check_finite(found.gradients, f"gradient of layer {layer!r} by the image", "weights and inputs")


def _check_finite(values: Array, what: str, where: str) -> None:
    bad = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    if bad.size:
        listed = ", ".join(str(sample) for sample in bad[:8]) + (" ..." if bad.size > 8 else "")
        msg = (
            f"the network's {what} is not finite for {bad.size} of {len(values)} samples ({listed}); "
            f"check its {where} for NaN"
        )
        raise ValueError(msg)
