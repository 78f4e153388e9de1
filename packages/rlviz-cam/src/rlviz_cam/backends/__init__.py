"""Frameworks, each in one file; the right one is imported when a model of its kind arrives."""

from collections.abc import Mapping
from typing import Any

from rlviz_cam.backends.base import Backend

__all__ = ["open_backend"]

InputShape = tuple[int, ...] | Mapping[str, tuple[int, ...]]


def open_backend(model: object, *, device: str = "auto", input_shape: InputShape | None = None) -> Backend:
    """Open a network of any supported framework, told apart by the model's own type.

    Args:
        model: A ``torch.nn.Module`` whose forward takes the inputs and returns a tensor (head ``output``) or
            a mapping of named heads.
        device: ``auto`` (where the model is), ``cpu`` or ``cuda``; on another device a copy of the model is
            used.
        input_shape: Shape of one sample, (C, H, W), or a shape per named input. When left out, it is the
            model's own attribute ``input_shape`` if it has one, else it is learnt from the first batch.

    Raises:
        TypeError: When the model belongs to no supported framework.
    """
    kinds = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    if "torch" in kinds:
        from rlviz_cam.backends.torch import TorchBackend

        module: Any = model
        return TorchBackend(module, device=device, input_shape=input_shape)
    msg = f"cannot open a model of type {type(model).__qualname__}; give a torch.nn.Module"
    raise TypeError(msg)
