# pyright: standard
# ruff: noqa: ANN401 - torch's own hooks and outputs are untyped
"""One PyTorch module on one device: its passes, and what is tapped in them."""

import copy
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rlviz_cam.backends.base import Array, Inputs, check_outputs
from rlviz_cam.backends.torch_inputs import TorchInputs, listed_shapes
from rlviz_cam.backends.torch_trace import Call, FunctionTap, Point, Shape, Tap, Tracer

_LARGEST = 2**25
"""Bytes that the largest tensor of a pass on the CPU stays below, where that is possible.

Memory of this size and more glibc takes from the system for every tensor and gives back after it (mallopt's
M_MMAP_THRESHOLD at its highest); clearing it anew costs as much as the computing.
"""


class _Reached(BaseException):
    """Ends a forward pass when a tap has what it came for; the network's own ``except`` must not catch it."""


class TorchNetwork:
    """A ``torch.nn.Module``, run in evaluation mode and left as it was found, also after an error.

    Args:
        model: Takes the inputs, returns a tensor or a mapping of named heads.
        device: ``auto`` (where the model is), or where a copy of it is run.
        input_shape: Shape of one sample, or one per named input; else the model's own ``input_shape``, else
            learnt from the first batch.

    Attributes:
        model: What is run: the module, or its copy on another device.
        device: Where.
        given: The inputs that it takes.

    Raises:
        ValueError: When the device is not there.
    """

    def __init__(
        self, model: nn.Module, device: str, input_shape: Shape | Mapping[str, Shape] | None
    ) -> None:
        where = next((tensor.device for tensor in model.parameters()), torch.device("cpu"))
        wanted = where if device == "auto" else torch.device(device)
        if wanted.type == "cuda" and not torch.cuda.is_available():
            msg = f"device {device!r} was asked for, but there is no CUDA device here; use 'cpu' or 'auto'"
            raise ValueError(msg)
        self.model = model if wanted.type == where.type else copy.deepcopy(model).to(wanted)
        self.device = wanted
        shape: Any = input_shape if input_shape is not None else getattr(model, "input_shape", None)
        self.given = TorchInputs(shape, wanted)
        self._calls: dict[str, list[Call]] | None = None
        self._heads: dict[str, Shape] = {}

    # ------------------------------------------------------------------ one pass

    def check(self, inputs: Inputs, *, is_resizable: Callable[[], bool] | None = None) -> None:
        """Refuse inputs of another shape than the network's, and learn that shape from the first batch.

        Args:
            inputs: A batch.
            is_resizable: Asked when the image has another height or width than the network's.

        Raises:
            ValueError: Naming both shapes.
        """
        if self.given.learn(inputs):
            try:
                self.traced()
            except ValueError:
                self.given.forget()
                raise
        self.given.check(inputs, is_resizable)

    def at_once(self, named: Mapping[str, Array], layers: Sequence[str]) -> int:
        """Return how many samples of a batch a pass that ends at some layers takes best, at least one."""
        if self.device.type != "cpu":
            return len(next(iter(named.values())))
        calls, own = self.traced(), self.given.shapes()
        order = list(calls)
        last = max((order.index(name) for name in layers), default=0)
        numbers = [call.rows * math.prod(call.shape) for name in order[: last + 1] for call in calls[name]]
        given = sum(math.prod(values.shape[1:]) for values in named.values())
        larger = given / sum(math.prod(shape) for shape in own.values())
        return max(int((_LARGEST - 1) / (4 * larger * max(numbers, default=1))), 1)

    def predict(self, inputs: Inputs) -> dict[str, NDArray[np.float32]]:
        """Return every head's values, (N, units) float32 each.

        Raises:
            ValueError: When the inputs do not fit the network, or an output is not finite.
        """
        self.check(inputs)
        outputs = {name: to_numpy(values) for name, values in self.run(inputs, {}).items()}
        check_outputs(outputs)
        return outputs

    def run(self, inputs: Inputs, taps: Mapping[Point, Tap]) -> dict[str, Tensor]:
        """Run a batch without gradients and return the heads, (N, ...) each."""
        with torch.no_grad():
            return self.tapped(self.given.tensors(inputs), taps)

    def reach(
        self,
        given: Mapping[str, Tensor],
        points: Collection[Point],
    ) -> dict[Point, Tensor]:
        """Run a pass until all of some points are reached, and return what is there."""
        kept: dict[Point, Tensor] = {}

        def keep(point: Point) -> Tap:
            def tap(output: Tensor) -> Tensor:
                kept[point] = output
                if len(kept) == len(set(points)):
                    raise _Reached
                kept[point] = output.clone()  # a later in-place operation must not reach it
                return output

            return tap

        with suppress(_Reached):
            self.tapped(given, {point: keep(point) for point in points})
        return kept

    def tapped(self, given: Mapping[str, Tensor], taps: Mapping[Point, Tap]) -> dict[str, Tensor]:
        """Run a pass whose tensors at some points are replaced by what their taps return."""
        hooks: dict[str, list[Callable[..., Any]]] = {}
        functions: dict[Point, Tap] = {}
        for point, tap in taps.items():
            if point.module is None:
                functions[point] = tap
            else:
                hooks.setdefault(point.module, []).append(hooked(point, tap))
        return self.forward(given, hooks, FunctionTap(functions) if functions else nullcontext())

    def forward(
        self,
        given: Mapping[str, Tensor],
        hooks: Mapping[str, Sequence[Callable[..., Any]]],
        functions: AbstractContextManager[Any],
    ) -> dict[str, Tensor]:
        """Run a pass with forward hooks, module -> hooks, and return the heads.

        Raises:
            ValueError: When the network does not take the inputs.
            TypeError: When it returns something else than tensors.
        """
        with _evaluating(self.model), _hooks(self.model, hooks), functions:
            taken = self.given.taken(given)
            try:
                returned = self.model(taken)
            except torch.OutOfMemoryError:
                raise
            except RuntimeError as error:
                first_line = str(error).partition("\n")[0]
                what = f"inputs of shape {listed_shapes(taken)}{self._expectation()}"
                msg = f"the network does not take {what}: {first_line}"
                raise ValueError(msg) from error
        return named_heads(returned)

    def _expectation(self) -> str:
        for module in self.model.modules():
            if isinstance(module, nn.Conv2d):
                return f", expected (N, {module.in_channels}, height, width)"
        return ""

    # ------------------------------------------------------------------ structure

    def heads(self) -> Mapping[str, Shape]:
        """Return every output's name and the shape of one sample of it."""
        self.traced()
        return self._heads

    def traced(self) -> Mapping[str, Sequence[Call]]:
        """Return every module's calls in one pass, in the order in which they return."""
        if self._calls is None:
            tracer = Tracer()
            hooks = {name: [tracer.hook(name)] for name, _ in self.model.named_modules() if name}
            with torch.inference_mode(mode=False), torch.no_grad():
                heads = self.forward(self.given.blank(), hooks, tracer)
            self._heads = {name: tuple(values.shape[1:]) for name, values in heads.items()}
            self._calls = tracer.calls
        return self._calls

    def call(self, name: str, *, spatial: bool = False) -> Call:
        """Return the one call of a module.

        Raises:
            ValueError: When there is no such module, it is used several times, or it is to be spatial and is
                not.
        """
        called = self.traced().get(name, [])
        if len(called) == 1 and (not spatial or len(called[0].shape) == 3):
            return called[0]
        if len(called) > 1:
            msg = f"layer {name!r} is used {len(called)} times in one pass; choose a layer that is used once"
            raise ValueError(msg)
        first = {name: one[0] for name, one in self.traced().items() if one[0].kind is not None}
        there_are = [name for name, one in first.items() if len(one.shape) == 3 or not spatial]
        what = "with a spatial output" if spatial else "that returns a tensor"
        msg = f"no layer {name!r} {what}; choose one of: {', '.join(there_are) or '(none)'}"
        raise ValueError(msg)


def named_heads(returned: Any) -> dict[str, Tensor]:
    """Name what a network returns; a bare tensor is ``output``, one value per sample becomes (N, 1).

    Raises:
        TypeError: When it is something else than tensors.
    """
    named = dict(returned) if isinstance(returned, Mapping) else {"output": returned}
    for name, values in named.items():
        if not isinstance(values, Tensor):
            msg = (
                f"the network's output {name!r} is a {type(values).__name__}; "
                "its forward must return a tensor or a mapping of tensors by name"
            )
            raise TypeError(msg)
    return {name: values[:, None] if values.ndim == 1 else values for name, values in named.items()}


def transformed(values: Tensor, transform: str) -> Tensor:
    """Apply a target's transform to a head's values (see ``Target``)."""
    if transform == "log_softmax":
        return values.log_softmax(dim=1)
    return values.mean(dim=1) if transform == "quantile_mean" else values


def to_numpy(tensor: Tensor) -> NDArray[np.float32]:
    """Return a tensor's values on the host, float32."""
    return tensor.detach().float().cpu().numpy()


def hooked(point: Point, tap: Tap) -> Callable[..., Tensor | None]:
    """Return the forward hook that taps one call of a module."""
    calls = 0

    def hook(_module: nn.Module, _args: Any, output: Any) -> Tensor | None:
        nonlocal calls
        calls += 1
        return tap(output) if calls == point.number + 1 else None

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
