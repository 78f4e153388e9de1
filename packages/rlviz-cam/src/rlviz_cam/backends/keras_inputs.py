# pyright: standard
# ruff: noqa: ANN401, SLF001 - the structure of a Keras model's inputs has no public name
"""What a Keras model takes, by name, and NumPy batches as it takes them; imports no framework."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rlviz_cam.backends.base import Array, Inputs
from rlviz_cam.backends.keras_layers import class_names

_Shape = tuple[int, ...]
_Given = _Shape | Mapping[str, _Shape]
_UNNAMED = "input"


@dataclass(frozen=True)
class InputSpec:
    """One input as Keras has it.

    Attributes:
        name: Its name.
        shape: Of one sample, the channels last; ``None`` where any size will do.
        dtype: Name of its type.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"

    def taken(self, batch: Array) -> Array:
        """Return a batch in the layout and type that Keras takes; not copied where it is so already.

        Raises:
            ValueError: When numbers with a fraction are given for an input of whole numbers.
        """
        if np.issubdtype(np.dtype(self.dtype), np.integer) and not np.issubdtype(batch.dtype, np.integer):
            msg = f"input {self.name!r} takes {self.dtype}, got {batch.dtype}; give whole numbers"
            raise ValueError(msg)
        moved = np.moveaxis(batch, -3, -1) if len(self.shape) in {3, 4} else batch
        return np.ascontiguousarray(moved, dtype=self.dtype)


def channels_last(shape: _Shape) -> _Shape:
    """Return the shape of a sample as Keras has it: (C, H, W) -> (H, W, C), (T, C, H, W) -> (T, H, W, C)."""
    return (*shape[:-3], *shape[-2:], shape[-3]) if len(shape) in {3, 4} else tuple(shape)


def channels_first(shape: Sequence[Any]) -> tuple[Any, ...]:
    """Return the shape of a sample as this project has it; the reverse of :func:`channels_last`."""
    return (*shape[:-3], shape[-1], *shape[-3:-1]) if len(shape) in {3, 4} else tuple(shape)


class KerasInputs:
    """The inputs of one model; images and sequences of images are channel-first outside, last inside."""

    def __init__(self, model: Any, input_shape: _Given | None = None) -> None:
        """Read what the model takes.

        Args:
            model: The model.
            input_shape: What it does not say itself, as for ``open_backend``.

        Raises:
            ValueError: When the model's inputs are nested, or the shape contradicts the model.
        """
        self._structure = _structure(model)
        self._own = _specs(self._structure)
        self.specs = self._own
        self._by_name = isinstance(self._structure, Mapping)
        if input_shape is not None:
            self._fill(input_shape)

    @property
    def known(self) -> bool:
        """Whether every shape is known."""
        return bool(self.specs) and all(None not in spec.shape for spec in self.specs)

    def shapes(self) -> dict[str, _Shape]:
        """Return every input's name and the shape of one sample, channel-first.

        Raises:
            ValueError: When they are not known yet.
        """
        if not self.known:
            msg = "the shape of the network's input is not known; give input_shape=(C, H, W)"
            raise ValueError(msg)
        return {spec.name: channels_first(spec.shape) for spec in self.specs}

    @property
    def image(self) -> int:
        """Which of ``specs`` is the one image, or sequence of images.

        Raises:
            ValueError: When there is none, or there are several.
        """
        images = [number for number, spec in enumerate(self.specs) if len(spec.shape) in {3, 4}]
        if len(images) != 1:
            msg = f"the network takes {len(images)} images, expected one; its inputs: {self.shapes()}"
            raise ValueError(msg)
        return images[0]

    def learn(self, inputs: Inputs) -> bool:
        """Take what the model leaves open from a batch; return whether there was anything.

        Raises:
            ValueError: When the batch has no samples, or its inputs not the same number of them.
        """
        named = inputs if isinstance(inputs, Mapping) else {"": inputs}
        lengths = {np.shape(values)[:1] for values in named.values()}
        if len(lengths) != 1 or lengths <= {(), (0,)}:
            shapes = ", ".join(f"{name} {np.shape(one)}".strip() for name, one in named.items())
            msg = f"a batch of at least one sample, (N, ...), is expected; got shape {shapes or '(none)'}"
            raise ValueError(msg)
        if self.known:
            return False
        given = {name: np.shape(values)[1:] for name, values in named.items()}
        self._fill(given if isinstance(inputs, Mapping) else given[""])
        return True

    def forget(self) -> None:
        """Take back what was learnt."""
        self.specs = self._own

    def arrays(self, inputs: Inputs, any_size: Callable[[], bool] | None = None) -> list[Array]:
        """Return one array per input, in the order of ``specs``, as views.

        Args:
            inputs: A batch, or batches by name.
            any_size: Asked when the image has another size than the network's: whether it may.

        Raises:
            ValueError: When names or shapes do not fit.
        """
        shapes = self.shapes()
        if isinstance(inputs, Mapping):
            named = {name: np.asarray(values) for name, values in inputs.items()}
        elif len(shapes) == 1:
            named = dict.fromkeys(shapes, np.asarray(inputs))
        else:
            listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            msg = f"one array was given, but the network takes {len(shapes)} by name: {listed}"
            raise ValueError(msg)
        self._check_names(named)
        for name, expected in shapes.items():
            given = named[name].shape[1:]
            if given != expected and not (any_size and _resized(given, expected) and any_size()):
                which = f"each sample of {name!r}" if len(shapes) > 1 else "each sample"
                msg = f"{which} has shape {given}, but the network expects {expected}; give a batch of those"
                raise ValueError(msg)
        return [named[spec.name] for spec in self.specs]

    def are_own_size(self, arrays: Sequence[Array]) -> bool:
        """Whether arrays, one per input, have the model's own size."""
        return [one.shape[1:] for one in arrays] == list(self.shapes().values())

    def scale(self, arrays: Sequence[Array]) -> float:
        """Return how many times as many pixels as the model's own the images of a batch have."""
        pairs = zip(self.shapes().values(), arrays, strict=False)
        return max((np.prod(one.shape[1:]) / np.prod(shape) for shape, one in pairs), default=1)

    def arranged(self, given: Sequence[Any]) -> Any:
        """Return tensors, one per input, in the structure that the model is called with."""
        if self._by_name:
            return {spec.name: one for spec, one in zip(self.specs, given, strict=True)}
        return list(given) if isinstance(self._structure, list | tuple) else given[0]

    def _check_names(self, given: Mapping[str, object]) -> None:
        names = [spec.name for spec in self.specs]
        if set(given) != set(names):
            msg = (
                f"the inputs given are named {', '.join(given)}, but the network takes {', '.join(names)}; "
                "give one array by each name"
            )
            raise ValueError(msg)

    def _fill(self, shape: _Given) -> None:
        """Take shapes, channel-first, for what the model leaves open."""
        if not self._own:
            self._by_name = isinstance(shape, Mapping)
            named = shape if isinstance(shape, Mapping) else {_UNNAMED: shape}
            self.specs = [InputSpec(name, channels_last(tuple(one))) for name, one in named.items()]
            return
        named = shape if isinstance(shape, Mapping) else {self._own[0].name: shape}
        self._check_names(named)
        self.specs = [_filled(spec, tuple(named[spec.name])) for spec in self._own]


def _resized(given: _Shape, expected: _Shape) -> bool:
    """Whether a shape is that of an image as it is expected, but for its height and width."""
    return len(given) == len(expected) > 2 and given[:-2] == expected[:-2]


def _filled(spec: InputSpec, shape: _Shape) -> InputSpec:
    wanted = channels_last(shape)
    fits = len(wanted) == len(spec.shape) and all(
        one in {None, other} for one, other in zip(spec.shape, wanted, strict=True)
    )
    if not fits:
        expected = channels_first(spec.shape)
        msg = f"each sample has shape {shape}, but the network expects {expected}; None is any size"
        raise ValueError(msg)
    return replace(spec, shape=wanted)


def _structure(model: Any) -> Any:
    """Return the model's symbolic inputs: one, a list or a dict of them; ``None`` for a subclassed model."""
    names = class_names(model)
    if "Sequential" in names:
        return model.inputs[0] if model.inputs else None
    if "Functional" not in names:
        return None
    return model._inputs_struct if hasattr(model, "_inputs_struct") else model._nested_inputs


def _specs(structure: Any) -> list[InputSpec]:
    if structure is None:
        return []
    if isinstance(structure, Mapping):
        named = list(structure.items())
    else:
        several = structure if isinstance(structure, list | tuple) else [structure]
        named = [(getattr(one, "name", ""), one) for one in several]
    if not all(hasattr(one, "shape") for _, one in named):
        msg = "the network's inputs are nested; give it a list or a dict of inputs"
        raise ValueError(msg)
    return [
        InputSpec(clean_name(name), tuple(one.shape)[1:], getattr(one.dtype, "name", str(one.dtype)))
        for name, one in named
    ]


def clean_name(name: str) -> str:
    """Return the layer's part of a tensor's name: ``n_outputs0/BiasAdd:0`` is ``n_outputs0``."""
    return name.partition(":")[0].partition("/")[0]
