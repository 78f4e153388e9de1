"""The check between the config that a file holds and the one that a model is built from."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

from rlviz_cam import keras_allowlist as allowed

_KERAS_MODULE = re.compile(r"(tf_keras|keras|tensorflow\.(python\.)?keras)(\.\w+)*\Z")
_MAX_DEPTH = 64
_LAYERS = "keras.layers"
_MODELS = "keras.models"
_COPIED = ("name", "inbound_nodes", "build_config", "shared_object_id")
_ROLES: Mapping[str, tuple[frozenset[str], frozenset[str], str]] = {
    "activation": (allowed.ACTIVATION_NAMES, allowed.ACTIVATION_LAYERS, _LAYERS),
    "constraint": (allowed.CONSTRAINT_NAMES, allowed.CONSTRAINTS, "keras.constraints"),
    "initializer": (allowed.INITIALIZER_NAMES, allowed.INITIALIZERS, "keras.initializers"),
    "regularizer": (allowed.REGULARIZER_NAMES, allowed.REGULARIZERS, "keras.regularizers"),
}
"""Last word of a setting's name -> the names that it may be, the classes that it may be, their module."""


class UnsafeModelError(ValueError):
    """A model file asks for more than layers that compute; loading it could run code that it brings."""


class ConfigChecker:
    """Copies a model's config, letting through only what `rlviz_cam.keras_allowlist` has.

    A model is built from the copy, never from the original. In the copy, the modules are named by us and
    everything about registered classes and training is gone.
    """

    def __init__(self, path: Path, *, keras3: bool) -> None:
        self._path = path
        self._keras3 = keras3
        self._layer = ""

    def checked(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the copy of a whole model's config.

        Args:
            config: ``class_name``, ``config`` and what else the file says.

        Raises:
            UnsafeModelError: Naming the file, the layer and what was found.
            ValueError: The config is no description of a model.
        """
        return self._object(config, allowed.MODELS, _MODELS, 0)

    def _refuse(self, found: str) -> NoReturn:
        layer = f"layer {self._layer!r}" if self._layer else "the model"
        message = (
            f"{self._path}: {layer} asks for {found}, which could run code or read other files; "
            "if you trust who made the file, load it with --trust"
        )
        raise UnsafeModelError(message)

    def _damaged(self, found: object, expected: str) -> NoReturn:
        layer = f"layer {self._layer!r}" if self._layer else "the model"
        message = f"{self._path}: {layer} has {_shown(found)} where {expected} belongs; save the model again"
        raise ValueError(message)

    def _object(self, found: object, classes: frozenset[str], module: str, depth: int) -> dict[str, Any]:
        """Copy the description of one object, which has to be of one of these classes."""
        config = _entries(found)
        if config is None:
            self._damaged(found, "the description of a class")
        outer, inner = self._layer, config.get("config")
        if module in (_LAYERS, _MODELS, *allowed.OPERATIONS):
            self._layer = str(_get(inner, "name") or config.get("name") or self._layer)
        name = self._class_name(config, classes)
        checked = {key: self._plain(config[key], depth + 1) for key in _COPIED if key in config}
        checked["class_name"] = name
        checked["config"] = self._settings(inner, name, depth + 1)
        # tf_keras reads a config without a module as Keras 2.11 and older did.
        if self._keras3 or config.get("module") is not None:
            checked["module"] = self._module_of(module, name)
            checked["registered_name"] = None
        self._layer = outer
        return checked

    def _class_name(self, config: Mapping[str, Any], classes: frozenset[str]) -> str:
        """Return today's name of the class, which has to be one of Keras's own."""
        written, module = config.get("class_name"), config.get("module", "keras")
        if not isinstance(written, str):
            self._damaged(config, "the description of a class")
        name = allowed.ALIASES.get(written, written)
        if name not in classes or not isinstance(module, str) or not _KERAS_MODULE.match(module):
            self._refuse(f"the class {_shown(written)} of {_shown(module)}")
        if config.get("registered_name") not in (None, written):
            self._refuse(f"the registered class {_shown(config['registered_name'])}")
        return name

    def _module_of(self, module: str, name: str) -> str:
        """Name the module in which the Keras that builds the model has the class."""
        if name == "Functional":
            return "keras.src.models.functional" if self._keras3 else "keras.src.engine.functional"
        if module == "dtype":
            return "keras.dtype_policies" if self._keras3 else "keras.mixed_precision"
        return module

    def _settings(self, inner: object, name: str, depth: int) -> dict[str, Any] | list[dict[str, Any]]:
        """Copy what stands under ``config``; Keras 2.0 wrote a Sequential's as a bare list of layers."""
        if inner is None:
            return {}
        layers, settings = _items(inner), _entries(inner)
        if layers is not None and name == "Sequential":
            return [self._any_layer(layer, depth) for layer in layers]
        if settings is None:
            self._damaged(inner, f"the settings of a {name}")
        if name in allowed.TENSOR_OP_LAYERS and _text(settings, "function") not in allowed.TENSOR_OPS:
            self._refuse(f"the TensorFlow function {_shown(settings.get('function'))}")
        return {key: self._setting(key, value, depth) for key, value in settings.items()}

    def _setting(self, key: str, value: object, depth: int) -> Any:  # noqa: ANN401 (JSON)
        """Copy one setting; what it is shows in its name, as ``kernel_initializer`` does."""
        last = key.rpartition("_")[2]
        layers = _items(value) if key in ("layers", "cells") else None
        if layers is not None:
            return [self._any_layer(layer, depth + 1) for layer in layers]
        if value is not None and last in ("layer", "cell"):
            return self._any_layer(value, depth + 1)
        if value is not None and last in _ROLES:
            names, classes, module = _ROLES[last]
            if isinstance(value, str):
                return value if value in names else self._refuse(f"the {last} {_shown(value)}")
            return self._object(value, classes, module, depth + 1)
        if "dtype" in key and _entries(value) is not None:
            return self._object(value, allowed.POLICIES, "dtype", depth + 1)
        return self._plain(value, depth)

    def _any_layer(self, value: object, depth: int) -> dict[str, Any]:
        """Copy a layer, a cell, a nested model, or a tensor operation that stands as a layer."""
        if depth > _MAX_DEPTH:
            self._damaged(f"{depth} levels", "a shallower nesting")
        operation = self._operation_module(value) if self._keras3 else None
        if operation:
            checked = self._object(value, allowed.OPERATIONS[operation], operation, depth)
        elif _text(value, "class_name") in allowed.MODELS:
            checked = self._object(value, allowed.MODELS, _MODELS, depth)
        else:
            checked = self._object(value, allowed.LAYERS | allowed.TENSOR_OP_LAYERS, _LAYERS, depth)
        return checked

    @staticmethod
    def _operation_module(value: object) -> str | None:
        """Name the module of a Keras 3 operation; an .h5 leaves it out, but a layer has a dtype."""
        if module := _text(value, "module"):
            return module if module in allowed.OPERATIONS else None
        if _get(_get(value, "config"), "dtype") is not None:
            return None
        name = _text(value, "class_name")
        return next((family for family, names in allowed.OPERATIONS.items() if name in names), None)

    def _plain(self, value: object, depth: int) -> Any:  # noqa: ANN401 (JSON)
        """Copy numbers, texts, lists and dicts; a dict that Keras would make an object of is refused."""
        if depth > _MAX_DEPTH:
            self._damaged(f"{depth} levels", "a shallower nesting")
        items, entries = _items(value), _entries(value)
        if items is not None:
            return [self._plain(item, depth + 1) for item in items]
        if entries is None:
            return value
        kind = _text(entries, "class_name")
        if "class_name" in entries and kind not in allowed.PLAIN_CLASSES:
            written, module = entries["class_name"], entries.get("module", "keras")
            self._refuse(f"the class {_shown(written)} of {_shown(module)}")
        if kind in ("__tuple__", "TensorShape"):
            return tuple(self._plain(item, depth + 1) for item in _items(entries.get("items")) or [])
        return {key: self._plain(item, depth + 1) for key, item in entries.items()}


def _entries(value: object) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else None


def _items(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _get(value: object, key: str) -> object:
    return (_entries(value) or {}).get(key)


def _text(value: object, key: str) -> str:
    text = _get(value, key)
    return text if isinstance(text, str) else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
