# pyright: standard
# ruff: noqa: ANN401, SLF001 - Keras' layers differ between its versions; sublayers have no public name in common
"""What a Keras model's layers are: their names, kinds, nonlinearities and order; imports no framework."""

from collections.abc import Mapping
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
    if inner is not layer and has_graph(inner):  # a whole model at every time step is what it ends in
        return next((kind for kind in map(kind_of, reversed(inner.layers)) if kind), None)
    return next((_KINDS[name] for name in class_names(inner) if name in _KINDS), None)


def own_activation(layer: Any) -> str | None:
    """Name the nonlinearity that a layer applies itself; ``None`` for none."""
    activation = getattr(unwrapped(layer), "activation", None)
    name = getattr(activation, "__name__", None) or getattr(activation, "name", None)
    return None if name == "linear" else name


def nonlinearity_of(layer: Any) -> str | None:
    """Return the kind of the nonlinearity that a layer applies or is, such as ``leakyrelu``."""
    inner = unwrapped(layer)
    name = own_activation(inner)
    if name is None:
        name = next((name for name in class_names(inner) if name in _NONLINEAR), None)
    if name == "ReLU" and getattr(inner, "negative_slope", 0):
        name = "LeakyReLU"
    return None if name is None else name.replace("_", "").lower()


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
    return [] if unwrapped(layer) is not layer else sublayers(layer)


def sublayers(layer: Any) -> list[Any]:
    """Return the layers that a layer directly holds."""
    if hasattr(layer, "layers"):
        return list(layer.layers)
    return list(layer._flatten_layers(recursive=False, include_self=False))
