# pyright: standard
# ruff: noqa: ANN401 - TensorFlow's tensors and functions are untyped
"""Passes from the image of a Keras model up to one layer and back to the image."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from rlviz_cam.backends.base import Array, check_cell, check_gradients
from rlviz_cam.backends.keras_channels import ChannelCut, before_nonlinearity
from rlviz_cam.backends.keras_convolutions import quick_gradients
from rlviz_cam.backends.keras_passes import Passes
from rlviz_cam.backends.keras_symbolic import SymbolicModel, handed_over
from rlviz_cam.backends.keras_trace import Call, Trace
from rlviz_cam.objectives import InputGradients, Objective

_REFUSALS = (tf.errors.InvalidArgumentError, tf.errors.AbortedError, tf.errors.UnimplementedError)
"""What an operation raises when it is given a shape that it does not take."""


@dataclass(frozen=True)
class _Pass:
    """A compiled pass: the model's inputs and an objective in numbers -> scores, gradients, grid.

    Attributes:
        function: It.
        any_size: Whether it was traced for images of any size; else it is for the network's own.
    """

    function: Callable[..., Any]
    any_size: bool


@dataclass(frozen=True)
class _Wanted:
    """An objective as symbolic tensors, the further inputs of a pass.

    Attributes:
        channels: (k,) int32.
        weights: (N, k) float32.
        leak: () float32.
        cell: (2,) int32, of use where the objective is that of one cell.
    """

    channels: Any
    weights: Any
    leak: Any
    cell: Any

    @staticmethod
    def specs() -> list[Any]:
        """Return what the fields are as inputs."""
        shapes = [([None], tf.int32), ([None, None], tf.float32), ([], tf.float32), ([2], tf.int32)]
        return [tf.TensorSpec(shape, dtype) for shape, dtype in shapes]


class InputPasses:
    """The passes of one model up to a layer, each traced when it is first asked for.

    One to the image and back is for one layer, any channels of it, any number of images, and images of any
    size where the layer takes them. Nothing is computed but what the scores and the gradients are made of.
    """

    def __init__(self, model: SymbolicModel, whole: Passes, *, xla: bool) -> None:
        """Trace nothing yet.

        Args:
            model: The model.
            whole: Its passes for images of its own size.
            xla: Whether XLA compiles the passes.
        """
        self._model = model
        self._whole = whole
        self._xla = xla
        self._passes: dict[tuple[str, bool], _Pass] = {}
        self._forward: dict[tuple[str, ...], Callable[..., Any]] = {}
        self._resizable: dict[str, bool] = {}

    def is_resizable(self, layer: str) -> bool:
        """Whether a layer can be computed for blank images of half or of twice the network's size."""
        if layer not in self._resizable:
            done = self._pass(layer, at_cell=False)
            self._resizable[layer] = done.any_size and any(self._takes(layer, by) for by in (0.5, 2.0))
        return self._resizable[layer]

    def activations(self, layers: Sequence[str]) -> Callable[..., Any]:
        """Return what computes the activations of resizable layers for images of any size."""
        key = tuple(layers)
        if key not in self._forward:

            def wanted(trace: Trace) -> list[Any]:
                return [handed_over(trace.call(layer).activations) for layer in layers]

            self._forward[key] = self._traced(layers, wanted, [], any_size=True)
        return self._forward[key]

    def run(self, arrays: Sequence[Array], objective: Objective, leak: float) -> InputGradients:
        """Return scores and gradients of a batch, passed as it is.

        Args:
            arrays: One per input, channel-first.
            objective: What is differentiated.
            leak: As for ``Backend.input_gradients``.

        Raises:
            ValueError: When the layer does not depend on the image or does not take one of that size, there
                is no such cell, or something is not finite.
        """
        found, grid = self._run(arrays, objective, leak)
        check_cell(objective, grid)
        check_gradients(objective.layer, found)
        return found

    def _run(
        self, arrays: Sequence[Array], objective: Objective, leak: float
    ) -> tuple[InputGradients, tuple[int, ...]]:
        """Return what a pass computes, and the layer's grid.

        Raises:
            ValueError: When the layer cannot be computed for images of that size.
        """
        cell = objective.cell
        done = self._pass(objective.layer, at_cell=cell is not None)
        taken = [spec.taken(array) for spec, array in zip(self._model.inputs.specs, arrays, strict=True)]
        channels, weights = _several(objective)
        wanted = [channels, weights, np.float32(leak), np.asarray(cell or (0, 0), np.int32)]
        try:
            with self._whole.placed():
                scores, gradients, grid = done.function(*map(tf.convert_to_tensor, [*taken, *wanted]))
        except _REFUSALS as error:
            raise self._refused(objective.layer, arrays, _said(error)) from error
        if 0 in grid.numpy():
            raise self._refused(objective.layer, arrays, "not one cell is left of them")
        return InputGradients(scores.numpy(), gradients.numpy()), tuple(int(size) for size in grid.numpy())

    def _refused(self, layer: str, arrays: Sequence[Array], cause: str) -> ValueError:
        size = " x ".join(str(size) for size in arrays[self._model.inputs.image].shape[-2:])
        return ValueError(f"layer {layer!r} cannot be computed for images of {size} pixels: {cause}")

    def _takes(self, layer: str, factor: float) -> bool:
        """Whether a layer can be computed for a blank image of another size."""
        inputs = self._model.inputs
        blank = [np.zeros((1, *shape), np.uint8) for shape in inputs.shapes().values()]
        *others, height, width = blank[inputs.image].shape
        size = (max(1, round(height * factor)), max(1, round(width * factor)))
        blank[inputs.image] = np.zeros((*others, *size), np.uint8)
        try:
            found, _ = self._run(blank, Objective.of_channels(layer, [0]), 0.0)
        except ValueError:
            return False
        return found.scores.shape == (1,) and found.gradients.shape == blank[inputs.image].shape

    def _pass(self, layer: str, *, at_cell: bool) -> _Pass:
        key = (layer, at_cell)
        if key not in self._passes:
            try:
                self._passes[key] = self._compiled(layer, at_cell=at_cell, any_size=True)
            except ValueError:
                self._passes[key] = self._compiled(layer, at_cell=at_cell, any_size=False)
        return self._passes[key]

    def _compiled(self, layer: str, *, at_cell: bool, any_size: bool) -> _Pass:
        """Trace a pass.

        Raises:
            ValueError: When the layer cannot be computed (without knowing the image's size, if it may have
                any), or does not depend on the image.
        """

        def wanted(trace: Trace, *further: Any) -> list[Any]:
            image = trace.given[self._model.inputs.image]
            return _scores_and_gradients(trace, layer, image, _Wanted(*further), at_cell=at_cell)

        return _Pass(self._traced([layer], wanted, _Wanted.specs(), any_size=any_size), any_size)

    def _traced(
        self,
        layers: Sequence[str],
        wanted: Callable[..., list[Any]],
        further: Sequence[Any],
        *,
        any_size: bool,
    ) -> Callable[..., Any]:
        """Compile what makes tensors of a trace that reaches some layers.

        Args:
            layers: That are to be reached.
            wanted: Given the trace and the further inputs, returns the tensors.
            further: What the inputs beside the model's own are.
            any_size: Whether the image may have any size.

        Raises:
            ValueError: When one of the layers is not reached, or ``wanted`` says so.
        """
        specs = self._model.inputs.specs
        shapes = [list(spec.shape) for spec in specs]
        if any_size:
            shapes[self._model.inputs.image][-3:-1] = [None, None]
        own = [tf.TensorSpec([None, *shape], spec.dtype) for spec, shape in zip(specs, shapes, strict=True)]
        called = self._model.called_as_far_as_it_goes if any_size else self._model.called

        def compute(*given: Any) -> list[Any]:
            with quick_gradients():
                trace = called(given[: len(own)])
            for layer in layers:
                reached = [call.taken_after for call in trace.calls.get(layer, [])]
                if reached != [self._whole.structure().call(layer).taken_after]:
                    msg = f"layer {layer!r} or its nonlinearity is not reached with images of any size"
                    raise ValueError(msg)
            return wanted(trace, *given[len(own) :])

        signature = [*own, *further]
        with self._whole.placed():
            # unlike a tf.function, it runs nothing beside what it returns: no layer above, no random numbers
            function = tf.compat.v1.wrap_function(compute, signature)
            if self._xla:
                function = tf.function(function, input_signature=signature, autograph=False, jit_compile=True)
        return function


def _several(objective: Objective) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return an objective's channels and weights, for two channels at least.

    Where TensorFlow joins a convolution with the bias that is added to it, it takes a bias of shape
    (1, 1, 1, 1), which is not known when it is compiled, for a scalar, and fails.
    """
    channels = np.asarray(objective.channels, np.int32)
    if len(channels) > 1:
        return channels, objective.weights
    return np.repeat(channels, 2), np.pad(objective.weights, ((0, 0), (0, 1)))


def _said(error: tf.errors.OpError) -> str:
    """Return the line of TensorFlow's message that says what was wrong: that before the operation's name."""
    lines = [line.strip() for line in error.message.splitlines() if line.strip()]
    return next((line for line, after in pairwise(lines) if after.startswith("[[")), lines[0])


def _scores_and_gradients(
    trace: Trace, layer: str, image: Any, wanted: _Wanted, *, at_cell: bool
) -> list[Any]:
    """Return scores (N,), gradients of the image's shape and the layer's grid, (h, w) or ()."""
    call = trace.call(layer)
    values, fed = _cut_down(trace, call, wanted.channels)
    scores = _score(values, wanted, at_cell=at_cell)
    leaking = scores
    if fed is not None:
        leaking += wanted.leak * _score(tf.minimum(fed, 0), wanted, at_cell=at_cell)
    places = _differentiable(image)
    parts = [one for one in tf.gradients(leaking, places) if one is not None] if places else []
    if not parts:
        msg = f"layer {layer!r} does not depend on the image, or in steps that have no gradient"
        raise ValueError(msg)
    grid = tf.shape(values)[-3:-1] if call.is_spatial else tf.zeros([0], tf.int32)
    return [scores, handed_over(tf.add_n(parts)), grid]


def _cut_down(trace: Trace, call: Call, channels: Any) -> tuple[Any, Any]:
    """Return the wanted channels of a layer's activations, and what their nonlinearity was fed, if any.

    The scores before a softmax are the activations, and there is no nonlinearity after them.
    """
    activations = call.activations
    count = activations.shape[-1]
    if count is None:
        msg = "the number of the layer's channels depends on the size of the image"
        raise ValueError(msg)
    before = before_nonlinearity(activations, trace.fed)
    if before is None or before.softmax:
        values = activations if before is None else before.tensor
        return ChannelCut(channels, count, [values])(values), None
    cut = ChannelCut(channels, count, [activations, before.tensor])
    return cut(activations), cut(before.tensor)


def _score(values: Any, wanted: _Wanted, *, at_cell: bool) -> Any:
    """Return the weighted sum over the channels of values, (N, ..., k): of their means, or of one cell."""
    values = tf.cast(values, tf.float32)
    rank = len(values.shape)
    if at_cell and rank in {4, 5}:
        last = tf.shape(values)[-3:-1] - 1
        within = tf.minimum(wanted.cell, last)  # a cell beyond the grid is an error, but not in here
        values = values[..., within[0], within[1], :]
        rank -= 2
    return tf.reduce_sum(wanted.weights * tf.reduce_mean(values, axis=list(range(1, rank - 1))), axis=1)


def _differentiable(image: Any) -> list[Any]:
    """Return the image, or what whole numbers are turned into: they have no gradient themselves."""
    if image.dtype.is_floating:
        return [image]
    turned = [op.outputs[0] for op in image.consumers() if op.type == "Cast"]
    return [one for one in turned if one.dtype.is_floating]
