# pyright: standard
# ruff: noqa: ANN401 - Keras' layers and TensorFlow's symbolic tensors are untyped
"""What the layers of a Keras model return in one symbolic pass; imports no framework."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rlviz_cam.backends.base import LayerInfo, innermost
from rlviz_cam.backends.graph_windows import SHAPES_ONLY, ancestors
from rlviz_cam.backends.keras_inputs import channels_first
from rlviz_cam.backends.keras_layers import (
    class_names,
    in_order,
    is_nonlinearity,
    kind_of,
    nonlinearity_of,
    own_activation,
    stands_between,
    unwrapped,
)

_OPERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "Relu": "relu()",
        "Relu6": "relu6()",
        "LeakyRelu": "leaky_relu()",
        "Elu": "elu()",
        "Selu": "selu()",
        "Sigmoid": "sigmoid()",
        "Tanh": "tanh()",
        "Softplus": "softplus()",
        "Softsign": "softsign()",
    }
)
"""Nonlinearities that a model may call as a function, by their operation."""
_LOSSES = ("_losses", "_eager_losses", "_loss_ids")
_UNCHANGED = frozenset({"Identity", "Cast", "StopGradient"})

_TRACING = threading.RLock()


@dataclass(eq=False)
class Call:
    """One call of a layer in a traced pass.

    Attributes:
        layer: The layer.
        source: The first tensor that it was given.
        output: The tensor that it returned.
        activations: The tensor that its activations are: the output, or what a nonlinearity made of it.
        taken_after: That nonlinearity's name.
        nonlinearity: Its kind.
    """

    layer: Any
    source: Any
    output: Any
    activations: Any
    taken_after: str | None = None
    nonlinearity: str | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample of the activations, channel-first."""
        return sample_shape(self.activations)

    @property
    def is_spatial(self) -> bool:
        """Whether the activations are images or sequences of images."""
        return len(self.activations.shape) in {4, 5}


@dataclass(frozen=True)
class Fed:
    """What a nonlinearity was given.

    Attributes:
        tensor: It.
        softmax: Whether the nonlinearity is a softmax.
    """

    tensor: Any
    softmax: bool = False


@dataclass(frozen=True)
class Trace:
    """One symbolic pass: the placeholders of the inputs, the heads, and every layer's calls by its name.

    What nonlinearities were fed is known by a reference to what they made of it.
    """

    given: list[Any]
    heads: dict[str, Any]
    calls: dict[str, list[Call]]
    nonlinearities: Mapping[Any, Fed]

    def fed(self, tensor: Any) -> Fed | None:
        """Return what the nonlinearity that made a tensor was given; ``None`` if no nonlinearity made it."""
        known = self.nonlinearities.get(tensor.ref())
        if known is None and (tensor.op.type in _OPERATIONS or tensor.op.type == "Softmax"):
            return Fed(tensor.op.inputs[0], tensor.op.type == "Softmax")
        return known

    def layers(self, *, every: bool = False) -> tuple[LayerInfo, ...]:
        """Describe the convolution and dense layers, or all that have no layers of their own."""
        names = innermost(self.calls, "/") if every else self.calls
        calls = {name: self.calls[name][0] for name in names}
        return tuple(_info(name, call) for name, call in calls.items() if every or kind_of(call.layer))

    def layer(self, name: str) -> LayerInfo:
        """Describe one layer."""
        return _info(name, self.call(name))

    def call(self, name: str, *, spatial: bool = False) -> Call:
        """Return the one call of a layer.

        Raises:
            ValueError: When there is no such layer, it is used several times, or it is to be spatial and is
                not.
        """
        called = self.calls.get(name, [])
        if len(called) == 1 and (not spatial or called[0].is_spatial):
            return called[0]
        if len(called) > 1:
            msg = f"layer {name!r} is used {len(called)} times in one pass; choose a layer that is used once"
            raise ValueError(msg)
        listed = [info.name for info in self.layers() if info.is_spatial or not spatial]
        what = "with a spatial output" if spatial else "that returns a tensor"
        msg = f"no layer {name!r} {what}; choose one of: {', '.join(listed) or '(none)'}"
        raise ValueError(msg)

    def path(self, head: str) -> tuple[str, ...]:
        """Name those of ``layers`` that a head is computed from."""
        behind = ancestors(self.heads[head].op)
        return tuple(
            info.name
            for info in self.layers()
            if any(call.output.op in behind for call in self.calls[info.name])
        )


def sample_shape(tensor: Any) -> tuple[int, ...]:
    """Return the shape of one sample of a symbolic tensor, channel-first."""
    return channels_first([int(size) for size in tensor.shape[1:]])


def _info(name: str, call: Call) -> LayerInfo:
    kind = kind_of(call.layer) or "other"
    parameters = int(call.layer.count_params())
    return LayerInfo(name, kind, call.shape, call.is_spatial, call.taken_after, call.nonlinearity, parameters)


class Tracer:
    """Notes the layers' calls while a model is called symbolically, once, in one graph."""

    def __init__(self, graph: Any, layers: Mapping[str, Any]) -> None:
        self._calls: dict[str, list[Call]] = {}
        self._nonlinearities: dict[Any, Fed] = {}
        self._graph = graph
        self._layers = layers

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note the calls made inside the block; layers and their losses are put back as they were."""
        with _TRACING, _losses_kept(self._layers.values()), ExitStack() as watched:
            for name, layer in self._layers.items():
                watched.enter_context(_replaced(layer, "call", self._watched(name, layer)))
                inner = unwrapped(layer)
                if callable(inner.__dict__.get("activation")):
                    activation = self._watched_activation(inner.activation, own_activation(inner))
                    watched.enter_context(_replaced(inner, "activation", activation))
            yield

    def trace(self, given: list[Any], heads: dict[str, Any], model: Any) -> Trace:
        """Return what was noted, the model's layers in the order of computation."""
        self._settle()
        names = in_order(model, {name: number for number, name in enumerate(self._calls)})
        calls = {name: self._calls[name] for name in names}
        return Trace(given, heads, calls, self._nonlinearities)

    def _watched(self, name: str, layer: Any) -> Callable[..., Any]:
        call = getattr(layer.call, "python_function", layer.call)  # a tf.function has a graph of its own
        softmax = "Softmax" in class_names(unwrapped(layer))
        changes_each = softmax or is_nonlinearity(layer)

        def watched(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            if getattr(output, "graph", None) is self._graph and hasattr(output, "op"):
                given = (*args, *kwargs.values())
                source = next((one for one in given if getattr(one, "graph", None) is self._graph), None)
                self._calls.setdefault(name, []).append(Call(layer, source, output, output))
                if changes_each and source is not None:
                    self._nonlinearities.setdefault(output.ref(), Fed(source, softmax))
            return output

        return watched

    def _watched_activation(self, activation: Callable[..., Any], kind: str | None) -> Callable[..., Any]:
        def watched(given: Any, *args: Any, **kwargs: Any) -> Any:
            output = activation(given, *args, **kwargs)
            if getattr(output, "graph", None) is self._graph and output is not given:
                self._nonlinearities[output.ref()] = Fed(given, kind == "softmax")
            return output

        return watched

    def _settle(self) -> None:
        """Find each layer's activations: after its own nonlinearity, or after the one that follows."""
        following: dict[Any, list[tuple[str, Call]]] = {}
        for name, called in self._calls.items():
            for call in called:
                if call.source is not None:
                    following.setdefault(origin(call.source).ref(), []).append((name, call))
        for called in self._calls.values():
            for call in called:
                if kind_of(call.layer) is None:
                    continue
                call.taken_after = own_activation(call.layer)
                call.nonlinearity = nonlinearity_of(call.layer)
                if call.taken_after is None:
                    _take_after_next(call, following)


@contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Give an object another attribute of a name, past what Keras does when one is set."""
    missing = object()
    before = owner.__dict__.get(name, missing)
    owner.__dict__[name] = value
    try:
        yield
    finally:
        if before is missing:
            owner.__dict__.pop(name, None)
        else:
            owner.__dict__[name] = before


@contextmanager
def _losses_kept(layers: Iterable[Any]) -> Iterator[None]:
    """Put back the losses that layers add when they are called: symbolic ones are of no use to the model."""
    kept = [(layer, name, list(getattr(layer, name, ()))) for layer in layers for name in _LOSSES]
    try:
        yield
    finally:
        for layer, name, before in kept:
            held = getattr(layer, name, None)
            if held is not None:
                held.clear()
                (held.update if isinstance(held, set) else held.extend)(before)


def _take_after_next(call: Call, following: Mapping[Any, list[tuple[str, Call]]]) -> None:
    tensor = call.output
    while True:
        next_ones = following.get(origin(tensor).ref(), [])
        for name, after in next_ones:
            if is_nonlinearity(after.layer):
                call.activations, call.taken_after = after.output, name
                call.nonlinearity = nonlinearity_of(after.layer)
                return
        operations = [op for op in tensor.consumers() if op.type not in SHAPES_ONLY]
        if len(operations) == 1 and operations[0].type in _OPERATIONS:
            call.activations = operations[0].outputs[0]
            call.taken_after = _OPERATIONS[operations[0].type]
            call.nonlinearity = operations[0].type.lower()
            return
        changed = [
            after.output
            for _, after in next_ones
            if stands_between(after.layer) and origin(after.output) is not origin(tensor)
        ]
        if not changed:
            return
        tensor = changed[0]


def origin(tensor: Any) -> Any:
    """Return the tensor that this one is the same as, but for its type."""
    while tensor.op.type in _UNCHANGED:
        tensor = tensor.op.inputs[0]
    return tensor
