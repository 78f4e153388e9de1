# pyright: standard
# ruff: noqa: ANN401 - Keras' models are untyped
"""What a Keras model as a whole is, whichever Keras it is of; imports the Keras that the model brings."""

from importlib import import_module
from inspect import Parameter, signature
from typing import Any

from rlviz_cam.backends.keras_inputs import clean_name
from rlviz_cam.backends.keras_layers import ROOTS, class_names, has_graph, named_layers, unwrapped


def check_model(model: Any) -> None:
    """Refuse a model that cannot be explained.

    Raises:
        ValueError: When it is a Keras 3 model on another framework than TensorFlow, has no weights yet, or
            keeps its channels first.
    """
    used = _keras_of(model).backend.backend()
    if used != "tensorflow":
        msg = (
            f"the model computes with {used}, and only Keras models on TensorFlow are explained; save it and "
            "open the file where KERAS_BACKEND=tensorflow is set"
        )
        raise ValueError(msg)
    if not model.built:
        msg = "the model is not built yet; call it once, or begin it with an Input"
        raise ValueError(msg)
    for name, layer in named_layers(model).items():
        if getattr(unwrapped(layer), "data_format", None) == "channels_first":
            msg = (
                f"layer {name!r} keeps its channels first, which TensorFlow does not compute on a CPU; build "
                "the model with data_format='channels_last'"
            )
            raise ValueError(msg)


def output_names(model: Any) -> list[str]:
    """Return the names that a model itself gives its outputs, made unique; none for a subclassed model."""
    if not has_graph(model):
        return []
    if "Sequential" in class_names(model):
        return [model.layers[-1].name]
    names: list[str] = []
    for name in map(clean_name, model.output_names):
        names.append(f"{name}_{names.count(name)}" if name in names else name)
    return names


def takes_training(model: Any) -> bool:
    """Whether the model can be told that it is not training."""
    parameters = signature(model.call).parameters.values()
    return any(one.name == "training" or one.kind is Parameter.VAR_KEYWORD for one in parameters)


def copied(model: Any, blank: Any) -> Any:
    """Return a copy of a model with weights of its own.

    Args:
        model: The model.
        blank: Inputs as it is called with, to build a subclassed copy.

    Raises:
        ValueError: When its classes cannot be made from their configs.
    """
    try:
        copy = _keras_of(model).models.clone_model(model)
        if not has_graph(copy):
            copy(blank)
        copy.set_weights(model.get_weights())
    except (ValueError, TypeError, NotImplementedError) as error:
        first_line = str(error).strip().partition("\n")[0]
        msg = f"the model cannot be copied; give its classes a get_config and from_config: {first_line}"
        raise ValueError(msg) from error
    return copy


def _keras_of(model: Any) -> Any:
    """Return the Keras package that a model is of."""
    roots = (base.__module__.partition(".")[0] for base in type(model).__mro__)
    return import_module(next(root for root in roots if root in ROOTS))
