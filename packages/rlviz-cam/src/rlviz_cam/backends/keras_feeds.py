# pyright: standard
# ruff: noqa: ANN401 - Keras' layers and TensorFlow's symbolic tensors are untyped
"""Which layer of a Keras model is fed what, read from the graph of a traced pass; imports no framework."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rlviz_cam.activity import Feed, Feeds
from rlviz_cam.backends.base import WindowOp
from rlviz_cam.backends.keras_layers import ROOTS, kind_of
from rlviz_cam.backends.keras_trace import Call, Trace, origin

Constant = Callable[[Any], Any]
"""Returns the value of a tensor that does not depend on any input as an array, else ``None``."""


@dataclass
class Way:
    """What lies between a tensor and the one that it is made of.

    Attributes:
        start: The tensor at the far end.
        orders: Transpositions on the way, the last one first.
        is_flat: Whether each sample was laid out as one vector.
        factor: What was multiplied by.
    """

    start: Any
    orders: list[list[int]] = field(default_factory=list)
    is_flat: bool = False
    factor: float = 1.0


def find_feeds(trace: Trace, windows: Callable[[str], tuple[WindowOp, ...]], constant: Constant) -> Feeds:
    """Tell what each convolution and dense layer is fed.

    Args:
        trace: Of the whole model.
        windows: The sliding windows between the input and a layer.
        constant: Reads constants; ``None`` for what is computed.
    """
    calls = {name: called for name, called in trace.calls.items() if kind_of(called[0].layer) is not None}
    made = {origin(called[0].activations).ref(): name for name, called in calls.items() if len(called) == 1}
    layers: dict[str, Feed] = {}
    unknown: dict[str, str] = {}
    for name, called in calls.items():
        found = _feed(called[0], trace, made, constant)
        if len(called) > 1:
            found = f"it is used {len(called)} times in one pass"
        elif isinstance(found, Feed) and called[0].is_spatial:
            found = _windowed(found, name, windows)
        if isinstance(found, Feed):
            layers[name] = found
        else:
            unknown[name] = found
    heads = {head: _way(tensor, made, constant) for head, tensor in trace.heads.items()}
    return Feeds(
        layers,
        unknown,
        {
            head: made[way.start.ref()]
            for head, way in heads.items()
            if way.start.ref() in made and not way.orders and way.factor == 1
        },
    )


def _feed(call: Call, trace: Trace, made: Mapping[Any, str], constant: Constant) -> Feed | str:
    """Return what a layer is fed, or why that cannot be said."""
    if reason := _obstacle(call, trace):
        return reason
    way = _way(call.source, made, constant)
    source = made.get(way.start.ref())
    if source is None and not (len(trace.given) == 1 and way.start is trace.given[0]):
        return "what it is fed is neither another layer's activations nor the input times one factor"
    if source is not None and way.factor != 1:
        return "the activations that it is fed are multiplied before"
    axes = {4: [1, 2, 0], 2: [0]}.get(len(way.start.shape), [])
    if way.is_flat:
        for order in reversed(way.orders):
            axes = [axes[place - 1] for place in order[1:]]
    elif way.orders:
        return "the axes of what it is fed are exchanged"
    return Feed(source, tuple(axes) if way.is_flat else tuple(range(len(axes))), way.factor)


def _obstacle(call: Call, trace: Trace) -> str | None:
    """Say why a layer's sums are no products of its weights and what it is fed, or are not those shown."""
    kind = type(call.layer)
    if kind.__module__.partition(".")[0] not in ROOTS or kind.__name__ not in {"Conv2D", "Dense"}:
        return f"a {kind.__name__} is not known"
    if getattr(call.layer, "groups", 1) > 1:
        return "it is a convolution in groups"
    if getattr(call.layer, "data_format", None) == "channels_first":
        return "its channels come first"
    if call.source is None or len(call.source.shape) != (4 if kind.__name__ == "Conv2D" else 2):
        return "it is not fed images, or one vector for each sample"
    bent = trace.fed(call.activations)
    is_own = call.activations is call.output
    if not is_own and (bent is None or origin(bent.tensor) is not origin(call.output)):
        return f"something changes its sums before the nonlinearity {call.taken_after}"
    return None


def _windowed(feed: Feed, layer: str, windows: Callable[[str], tuple[WindowOp, ...]]) -> Feed | str:
    try:
        window = windows(layer)[-1]
    except ValueError as error:
        return str(error)
    return replace(feed, stride=window.stride, padding=window.padding, dilation=window.dilation)


def _way(tensor: Any, made: Mapping[Any, str], constant: Constant) -> Way:
    """Follow a tensor back to a layer's activations, or while only its layout and scale change."""
    way = Way(origin(tensor))
    while way.start.ref() not in made:
        op = way.start.op
        if op.type == "Reshape" and len(op.outputs[0].shape) == 2 and not way.orders:
            way.is_flat = way.is_flat or len(op.inputs[0].shape) > 2
            given = op.inputs[0]
        elif op.type == "Transpose" and (order := constant(op.inputs[1])) is not None and int(order[0]) == 0:
            way.orders.append([int(axis) for axis in order])
            given = op.inputs[0]
        elif (scaled := _scaled(op, constant)) is not None:
            given, factor = scaled
            way.factor *= factor
        else:
            return way
        way.start = origin(given)
    return way


def _scaled(op: Any, constant: Constant) -> tuple[Any, float] | None:
    """Return what an operation multiplies by one number, and that number; ``None`` of any other operation."""
    if op.type not in {"Mul", "RealDiv", "Add", "AddV2"}:
        return None
    for given, other in ((op.inputs[0], op.inputs[1]), (op.inputs[1], op.inputs[0])):
        value = constant(origin(other))
        if value is None or math.prod(value.shape) != 1:
            continue
        number = float(value.reshape(()))
        if op.type == "Mul":
            return given, number
        if op.type == "RealDiv":
            return (given, 1 / number) if number and given is op.inputs[0] else None
        return (given, 1.0) if number == 0 else None
    return None
