# pyright: standard
# ruff: noqa: ANN401 - tensors and operations of a TensorFlow graph are untyped
"""Tensors of a TensorFlow graph built again: for some of their channels only, or before a nonlinearity.

Channels are the last axis. What is built stands in the graph beside what was there; whatever of it nobody
asks for is never computed.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import tensorflow as tf

from rlviz_cam.backends.graph_windows import ancestors
from rlviz_cam.backends.keras_trace import Fed

# fmt: off
_EACH = frozenset({
    "Identity", "Cast", "StopGradient", "BiasAdd", "Add", "AddV2", "Sub", "Mul", "RealDiv", "Maximum",
    "Minimum", "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf",
    "Erfc", "Neg", "Abs", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Square", "Pow", "Sign",
    "ClipByValue", "Greater", "GreaterEqual", "Less", "LessEqual", "SelectV2", "SquaredDifference",
    "FusedBatchNormV3",
})
# fmt: on
"""Operations that make every channel of that channel of each input alone."""
_LAYOUT = ("Identity", "Cast", "Reshape", "Transpose", "Pack", "Squeeze", "ExpandDims")
"""Operations that only say where a number stands."""


class ChannelCut:
    """Tensors for some of their channels only: the filters of the convolution that makes them are cut down.

    A cut goes back from a tensor through what works on every channel alone to the convolutions and matrix
    products, and takes the wanted columns of their weights. Where it cannot go further, the tensor is
    computed whole and its channels are picked.
    """

    def __init__(self, channels: Any, count: int, tensors: Sequence[Any]) -> None:
        """Look at what is to be cut.

        Args:
            channels: Symbolic numbers of the wanted channels, (k,) int32.
            count: Number of all channels.
            tensors: Those that will be cut.
        """
        self.channels = channels
        self.count = count
        self._cut: dict[Any, Any] = {}
        self._needed_whole = self._below_products([tensor.op for tensor in tensors])

    def __call__(self, tensor: Any) -> Any:
        """Return a tensor's wanted channels."""
        key = tensor.ref()
        if key not in self._cut:
            inputs = None if tensor.op in self._needed_whole else self._inputs(tensor.op)
            if inputs is None:
                self._cut[key] = self.picked(tensor)
            else:
                self._cut[key] = _again(tensor.op, inputs).outputs[tensor.value_index]
        return self._cut[key]

    def has_all(self, tensor: Any) -> bool:
        """Whether a tensor's last axis is known to be that of all channels."""
        return bool(tensor.shape.rank) and tensor.shape[-1] == self.count

    def picked(self, weights: Any, axis: int = -1) -> Any:
        """Return a tensor's wanted channels after all of it was computed."""
        return tf.gather(weights, self.channels, axis=axis)

    def _inputs(self, op: Any) -> list[Any] | None:
        """Return what an operation is to be given to make the wanted channels; ``None``: no way known."""
        if op.type in _EACH:
            return _of_each_channel(op, self)
        return _RULES[op.type](op, self) if op.type in _RULES else None

    def _below_products(self, ops: list[Any]) -> frozenset[Any]:
        """Return the operations below the convolutions that a cut comes to: these are needed whole.

        A tensor that skips a convolution is one of them, and there is nothing to save above it.
        """
        seen: set[Any] = set()
        below: frozenset[Any] = frozenset()
        while ops:
            op = ops.pop()
            if op in seen:
                continue
            seen.add(op)
            if op.type in _PRODUCTS:
                below |= ancestors(op.inputs[_PRODUCTS[op.type]].op)
            elif op.type in _EACH or op.type in _RULES:
                ops.extend(tensor.op for tensor in op.inputs)
        return below


def before_nonlinearity(tensor: Any, known: Callable[[Any], Fed | None]) -> Fed | None:
    """Return what the nonlinearity that made a tensor was fed, in the tensor's own layout.

    Args:
        tensor: Activations, after the nonlinearity.
        known: Given a tensor, what made it from what, if that is a nonlinearity.

    Returns:
        ``None`` when the tensor comes from something else.
    """
    found = known(tensor)
    if found is not None or tensor.op.type not in _LAYOUT:
        return found
    op = tensor.op
    moved = list(op.inputs) if op.type == "Pack" else [op.inputs[0]]
    before = [before_nonlinearity(one, known) for one in moved]
    given = [one for one in before if one is not None]
    if len(given) < len(moved):
        return None
    inputs = [*(one.tensor for one in given), *list(op.inputs)[len(moved) :]]
    return Fed(_again(op, inputs).outputs[tensor.value_index], given[0].softmax)


def _again(op: Any, inputs: list[Any]) -> Any:
    """Add an operation like another one to the graph, with other inputs."""
    types = [tensor.dtype for tensor in op.outputs]
    return op.graph.create_op(op.type, inputs, types, attrs=dict(op.node_def.attr.items()), op_def=op.op_def)


def _of_each_channel(op: Any, cut: ChannelCut) -> list[Any] | None:
    inputs: list[Any] = []
    for tensor in op.inputs:
        if cut.has_all(tensor):
            inputs.append(cut(tensor))
        elif tensor.shape.rank == 0 or (tensor.shape.rank and tensor.shape[-1] == 1):  # the same for all
            inputs.append(tensor)
        else:
            return None
    return inputs


def _convolution(op: Any, cut: ChannelCut) -> list[Any] | None:
    image, kernel = op.inputs
    in_groups = image.shape[-1] is None or image.shape[-1] != kernel.shape[-2]
    return None if in_groups else [image, cut.picked(kernel)]


def _transposed_convolution(op: Any, cut: ChannelCut) -> list[Any]:
    size, kernel, image = op.inputs
    return [_with_last(size, cut), cut.picked(kernel, axis=-2), image]


def _depthwise_convolution(op: Any, cut: ChannelCut) -> list[Any] | None:
    image, kernel = op.inputs
    return [cut(image), cut.picked(kernel, axis=-2)] if cut.has_all(image) else None


def _matrix_product(op: Any, cut: ChannelCut) -> list[Any]:
    turned = op.get_attr("transpose_b" if op.type == "MatMul" else "adj_y")
    return [op.inputs[0], cut.picked(op.inputs[1], axis=-2 if turned else -1)]


def _reshape(op: Any, cut: ChannelCut) -> list[Any] | None:
    values, shape = op.inputs
    return [cut(values), _with_last(shape, cut)] if cut.has_all(values) else None


def _transpose(op: Any, cut: ChannelCut) -> list[Any] | None:
    values, order = op.inputs
    axes = tf.get_static_value(order)
    return None if axes is None or axes[-1] != len(axes) - 1 else [cut(values), order]


def _pack(op: Any, cut: ChannelCut) -> list[Any] | None:
    rank = op.outputs[0].shape.rank
    return None if op.get_attr("axis") in {-1, rank - 1} else [cut(tensor) for tensor in op.inputs]


def _first_input(op: Any, cut: ChannelCut) -> list[Any] | None:
    values, *how = op.inputs
    return [cut(values), *how] if cut.has_all(values) else None


def _with_last(shape: Any, cut: ChannelCut) -> Any:
    """Return a symbolic shape with the number of the wanted channels at its end."""
    return tf.concat([shape[:-1], tf.shape(cut.channels, out_type=shape.dtype)], axis=0)


_RULES: Mapping[str, Callable[[Any, ChannelCut], list[Any] | None]] = MappingProxyType(
    {
        "Conv2D": _convolution,
        "Conv3D": _convolution,
        "Conv2DBackpropInput": _transposed_convolution,
        "DepthwiseConv2dNative": _depthwise_convolution,
        "MatMul": _matrix_product,
        "BatchMatMulV2": _matrix_product,
        "Reshape": _reshape,
        "Transpose": _transpose,
        "Pack": _pack,
        "Squeeze": _first_input,
        "ExpandDims": _first_input,
        "BatchToSpaceND": _first_input,
        "MaxPool": _first_input,
        "AvgPool": _first_input,
    }
)
_PRODUCTS: Mapping[str, int] = MappingProxyType(
    {"Conv2D": 0, "Conv3D": 0, "Conv2DBackpropInput": 2, "MatMul": 0, "BatchMatMulV2": 0}
)
"""Operations that mix all channels, and which of their inputs these are in."""
