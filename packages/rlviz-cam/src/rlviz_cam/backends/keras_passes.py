# pyright: standard
# ruff: noqa: ANN401 - TensorFlow's tensors and functions are untyped
"""Compiled passes of a Keras model over batches of any number of samples."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from rlviz_cam.backends.base import Array
from rlviz_cam.backends.keras_symbolic import SymbolicModel, handed_over
from rlviz_cam.backends.keras_trace import Trace

_SAMPLES, _IMAGES = 48, 96
"""Of one pass at most, where its size is not chosen.

48 is whole in the rows that matrix products take at once (4, 6, 8, 12, 16, 24, by processor): a remainder is
computed in another order, and a sample's last bits would depend on its place.
"""
_FEWER = (24, 12, 8, 6, 4, 2, 1)
"""Samples of one pass where 48 would take too much memory."""
_BUDGET = 2**29
_COPIES = 3
"""Bytes that the largest layer may take in a pass: what it is given, what it makes, the framework's own."""


@dataclass(frozen=True)
class Pass:
    """A compiled pass, and the trace that it was compiled from."""

    function: Callable[..., Any]
    trace: Trace


class Passes:
    """The passes of one model, each compiled when it is first asked for, and run in pieces of one size."""

    def __init__(self, model: SymbolicModel, place: str | None, *, xla: bool, batch_size: int | None) -> None:
        """Compile nothing yet.

        Args:
            model: The model.
            place: TensorFlow's name of a device; ``None`` leaves the choice to TensorFlow.
            xla: Whether XLA compiles the passes.
            batch_size: Samples of a piece; by default what is fast and fits into memory.
        """
        self._model = model
        self._place = place
        self._xla = xla
        self._batch_size = batch_size
        self._passes: dict[tuple[Any, ...], Pass] = {}

    def predicting(self) -> Pass:
        """Return the pass that computes the heads."""
        return self.compiled(("predict",), lambda trace: list(trace.heads.values()))

    def structure(self) -> Trace:
        """Return a trace of the whole model, for images of its own size."""
        return self.predicting().trace

    def compiled(
        self,
        key: tuple[str, ...],
        wanted: Callable[..., list[Any]],
        further: Mapping[str, tuple[tuple[int, ...], str]] = MappingProxyType({}),
    ) -> Pass:
        """Return the pass that computes some tensors of a trace, compiled when it is first asked for.

        Args:
            key: What it computes, for the next time.
            wanted: Given the trace and the further inputs, returns the tensors.
            further: Inputs beside the model's own, name -> shape of one sample and type.
        """
        if key in self._passes:
            return self._passes[key]
        given = self._model.inputs
        given.shapes()
        traces: list[Trace] = []
        own = [tf.TensorSpec([None, *spec.shape], spec.dtype) for spec in given.specs]
        others = [tf.TensorSpec([None, *shape], dtype, name) for name, (shape, dtype) in further.items()]

        def compute(*given: Any) -> list[Any]:
            traces[:] = [self._model.called(given[: len(own)])]
            return [handed_over(tensor) for tensor in wanted(traces[0], *given[len(own) :])]

        function = tf.function(
            compute, input_signature=[*own, *others], autograph=False, jit_compile=self._xla or None
        )
        with self.placed():
            concrete = function.get_concrete_function()
        self._passes[key] = Pass(concrete, traces[0])
        return self._passes[key]

    def run(self, function: Callable[..., Any], arrays: Sequence[Array]) -> list[NDArray[np.float32]]:
        """Run a pass over a batch in pieces of one size, so that equal samples are computed alike.

        Args:
            function: The compiled pass.
            arrays: One per input, channel-first; images may be of another size than the model's.
        """
        samples = len(arrays[0])
        size = 1 if samples == 1 else self._batch_size or self.usual_size(self._model.inputs.scale(arrays))
        parts: list[list[NDArray[np.float32]]] = []
        for first in range(0, samples, size):
            count = min(size, samples - first)
            pieces = [one[first : first + count] for one in arrays]
            for number, spec in enumerate(self._model.inputs.specs):
                pieces[number] = spec.taken(pieces[number])
            with self.placed():
                found = function(*(tf.convert_to_tensor(_padded(piece, size)) for piece in pieces))
            parts.append([tensor.numpy()[:count] for tensor in found])
        return (
            parts[0] if len(parts) == 1 else [np.concatenate(several) for several in zip(*parts, strict=True)]
        )

    def usual_size(self, scale: float = 1) -> int:
        """Return how many samples a pass takes: 48, and fewer where that would take much memory.

        Args:
            scale: How many times as many pixels as the model's own an image has.
        """
        steps = [spec.shape[0] or 1 for spec in self._model.inputs.specs if len(spec.shape) == 4]
        most = max(1, min(_SAMPLES, _IMAGES // max(steps, default=1)))
        fit = int(_BUDGET / (4 * _COPIES * self._largest * scale))
        return most if most <= fit else next((count for count in _FEWER if count <= min(most, fit)), 1)

    def placed(self) -> AbstractContextManager[Any]:
        """Return the context in which TensorFlow computes on the chosen device."""
        return nullcontext() if self._place is None else tf.device(self._place)

    @cached_property
    def _largest(self) -> int:
        """Number of activations of the layer that has most, for one sample."""
        return max((math.prod(info.output_shape) for info in self.structure().layers()), default=1)


def _padded(batch: Array, size: int) -> Array:
    missing = size - len(batch)
    return batch if missing == 0 else np.concatenate([batch, np.repeat(batch[-1:], missing, axis=0)])
