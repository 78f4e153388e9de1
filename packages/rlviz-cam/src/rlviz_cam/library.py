# ruff: noqa: ANN401 - the library is untyped
"""Further methods of pytorch-grad-cam, through one adapter that imports the package when one is asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.base import Backend, Inputs
from rlviz_cam.targets import Target

_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "scorecam": "ScoreCAM",
        "ablationcam": "AblationCAM",
        "gradcamelementwise": "GradCAMElementWise",
        "shapleycam": "ShapleyCAM",
        "fem": "FEM",
        "kpcacam": "KPCA_CAM",
        "segeigencam": "SegEigenCAM",
    }
)
LIBRARY_METHODS: tuple[str, ...] = tuple(_CLASSES)
"""Names of pytorch-grad-cam's methods that this adapter offers."""


class LibraryMethod:
    """One of pytorch-grad-cam's methods, on a copy of the network, so that nothing reaches the network."""

    def __init__(self, name: str, backend: Backend, layer: str) -> None:
        """Import pytorch-grad-cam and copy the network.

        Args:
            name: One of :data:`LIBRARY_METHODS`.
            backend: A backend of PyTorch.
            layer: Name of a spatial layer.

        Raises:
            ModuleNotFoundError: When pytorch-grad-cam is not installed; the message names the extra.
            ValueError: When the backend is not PyTorch's, or the layer's activations are not a module's
                output.
        """
        try:
            package = import_module("pytorch_grad_cam")
        except ModuleNotFoundError as error:
            msg = f"method {name!r} needs pytorch-grad-cam; install the extra rlviz-cam[grad-cam]"
            raise ModuleNotFoundError(msg, name=error.name) from error
        prepare: Callable[[str], Any] | None = getattr(backend, "library_view", None)
        if prepare is None:
            msg = f"method {name!r} works on PyTorch networks only; choose a method of our own"
            raise ValueError(msg)
        self._class: Any = getattr(package, _CLASSES[name])
        self._module: Any = import_module(self._class.__module__)
        self._view = prepare(layer)

    def __call__(
        self, inputs: Inputs, target: Target
    ) -> tuple[NDArray[np.float32], Mapping[str, NDArray[np.float32]]]:
        """Return maps (N, h, w) float32, before the library's own ReLU and scaling, and the outputs."""
        if isinstance(inputs, Mapping):
            msg = "pytorch-grad-cam takes one input array; choose a method of our own for named inputs"
            raise TypeError(msg)
        outputs = self._view.predict(inputs)
        weights = target.weights(target.units(outputs))
        self._view.choose(target.resolve(outputs), target.transform)
        raw: list[Any] = []
        bars, self._module.tqdm = getattr(self._module, "tqdm", None), _NoBars
        try:
            with self._class(self._view.module, [self._view.layer]) as cam:
                make = cam.get_cam_image

                def keep(*args: Any, **options: Any) -> Any:
                    raw.append(make(*args, **options))
                    return raw[-1]

                cam.get_cam_image = keep
                try:
                    cam(self._view.tensor(inputs), [_Score(row) for row in weights])
                finally:  # its own release detaches in place, which views (ShapleyCAM's gradients) refuse
                    cam.activations_and_grads.activations = []
                    cam.activations_and_grads.gradients = []
        finally:
            self._module.tqdm = bars
        return np.asarray(raw[0], dtype=np.float32), outputs


class _Score:
    """One sample's target in the library's form: output row -> scalar."""

    def __init__(self, weights: NDArray[np.float32]) -> None:
        self._weights = weights

    def __call__(self, row: Any) -> Any:
        return (row * row.new_tensor(self._weights)).sum()


class _NoBars:
    """Stands for tqdm while the library runs: no progress bar of its own."""

    @staticmethod
    def tqdm(iterable: Any) -> Any:
        return iterable
