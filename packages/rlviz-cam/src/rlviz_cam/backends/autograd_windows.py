# ruff: noqa: ANN401, SLF001 - autograd nodes are untyped and keep what they saved in `_saved_*` attributes
"""Sliding windows between an input and a tensor, read from an autograd graph; imports no framework.

Every node is looked up by the name of its operation. One whose reach is not known is an error rather than a
guess.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rlviz_cam.backends import window_paths
from rlviz_cam.backends.base import WindowOp
from rlviz_cam.backends.window_paths import WindowPath, follow, unknown_operation, widest

# fmt: off
_POINTWISE = frozenset({
    "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "Silu", "Mish", "Hardtanh", "Hardswish",
    "Hardsigmoid", "Sigmoid", "Tanh", "Softplus", "Softsign", "Threshold", "Clamp", "ClampMin", "ClampMax",
    "Prelu", "Abs", "Neg", "Exp", "Log", "Sqrt", "Pow", "Add", "Sub", "Mul", "Div", "Addcmul", "Clone",
    "Copy", "ToCopy", "Alias", "NativeBatchNorm", "CudnnBatchNorm", "MiopenBatchNorm", "NativeDropout",
    "FusedDropout", "Slice", "Cat", "Select", "Squeeze", "Unsqueeze", "Contiguous", "Detach", "Where",
})
# fmt: on
"""Operations that leave every cell at its place."""


def _pair(values: Any) -> tuple[int, int]:
    numbers = tuple(int(value) for value in values)
    return (numbers[0], numbers[0]) if len(numbers) == 1 else (numbers[-2], numbers[-1])


def _convolution(node: Any) -> WindowOp:
    if node._saved_transposed:
        msg = "the receptive field of a transposed convolution is not known; choose a layer before it"
        raise ValueError(msg)
    height, width = node._saved_weight.shape[-2:]
    return WindowOp(
        (height, width), _pair(node._saved_stride), _pair(node._saved_padding), _pair(node._saved_dilation)
    )


def _pooling(node: Any) -> WindowOp:
    kernel = _pair(node._saved_kernel_size)
    stride = _pair(node._saved_stride) if node._saved_stride else kernel
    dilation = _pair(getattr(node, "_saved_dilation", (1, 1)))
    return WindowOp(kernel, stride, _pair(node._saved_padding), dilation)


def _constant_pad(node: Any) -> WindowOp:
    left, _, top = (int(amount) for amount in node._saved_pad[:3])
    return WindowOp((1, 1), padding=(top, left))


_WINDOWS: Mapping[str, Callable[[Any], WindowOp]] = MappingProxyType(
    {
        "Convolution": _convolution,
        "MaxPool2DWithIndices": _pooling,
        "AvgPool2D": _pooling,
        "ConstantPadNd": _constant_pad,
    }
)


def windows_to_input(node: Any, leaf: object) -> WindowPath:
    """Return the windows between an input and the tensor made by an autograd node, the first one first.

    Where paths join (a skip connection), the path of the widest field stands for all.

    Args:
        node: ``grad_fn`` of the tensor.
        leaf: The input tensor, which has ``requires_grad``.

    Raises:
        ValueError: When an operation's reach is not known, when paths that join do not lie inside one
            another, or when the tensor does not depend on the input.
    """

    def through(node: Any, paths: Sequence[WindowPath]) -> WindowPath | None:
        return () if getattr(node, "variable", None) is leaf else _through(node, paths)

    return follow(node, _parents, through)


def ancestors(node: Any) -> frozenset[Any]:
    """Return an autograd node and all that its tensor is computed from."""
    return window_paths.ancestors(node, _parents)


def _parents(node: Any) -> list[Any]:
    return [parent for parent, _ in node.next_functions if parent is not None]


def _through(node: Any, paths: Sequence[WindowPath]) -> WindowPath | None:
    if not paths:
        return None
    path = widest(paths)
    name = re.sub(r"Backward\d*$", "", node.name())
    if name in _WINDOWS:
        return (*path, _WINDOWS[name](node))
    if name.rstrip("_") in _POINTWISE:
        return path
    raise unknown_operation(name)
