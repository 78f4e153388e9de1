# pyright: standard
# ruff: noqa: ANN401 - torch's own hooks and outputs are untyped
"""PyTorch networks. The only file that imports torch."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from rlviz_cam.backends.autograd_windows import ancestors, windows_to_input
from rlviz_cam.backends.base import Inputs, LayerInfo, LayerRecord, WindowOp, check_outputs
from rlviz_cam.targets import Target

_KINDS = {
    nn.Conv1d: "conv",
    nn.Conv2d: "conv",
    nn.Conv3d: "conv",
    nn.ConvTranspose2d: "conv_transpose",
    nn.Linear: "dense",
}
_NOT_NONLINEAR = (nn.Softmax, nn.Softmax2d, nn.Softmin, nn.LogSoftmax, nn.MultiheadAttention, nn.GLU)
_BETWEEN = frozenset({"batchnorm", "instancenorm", "normalization", "dropout"})
# fmt: off
_FUNCTIONS = frozenset({
    "relu", "relu_", "relu6", "leaky_relu", "leaky_relu_", "elu", "elu_", "selu", "selu_", "celu", "celu_",
    "gelu", "silu", "mish", "hardtanh", "hardtanh_", "hardswish", "hardsigmoid", "sigmoid", "sigmoid_",
    "tanh", "tanh_", "softplus", "softsign", "prelu", "rrelu", "threshold",
})
# fmt: on
"""Nonlinearities that a forward may call as a function, by name."""

_Tap = Callable[[Tensor], Tensor]
_Shape = tuple[int, ...]


@dataclass(frozen=True)
class _Point:
    """A place in one forward pass: what a module's nth call returns, or what a function makes of that."""

    module: str
    number: int = 0
    function: bool = False


@dataclass
class _Call:
    """One call of a module in the traced pass: where its activations are taken, and after what."""

    point: _Point
    shape: _Shape
    kind: str | None
    taken_at: _Point
    taken_after: str | None = None
    nonlinearity: str | None = None
    root: "_Call | None" = None

    def settle(self, point: _Point, name: str, nonlinearity: str) -> None:
        """Take the activations of the layer that this call belongs to after a nonlinearity; a module wins."""
        layer = self.root
        if layer is not None and (layer.taken_after is None or layer.taken_at.function):
            layer.taken_at, layer.taken_after, layer.nonlinearity = point, name, nonlinearity


class _FunctionTap(TorchFunctionMode):
    """Sees the nonlinearities that a forward calls as functions."""

    def __init__(self, always: Callable[[str, Tensor, Tensor], Tensor] | None = None) -> None:
        super().__init__()
        self._always = always
        self._watched: dict[int, tuple[Tensor, _Tap]] = {}

    def watch(self, output: Tensor, tap: _Tap) -> None:
        """Tap the result of the next nonlinearity that takes a tensor."""
        self._watched[id(output)] = (output, tap)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if args and isinstance(args[0], Tensor) and getattr(func, "__name__", "") in _FUNCTIONS:
            if self._always is not None:
                return self._always(func.__name__, args[0], result)
            if id(args[0]) in self._watched:
                return self._watched.pop(id(args[0]))[1](result)
        return result


class TorchBackend:
    """A ``torch.nn.Module`` whose forward takes the inputs and returns a tensor or a mapping of named heads.

    Layers are named by their module path. A convolution's or dense layer's activations are taken after the
    nonlinearity that directly follows it (a normalisation or dropout may stand between), whether that is a
    module or a function; any other module stands for its own output. Every pass runs in evaluation mode and
    leaves modes, gradients, ``requires_grad`` and hooks as they were, also after an error.
    """

    def __init__(
        self,
        model: nn.Module,
        *,
        device: str = "auto",
        input_shape: _Shape | Mapping[str, _Shape] | None = None,
    ) -> None:
        where = next((tensor.device for tensor in model.parameters()), torch.device("cpu"))
        wanted = where if device == "auto" else torch.device(device)
        if wanted.type == "cuda" and not torch.cuda.is_available():
            msg = f"device {device!r} was asked for, but there is no CUDA device here; use 'cpu' or 'auto'"
            raise ValueError(msg)
        self._model = model if wanted.type == where.type else copy.deepcopy(model).to(wanted)
        self._device = wanted
        shape: Any = input_shape if input_shape is not None else getattr(model, "input_shape", None)
        self._input_shape: _Shape | dict[str, _Shape] | None = (
            {name: tuple(one) for name, one in shape.items()}
            if isinstance(shape, Mapping)
            else None
            if shape is None
            else tuple(shape)
        )
        self._calls: dict[str, list[_Call]] | None = None
        self._head_shapes: dict[str, _Shape] = {}

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the image that the network takes, in pixels."""
        shape = self._known_shape()
        shapes = list(shape.values()) if isinstance(shape, dict) else [shape]
        images = [one for one in shapes if len(one) == 3]
        if len(images) != 1:
            msg = f"the network takes {len(images)} images (C, H, W), expected one; its inputs: {shapes}"
            raise ValueError(msg)
        return images[0][1], images[0][2]

    def inputs(self) -> Mapping[str, _Shape]:
        """Return every input's name and the shape of one sample of it; the one unnamed input is ``input``."""
        shape = self._known_shape()
        return dict(shape) if isinstance(shape, dict) else {"input": shape}

    def heads(self) -> Mapping[str, _Shape]:
        """Return every output's name and the shape of one sample of it."""
        self._traced()
        return dict(self._head_shapes)

    def path(self, head: str) -> tuple[str, ...]:
        """Name those of ``layers`` that a head is computed from, in the same order.

        Raises:
            ValueError: When there is no such head.
        """
        Target(head=head).resolve(self.heads())
        names = [info.name for info in self.layers()]
        made: dict[str, list[Any]] = {name: [] for name in names}

        def keep(name: str) -> Callable[..., None]:
            def hook(_module: nn.Module, _args: Any, output: Any) -> None:
                made[name].append(output.grad_fn)  # taken now: an in-place operation would replace it

            return hook

        given = self._blank(requires_grad=True)
        with torch.enable_grad():
            heads = self._forward(given, {name: [keep(name)] for name in names}, nullcontext())
        behind = ancestors(heads[head].grad_fn)
        return tuple(name for name in names if any(node in behind for node in made[name]))

    def layers(self) -> tuple[LayerInfo, ...]:
        """List the convolution and dense layers in the order in which they are first computed."""
        calls = self._traced()
        return tuple(self._info(name, called[0]) for name, called in calls.items() if called[0].kind)

    def layer(self, name: str) -> LayerInfo:
        """Describe any module that returns a tensor."""
        return self._info(name, self._call(name))

    def weights(self, layer: str) -> NDArray[np.float32]:
        """Return (kh, kw, in, out) of a convolution, (in, out) of a dense layer, float32, a copy."""
        module = dict(self._model.named_modules()).get(layer)
        weight = getattr(module, "weight", None)
        if not isinstance(weight, Tensor) or weight.ndim < 2:
            names = [name for name, one in self._model.named_modules() if type(one) in _KINDS]
            msg = f"no layer {layer!r} with weights; choose one of: {', '.join(names)}"
            raise ValueError(msg)
        values = weight.detach().float().cpu().numpy()
        if values.ndim == 2:
            return np.array(values.T)
        spatial = tuple(range(2, values.ndim))
        order = (0, 1) if isinstance(module, nn.ConvTranspose2d) else (1, 0)
        return np.ascontiguousarray(values.transpose(*spatial, *order))

    def predict(self, inputs: Inputs) -> Mapping[str, NDArray[np.float32]]:
        """Return every head's values, head -> (N, units) float32.

        Raises:
            ValueError: When the inputs do not fit the network, or an output is not finite.
        """
        self._check(inputs)
        outputs = _to_numpy(self._run(inputs, {}))
        check_outputs(outputs)
        return outputs

    def activations(self, inputs: Inputs, layers: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Return the activations of any number of layers, layer -> (N, ...) float32, in one forward pass."""
        self._check(inputs)
        kept: dict[_Point, Tensor] = {}
        points = {name: self._call(name).taken_at for name in layers}

        def keep(point: _Point) -> _Tap:
            def tap(output: Tensor) -> Tensor:
                kept[point] = output.clone()  # a later in-place operation must not reach it
                return output

            return tap

        self._run(inputs, {point: keep(point) for point in points.values()})
        return {name: kept[point].float().cpu().numpy() for name, point in points.items()}

    def record(self, inputs: Inputs, layer: str, target: Target) -> LayerRecord:
        """Run one forward pass, and one backward pass from the target's score down to the layer.

        Nothing below the layer is differentiated, no gradient of a weight is computed.

        Raises:
            ValueError: When the layer is not spatial, the target does not fit or does not depend on the
                layer, the inputs do not fit the network, or an output is not finite.
        """
        self._check(inputs)
        point = self._call(layer, spatial=True).taken_at
        leaves: list[Tensor] = []

        def cut(output: Tensor) -> Tensor:
            leaf = output.detach().requires_grad_(True)
            leaves.append(leaf)
            torch.set_grad_enabled(True)  # undone by the no_grad block around the pass
            return leaf.clone()  # a leaf must not meet an in-place operation

        heads = self._run(inputs, {point: cut})
        outputs = _to_numpy(heads)
        check_outputs(outputs)
        head = target.resolve(outputs)
        weights = torch.from_numpy(target.weights(target.units(outputs))).to(self._device)
        gradient = None
        if heads[head].requires_grad:
            with torch.enable_grad():
                score = (_transformed(heads[head], target.transform) * weights).sum()
            (gradient,) = torch.autograd.grad(score, leaves, allow_unused=True)
        if gradient is None:
            msg = f"head {head!r} does not depend on layer {layer!r}; choose a layer that it is computed from"
            raise ValueError(msg)
        return LayerRecord(leaves[0].detach().float().cpu().numpy(), gradient.float().cpu().numpy(), outputs)

    def randomized(self, up_to_layer: str, seed: int) -> Self:
        """Return a copy whose weights are drawn anew from the output down to a layer, that layer included.

        Cascading randomisation (Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section
        3.1): each weight from PyTorch's default uniform distribution U(-1/sqrt(fan_in), 1/sqrt(fan_in)). The
        draws come from a generator of their own; the global random state is not touched.
        """
        order = list(self._traced())
        self._call(up_to_layer)
        model = copy.deepcopy(self._model)
        modules = dict(model.named_modules())
        generator = torch.Generator(device="cpu").manual_seed(seed)
        for name in order[order.index(up_to_layer) :]:
            if not any(modules[name].children()):
                _reset(modules[name], generator)
        return type(self)(model, input_shape=self._input_shape)

    def windows(self, layer: str) -> tuple[WindowOp, ...]:
        """Return the sliding windows between the input image and a spatial layer, the first one first."""
        point = self._call(layer, spatial=True).taken_at
        given = self._blank(requires_grad=True)
        image: Tensor = next(one for one in _named(given).values() if one.ndim == 4)
        found: list[Any] = []

        def keep(output: Tensor) -> Tensor:
            found.append(output.grad_fn)  # taken now: an in-place operation would replace it
            return output

        with torch.enable_grad():
            self._tapped(given, {point: keep})
        return windows_to_input(found[0], image)

    def library_view(self, layer: str) -> "_LibraryView":
        """Return a copy of the network in the form that pytorch-grad-cam takes."""
        point = self._call(layer, spatial=True).taken_at
        if point.function:
            msg = (
                f"pytorch-grad-cam takes activations of modules only, and a function follows {layer!r}; "
                "choose a method of our own"
            )
            raise ValueError(msg)
        return _LibraryView(self, copy.deepcopy(self._model).eval(), point.module)

    # ------------------------------------------------------------------ one pass

    def _run(self, inputs: Inputs, taps: Mapping[_Point, _Tap]) -> dict[str, Tensor]:
        inputs = self._bare(inputs)
        given = (
            {name: self.tensor(values) for name, values in inputs.items()}
            if isinstance(inputs, Mapping)
            else self.tensor(inputs)
        )
        with torch.no_grad():
            return self._tapped(given, taps)

    def _tapped(self, given: Tensor | dict[str, Tensor], taps: Mapping[_Point, _Tap]) -> dict[str, Tensor]:
        functions = _FunctionTap()
        hooks: dict[str, list[Callable[..., Any]]] = {}
        for point, tap in taps.items():
            hooks.setdefault(point.module, []).append(_hooked(point, tap, functions))
        return self._forward(
            given, hooks, functions if any(point.function for point in taps) else nullcontext()
        )

    def _forward(
        self,
        given: Tensor | dict[str, Tensor],
        hooks: Mapping[str, Sequence[Callable[..., Any]]],
        functions: AbstractContextManager[Any],
    ) -> dict[str, Tensor]:
        with _evaluating(self._model), _hooks(self._model, hooks), functions:
            try:
                returned = self._model(given)
            except torch.OutOfMemoryError:
                raise
            except RuntimeError as error:
                first_line = str(error).partition("\n")[0]
                expected = self._expectation()
                msg = f"the network does not take inputs of shape {_shapes(given)}{expected}: {first_line}"
                raise ValueError(msg) from error
        return _heads(returned)

    def tensor(self, values: NDArray[np.generic]) -> Tensor:
        """Put an array on the network's device, as float32 where it is float64."""
        array = np.ascontiguousarray(values)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        if not array.flags.writeable:
            array = array.copy()
        return torch.from_numpy(array).to(self._device)

    def _bare(self, inputs: Inputs) -> Inputs:
        """Return the array that a network's one unnamed input takes, also when it is given as ``input``."""
        if isinstance(self._input_shape, tuple) and isinstance(inputs, Mapping) and [*inputs] == ["input"]:
            return inputs["input"]
        return inputs

    def _check(self, inputs: Inputs) -> None:
        """Refuse inputs of another shape than the network's, and learn that shape from the first batch."""
        inputs = self._bare(inputs)
        given: Any = (
            {name: np.shape(values)[1:] for name, values in inputs.items()}
            if isinstance(inputs, Mapping)
            else np.shape(inputs)[1:]
        )
        lengths = {np.shape(values)[:1] for values in _named(inputs).values()}
        if len(lengths) != 1 or lengths <= {(), (0,)}:
            msg = (
                f"a batch of at least one sample, (N, ...), is expected; got shape {_shapes(_named(inputs))}"
            )
            raise ValueError(msg)
        if self._input_shape is None:
            self._input_shape = given
            try:
                self._traced()
            except ValueError:
                self._input_shape = None
                raise
        if given != self._input_shape:
            expected = self._input_shape
            msg = f"each sample has shape {given}, but the network expects {expected}; give a batch of those"
            raise ValueError(msg)

    def _expectation(self) -> str:
        for module in self._model.modules():
            if isinstance(module, nn.Conv2d):
                return f", expected (N, {module.in_channels}, height, width)"
        return ""

    # ------------------------------------------------------------------ the network's structure

    def _known_shape(self) -> _Shape | dict[str, _Shape]:
        if self._input_shape is None:
            msg = "the shape of the network's input is not known; give open_backend input_shape=(C, H, W)"
            raise ValueError(msg)
        return self._input_shape

    def _traced(self) -> dict[str, list[_Call]]:
        if self._calls is None:
            tracer = _Tracer()
            hooks = {name: [tracer.hook(name)] for name, _ in self._model.named_modules() if name}
            given = self._blank()
            with torch.no_grad():
                heads = self._forward(given, hooks, tracer.functions)
            self._head_shapes = {name: tuple(values.shape[1:]) for name, values in heads.items()}
            self._calls = tracer.calls
        return self._calls

    def _blank(self, *, requires_grad: bool = False) -> Tensor | dict[str, Tensor]:
        """Return one sample of zeros."""
        shape = self._known_shape()
        named = {
            name: torch.zeros(1, *one, device=self._device, requires_grad=requires_grad)
            for name, one in _named(shape).items()
        }
        return named if isinstance(shape, dict) else named[""]

    def _call(self, name: str, *, spatial: bool = False) -> _Call:
        called = self._traced().get(name, [])
        if len(called) == 1 and (not spatial or len(called[0].shape) == 3):
            return called[0]
        if len(called) > 1:
            msg = f"layer {name!r} is used {len(called)} times in one pass; choose a layer that is used once"
            raise ValueError(msg)
        there_are = [info.name for info in self.layers() if info.is_spatial or not spatial]
        what = "with a spatial output" if spatial else "that returns a tensor"
        msg = f"no layer {name!r} {what}; choose one of: {', '.join(there_are) or '(none)'}"
        raise ValueError(msg)

    @staticmethod
    def _info(name: str, call: _Call) -> LayerInfo:
        spatial = len(call.shape) == 3
        kind = call.kind or "other"
        return LayerInfo(name, kind, call.shape, spatial, call.taken_after, call.nonlinearity)


class _LibraryView:
    """A copy of a network that returns one head's units, its layer and its inputs as tensors."""

    def __init__(self, backend: TorchBackend, model: nn.Module, layer: str) -> None:
        self.module = _OneHead(model)
        self.layer = model.get_submodule(layer)
        self.predict = backend.predict
        self._backend = backend

    def choose(self, head: str, transform: str) -> None:
        """Choose the head that the copy returns, and what is applied to it."""
        self.module.head, self.module.transform = head, transform

    def tensor(self, inputs: NDArray[np.generic]) -> Tensor:
        """Return inputs as a float32 tensor, which gradients may reach."""
        return self._backend.tensor(inputs).float()


class _OneHead(nn.Module):
    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.head, self.transform = "output", "none"

    def forward(self, inputs: Tensor) -> Tensor:
        return _transformed(_heads(self.model(inputs))[self.head], self.transform)


class _Tracer:
    """Notes every module's call in one pass and which nonlinearity follows which layer."""

    def __init__(self) -> None:
        self.calls: dict[str, list[_Call]] = {}
        self.functions = _FunctionTap(self._function)
        self._made: dict[int, tuple[Tensor, _Call]] = {}  # the tensors are kept, so that no id is used twice

    def hook(self, name: str) -> Callable[..., None]:
        """Return the forward hook of one module."""

        def seen(module: nn.Module, args: Any, output: Any) -> None:
            if not isinstance(output, Tensor):
                return
            called = self.calls.setdefault(name, [])
            point = _Point(name, len(called))
            call = _Call(point, tuple(output.shape[1:]), _KINDS.get(type(module)), point)
            called.append(call)
            if any(module.children()):
                return
            source = self._made[id(args[0])][1] if args and id(args[0]) in self._made else None
            family = type(module).__module__.rpartition(".")[2]
            if source is not None and family == "activation" and not isinstance(module, _NOT_NONLINEAR):
                source.settle(point, name, type(module).__name__.lower())
            elif call.kind is not None:
                call.root = call
            elif source is not None and (family in _BETWEEN or isinstance(module, nn.Identity)):
                call.root = source.root
            self._made[id(output)] = (output, call)

        return seen

    def _function(self, name: str, given: Tensor, result: Tensor) -> Tensor:
        if id(given) in self._made:
            source = self._made[id(given)][1]
            point = _Point(source.point.module, source.point.number, function=True)
            source.settle(point, f"{name}()", name.replace("_", ""))
        return result


def _hooked(point: _Point, tap: _Tap, functions: "_FunctionTap") -> Callable[..., Tensor | None]:
    """Return the forward hook that taps one call of a module, or what a function makes of its result."""
    calls = 0

    def hook(_module: nn.Module, _args: Any, output: Any) -> Tensor | None:
        nonlocal calls
        calls += 1
        if calls != point.number + 1:
            return None
        if not point.function:
            return tap(output)
        functions.watch(output, tap)
        return None

    return hook


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    training = [module for module in model.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True


@contextmanager
def _hooks(model: nn.Module, hooks: Mapping[str, Sequence[Callable[..., Any]]]) -> Iterator[None]:
    handles: list[Any] = []
    try:
        if hooks:
            modules = dict(model.named_modules())
            handles = [
                modules[name].register_forward_hook(one) for name, several in hooks.items() for one in several
            ]
        yield
    finally:
        for handle in handles:
            handle.remove()


def _named(given: Any) -> dict[str, Any]:
    return dict(given) if isinstance(given, Mapping) else {"": given}


def _shapes(given: Any) -> str:
    return ", ".join(f"{name} {tuple(one.shape)}".strip() for name, one in _named(given).items())


def _heads(returned: Any) -> dict[str, Tensor]:
    named = dict(returned) if isinstance(returned, Mapping) else {"output": returned}
    for name, values in named.items():
        if not isinstance(values, Tensor):
            msg = (
                f"the network's output {name!r} is a {type(values).__name__}; "
                "its forward must return a tensor or a mapping of tensors by name"
            )
            raise TypeError(msg)
    return {name: values[:, None] if values.ndim == 1 else values for name, values in named.items()}


def _to_numpy(heads: Mapping[str, Tensor]) -> dict[str, NDArray[np.float32]]:
    return {name: values.detach().float().cpu().numpy() for name, values in heads.items()}


def _transformed(values: Tensor, transform: str) -> Tensor:
    if transform == "log_softmax":
        return values.log_softmax(dim=1)
    return values.mean(dim=1) if transform == "quantile_mean" else values


def _reset(module: nn.Module, generator: torch.Generator) -> None:
    """Draw a module's weights anew; normalisations, which hold no random weights, start as new."""
    own = dict(module.named_parameters(recurse=False))
    if not own:
        return
    weight = own.get("weight")
    if weight is None or weight.ndim < 2:
        if not hasattr(module, "running_mean") and not isinstance(module, nn.LayerNorm | nn.GroupNorm):
            msg = f"do not know how to draw the weights of a {type(module).__name__} anew"
            raise ValueError(msg)
        module.reset_parameters()  # type: ignore[operator] - ones and zeros
        return
    bound = (weight[0].numel()) ** -0.5
    with torch.no_grad():
        for parameter in own.values():
            drawn = torch.rand(parameter.shape, generator=generator) * (2 * bound) - bound
            parameter.copy_(drawn)
