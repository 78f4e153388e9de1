# pyright: standard
# ruff: noqa: ANN401 - TensorFlow's tensors and Keras' models are untyped
"""Keras models: tf_keras, and Keras 3 on TensorFlow. Imports no Keras: a model brings its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from rlviz_cam.activity import Activity, Feeds
from rlviz_cam.ascent.climbing import climb
from rlviz_cam.ascent.recipe import Ascent, Recipe
from rlviz_cam.backends.base import (
    Array,
    Inputs,
    LayerInfo,
    LayerRecord,
    WindowOp,
    check_inputs,
    check_objective,
    check_outputs,
    digest_of,
)
from rlviz_cam.backends.graph_windows import windows_to_input
from rlviz_cam.backends.keras_feeds import find_feeds
from rlviz_cam.backends.keras_gradients import InputPasses
from rlviz_cam.backends.keras_inputs import KerasInputs
from rlviz_cam.backends.keras_layers import named_layers
from rlviz_cam.backends.keras_model import check_model, copied
from rlviz_cam.backends.keras_passes import Passes
from rlviz_cam.backends.keras_symbolic import SymbolicModel
from rlviz_cam.backends.keras_trace import Trace, sample_shape
from rlviz_cam.backends.keras_weights import kernel, redraw
from rlviz_cam.objectives import InputGradients, Objective
from rlviz_cam.preprocessing import Preprocessing
from rlviz_cam.targets import Target

_Shape = tuple[int, ...]


def limit_threads(count: int = 1) -> bool:
    """Let TensorFlow compute with so many threads, unless it is at work already.

    Returns:
        Whether it was told so in time.
    """
    try:
        tf.config.threading.set_intra_op_parallelism_threads(count)
        tf.config.threading.set_inter_op_parallelism_threads(count)
    except RuntimeError:  # the context is made by the first operation, and keeps its threads
        return False
    return True


class KerasBackend:
    """A Keras model, functional, sequential or subclassed.

    Heads are the model's outputs by name (a subclassed model's: the keys of what it returns, or ``output``).
    Inputs go by name; a model of one input takes a bare array too. Layers are named as in Keras, one inside
    another model is ``outer/inner``; a wrapper (TimeDistributed) is one layer. A convolution's or dense
    layer's activations are taken after its own activation, else after the nonlinearity that directly follows
    (a normalisation or dropout may stand between).

    A pass is traced once for every use and then runs compiled, on a fixed number of samples: larger batches
    are cut, the last one is filled up with copies of its last sample, a single sample is passed alone. The
    model runs in inference mode, with the weights that it has at that moment, and is left as it was found.
    """

    def __init__(
        self,
        model: Any,
        *,
        device: str = "auto",
        input_shape: _Shape | Mapping[str, _Shape] | None = None,
        xla: bool = False,
        batch_size: int | None = None,
    ) -> None:
        check_model(model)
        self._place = _place_of(device)
        self._device = device
        self._model = model
        self._xla = xla
        self._batch_size = batch_size
        self._layers = named_layers(model)
        self._take(KerasInputs(model, input_shape))

    @property
    def input_size(self) -> tuple[int, int]:
        """Height and width of the image that the network takes, in pixels."""
        given = self._given
        shape = list(given.shapes().values())[given.image]
        return shape[-2], shape[-1]

    def inputs(self) -> Mapping[str, _Shape]:
        """Return every input's name and the shape of one sample of it, channel-first."""
        return self._given.shapes()

    def heads(self) -> Mapping[str, _Shape]:
        """Return every output's name and the shape of one sample of it, channel-first."""
        return {name: sample_shape(tensor) for name, tensor in self._passes.structure().heads.items()}

    def path(self, head: str) -> tuple[str, ...]:
        """Name those of ``layers`` that a head is computed from, in the same order.

        Raises:
            ValueError: When there is no such head.
        """
        trace = self._passes.structure()
        return trace.path(Target(head=head).resolve(trace.heads))

    def layers(self, *, every: bool = False) -> tuple[LayerInfo, ...]:
        """List the convolution and dense layers, or all, in the order in which they are first computed."""
        return self._passes.structure().layers(every=every)

    def layer(self, name: str) -> LayerInfo:
        """Describe any layer that returns a tensor."""
        return self._passes.structure().layer(name)

    def weights(self, layer: str) -> NDArray[np.float32]:
        """Return (kh, kw, in, out) of a convolution, (in, out) of a dense layer, float32, a copy.

        A convolution over time steps too has (kd, kh, kw, in, out), a depthwise one (kh, kw, in, multiplier).
        """
        found = kernel(self._layers[layer]) if layer in self._layers else None
        if found is None:
            names = [name for name, one in self._layers.items() if kernel(one) is not None]
            msg = f"no layer {layer!r} with weights; choose one of: {', '.join(names) or '(none)'}"
            raise ValueError(msg)
        return found

    def digest(self) -> str:
        """Return the SHA-256 of the numbers of all of the model's weights, with their names."""
        return digest_of((one.name, np.asarray(one)) for one in self._model.weights)

    def predict(self, inputs: Inputs) -> Mapping[str, NDArray[np.float32]]:
        """Return every head's values, head -> (N, units) float32; a picture as (N, C, H, W).

        Raises:
            ValueError: When the inputs do not fit the network, or an output is not finite.
        """
        arrays = self._arrays(inputs)
        outputs = dict(
            zip(
                self._passes.structure().heads,
                self._passes.run(self._passes.predicting().function, arrays),
                strict=True,
            )
        )
        check_outputs(outputs)
        return outputs

    def activations(self, inputs: Inputs, layers: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """Return the activations of any number of layers, layer -> (N, ...) float32, in one forward pass.

        Images may have another size than the network's where all of the layers are resizable.
        """
        arrays = self._arrays(inputs, lambda: all(self.is_resizable(name) for name in layers))
        for name in layers:
            self._passes.structure().call(name)
        if self._given.are_own_size(arrays):
            function = self._passes.compiled(
                ("activations", *layers), lambda trace: [trace.call(name).activations for name in layers]
            ).function
        else:
            function = self._to_image.activations(layers)
        return dict(zip(layers, self._passes.run(function, arrays), strict=True))

    def activity(self, inputs: Inputs, layers: Sequence[str]) -> Activity:
        """Return the activations of any number of layers and every head's values, of the same pass.

        Raises:
            ValueError: When there is no such layer, the inputs do not fit the network, or an output is not
                finite.
        """
        arrays = self._arrays(inputs)
        for name in layers:
            self._passes.structure().call(name)
        done = self._passes.compiled(
            ("activity", *layers),
            lambda trace: [*(trace.call(name).activations for name in layers), *trace.heads.values()],
        )
        found = self._passes.run(done.function, arrays)
        outputs = dict(zip(self.heads(), found[len(layers) :], strict=True))
        check_outputs(outputs)
        return Activity(dict(zip(layers, found, strict=False)), outputs)

    def feeds(self) -> Feeds:
        """Tell what feeds the layers."""
        return find_feeds(self._passes.structure(), self.windows, tf.get_static_value)

    def record(self, inputs: Inputs, layer: str, target: Target) -> LayerRecord:
        """Run one forward pass, and one backward pass from the target's score down to the layer.

        Nothing below the layer is differentiated, no gradient of a weight is computed. The unit and the sign
        of a target that leaves them open are chosen inside the pass.

        Raises:
            ValueError: When the layer is not spatial, the target does not fit or does not depend on the
                layer, the inputs do not fit the network, or an output is not finite.
        """
        arrays = self._arrays(inputs)
        self._passes.structure().call(layer, spatial=True)
        heads = self.heads()
        head = target.resolve(heads)
        units = target.units({head: np.zeros((1, *heads[head]), dtype=np.float32)})
        choice = target.choice(len(arrays[0]), units.shape[1])
        done = self._passes.compiled(
            ("record", layer, head, target.transform),
            lambda trace, *choice: _record(trace, layer, head, target.transform, choice),
            {"index": ((), "int32"), "sign": ((), "float32"), "minus": ((units.shape[1],), "float32")},
        )
        minus = np.broadcast_to(choice.minus, (len(arrays[0]), units.shape[1]))
        activations, gradients, *outputs = self._passes.run(
            done.function, [*arrays, choice.index, choice.sign, minus]
        )
        named = dict(zip(heads, outputs, strict=True))
        check_outputs(named)
        return LayerRecord(activations, gradients, named)

    def randomized(self, up_to_layer: str, seed: int) -> Self:
        """Return a copy whose weights are drawn anew from the output down to a layer, that layer included.

        Cascading randomisation (Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section
        3.1): each weight from U(-1/sqrt(fan_in), 1/sqrt(fan_in)), biases too, by a generator of their own.

        Raises:
            ValueError: When the model cannot be copied, or it is not known how to draw a layer's weights.
        """
        order = list(self._passes.structure().calls)
        self._passes.structure().call(up_to_layer)
        blank = [np.zeros((1, *spec.shape), dtype=spec.dtype) for spec in self._given.specs]  # type: ignore[arg-type]
        copy = copied(self._model, self._given.arranged(blank))
        layers = named_layers(copy)
        random = np.random.default_rng(seed)
        later = order[order.index(up_to_layer) :]
        for name in later:
            if not any(name.startswith(f"{other}/") for other in later):  # it is drawn with the one around it
                redraw(layers[name], random)
        backend = type(self)(copy, device=self._device, xla=self._xla, batch_size=self._batch_size)
        # a copy may call unnamed inputs something else
        backend._take(self._given)  # noqa: SLF001 - of the same class
        return backend

    def is_resizable(self, layer: str) -> bool:
        """Whether a layer can be computed for images of another size, found by trying and remembered."""
        self._passes.structure().call(layer)
        return self._to_image.is_resizable(layer)

    def input_gradients(self, inputs: Inputs, objective: Objective, *, leak: float = 0.0) -> InputGradients:
        """Run one forward pass up to the objective's layer, and one backward pass to the image.

        The batch is passed as it is, not in pieces.

        Args:
            inputs: A batch, one image per row of the objective's weights.
            objective: What is differentiated.
            leak: Slope given to the layer's own nonlinearity where it is fed negative values; there is none
                inside a recurrent layer.

        Raises:
            ValueError: When the objective does not fit the batch or the layer, the layer cannot be computed
                for the images or does not depend on them, or something is not finite.
        """
        arrays = self._arrays(inputs, lambda: self.is_resizable(objective.layer))
        call = self._passes.structure().call(objective.layer)
        check_objective(objective, len(arrays[0]), int(call.activations.shape[-1]))
        return self._to_image.run(arrays, objective, leak)

    def ascend(
        self,
        objective: Objective,
        recipe: Recipe,
        preprocessing: Preprocessing,
        *,
        seed: int = 0,
        chunk: int | None = None,
    ) -> Ascent:
        """Raise the objective of every image by gradient ascent on the input."""
        return climb(self, objective, recipe, preprocessing, seed=seed, chunk=chunk)

    def windows(self, layer: str) -> tuple[WindowOp, ...]:
        """Return the sliding windows between the input image and a spatial layer, the first one first."""
        trace = self._passes.structure()
        call = trace.call(layer, spatial=True)
        image = next(one for one in trace.given if len(one.shape) in {4, 5})
        return windows_to_input(call.activations.op, image.op, tf.get_static_value)

    # ------------------------------------------------------------------ one pass

    def _take(self, given: KerasInputs) -> None:
        symbolic = SymbolicModel(self._model, self._layers, given)
        self._given = given
        self._passes = Passes(symbolic, self._place, xla=self._xla, batch_size=self._batch_size)
        self._to_image = InputPasses(symbolic, self._passes, xla=self._xla)

    def _arrays(self, inputs: Inputs, any_size: Callable[[], bool] | None = None) -> list[Array]:
        """Return the inputs' arrays; the first batch decides what the model leaves open.

        Args:
            inputs: What the caller gave.
            any_size: Asked when the image has another size than the network's: whether it may.
        """
        if self._given.learn(inputs):
            try:
                self._passes.structure()
            except ValueError:
                self._given.forget()
                raise
        arrays = self._given.arrays(inputs, any_size)
        check_inputs({spec.name: one for spec, one in zip(self._given.specs, arrays, strict=True)})
        return arrays


def _record(trace: Trace, layer: str, head: str, transform: str, choice: Sequence[Any]) -> list[Any]:
    """Return activations, gradients and heads, given the target in numbers (see ``Target.choice``)."""
    index, sign, minus = choice
    activations = trace.call(layer).activations
    units = _transformed(tf.cast(trace.heads[head], tf.float32), transform)
    highest = tf.argmax(units, axis=1, output_type=tf.int32)
    weights = tf.one_hot(tf.where(index < 0, highest, index), units.shape[1]) - minus
    score = tf.reduce_sum(weights * units, axis=1)
    own = tf.where(score < 0, -1.0, 1.0)
    turned = score * tf.where(sign == 0, own, sign)  # argmax and comparisons have no gradient
    (gradients,) = tf.gradients(turned, [activations])
    if gradients is None:
        msg = f"head {head!r} does not depend on layer {layer!r}; choose a layer that it is computed from"
        raise ValueError(msg)
    return [activations, gradients, *trace.heads.values()]


def _transformed(values: Any, transform: str) -> Any:
    if transform == "log_softmax":
        return tf.nn.log_softmax(values, axis=1)
    return tf.reduce_mean(values, axis=1) if transform == "quantile_mean" else values


def _place_of(device: str) -> str | None:
    """Return TensorFlow's name of a device; ``None`` leaves the choice to TensorFlow."""
    if device not in {"auto", "cpu", "cuda"}:
        msg = f"unknown device {device!r}; choose one of: auto, cpu, cuda"
        raise ValueError(msg)
    if device == "cuda" and not tf.config.list_physical_devices("GPU"):
        msg = f"device {device!r} was asked for, but there is no CUDA device here; use 'cpu' or 'auto'"
        raise ValueError(msg)
    return {"auto": None, "cpu": "/CPU:0", "cuda": "/GPU:0"}[device]
