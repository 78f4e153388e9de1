# pyright: standard
# ruff: noqa: ANN401, SLF001 - torch's hooks are untyped; a tensor counts its changes in `_version`
"""Which layer of a PyTorch network is fed what: found by the memory that tensors share in one pass."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from rlviz_cam.activity import Feed, Feeds
from rlviz_cam.backends.autograd_windows import ancestors
from rlviz_cam.backends.torch_cut import can_be_cut
from rlviz_cam.backends.torch_network import TorchNetwork, hooked
from rlviz_cam.backends.torch_trace import Call, FunctionTap, Point, Tap

_SAMPLES = 3
_SCALING = frozenset({"Div", "Mul", "ToCopy", "Clone", "Alias", "View", "torch::autograd::AccumulateGrad"})
"""Operations that may stand between the input and what a layer is fed; a probe tells the factor."""


@dataclass(frozen=True)
class Held:
    """A tensor as it was at one moment of a pass; it is kept, so that its memory is not used twice."""

    tensor: Tensor
    version: int

    @classmethod
    def of(cls, tensor: Tensor) -> "Held":
        """Hold a tensor as it is now."""
        return cls(tensor, tensor._version)

    def is_same(self, other: "Held") -> bool:
        """Whether both are the same numbers in the same order, by memory; their shapes may differ."""
        one, two = self.tensor, other.tensor
        return bool(
            one.untyped_storage().data_ptr() == two.untyped_storage().data_ptr()
            and self.version == other.version
            and one.storage_offset() == two.storage_offset()
            and one.shape[:1] == two.shape[:1]
            and one.numel() == two.numel()
            and one.is_contiguous()
            and two.is_contiguous()
        )


@dataclass
class Seen:
    """What passed by in one pass, by layer."""

    fed: dict[str, Held] = field(default_factory=dict)
    sums: dict[str, Held] = field(default_factory=dict)
    bent: dict[str, Held] = field(default_factory=dict)
    activations: dict[str, Held] = field(default_factory=dict)


def find_feeds(network: TorchNetwork) -> Feeds:
    """Run one pass over random levels of 0 to 255 and tell what each layer is fed.

    A layer is fed another's activations when both are the same memory, unchanged in between; it is fed the
    input when autograd knows nothing but multiplications by numbers in between, and one factor explains all
    of what it was fed.
    """
    calls = {name: called for name, called in network.traced().items() if called[0].kind is not None}
    once = {name: called[0] for name, called in calls.items() if len(called) == 1}
    generator = torch.Generator().manual_seed(0)
    given = {
        name: (torch.rand(_SAMPLES, *shape, generator=generator) * 255).to(network.device).requires_grad_()
        for name, shape in network.given.shapes().items()
    }
    seen, heads = _watched(network, once, given)
    layers: dict[str, Feed] = {}
    unknown = {name: f"it is used {len(called)} times in one pass" for name, called in calls.items()}
    for name, call in once.items():
        found = _feed(network.model.get_submodule(name), call, name, seen, given)
        if isinstance(found, Feed):
            layers[name] = found
            del unknown[name]
        else:
            unknown[name] = found
    made = {
        head: next((name for name, held in seen.activations.items() if held.is_same(Held.of(one))), None)
        for head, one in heads.items()
    }
    return Feeds(layers, unknown, {head: name for head, name in made.items() if name is not None})


def _watched(
    network: TorchNetwork, calls: Mapping[str, Call], given: Mapping[str, Tensor]
) -> tuple[Seen, dict[str, Tensor]]:
    seen = Seen()
    hooks: dict[str, list[Callable[..., Any]]] = {}
    functions: dict[Point, Tap] = {}

    def hold(where: dict[str, Held], name: str) -> Tap:
        def tap(tensor: Tensor) -> Tensor:
            where[name] = Held.of(tensor)
            return tensor

        return tap

    def hold_fed(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, args: Any, _output: Any) -> None:
            if args and isinstance(args[0], Tensor):
                seen.fed[name] = Held.of(args[0])

        return hook

    for name, call in calls.items():
        hooks.setdefault(name, []).extend([hold_fed(name), hooked(call.point, hold(seen.sums, name))])
        if call.function is not None:
            functions[Point(None, call.function.number, is_fed=True)] = hold(seen.bent, name)
        if call.taken_at.module is None:
            functions[call.taken_at] = hold(seen.activations, name)
        else:
            hooks.setdefault(call.taken_at.module, []).append(
                hooked(call.taken_at, hold(seen.activations, name))
            )
    with torch.inference_mode(mode=False), torch.enable_grad():
        heads = network.forward(given, hooks, FunctionTap(functions))
    return seen, heads


def _feed(module: Any, call: Call, name: str, seen: Seen, given: Mapping[str, Tensor]) -> Feed | str:
    """Return what a layer is fed, or why that cannot be said."""
    if reason := _obstacle(module, call, name, seen):
        return reason
    fed = seen.fed[name]
    window = {} if isinstance(module, nn.Linear) else _window(module)
    source = next((other for other, held in seen.activations.items() if held.is_same(fed)), None)
    if source is not None:
        shape = seen.activations[source].tensor.shape[1:]
        factor = 1.0
    else:
        if len(given) != 1:
            return "what it is fed is neither another layer's activations nor the network's only input"
        (pixels,) = given.values()
        shape, scale = pixels.shape[1:], _factor(pixels, fed.tensor)
        if scale is None:
            return "what it is fed is neither another layer's activations nor the input times one factor"
        factor = scale
    if fed.tensor.shape[1:] not in {shape, torch.Size([shape.numel()])}:
        return f"it is fed numbers of shape {tuple(fed.tensor.shape[1:])}, laid out anew"
    return Feed(source, tuple(range(len(shape))), factor, **window)


def _obstacle(module: Any, call: Call, name: str, seen: Seen) -> str | None:
    """Say why a layer's sums are no products of its weights and what it is fed, or are not those shown."""
    if not can_be_cut(module) or not isinstance(module, nn.Linear | nn.Conv2d):
        return f"a {type(module).__name__} is not known"
    if isinstance(module, nn.Conv2d) and module.groups > 1:
        return "it is a convolution in groups"
    if isinstance(module, nn.Conv2d) and module.padding_mode != "zeros":
        return f"its padding is {module.padding_mode!r}"
    if name not in seen.fed or seen.fed[name].tensor.ndim != (2 if isinstance(module, nn.Linear) else 4):
        return "it is not fed images, or one vector for each sample"
    if call.taken_after is not None and not seen.sums[name].is_same(seen.bent[name]):
        return f"something changes its sums before the nonlinearity {call.taken_after}"
    return None


def _window(module: nn.Conv2d) -> dict[str, Any]:
    pairs = {"stride": module.stride, "dilation": module.dilation}
    if isinstance(module.padding, str):
        reach = [d * (k - 1) for d, k in zip(module.dilation, module.kernel_size, strict=True)]
        padding = tuple(one // 2 if module.padding == "same" else 0 for one in reach)
    else:
        padding = module.padding
    return {**pairs, "padding": padding}


def _factor(given: Tensor, fed: Tensor) -> float | None:
    """Return the factor by which the input was multiplied to what a layer is fed; ``None`` for no factor."""
    if fed.numel() != given.numel():
        return None
    names = {re.sub(r"Backward\d*$", "", node.name()) for node in ancestors(fed.grad_fn)}
    if fed.grad_fn is not None and not names <= _SCALING:
        return None
    x, y = given.detach().flatten().double(), fed.detach().flatten().double()
    factor = float((x * y).sum() / (x * x).sum())
    return factor if torch.allclose(y, factor * x, rtol=1e-6, atol=0) else None
