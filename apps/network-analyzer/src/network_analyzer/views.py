"""What can be seen of a network: each view's figures as arrays, and how they are drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Ascent, LayerInfo, Objective, Recipe
from rlviz_overlay import Frame

from network_analyzer.figures.bars import bars_figure
from network_analyzer.figures.maps import maps_figure
from network_analyzer.figures.saliency import saliency_figure
from network_analyzer.figures.stimuli import stimuli_figure
from network_analyzer.figures.weights import weights_figure
from network_analyzer.opened import Opened
from network_analyzer.references import Reference
from network_analyzer.settings import MapMode, MapScale
from network_analyzer.showing import file_name


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One thing to see.

    Attributes:
        draw: Draws the figure, when one is wanted.
        name: Of its file, without the ending.
        facts: What a manifest says of it.
    """

    draw: Callable[[], Frame]
    name: str
    facts: Mapping[str, object]


def features_in(info: LayerInfo) -> int:
    """Number of channels of a spatial layer, of units of a dense one."""
    return info.output_shape[-3] if info.is_spatial else info.output_shape[-1]


def chosen_features(info: LayerInfo, given: Sequence[int] | None) -> list[int]:
    """The features that are asked for, or all.

    Raises:
        ValueError: There is no such feature, or none is asked for.
    """
    count = features_in(info)
    chosen = list(range(count)) if given is None else [int(one) for one in given]
    wrong = [one for one in chosen if not 0 <= one < count]
    if wrong or not chosen:
        what = f"no feature {wrong[0]}" if wrong else "no feature is asked for"
        message = f"{what}: layer {info.name!r} has {count}, numbered 0 to {count - 1}"
        raise ValueError(message)
    return chosen


def titled(opened: Opened, info: LayerInfo, what: str) -> str:
    """The title of a figure: whose, of which layer with its shape, and what."""
    shape = " x ".join(str(size) for size in info.output_shape)
    return f"{opened.name} . {info.name} ({shape}): {what}"


def weights_view(
    opened: Opened, layer: str, features: Sequence[int] | None = None
) -> tuple[NDArray[np.float32], View]:
    """A layer's weights as pictures.

    Returns:
        (kh, kw, in, out) of a convolution, (in, out) of a dense layer, all features; and their view.

    Raises:
        ValueError: There is no such layer, it has no weights, or no such feature.
    """
    weights = opened.backend.weights(layer)
    count = weights.shape[-1]
    info = LayerInfo(layer, "", (count,), is_spatial=False)
    chosen = chosen_features(info, features)
    shape = " x ".join(str(size) for size in weights.shape)
    title = f"{opened.name} . {layer} ({shape}): weights"
    view = View(
        lambda: weights_figure(weights, title, chosen),
        file_name("weights", layer, *_named(chosen, count)),
        {"what": "weights", "layer": layer, "features": chosen, "weights_shape": list(weights.shape)},
    )
    return weights, view


def stimuli_view(
    opened: Opened,
    layer: str,
    features: Sequence[int] | None,
    recipe: Recipe,
    *,
    seed: int = 0,
    chunk: int | None = None,
) -> tuple[Ascent, View]:
    """The picture that each feature prefers, found by gradient ascent on the input.

    Raises:
        ValueError: There is no such layer or feature, or the network takes no picture.
    """
    info = opened.backend.layer(layer)
    chosen = chosen_features(info, features)
    objective = Objective.of_channels(layer, chosen)
    ascent = opened.backend.ascend(objective, recipe, opened.preprocessing, seed=seed, chunk=chunk)
    title = titled(opened, info, "what each feature prefers")
    rows = [
        {"feature": feature, "reached": float(score), "noise": float(noise), "dead": bool(dead)}
        for feature, score, noise, dead in zip(chosen, ascent.scores, ascent.noise, ascent.dead, strict=True)
    ]
    view = View(
        lambda: stimuli_figure(ascent, title, chosen),
        file_name("feature_maximization", layer, *_named(chosen, features_in(info))),
        {
            "what": "preferred stimuli",
            "layer": layer,
            "recipe": recipe,
            "seed": seed,
            "sizes": ascent.sizes,
            "resized_to": ascent.resized_to,
            "features": rows,
        },
    )
    return ascent, view


def maps_view(
    opened: Opened,
    layer: str,
    reference: Reference,
    mode: MapMode = "gray",
    *,
    features: Sequence[int] | None = None,
    scale: MapScale = "layer",
    step: int = -1,
) -> tuple[NDArray[np.float32], View]:
    """A layer's activations for one picture.

    Args:
        opened: The network.
        layer: The layer; a dense one has bars only.
        reference: The picture.
        mode: `gray` (or `grey`): each channel as a grey picture; `heat`: contours over the grey picture;
            `plot`: each channel's mean as a bar.
        features: Which channels are drawn; all by default.
        scale: Whether all channels share one scale.
        step: Which time step is drawn, where the layer has them.

    Returns:
        (K, h, w) of a spatial layer, (T, K, h, w) over time steps, (units,) of a dense one; and their view.

    Raises:
        ValueError: There is no such layer, feature, mode or step, or a dense layer is to be drawn as maps.
    """
    if mode not in get_args(MapMode):
        message = f"no mode {mode!r}; choose one of: {', '.join(get_args(MapMode))}"
        raise ValueError(message)
    info = opened.backend.layer(layer)
    chosen = chosen_features(info, features)
    if mode != "plot" and not info.is_spatial:
        message = (
            f"layer {layer!r} has no maps, its output is {info.output_shape}; mode='plot' shows it as bars"
        )
        raise ValueError(message)
    activations = opened.backend.activations(reference.inputs, [layer])[layer][0]
    drawn, what = _one_step(activations, info, step)
    means = _means(drawn)
    shape = "gray" if mode == "grey" else mode
    title = titled(opened, info, f"{'mean ' if shape == 'plot' else ''}activations{what}")

    def draw() -> Frame:
        said = reference.notes
        if shape == "plot":
            return bars_figure(means[chosen], title, chosen, said=said)
        return maps_figure(
            drawn[chosen], reference.picture, title, chosen, mode=shape, scale=scale, said=said
        )

    view = View(
        draw,
        file_name("feature_maps", layer, *_named(chosen, features_in(info)), shape),
        {
            "what": "activations",
            "layer": layer,
            "taken_after": info.taken_after,
            "mode": shape,
            "scale": scale,
            "reference": list(reference.notes),
            "features": chosen,
            "means": [float(one) for one in means[chosen]],
        },
    )
    return activations, view


def saliency_view(
    opened: Opened, reference: Reference, layer: str | None = None, neuron: int | None = None
) -> tuple[NDArray[np.float32], View]:
    """How much each pixel of a picture changes one neuron.

    Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks", 2013, section 3.1: the largest
    |ds/dx| over the channels. arXiv:1312.6034

    Args:
        opened: The network.
        reference: The picture.
        layer: Whose neuron; by default the last layer on the way to the network's first output.
        neuron: The unit, or the channel whose mean is taken; by default the most active one.

    Returns:
        (H, W) float32, per grey level of 0 to 255; and its view.

    Raises:
        ValueError: There is no such layer or neuron.
    """
    backend = opened.backend
    layer = layer or _output_layer(opened)
    info = backend.layer(layer)
    if neuron is None:
        neuron = _most_active(opened, reference, info)
    (neuron,) = chosen_features(info, [neuron])
    found = backend.input_gradients(reference.inputs, Objective.of_channels(layer, [neuron]))
    gradients = opened.preprocessing.gradient(found.gradients)[0]
    saliency = np.abs(gradients).reshape(-1, *gradients.shape[-2:]).max(axis=0)
    title = titled(opened, info, f"what changes feature {neuron}")
    view = View(
        lambda: saliency_figure(saliency, reference, title),
        file_name("saliency", layer, str(neuron)),
        {
            "what": "saliency",
            "layer": layer,
            "neuron": neuron,
            "score": float(found.scores[0]),
            "reference": list(reference.notes),
            "largest": float(saliency.max()),
        },
    )
    return saliency, view


def _named(chosen: Sequence[int], count: int) -> list[str]:
    """What a file's name says of the features: nothing where it is all of them; `0-7`, or each one."""
    if list(chosen) == list(range(count)):
        return []
    if len(chosen) > 1 and list(chosen) == list(range(chosen[0], chosen[-1] + 1)):
        return [f"{chosen[0]}-{chosen[-1]}"]
    return ["_".join(str(one) for one in chosen)]


def _one_step(
    activations: NDArray[np.float32], info: LayerInfo, step: int
) -> tuple[NDArray[np.float32], str]:
    """One time step of a layer that has them, and what the title says of it."""
    if info.steps is None:
        return activations, ""
    if not -info.steps <= step < info.steps:
        message = f"no step {step}: layer {info.name!r} has {info.steps}, numbered 0 to {info.steps - 1}"
        raise ValueError(message)
    return activations[step], f", step {step % info.steps + 1} of {info.steps}"


def _means(activations: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each channel's mean over its cells; a unit itself."""
    return activations.reshape(len(activations), -1).mean(axis=1)


def _output_layer(opened: Opened) -> str:
    head = next(iter(opened.backend.heads()))
    return opened.backend.path(head)[-1]


def _most_active(opened: Opened, reference: Reference, info: LayerInfo) -> int:
    activations = opened.backend.activations(reference.inputs, [info.name])[info.name][0]
    by_feature = np.moveaxis(activations, -3, 0) if info.is_spatial else np.moveaxis(activations, -1, 0)
    return int(_means(np.ascontiguousarray(by_feature)).argmax())
