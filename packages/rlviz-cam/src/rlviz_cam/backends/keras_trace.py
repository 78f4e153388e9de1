# pyright: standard
# ruff: noqa: ANN401, SLF001 - Keras' layers differ between its versions; sublayers have no public name in common
"""What a Keras model's layers are called, and what they return in one traced pass; imports no framework."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

ROOTS = frozenset({"keras", "tf_keras"})
"""Top-level packages of the Keras versions."""

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "Conv1DTranspose": "conv_transpose",
        "Conv2DTranspose": "conv_transpose",
        "Conv3DTranspose": "conv_transpose",
        "Conv1D": "conv",
        "Conv2D": "conv",
        "Conv3D": "conv",
        "SeparableConv1D": "conv",
        "SeparableConv2D": "conv",
        "DepthwiseConv1D": "conv",
        "DepthwiseConv2D": "conv",
        "ConvLSTM2D": "conv",
        "Dense": "dense",
        "EinsumDense": "dense",
    }
)
_NONLINEAR = frozenset({"Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU"})
_NOT_NONLINEAR = frozenset({"linear", "softmax", "log_softmax", "softmin"})
_BETWEEN = ("normalization", "dropout", "noise", "activityregularization")
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
_UNCHANGED = frozenset({"Identity", "Cast", "StopGradient"})
SHAPES_ONLY = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"})
"""Operations whose result does not depend on their input's values."""

_TRACING = threading.RLock()


def class_names(layer: Any) -> tuple[str, ...]:
    """Return the names of the Keras classes that a layer is of, its own first."""
    return tuple(base.__name__ for base in type(layer).__mro__ if base.__module__.partition(".")[0] in ROOTS)


def unwrapped(layer: Any) -> Any:
    """Return the layer inside wrappers (TimeDistributed, SpectralNormalization), or the layer itself."""
    while "Wrapper" in class_names(layer) and hasattr(layer, "layer"):
        layer = layer.layer
    return layer


def kind_of(layer: Any) -> str | None:
    """Return ``conv``, ``conv_transpose``, ``dense`` or ``None``; of a wrapper, what it wraps."""
    inner = unwrapped(layer)
    return next((_KINDS[name] for name in class_names(inner) if name in _KINDS), None)


def own_activation(layer: Any) -> str | None:
    """Name the nonlinearity that a layer applies itself; ``None`` for none."""
    activation = getattr(unwrapped(layer), "activation", None)
    name = getattr(activation, "__name__", None) or getattr(activation, "name", None)
    return None if name == "linear" else name


def is_nonlinearity(layer: Any) -> bool:
    """Whether a layer is a nonlinearity and nothing else."""
    inner = unwrapped(layer)
    if not _NONLINEAR.intersection(class_names(inner)):
        return False
    activation = getattr(inner, "activation", None)
    return getattr(activation, "__name__", "") not in _NOT_NONLINEAR


def stands_between(layer: Any) -> bool:
    """Whether a layer may stand between a layer and its nonlinearity: a normalisation or dropout."""
    names = class_names(unwrapped(layer))[:1]
    return any(family in name.lower() for name in names for family in _BETWEEN)


def named_layers(model: Any) -> dict[str, Any]:
    """Return every layer inside a model by name; one inside another is ``outer/inner``, a wrapper is one."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    waiting = [("", layer) for layer in reversed(_children(model))]
    while waiting:
        prefix, layer = waiting.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        name = f"{prefix}{layer.name}"
        found[name] = layer
        waiting += [(f"{name}/", child) for child in reversed(_children(layer))]
    return found


def in_order(model: Any, called: Mapping[str, int], prefix: str = "") -> list[str]:
    """Return the names of the called layers in the order of computation, a model before what is inside it.

    A model that knows its graph decides the order of its layers; elsewhere it is that of their first calls.

    Args:
        model: The model, or a layer of it.
        called: Number of each layer's first call, by name.
        prefix: What stands before the names of the layers inside.
    """

    def first(child: Any) -> int:
        name = f"{prefix}{child.name}"
        within = [n for other, n in called.items() if other == name or other.startswith(f"{name}/")]
        return min(within, default=len(called))

    children = _children(model)
    if not has_graph(model):
        children.sort(key=first)
    names: list[str] = []
    for child in children:
        name = f"{prefix}{child.name}"
        names += [name] if name in called else []
        names += in_order(child, called, f"{name}/")
    return list(dict.fromkeys(names))


def has_graph(model: Any) -> bool:
    """Whether a model knows the graph of its layers: functional or sequential."""
    return bool({"Functional", "Sequential"}.intersection(class_names(model)))


def _children(layer: Any) -> list[Any]:
    if unwrapped(layer) is not layer:
        return []
    if hasattr(layer, "layers"):
        return list(layer.layers)
    return list(layer._flatten_layers(recursive=False, include_self=False))


@dataclass(eq=False)
class Call:
    """One call of a layer in a traced pass.

    Attributes:
        layer: The layer.
        source: The first tensor that it was given.
        output: The tensor that it returned.
        activations: The tensor that its activations are: the output, or what a nonlinearity made of it.
        taken_after: That nonlinearity's name.
    """

    layer: Any
    source: Any
    output: Any
    activations: Any
    taken_after: str | None = None


class Tracer:
    """Notes the layers' calls while a model is called symbolically, once, in one graph."""

    def __init__(self, graph: Any, layers: Mapping[str, Any]) -> None:
        self.calls: dict[str, list[Call]] = {}
        self._graph = graph
        self._layers = layers

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note the calls made inside the block; every layer's ``call`` is put back as it was."""
        with _TRACING:
            before = [(layer, layer.__dict__.get("call", self)) for layer in self._layers.values()]
            try:
                for name, layer in self._layers.items():
                    layer.__dict__["call"] = self._watched(name, layer)
                yield
            finally:
                for layer, call in before:
                    if call is self:
                        layer.__dict__.pop("call", None)
                    else:
                        layer.__dict__["call"] = call
        self._settle()

    def in_order(self, model: Any) -> dict[str, list[Call]]:
        """Return the calls of the model's layers, the layers in the order of computation."""
        names = in_order(model, {name: number for number, name in enumerate(self.calls)})
        return {name: self.calls[name] for name in names}

    def _watched(self, name: str, layer: Any) -> Callable[..., Any]:
        call = layer.call

        def watched(*args: Any, **kwargs: Any) -> Any:
            output = call(*args, **kwargs)
            if getattr(output, "graph", None) is self._graph and hasattr(output, "op"):
                given = (*args, *kwargs.values())
                source = next((one for one in given if getattr(one, "graph", None) is self._graph), None)
                self.calls.setdefault(name, []).append(Call(layer, source, output, output))
            return output

        return watched

    def _settle(self) -> None:
        """Find each layer's activations: after its own nonlinearity, or after the one that follows."""
        following: dict[Any, list[tuple[str, Call]]] = {}
        for name, called in self.calls.items():
            for call in called:
                if call.source is not None:
                    following.setdefault(_origin(call.source).ref(), []).append((name, call))
        for called in self.calls.values():
            for call in called:
                if kind_of(call.layer) is None:
                    continue
                call.taken_after = own_activation(call.layer)
                if call.taken_after is None:
                    _take_after_next(call, following)


def _take_after_next(call: Call, following: Mapping[Any, list[tuple[str, Call]]]) -> None:
    tensor = call.output
    while True:
        next_ones = following.get(_origin(tensor).ref(), [])
        for name, after in next_ones:
            if is_nonlinearity(after.layer):
                call.activations, call.taken_after = after.output, name
                return
        operations = [op for op in tensor.consumers() if op.type not in SHAPES_ONLY]
        if len(operations) == 1 and operations[0].type in _OPERATIONS:
            call.activations = operations[0].outputs[0]
            call.taken_after = _OPERATIONS[operations[0].type]
            return
        between = [after.output for _, after in next_ones if stands_between(after.layer)]
        if not between or _origin(between[0]) is _origin(tensor):
            return
        tensor = between[0]


def _origin(tensor: Any) -> Any:
    """Return the tensor that this one is the same as, but for its type."""
    while tensor.op.type in _UNCHANGED:
        tensor = tensor.op.inputs[0]
    return tensor
