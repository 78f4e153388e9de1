# pyright: standard
"""The weights of PyTorch modules: in this project's order, and drawn anew."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


def kernel(module: nn.Module | None) -> NDArray[np.float32] | None:
    """Return (kh, kw, in, out) of a convolution, (in, out) of a dense layer, a copy; ``None`` of another."""
    weight = getattr(module, "weight", None)
    if not isinstance(weight, Tensor) or weight.ndim < 2:
        return None
    values = weight.detach().float().cpu().numpy()
    spatial = tuple(range(2, values.ndim))
    order = (0, 1) if isinstance(module, nn.ConvTranspose2d) else (1, 0)
    return np.array(values.transpose(*spatial, *order), order="C")


def redraw(module: nn.Module, generator: torch.Generator) -> None:
    """Draw a module's own weights from U(-1/sqrt(fan_in), 1/sqrt(fan_in)).

    Normalisations, which hold no random weights, start as new.

    Raises:
        ValueError: When it is not known how.
    """
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
