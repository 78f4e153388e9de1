"""From a batch of inputs to maps: a backend, a layer and a method put together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.base import Backend, Inputs, LayerRecord, automatic_layer
from rlviz_cam.library import LIBRARY_METHODS, LibraryMethod
from rlviz_cam.methods import METHODS, CamMethod, grad_cam
from rlviz_cam.targets import Target


@dataclass(frozen=True, slots=True)
class CamResult:
    """Maps of a batch and the outputs of the same pass.

    Attributes:
        maps: (N, h, w), or (N, T, h, w) of a layer over time steps (each step explained like an image of its
            own), float32, signed, un-normalised, finite.
        outputs: Head -> raw values, (N, units) float32.
        scores: The target's score of each sample, (N,) float32.
    """

    maps: NDArray[np.float32]
    outputs: Mapping[str, NDArray[np.float32]]
    scores: NDArray[np.float32]


class CamExtractor:
    """Makes maps of one layer by one method."""

    def __init__(
        self, backend: Backend, layer: str | None = None, *, method: str | CamMethod = "gradcam"
    ) -> None:
        """Choose layer and method.

        Args:
            backend: The network.
            layer: Layer's name; by default the last spatial convolution (:func:`automatic_layer`).
            method: A name out of :data:`METHODS` or :data:`LIBRARY_METHODS`, or a function of a record.

        Raises:
            ValueError: When there is no such layer or method.
            ModuleNotFoundError: When a method of pytorch-grad-cam is asked for, which is not installed.
        """
        self.layer = automatic_layer(backend) if layer is None else layer
        self._backend = backend
        self._library: LibraryMethod | None = None
        self._method: CamMethod = grad_cam
        info = backend.layer(self.layer)
        if not info.is_spatial:
            spatial = ", ".join(one.name for one in backend.layers() if one.is_spatial)
            msg = f"layer {self.layer!r} has no spatial output; choose one of: {spatial or '(none)'}"
            raise ValueError(msg)
        if not isinstance(method, str):
            self._method, self.method = method, getattr(method, "__name__", type(method).__name__)
            return
        self.method = method
        if method in METHODS:
            self._method = METHODS[method]
        elif method in LIBRARY_METHODS:
            self._library = LibraryMethod(method, backend, self.layer)
        else:
            msg = f"unknown method {method!r}; choose one of: {', '.join((*METHODS, *LIBRARY_METHODS))}"
            raise ValueError(msg)

    def __call__(self, inputs: Inputs, target: Target) -> CamResult:
        """Make the maps of a batch.

        Raises:
            ValueError: When inputs or target do not fit, or when an output or a map is not finite.
        """
        if self._library is not None:
            maps, outputs = self._library(inputs, target)
        else:
            record = self._backend.record(inputs, self.layer, target)
            maps, outputs = _each_step(self._method, record), record.outputs
        bad = np.flatnonzero(~np.isfinite(maps.reshape(len(maps), -1)).all(axis=1))
        if bad.size:
            listed = ", ".join(str(sample) for sample in bad[:8]) + (" ..." if bad.size > 8 else "")
            msg = f"the {self.method} map is not finite for {bad.size} of {len(maps)} samples ({listed})"
            raise ValueError(msg)
        return CamResult(maps, outputs, target.scores(outputs))


def _each_step(method: CamMethod, record: LayerRecord) -> NDArray[np.float32]:
    """Apply a method, which knows no time, to every step of every sample."""
    samples, *steps = record.activations.shape[:-3]
    if not steps:
        return method(record)
    folded = LayerRecord(
        record.activations.reshape(-1, *record.activations.shape[-3:]),
        record.gradients.reshape(-1, *record.gradients.shape[-3:]),
        record.outputs,
    )
    maps = method(folded)
    return maps.reshape(samples, *steps, *maps.shape[1:])
