# pyright: standard
# ruff: noqa: ANN401 - torch's own hooks and outputs are untyped
"""PyTorch networks. This file and those beside it whose names begin with torch import torch."""

import copy
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rlviz_cam.activity import Activity, Feeds
from rlviz_cam.ascent.recipe import Ascent, Recipe
from rlviz_cam.backends.autograd_windows import ancestors, windows_to_input
from rlviz_cam.backends.base import (
    Inputs,
    LayerInfo,
    LayerRecord,
    WindowOp,
    check_outputs,
    digest_of,
    innermost,
)
from rlviz_cam.backends.torch_feeds import find_feeds
from rlviz_cam.backends.torch_gradients import ImageGradients
from rlviz_cam.backends.torch_inputs import named_inputs, pieces
from rlviz_cam.backends.torch_library import LibraryView
from rlviz_cam.backends.torch_network import TorchNetwork, to_numpy, transformed
from rlviz_cam.backends.torch_trace import KINDS, Call, Point, Shape, Tap
from rlviz_cam.backends.torch_weights import kernel, redraw
from rlviz_cam.objectives import InputGradients, Objective
from rlviz_cam.preprocessing import Preprocessing
from rlviz_cam.targets import Target


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
        input_shape: Shape | Mapping[str, Shape] | None = None,
    ) -> None:
        self._network = TorchNetwork(model, device, input_shape)
        self._gradients = ImageGradients(self._network)

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the image that the network takes, in pixels."""
        shape = self._network.given.shapes()[self._network.given.image()]
        return shape[-2], shape[-1]

    def inputs(self) -> Mapping[str, Shape]:
        """Return every input's name and the shape of one sample of it; the one unnamed input is ``input``."""
        return dict(self._network.given.shapes())

    def heads(self) -> Mapping[str, Shape]:
        """Return every output's name and the shape of one sample of it."""
        return dict(self._network.heads())

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

        given = self._network.given.blank(requires_grad=True)
        with torch.enable_grad():
            heads = self._network.forward(given, {name: [keep(name)] for name in names}, nullcontext())
        behind = ancestors(heads[head].grad_fn)
        return tuple(name for name in names if any(node in behind for node in made[name]))

    def layers(self, *, every: bool = False) -> tuple[LayerInfo, ...]:
        """List the convolution and dense layers, or all, in the order in which they are first computed."""
        calls = self._network.traced()
        names = innermost(calls, ".") if every else calls
        return tuple(self._info(name, calls[name][0]) for name in names if every or calls[name][0].kind)

    def layer(self, name: str) -> LayerInfo:
        """Describe any module that returns a tensor."""
        return self._info(name, self._network.call(name))

    def weights(self, layer: str) -> NDArray[np.float32]:
        """Return (kh, kw, in, out) of a convolution, (in, out) of a dense layer, float32, a copy."""
        modules = dict(self._network.model.named_modules())
        found = kernel(modules.get(layer))
        if found is None:
            names = [name for name, one in modules.items() if type(one) in KINDS]
            msg = f"no layer {layer!r} with weights; choose one of: {', '.join(names)}"
            raise ValueError(msg)
        return found

    def digest(self) -> str:
        """Return the SHA-256 of the state dict's numbers, with their names."""
        state = self._network.model.state_dict()
        return digest_of((name, one.detach().float().cpu().numpy()) for name, one in state.items())

    def predict(self, inputs: Inputs) -> Mapping[str, NDArray[np.float32]]:
        """Return every head's values, head -> (N, units) float32.

        Raises:
            ValueError: When the inputs do not fit the network, or an output is not finite.
        """
        return self._network.predict(inputs)

    def activations(self, inputs: Inputs, layers: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Return the activations of any number of layers, layer -> (N, ...) float32, in one forward pass.

        The pass ends at the last of the layers; a large batch is cut into several. Images may have another
        size than the network's where all of the layers are resizable.
        """
        network = self._network
        network.check(inputs, is_resizable=lambda: all(self.is_resizable(name) for name in layers))
        points = {name: network.call(name).taken_at for name in layers}
        named = named_inputs(inputs)
        parts: list[dict[str, NDArray[np.float32]]] = []
        for _, piece in pieces(named, network.at_once(named, layers)):
            with torch.no_grad():
                kept = network.reach(network.given.tensors(piece), points.values())
            parts.append({name: to_numpy(kept[point]) for name, point in points.items()})
        return {name: np.concatenate([part[name] for part in parts]) for name in layers}

    def activity(self, inputs: Inputs, layers: Sequence[str]) -> Activity:
        """Return the activations of any number of layers and every head's values, of the same pass.

        Raises:
            ValueError: When there is no such layer, the inputs do not fit the network, or an output is not
                finite.
        """
        self._network.check(inputs)
        points = {name: self._network.call(name).taken_at for name in layers}
        kept: dict[Point, NDArray[np.float32]] = {}

        def keep(point: Point) -> Tap:
            def tap(output: Tensor) -> Tensor:
                kept[point] = to_numpy(output.clone())  # a later in-place operation must not reach it
                return output

            return tap

        heads = self._network.run(inputs, {point: keep(point) for point in points.values()})
        outputs = {name: to_numpy(values) for name, values in heads.items()}
        check_outputs(outputs)
        return Activity({name: kept[point] for name, point in points.items()}, outputs)

    def feeds(self) -> Feeds:
        """Tell what feeds the layers, from one pass over random levels of 0 to 255.

        Raises:
            ValueError: When the shape of the inputs is not known.
        """
        return find_feeds(self._network)

    def record(self, inputs: Inputs, layer: str, target: Target) -> LayerRecord:
        """Run one forward pass, and one backward pass from the target's score down to the layer.

        Nothing below the layer is differentiated, no gradient of a weight is computed.

        Raises:
            ValueError: When the layer is not spatial, the target does not fit or does not depend on the
                layer, the inputs do not fit the network, or an output is not finite.
        """
        self._network.check(inputs)
        point = self._network.call(layer, spatial=True).taken_at
        leaves: list[Tensor] = []

        def cut(output: Tensor) -> Tensor:
            leaf = output.detach().requires_grad_(True)
            leaves.append(leaf)
            torch.set_grad_enabled(True)  # undone by the no_grad block around the pass
            return leaf.clone()  # a leaf must not meet an in-place operation

        heads = self._network.run(inputs, {point: cut})
        outputs = {name: to_numpy(values) for name, values in heads.items()}
        check_outputs(outputs)
        head = target.resolve(outputs)
        weights = self._network.given.tensor(target.weights(target.units(outputs)))
        gradient = None
        if heads[head].requires_grad:
            with torch.enable_grad():
                score = (transformed(heads[head], target.transform) * weights).sum()
            (gradient,) = torch.autograd.grad(score, leaves, allow_unused=True)
        if gradient is None:
            msg = f"head {head!r} does not depend on layer {layer!r}; choose a layer that it is computed from"
            raise ValueError(msg)
        return LayerRecord(to_numpy(leaves[0]), to_numpy(gradient), outputs)

    def is_resizable(self, layer: str) -> bool:
        """Whether a layer can be computed for images of another size; found out once, on blank ones."""
        return self._gradients.is_resizable(layer)

    def input_gradients(self, inputs: Inputs, objective: Objective, *, leak: float = 0.0) -> InputGradients:
        """Run one forward pass up to the objective's layer, and one backward pass to the image.

        See ``Backend.input_gradients``.

        Raises:
            ValueError: When the objective does not fit the layer or the inputs, the layer does not depend on
                the image, the inputs do not fit the network, or inputs or results are not finite.
        """
        return self._gradients(inputs, objective, leak)

    def ascend(
        self,
        objective: Objective,
        recipe: Recipe,
        preprocessing: Preprocessing,
        *,
        seed: int = 0,
        chunk: int | None = None,
    ) -> Ascent:
        """Raise the objective of every image by gradient ascent on the input; see ``Backend.ascend``."""
        from rlviz_cam.ascent.climbing import climb

        return climb(self, objective, recipe, preprocessing, seed=seed, chunk=chunk)

    def randomized(self, up_to_layer: str, seed: int) -> Self:
        """Return a copy whose weights are drawn anew from the output down to a layer, that layer included.

        Cascading randomisation (Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section
        3.1): each weight from PyTorch's default uniform distribution U(-1/sqrt(fan_in), 1/sqrt(fan_in)). The
        draws come from a generator of their own; the global random state is not touched.
        """
        order = list(self._network.traced())
        self._network.call(up_to_layer)
        model = copy.deepcopy(self._network.model)
        modules = dict(model.named_modules())
        generator = torch.Generator(device="cpu").manual_seed(seed)
        for name in order[order.index(up_to_layer) :]:
            if not any(modules[name].children()):
                redraw(modules[name], generator)
        return type(self)(model, input_shape=self._network.given.shape)

    def windows(self, layer: str) -> tuple[WindowOp, ...]:
        """Return the sliding windows between the input image and a spatial layer, the first one first."""
        point = self._network.call(layer, spatial=True).taken_at
        given = self._network.given.blank(requires_grad=True)
        with torch.enable_grad():
            found = self._network.reach(given, [point])[point]
        return windows_to_input(found.grad_fn, given[self._network.given.image()])

    def library_view(self, layer: str) -> LibraryView:
        """Return a copy of the network in the form that pytorch-grad-cam takes."""
        return LibraryView(self._network, layer)

    def _info(self, name: str, call: Call) -> LayerInfo:
        module = self._network.model.get_submodule(name)
        parameters = sum(one.numel() for one in module.parameters())
        spatial = len(call.shape) == 3
        return LayerInfo(
            name, call.kind or "other", call.shape, spatial, call.taken_after, call.nonlinearity, parameters
        )
