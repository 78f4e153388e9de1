# ruff: noqa: ANN401, SLF001 - autograd nodes are untyped and keep what they saved in `_saved_*` attributes
"""Sliding windows between an input and a tensor, read from an autograd graph; imports no framework.

Every node is looked up by the name of its operation. One whose reach is not known is an error rather than a
guess.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from rlviz_cam.backends.base import WindowOp
from rlviz_cam.geometry import ReceptiveField

Path = tuple[WindowOp, ...]

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


def windows_to_input(node: Any, leaf: object) -> Path:
    """Return the windows between an input and the tensor made by an autograd node, the first one first.

    Where paths join (a skip connection), the path of the widest field stands for all.

    Args:
        node: ``grad_fn`` of the tensor.
        leaf: The input tensor, which has ``requires_grad``.

    Raises:
        ValueError: When an operation's reach is not known, when paths that join do not lie inside one
            another, or when the tensor does not depend on the input.
    """
    known: dict[Any, Path | None] = {}
    order: list[Any] = [node]
    while order:  # children first, without recursion: networks may be deep
        current = order[-1]
        waiting = [child for child, _ in current.next_functions if child is not None and child not in known]
        if waiting:
            order.extend(waiting)
            continue
        order.pop()
        if current not in known:
            known[current] = _through(current, leaf, known)
    path = known[node]
    if path is None:
        msg = "the layer does not depend on the input image"
        raise ValueError(msg)
    return path


def _through(node: Any, leaf: object, known: Mapping[Any, Path | None]) -> Path | None:
    if getattr(node, "variable", None) is leaf:
        return ()
    reaching = [known[child] for child, _ in node.next_functions if child is not None]
    paths = [path for path in reaching if path is not None]
    if not paths:
        return None
    widest = _widest(paths)
    name = re.sub(r"Backward\d*$", "", node.name())
    if name in _WINDOWS:
        return (*widest, _WINDOWS[name](node))
    if name.rstrip("_") in _POINTWISE:
        return widest
    msg = f"cannot work out the receptive field through the operation {name!r}; choose a layer before it"
    raise ValueError(msg)


def _widest(paths: list[Path]) -> Path:
    """Return the path whose field holds those of all others."""
    fields = [ReceptiveField.from_windows(path, cells=(1, 1), pixels=(1, 1)) for path in paths]
    best = max(range(len(paths)), key=lambda number: sum(fields[number].size))
    for field in fields:
        if field.jump != fields[best].jump or not fields[best].covers(field):
            msg = "two paths of different geometry join below the layer; choose a layer before they do"
            raise ValueError(msg)
    return paths[best]
