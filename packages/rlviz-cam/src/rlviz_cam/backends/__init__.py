"""Frameworks, each in one file; the right one is imported when a model of its kind arrives."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rlviz_cam.backends.base import Backend
from rlviz_cam.keras_files import find_model

__all__ = ["open_backend", "open_model_file"]

InputShape = tuple[int, ...] | Mapping[str, tuple[int, ...]]


def open_backend(
    model: object, *, device: str = "auto", input_shape: InputShape | None = None, xla: bool = False
) -> Backend:
    """Open a network of any supported framework, told apart by the model's own type.

    Args:
        model: A ``torch.nn.Module`` whose forward takes the inputs and returns a tensor (head ``output``) or
            a mapping of named heads; or a Keras model (``tf_keras``, or Keras 3 on TensorFlow), whose heads
            are its outputs by name.
        device: ``auto`` (where the model is), ``cpu`` or ``cuda``; on another device a copy of a PyTorch
            model is used.
        input_shape: Shape of one sample, (C, H, W), or a shape per named input. When left out, it is the
            model's own, if it knows one, else it is learnt from the first batch.
        xla: Whether a Keras model's passes are compiled by XLA.

    Raises:
        TypeError: When the model belongs to no supported framework.
        ValueError: When the device is not there, or XLA is asked for where there is none.
    """
    kinds = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    given: Any = model
    if kinds & {"keras", "tf_keras"}:
        from rlviz_cam.backends.keras import KerasBackend

        return KerasBackend(given, device=device, input_shape=input_shape, xla=xla)
    if "torch" in kinds:
        if xla:
            msg = "XLA compiles Keras models only; open a torch.nn.Module without xla"
            raise ValueError(msg)
        from rlviz_cam.backends.torch import TorchBackend

        return TorchBackend(given, device=device, input_shape=input_shape)
    msg = f"cannot open a model of type {type(model).__qualname__}; give a torch.nn.Module or a Keras model"
    raise TypeError(msg)


def open_model_file(
    path: str | Path, *, trust: bool = False, device: str = "auto", xla: bool = False
) -> Backend:
    """Open a Keras model file or folder, whichever Keras wrote it.

    Unless TensorFlow is at work already, it is told to use one thread: a small network gains nothing from
    several, and batches of the same frames give the same figures whatever the machine's number of cores.

    Args:
        path: An ``.h5`` or ``.keras`` file, a SavedModel folder, or a folder with one of them in it.
        trust: Run the code that the file may hold (Lambda layers, custom classes).
        device: ``auto``, ``cpu`` or ``cuda``.
        xla: Whether the passes are compiled by XLA.

    Raises:
        FileNotFoundError: When there is no such file.
        ValueError: When the file is no model that can be explained, or holds code and is not trusted.
        ModuleNotFoundError: When TensorFlow is not installed.
    """
    path = find_model(path)  # what is not there is said before TensorFlow is loaded
    try:
        from rlviz_cam.backends.keras import KerasBackend, limit_threads
    except ModuleNotFoundError as error:
        msg = f"a Keras model needs {error.name}; install the extra rlviz-cam[keras]"
        raise ModuleNotFoundError(msg, name=error.name) from error
    from rlviz_cam.backends.keras_loading import load_keras

    limit_threads()
    return KerasBackend(load_keras(path, trust=trust), device=device, xla=xla)
