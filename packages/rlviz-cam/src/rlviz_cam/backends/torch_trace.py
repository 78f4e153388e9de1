# pyright: standard
# ruff: noqa: ANN401, SLF001 - torch's hooks are untyped; a tensor counts its changes in `_version`
"""What the modules of a PyTorch network return in one pass, and which nonlinearity follows them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

KINDS: Mapping[type[nn.Module], str] = {
    nn.Conv1d: "conv",
    nn.Conv2d: "conv",
    nn.Conv3d: "conv",
    nn.ConvTranspose2d: "conv_transpose",
    nn.Linear: "dense",
}
_MIXING = "normalization"
_BETWEEN = frozenset({"batchnorm", "instancenorm", "dropout", _MIXING})
"""Families of modules that may stand between a layer and its nonlinearity; one mixes the channels."""
# fmt: off
_NONLINEARITIES = frozenset({
    "relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "elu", "elu_", "selu", "selu_", "celu", "celu_",
    "gelu", "silu", "mish", "hardtanh", "hardtanh_", "hardswish", "hardsigmoid", "sigmoid", "sigmoid_",
    "tanh", "tanh_", "softplus", "softsign", "prelu", "rrelu", "threshold", "_threshold", "log_sigmoid",
    "logsigmoid", "hardshrink", "softshrink", "tanhshrink",
})
# fmt: on
_SOFTMAXES = frozenset({"softmax", "log_softmax"})
_FUNCTIONS = _NONLINEARITIES | _SOFTMAXES
"""Functions that are counted in a pass, by name, whether the forward or one of torch's modules calls them."""

Tap = Callable[[Tensor], Tensor]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """A place in one forward pass.

    Attributes:
        module: The module whose result it is; ``None`` for one of the functions that are counted.
        number: Which call of the module, or which function.
        is_fed: Whether it is what a function is fed, rather than what it returns.
    """

    module: str | None
    number: int = 0
    is_fed: bool = False


@dataclass(eq=False)
class Function:
    """One call of a nonlinearity or a softmax.

    Attributes:
        number: Which one of the pass.
        name: The function's name.
        layer: The call of the layer whose activations are taken after it.
    """

    number: int
    name: str
    layer: "Call | None" = None

    @property
    def is_softmax(self) -> bool:
        """Whether it returns probabilities."""
        return self.name in _SOFTMAXES

    @property
    def kind(self) -> str:
        """Which one it is, as in ``LayerInfo.nonlinearity``."""
        return "softmax" if self.is_softmax else self.name.replace("_", "")


@dataclass(eq=False)
class Call:
    """One call of a module in the traced pass.

    Attributes:
        point: The call.
        rows: Length of the first axis of its output, for one sample.
        shape: Of one row of its output.
        kind: ``conv``, ``conv_transpose``, ``dense``, or ``None`` for another module.
        taken_at: Where its activations are taken.
        taken_after: The name of the nonlinearity after which they are.
        nonlinearity: The kind of that, or of the one that the module is or ends in.
        function: The nonlinearity or softmax whose result the activations are.
        is_mixed: Whether a normalisation over several channels stands between the layer and this output,
            or its activations.
        root: The layer whose activations this output becomes.
    """

    point: Point
    rows: int
    shape: Shape
    kind: str | None
    taken_at: Point
    taken_after: str | None = None
    nonlinearity: str | None = None
    function: Function | None = None
    is_mixed: bool = False
    root: "Call | None" = None


class FunctionTap(TorchFunctionMode):
    """Taps some of the nonlinearities and softmaxes of a pass."""

    def __init__(self, taps: Mapping[Point, Tap]) -> None:
        super().__init__()
        self._taps = taps
        self._count = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if not _counted(func, args):
            return func(*args, **(kwargs or {}))
        number = self._count
        self._count += 1
        fed = self._tapped(Point(None, number, is_fed=True), args[0])
        return self._tapped(Point(None, number), func(fed, *args[1:], **(kwargs or {})))

    def _tapped(self, point: Point, tensor: Tensor) -> Tensor:
        return self._taps[point](tensor) if point in self._taps else tensor


class Tracer(TorchFunctionMode):
    """Notes every module's call in one pass and which nonlinearity follows which layer."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, list[Call]] = {}
        # the tensors are kept, so that no id is used twice
        self._outputs: dict[int, tuple[Tensor, Call]] = {}
        self._results: dict[int, tuple[Tensor, Function]] = {}
        self._count = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = args[0] if args and isinstance(args[0], Tensor) else None
        source = self._outputs[id(given)][1] if id(given) in self._outputs else None
        version = None if given is None else given._version
        result = func(*args, **(kwargs or {}))
        if given is not None and given._version != version:  # changed in place: it is another tensor now
            self._outputs.pop(id(given), None)
            self._results.pop(id(given), None)
        if _counted(func, args):
            self._note(func.__name__, source, result)
        return result

    def hook(self, name: str) -> Callable[..., None]:
        """Return the forward hook of one module."""

        def seen(module: nn.Module, args: Any, output: Any) -> None:
            if not isinstance(output, Tensor):
                return
            called = self.calls.setdefault(name, [])
            point = Point(name, len(called))
            rows = output.shape[0] if output.ndim else 0
            call = Call(point, rows, tuple(output.shape[1:]), KINDS.get(type(module)), point)
            if id(output) in self._results:
                call.function = self._results[id(output)][1]
                call.nonlinearity = call.function.kind
            called.append(call)
            if not any(module.children()):
                self._place(call, module, args)
                self._outputs[id(output)] = (output, call)

        return seen

    def _place(self, call: Call, module: nn.Module, args: Any) -> None:
        """Say of a call which layer's activations it returns or leads to."""
        family = type(module).__module__.rpartition(".")[2]
        source = self._outputs[id(args[0])][1] if args and id(args[0]) in self._outputs else None
        layer = call.function.layer if call.function is not None else None
        if layer is not None and family == "activation":  # the module that called the function stands for it
            layer.taken_at, layer.taken_after = call.point, call.point.module
            layer.nonlinearity = type(module).__name__.lower()
        elif call.kind is not None:
            call.root = call
        elif source is not None and (family in _BETWEEN or isinstance(module, nn.Identity)):
            call.root, call.is_mixed = source.root, source.is_mixed or family == _MIXING

    def _note(self, name: str, source: Call | None, result: Any) -> None:
        """Number a function, and take the activations of the layer that it follows after it."""
        function = Function(self._count, name)
        self._count += 1
        self._results[id(result)] = (result, function)
        layer = None if source is None or function.is_softmax else source.root
        if source is None or layer is None or layer.taken_after is not None:
            return
        function.layer = layer
        layer.taken_at, layer.taken_after = Point(None, function.number), f"{name}()"
        layer.nonlinearity, layer.function = function.kind, function
        layer.is_mixed = source.is_mixed


def _counted(func: Any, args: Any) -> bool:
    return bool(args) and isinstance(args[0], Tensor) and getattr(func, "__name__", "") in _FUNCTIONS
