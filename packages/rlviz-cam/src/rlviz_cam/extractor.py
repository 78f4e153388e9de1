"""From a batch of inputs to maps: a backend, a layer and a method put together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.base import Backend, Inputs, automatic_layer
from rlviz_cam.library import LIBRARY_METHODS, LibraryMethod
from rlviz_cam.methods import METHODS, CamMethod
from rlviz_cam.targets import Target


@dataclass(frozen=True, slots=True)
class CamResult:
    """Maps of a batch and the outputs of the same pass.

    Attributes:
        maps: (N, h, w) float32, signed, un-normalised, finite.
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
        self._method: CamMethod | None = None
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
            maps, outputs = self._method(record), record.outputs  # type: ignore[misc]
        bad = np.flatnonzero(~np.isfinite(maps).all(axis=(1, 2)))
        if bad.size:
            listed = ", ".join(str(sample) for sample in bad[:8]) + (" ..." if bad.size > 8 else "")
            msg = f"the {self.method} map is not finite for {bad.size} of {len(maps)} samples ({listed})"
            raise ValueError(msg)
        return CamResult(maps, outputs, target.scores(outputs))
