# pyright: standard
# ruff: noqa: ANN401 - Keras' layers and variables are untyped
"""The weights of Keras layers: in this project's order, and drawn anew; imports no framework."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.keras_layers import class_names, kind_of, sublayers, unwrapped

_AT_START = {"gamma": 1.0, "beta": 0.0, "moving_mean": 0.0, "moving_variance": 1.0}
"""What normalisations, which hold no random weights, start with."""
_STATE = ("seed", "generator", "iteration")


def kernel(layer: Any) -> NDArray[np.float32] | None:
    """Return a layer's weights, the inputs and outputs last, as a new array; ``None`` where there are none.

    (kh, kw, in, out) of a convolution, also of a transposed or separable one; (kh, kw, in, multiplier) of a
    depthwise one; (kd, kh, kw, in, out) over time steps too; (in, out) of a dense layer.
    """
    inner = unwrapped(layer)
    if kind_of(inner) is None:
        return None
    depthwise = getattr(inner, "depthwise_kernel", None)
    if depthwise is not None and hasattr(inner, "pointwise_kernel"):
        first, second = _numbers(depthwise), _numbers(inner.pointwise_kernel)
        mixed = second.reshape(*first.shape[-2:], second.shape[-1])
        return np.einsum("...im,imo->...io", first, mixed)
    weight = depthwise if depthwise is not None else getattr(inner, "kernel", None)
    if weight is None:
        weight = getattr(getattr(inner, "cell", None), "kernel", None)
    if weight is None:
        return None
    values = _numbers(weight)
    return np.ascontiguousarray(values.swapaxes(-1, -2)) if kind_of(inner) == "conv_transpose" else values


def redraw(layer: Any, random: np.random.Generator) -> None:
    """Draw the weights of a layer and of all inside it anew, in place, each from +-1/sqrt(fan_in).

    Normalisations start as new.

    Raises:
        ValueError: When it is not known how.
    """
    inside = sublayers(layer)
    for one in inside:
        redraw(one, random)
    drawn = {id(weight) for one in inside for weight in one.weights}
    own = [weight for weight in layer.weights if id(weight) not in drawn]
    _redraw_own(layer, [one for one in own if not any(word in one.name for word in _STATE)], random)


def _redraw_own(layer: Any, weights: list[Any], random: np.random.Generator) -> None:
    if not weights:
        return
    if any("Normalization" in name for name in class_names(layer)):
        for weight in weights:
            weight.assign(np.full(weight.shape, _AT_START[_short(weight)], dtype=np.float32))
        return
    fan_in = next((_fan_in(layer, weight) for weight in weights if len(weight.shape) > 1), 0)
    if fan_in == 0:
        msg = f"do not know how to draw the weights of a {type(layer).__name__} anew"
        raise ValueError(msg)
    bound = fan_in**-0.5
    for weight in weights:
        drawn = random.uniform(-bound, bound, size=tuple(weight.shape))
        weight.assign(drawn.astype(np.float32))


def _fan_in(layer: Any, weight: Any) -> int:
    """Return how many numbers one output is made of: of a kernel (..., in, out), all but the last axis."""
    shape = tuple(int(size) for size in weight.shape)
    if "depthwise" in weight.name:
        return int(np.prod(shape[:-2]))
    if kind_of(layer) == "conv_transpose":
        return int(np.prod(shape)) // shape[-2]
    return int(np.prod(shape[:-1]))


def _short(weight: Any) -> str:
    return weight.name.partition(":")[0].rpartition("/")[2]


def _numbers(variable: Any) -> NDArray[np.float32]:
    return np.array(variable.numpy(), dtype=np.float32)
