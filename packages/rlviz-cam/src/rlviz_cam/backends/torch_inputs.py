# pyright: standard
# ruff: noqa: ANN401 - inputs, shapes and tensors go by name or bare
"""The inputs that a PyTorch network takes, by name or as one bare tensor."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from rlviz_cam.backends.base import Array, Inputs
from rlviz_cam.backends.torch_trace import Shape

_ONLY = "input"
"""What the one input of a network that takes a bare tensor is called."""


class TorchInputs:
    """A network's inputs: their shapes once known, and arrays as tensors.

    Args:
        shape: Of one sample, or one per named input; ``None``: the first batch tells.
        device: Where tensors are put.
    """

    def __init__(self, shape: Any, device: torch.device) -> None:
        self._device = device
        self._is_bare = not isinstance(shape, Mapping)
        self._shapes: dict[str, Shape] | None = None
        if shape is not None:
            self._shapes = {name: tuple(one) for name, one in named_inputs(shape).items()}

    @property
    def shape(self) -> Shape | dict[str, Shape] | None:
        """Of one sample, or one per named input; ``None`` while it is not known."""
        return None if self._shapes is None else self.taken(self._shapes)

    def shapes(self) -> dict[str, Shape]:
        """Return every input's name and the shape of one sample of it; an unnamed one is ``input``.

        Raises:
            ValueError: When it is not known.
        """
        if self._shapes is None:
            msg = "the shape of the network's input is not known; give input_shape=(C, H, W)"
            raise ValueError(msg)
        return self._shapes

    def image(self) -> str:
        """Return the name of the input that is an image, (C, H, W), or a sequence of images.

        Raises:
            ValueError: When there is none, or several.
        """
        shapes = self.shapes()
        images = [name for name, shape in shapes.items() if len(shape) in {3, 4}]
        if len(images) != 1:
            listed = list(shapes.values())
            msg = f"the network takes {len(images)} images (C, H, W), expected one; its inputs: {listed}"
            raise ValueError(msg)
        return images[0]

    def pixels(self) -> str:
        """Return the name of the input that gradients are taken by: the only one, or the image."""
        shapes = self.shapes()
        return next(iter(shapes)) if len(shapes) == 1 else self.image()

    def learn(self, inputs: Inputs) -> bool:
        """Take the shapes of a first batch for the network's.

        Returns:
            Whether they were not known.

        Raises:
            ValueError: When it is no batch.
        """
        named = named_inputs(inputs)
        lengths = {np.shape(values)[:1] for values in named.values()}
        if len(lengths) != 1 or lengths <= {(), (0,)}:
            msg = f"a batch of at least one sample, (N, ...), is expected; got shape {listed_shapes(inputs)}"
            raise ValueError(msg)
        if self._shapes is not None:
            return False
        self._shapes, self._is_bare = _sample_shapes(inputs), not isinstance(inputs, Mapping)
        return True

    def forget(self) -> None:
        """Forget shapes that the network does not take after all."""
        self._shapes = None

    def check(self, inputs: Inputs, is_resizable: Callable[[], bool] | None) -> None:
        """Refuse a batch of other shapes than the network's.

        Args:
            inputs: A batch.
            is_resizable: Asked when the image has another height or width than the network's.

        Raises:
            ValueError: Naming both shapes.
        """
        given = _sample_shapes(inputs)
        if given == self.shapes():
            return
        if is_resizable is not None and self._differs_in_size(given) and is_resizable():
            return
        shown = given if isinstance(inputs, Mapping) else given[_ONLY]
        msg = f"each sample has shape {shown}, but the network expects {self.shape}; give a batch of those"
        raise ValueError(msg)

    def _differs_in_size(self, given: Mapping[str, Shape]) -> bool:
        """Whether shapes are the network's own but for the image's height and width."""
        name, shapes = self.pixels(), self.shapes()
        changed = {**given, name: (*given.get(name, ())[:-2], *shapes[name][-2:])}
        return changed == shapes

    def taken(self, named: Mapping[str, Any]) -> Any:
        """Return inputs, or shapes of inputs, as the network takes them: by name, or the bare one."""
        return named[_ONLY] if self._is_bare else dict(named)

    def tensors(self, inputs: Inputs) -> dict[str, Tensor]:
        """Put copies of arrays on the network's device, by name, as float32 where they are float64."""
        return {name: self.tensor(values) for name, values in named_inputs(inputs).items()}

    def tensor(self, values: NDArray[np.generic]) -> Tensor:
        """Put a copy of an array on the network's device, as float32 where it is float64."""
        array = np.array(values, order="C")  # a network may write into what it is given
        return torch.from_numpy(array.astype(np.float32) if array.dtype == np.float64 else array).to(
            self._device
        )

    def blank(self, *, requires_grad: bool = False) -> dict[str, Tensor]:
        """Return one sample of zeros, by name."""
        return {
            name: torch.zeros(1, *shape, device=self._device, requires_grad=requires_grad)
            for name, shape in self.shapes().items()
        }


def named_inputs(given: Any) -> dict[str, Any]:
    """Return inputs, or shapes of inputs, by name; a bare one is ``input``."""
    return dict(given) if isinstance(given, Mapping) else {_ONLY: given}


def pieces(named: Mapping[str, Array], size: int) -> Iterator[tuple[int, dict[str, Array]]]:
    """Cut a batch, by name, into batches of at most ``size``; yield each with the number of its first."""
    for first in range(0, len(next(iter(named.values()))), size):
        yield first, {name: values[first : first + size] for name, values in named.items()}


def listed_shapes(given: Any) -> str:
    """Say which shapes inputs have."""
    if not isinstance(given, Mapping):
        return str(tuple(np.shape(given)))
    return ", ".join(f"{name} {tuple(np.shape(one))}" for name, one in given.items())


def _sample_shapes(inputs: Inputs) -> dict[str, Shape]:
    return {name: np.shape(values)[1:] for name, values in named_inputs(inputs).items()}
