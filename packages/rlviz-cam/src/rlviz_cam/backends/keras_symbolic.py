# pyright: standard
# ruff: noqa: ANN401 - TensorFlow's tensors and Keras' models are untyped
"""A Keras model called with symbolic tensors, inside the graph of a pass that is being traced."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import tensorflow as tf

from rlviz_cam.backends.keras_inputs import KerasInputs
from rlviz_cam.backends.keras_model import output_names, takes_training
from rlviz_cam.backends.keras_trace import Trace, Tracer


class SymbolicModel:
    """A model, its layers by name, and what it takes."""

    def __init__(self, model: Any, layers: Mapping[str, Any], inputs: KerasInputs) -> None:
        self.inputs = inputs
        self._model = model
        self._layers = layers

    def called(self, given: Sequence[Any]) -> Trace:
        """Call the model in the graph at work, and note what its layers return.

        Args:
            given: One tensor per input.

        Raises:
            ValueError: When the model does not take them, or decides by the value of a tensor.
            TypeError: When it returns something else than tensors.
        """
        tracer = self._tracer()
        try:
            returned = self._returned(tracer, given)
        except tf.errors.OperatorNotAllowedInGraphError as error:
            msg = (
                "the network's own code decides by the value of a tensor, which a traced pass cannot follow; "
                "write it with tf.cond or tf.where"
            )
            raise ValueError(msg) from error
        except (ValueError, tf.errors.InvalidArgumentError) as error:
            shapes = ", ".join(f"{name} {shape}" for name, shape in self.inputs.shapes().items())
            first_line = str(error).strip().partition("\n")[0]
            msg = f"the network does not take inputs of shape {shapes}: {first_line}"
            raise ValueError(msg) from error
        return tracer.trace(list(given), _heads(self._model, returned), self._model)

    def called_as_far_as_it_goes(self, given: Sequence[Any]) -> Trace:
        """Call the model with images of a size that is not known, and note what its layers return.

        A layer that needs to know the size (the model's own code may ask for it as a number) fails, and it
        is not for here to know how; the layers below it are noted nevertheless. There are no heads.
        """
        tracer = self._tracer()
        with suppress(Exception):  # whatever the model's code raises
            self._returned(tracer, given)
        return tracer.trace(list(given), {}, self._model)

    def _tracer(self) -> Tracer:
        return Tracer(tf.compat.v1.get_default_graph(), {"": self._model, **self._layers})

    def _returned(self, tracer: Tracer, given: Sequence[Any]) -> Any:
        training = {"training": False} if takes_training(self._model) else {}
        with tracer.watching():
            return self._model(self.inputs.arranged(given), **training)


def handed_over(tensor: Any) -> Any:
    """Return a tensor as it is handed over: float32, images and sequences of images channel-first."""
    values = tf.cast(tensor, tf.float32)
    rank = len(values.shape)
    if rank == 4:
        return tf.transpose(values, [0, 3, 1, 2])
    return tf.transpose(values, [0, 1, 4, 2, 3]) if rank == 5 else values


def _heads(model: Any, returned: Any) -> dict[str, Any]:
    """Name what a model returns."""
    if isinstance(returned, Mapping):
        named = {str(name): values for name, values in returned.items()}
    elif isinstance(returned, list | tuple):
        names = output_names(model)
        if len(names) != len(returned):
            names = [f"output_{number}" for number in range(len(returned))]
        named = dict(zip(names, returned, strict=True))
    else:
        named = {(output_names(model) or ["output"])[0]: returned}
    for name, values in named.items():
        if not tf.is_tensor(values) or values.shape.rank is None:
            msg = (
                f"the network's output {name!r} is a {type(values).__name__}; "
                "it must return a tensor, or tensors in a list or by name"
            )
            raise TypeError(msg)
    return {name: values[:, None] if values.shape.rank == 1 else values for name, values in named.items()}
