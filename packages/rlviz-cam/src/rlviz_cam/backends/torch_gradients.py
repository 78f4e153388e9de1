# pyright: standard
"""Gradients of a layer's activations to the image, in PyTorch."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from rlviz_cam.backends.base import (
    Array,
    Inputs,
    check_cell,
    check_gradients,
    check_inputs,
    check_objective,
)
from rlviz_cam.backends.torch_cut import can_be_cut, cut_down
from rlviz_cam.backends.torch_inputs import named_inputs, pieces
from rlviz_cam.backends.torch_network import TorchNetwork, to_numpy
from rlviz_cam.backends.torch_trace import Call, Point
from rlviz_cam.objectives import InputGradients, Objective


class ImageGradients:
    """Passes of one network up to a layer and back to the image."""

    def __init__(self, network: TorchNetwork) -> None:
        self._network = network
        self._resizable: dict[str, bool] = {}

    def is_resizable(self, layer: str) -> bool:
        """Whether a layer can be computed for images of another size: a blank one, larger, is tried."""
        call = self._network.call(layer)
        if layer not in self._resizable:
            self._resizable[layer] = self._takes_larger(call)
        return self._resizable[layer]

    def _takes_larger(self, call: Call) -> bool:
        given = self._network.given.blank()
        name = self._network.given.pixels()
        axes = given[name].ndim
        if axes < 4:
            return False
        given[name] = given[name].repeat(*[1] * (axes - 2), 2, 2)
        try:
            with torch.no_grad():
                found = self._network.reach(given, [call.taken_at])[call.taken_at]
        except torch.OutOfMemoryError:
            raise
        except Exception:  # whatever a network raises: it does not take the image
            return False
        return found.shape[0] == call.rows  # of a larger image, a reshape to a fixed length makes more rows

    def __call__(self, inputs: Inputs, objective: Objective, leak: float) -> InputGradients:
        """Return scores, and gradients of the scores and the leak; see ``Backend.input_gradients``.

        Raises:
            ValueError: When the objective does not fit the layer or the inputs, the layer does not depend on
                the image, the inputs do not fit the network, or inputs or results are not finite.
        """
        layer = objective.layer
        self._network.check(inputs, is_resizable=lambda: self.is_resizable(layer))
        call = self._network.call(layer)
        named = named_inputs(inputs)
        check_inputs(named)
        images = len(next(iter(named.values())))
        check_objective(objective, images, call.shape[_channel_axis(call, layer) - 1])
        # which of several rows belong to which image, the network alone knows
        size = self._network.at_once(named, [layer]) if call.rows == 1 else 1
        parts = [
            self._pass(piece, objective.part(first, first + size), call, leak)
            for first, piece in pieces(named, size)
        ]
        found = InputGradients(
            np.concatenate([part.scores for part in parts]),
            np.concatenate([part.gradients for part in parts]),
        )
        check_gradients(layer, found)
        return found

    def _pass(
        self, inputs: Mapping[str, Array], objective: Objective, call: Call, leak: float
    ) -> InputGradients:
        network = self._network
        points = _points(call, leak)
        module = network.model.get_submodule(objective.layer)
        cut = can_be_cut(module) and not call.is_mixed
        with torch.inference_mode(mode=False), torch.enable_grad(), _frozen(network.model):
            given = network.given.tensors(inputs)
            pixels = network.given.pixels()
            image = given[pixels].float().requires_grad_()
            given[pixels] = image.clone()  # a leaf must not meet an in-place operation
            with cut_down(module, objective.channels) if cut else nullcontext():
                found = network.reach(given, points)
            reading = _Reading(objective, _channel_axis(call, objective.layer))
            score = raised = reading.score(reading.responses(found[points[-1]]))
            if len(points) > 1:
                below = reading.responses(found[points[0]]).clamp(max=0)
                raised = score + leak * reading.score(below)
            gradient = None
            if raised.requires_grad:
                (gradient,) = torch.autograd.grad(raised.sum(), image, allow_unused=True)
        if gradient is None:
            msg = (
                f"layer {objective.layer!r} does not depend on the image; choose one that is computed from it"
            )
            raise ValueError(msg)
        return InputGradients(to_numpy(score), to_numpy(gradient))


@dataclass(frozen=True)
class _Reading:
    """How an objective is read from activations.

    Attributes:
        objective: The objective.
        axis: Of the channels.
    """

    objective: Objective
    axis: int

    def responses(self, values: Tensor) -> Tensor:
        """Return the objective's channels, at its cell if it has one: (rows, k, ...)."""
        wanted = torch.tensor(self.objective.channels, device=values.device)
        values = values.index_select(self.axis, wanted).movedim(self.axis, 1)
        check_cell(self.objective, tuple(values.shape[-2:]) if values.ndim > 3 else ())
        if self.objective.cell is not None:
            y, x = self.objective.cell
            values = values[..., y, x]
        return values

    def score(self, responses: Tensor) -> Tensor:
        """Return s, (images,)."""
        weights = torch.from_numpy(self.objective.weights).to(responses)
        rows, channels = responses.shape[:2]
        means = responses.reshape(rows, channels, -1).mean(2).reshape(len(weights), -1, channels).mean(1)
        return (weights * means).sum(1)


def _points(call: Call, leak: float) -> list[Point]:
    """Return where a pass looks: at the activations; for a leak, at what their nonlinearity is fed first."""
    function = call.function
    if function is None:
        return [call.taken_at]
    fed = Point(None, function.number, is_fed=True)
    if function.is_softmax:
        return [fed]
    return [fed, call.taken_at] if leak else [call.taken_at]


def _channel_axis(call: Call, layer: str) -> int:
    axes = len(call.shape) + 1
    if call.kind is None and axes in {1, 3}:
        msg = (
            f"layer {layer!r} returns {call.shape} for an image, which does not tell its channels; "
            "choose a convolution or dense layer"
        )
        raise ValueError(msg)
    return axes - 1 if call.kind == "dense" else 1


@contextmanager
def _frozen(model: nn.Module) -> Iterator[None]:
    """Keep nothing for gradients of weights inside the block."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    for parameter in learning:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in learning:
            parameter.requires_grad_(True)
