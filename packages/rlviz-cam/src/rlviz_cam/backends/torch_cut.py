# pyright: standard
# ruff: noqa: ANN401 - what a module's forward takes is its own
"""A convolution or dense layer that computes only some of its channels, in PyTorch."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from rlviz_cam.backends.torch_trace import KINDS


def can_be_cut(module: nn.Module) -> bool:
    """Whether it is known how a module computes its channels: it is one of torch's, with its own forward."""
    return type(module) in KINDS and "forward" not in vars(module)


@contextmanager
def cut_down(module: Any, channels: Sequence[int]) -> Iterator[None]:
    """Let a layer compute only some of its channels inside the block; the others are zero.

    Args:
        module: One that can be cut.
        channels: Which, ascending.
    """
    is_dense = KINDS[type(module)] == "dense"
    outputs = module.out_features if is_dense else module.out_channels

    def forward(given: Tensor, *further: Any) -> Tensor:
        found = _some(module, outputs, channels, given, *further)
        axis = found.ndim - 1 if is_dense else 1
        whole = found.new_zeros(*found.shape[:axis], outputs, *found.shape[axis + 1 :])
        return whole.index_copy_(axis, torch.tensor(channels, device=found.device), found)

    module.forward = forward
    try:
        yield
    finally:
        del module.forward


def _some(module: Any, outputs: int, channels: Sequence[int], given: Tensor, *further: Any) -> Tensor:
    """Compute some channels, in their order.

    A group of a grouped convolution that has fewer of them than another computes one of them several times.
    """
    groups = getattr(module, "groups", 1)
    own: dict[int, list[int]] = {}
    for channel in channels:
        own.setdefault(channel * groups // outputs, []).append(channel % (outputs // groups))
    most = max(len(rows) for rows in own.values())
    used = torch.tensor(list(own), device=given.device)
    rows = torch.tensor([rows + rows[-1:] * (most - len(rows)) for rows in own.values()], device=given.device)

    small = copy.copy(module)  # shares all with the module but its weights
    vars(small)["_parameters"] = {}
    weight = module.weight.unflatten(0, (groups, -1))
    if isinstance(module, nn.ConvTranspose2d):  # (in, out / groups, kh, kw)
        small.weight = weight.transpose(1, 2)[used[:, None], rows].transpose(1, 2).flatten(0, 1)
    else:
        small.weight = weight[used[:, None], rows].flatten(0, 1)
    small.bias = (
        None if module.bias is None else module.bias.unflatten(0, (groups, -1))[used[:, None], rows].flatten()
    )
    if groups > 1:
        small.groups = len(own)
        given = given.unflatten(1, (groups, -1))[:, used].flatten(1, 2)
    found = type(module).forward(small, given, *further)
    if most * len(own) == len(channels):
        return found
    places = [number * most + place for number, rows in enumerate(own.values()) for place in range(len(rows))]
    return found[:, places]
