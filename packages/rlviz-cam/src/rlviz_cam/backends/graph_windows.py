# pyright: standard
# ruff: noqa: ANN401 - operations of a TensorFlow graph are untyped
"""Sliding windows between an input and a tensor, read from a TensorFlow graph; imports no framework.

The last three dimensions of every tensor on the way are (rows, columns, channels). Every operation is looked
up by its type; one whose reach is not known is an error rather than a guess.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rlviz_cam.backends import window_paths
from rlviz_cam.backends.base import WindowOp
from rlviz_cam.backends.window_paths import WindowPath, follow, unknown_operation, widest

Constant = Callable[[Any], Any]
"""Returns the value of a tensor that does not depend on any input as an array, else ``None``."""

# fmt: off
_POINTWISE = frozenset({
    "Identity", "Cast", "StopGradient", "BiasAdd", "Add", "AddV2", "AddN", "Sub", "Mul", "RealDiv",
    "Maximum", "Minimum", "Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus",
    "Softsign", "Softmax", "Erf", "Neg", "Abs", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Square",
    "Pow", "Sign", "Round", "Floor", "ClipByValue", "Greater", "GreaterEqual", "Less", "LessEqual", "Select",
    "SelectV2", "SquaredDifference", "FusedBatchNormV3",
})
# fmt: on
"""Operations that leave every cell at its place."""
SHAPES_ONLY = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"})
"""Operations whose result does not depend on their input's values."""
_CONVOLUTIONS = ("Conv2D", "Conv3D", "DepthwiseConv2dNative")
_FIRST_INPUT = frozenset(
    {"Reshape", "Pad", "PadV2", "MirrorPad", "StridedSlice", "Transpose", "ExpandDims", "Squeeze"}
)
"""Operations whose further inputs say how, not what."""


def windows_to_input(op: Any, leaf: Any, constant: Constant) -> WindowPath:
    """Return the windows between an input and the tensor that an operation makes, the first one first.

    Where paths join (a skip connection), the path of the widest field stands for all.

    Args:
        op: The operation.
        leaf: The operation that stands for the input image.
        constant: Reads constants.

    Raises:
        ValueError: When an operation's reach is not known, when paths that join do not lie inside one
            another, or when the tensor does not depend on the input.
    """

    def through(op: Any, paths: Sequence[WindowPath]) -> WindowPath | None:
        return () if op is leaf else _through(op, paths, constant)

    return follow(op, _parents, through)


def ancestors(op: Any) -> frozenset[Any]:
    """Return an operation and all those whose values its own are computed from."""
    return window_paths.ancestors(op, _parents)


def _parents(op: Any) -> list[Any]:
    if op.type in SHAPES_ONLY:
        return []
    return [tensor.op for tensor in (op.inputs[:1] if op.type in _FIRST_INPUT else op.inputs)]


def _through(op: Any, paths: Sequence[WindowPath], constant: Constant) -> WindowPath | None:
    if not paths:
        return None
    path = widest(paths)
    if op.type in _POINTWISE:
        return path
    if op.type not in _WINDOWS:
        raise unknown_operation(op.type)
    window = _WINDOWS[op.type](op, constant)
    return path if window is None else (*path, window)


def _size(tensor: Any) -> tuple[int, int]:
    rows, columns = tensor.shape[-3], tensor.shape[-2]
    return int(rows), int(columns)


def _pair(values: Any) -> tuple[int, int]:
    """Return (y, x) of an attribute that has a number for every dimension, the channels last."""
    return int(values[-3]), int(values[-2])


def _padding(
    op: Any, kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> tuple[int, int]:
    """Return what is added at the top and left; SAME adds the odd pixel at the other end."""
    kind = op.get_attr("padding").decode()
    if kind == "VALID":
        return 0, 0
    if kind != "SAME":
        raise unknown_operation(op.type, f"with padding {kind}")
    found: list[int] = []
    for axis, size in enumerate(_size(op.inputs[0])):
        reach = (-(-size // stride[axis]) - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1
        found.append(max(reach - size, 0) // 2)
    return found[0], found[1]


def _convolution(op: Any, constant: Constant) -> WindowOp:
    shape = op.inputs[1].shape
    kernel = (int(shape[-4]), int(shape[-3]))
    if op.inputs[0].op.type == "SpaceToBatchND":
        return _spread_convolution(op, kernel, constant)
    stride, dilation = _pair(op.get_attr("strides")), _pair(op.get_attr("dilations"))
    return WindowOp(kernel, stride, _padding(op, kernel, stride, dilation), dilation)


def _spread_convolution(op: Any, kernel: tuple[int, int], constant: Constant) -> WindowOp:
    """Return the window of a dilated convolution, which TensorFlow computes on every nth row and column.

    SpaceToBatchND pads the image and deals its cells out, BatchToSpaceND puts them together again and crops.
    """
    before, after = op.inputs[0].op, op.outputs[0].consumers()
    if len(after) != 1 or after[0].type != "BatchToSpaceND":
        raise unknown_operation(before.type)
    read = [constant(tensor) for tensor in (before.inputs[1], before.inputs[2], after[0].inputs[2])]
    if any(values is None for values in read):
        raise unknown_operation(before.type, "by an amount that is computed")
    spread, padded, cropped = read
    rows = [(int(spread[axis]), int(padded[axis][0] - cropped[axis][0])) for axis in range(len(spread))]
    (dy, top), (dx, left) = [*rows, (1, 0)][:2]
    return WindowOp(kernel, (1, 1), (top, left), (dy, dx))


def _with_its_convolution(op: Any, _constant: Constant) -> None:
    """Leave what is dealt out or put together around a dilated convolution to that convolution."""
    others = op.outputs[0].consumers() if op.type == "SpaceToBatchND" else [op.inputs[0].op]
    if len(op.outputs[0].shape) != 4 or any(one.type not in _CONVOLUTIONS for one in others):
        raise unknown_operation(op.type)


def _pooling(op: Any, _constant: Constant) -> WindowOp:
    kernel, stride = _pair(op.get_attr("ksize")), _pair(op.get_attr("strides"))
    return WindowOp(kernel, stride, _padding(op, kernel, stride, (1, 1)))


def _pad(op: Any, constant: Constant) -> WindowOp:
    amounts = constant(op.inputs[1])
    if amounts is None:
        raise unknown_operation(op.type, "by an amount that is computed")
    return WindowOp((1, 1), padding=(int(amounts[-3][0]), int(amounts[-2][0])))


def _transposed(_op: Any, _constant: Constant) -> WindowOp:
    msg = "the receptive field of a transposed convolution is not known; choose a layer before it"
    raise ValueError(msg)


def _images_kept(op: Any, _constant: Constant) -> None:
    """Allow a change of the dimensions before (rows, columns, channels): samples and steps put together."""
    before, after = op.inputs[0].shape, op.outputs[0].shape
    if len(before) < 4 or len(after) < 4 or list(before[-3:]) != list(after[-3:]):
        raise unknown_operation(op.type)


def _transpose(op: Any, constant: Constant) -> None:
    order = constant(op.inputs[1])
    rank = len(op.inputs[0].shape)
    if order is None or [int(axis) for axis in order[-3:]] != list(range(rank - 3, rank)):
        raise unknown_operation(op.type)


def _stack(op: Any, _constant: Constant) -> None:
    axis, rank = op.get_attr("axis"), len(op.outputs[0].shape)
    if axis % rank >= rank - 3:
        raise unknown_operation(op.type)


def _concatenate(op: Any, constant: Constant) -> None:
    axis, rank = constant(op.inputs[-1]), len(op.outputs[0].shape)
    if axis is None or rank - 3 <= int(axis) % rank < rank - 1:
        raise unknown_operation(op.type, "along rows or columns")


def _slice(op: Any, constant: Constant) -> WindowOp | None:
    begin, stride = constant(op.inputs[1]), constant(op.inputs[3])
    if begin is None or stride is None or op.get_attr("new_axis_mask"):
        raise unknown_operation(op.type)
    shape = op.inputs[0].shape
    firsts, steps = [0] * len(shape), [1] * len(shape)
    axis = 0
    for number in range(len(begin)):
        bit = 1 << number
        if op.get_attr("ellipsis_mask") & bit:
            axis += len(shape) - len(begin) + 1
            continue
        if axis >= len(shape) - 3 and (op.get_attr("shrink_axis_mask") & bit or stride[number] < 1):
            raise unknown_operation(op.type)
        if axis >= len(shape) - 3 and not op.get_attr("begin_mask") & bit:
            firsts[axis] = int(begin[number]) % int(shape[axis])
        steps[axis] = int(stride[number])
        axis += 1
    window = WindowOp((1, 1), (steps[-3], steps[-2]), (-firsts[-3], -firsts[-2]))
    return None if window == WindowOp((1, 1)) else window


_WINDOWS: Mapping[str, Callable[[Any, Constant], WindowOp | None]] = MappingProxyType(
    {
        **dict.fromkeys(_CONVOLUTIONS, _convolution),
        "SpaceToBatchND": _with_its_convolution,
        "BatchToSpaceND": _with_its_convolution,
        "MaxPool": _pooling,
        "AvgPool": _pooling,
        "MaxPool3D": _pooling,
        "AvgPool3D": _pooling,
        "Pad": _pad,
        "PadV2": _pad,
        "MirrorPad": _pad,
        "Conv2DBackpropInput": _transposed,
        "Conv3DBackpropInputV2": _transposed,
        "Reshape": _images_kept,
        "ExpandDims": _images_kept,
        "Squeeze": _images_kept,
        "Transpose": _transpose,
        "Pack": _stack,
        "Unpack": _stack,
        "ConcatV2": _concatenate,
        "StridedSlice": _slice,
    }
)
