"""The check between a Keras config as a file has it and the one that a model is built from."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from rlviz_cam import keras_allowlist as allowed

_KERAS_MODULE = re.compile(r"(tf_keras|keras|tensorflow\.(python\.)?keras)(\.\w+)*\Z")
_MAX_DEPTH = 64
_KEPT = ("name", "inbound_nodes", "build_config", "shared_object_id")


class UnsafeModelError(ValueError):
    """A model file asks for more than Keras's own layers; loading it could run code that the file brings."""


class ConfigChecker:
    """Copies a config, letting through only what the allowlist has.

    The copy, never the original, is what a model is built from. In it, module names are ours, registered
    names and everything about training are gone.
    """

    def __init__(self, path: Path, *, keras3: bool) -> None:
        self._path = path
        self._keras3 = keras3
        self._layer = ""

    def model(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the checked copy of a whole model's config.

        Raises:
            UnsafeModelError: Naming the file, the layer and what was found.
        """
        checked = self._object(config, allowed.MODELS, "keras.models", 0)
        if self._keras3:
            checked.setdefault("module", _module_of("keras.models", checked["class_name"], keras3=True))
        return checked

    def _refuse(self, found: str) -> UnsafeModelError:
        where = f"layer {self._layer!r} " if self._layer else "the model "
        message = (
            f"{self._path}: {where}holds {found}, which is no part of plain Keras, so loading it could run "
            "code; if you trust who made the file, load it with --trust"
        )
        return UnsafeModelError(message)

    def _object(self, found: object, classes: frozenset[str], module: str, depth: int) -> dict[str, Any]:
        """Copy one object's config: its class is one of these, its own config is checked in turn."""
        if not isinstance(found, Mapping):
            raise self._refuse(f"{_shown(found)} where a description of a class belongs")
        config = cast("Mapping[str, Any]", found)
        name = self._class_name(config, classes, module)
        outer, inner = self._layer, config.get("config")
        if module in ("keras.layers", "keras.models"):
            self._layer = str(_get(inner, "name") or config.get("name") or name)
        checked: dict[str, Any] = {"class_name": name}
        if config.get("module") is not None:
            checked["module"] = _module_of(module, name, keras3=self._keras3)
            checked["registered_name"] = None
        for key in _KEPT:
            if key in config:
                checked[key] = self._plain(config[key], depth + 1)
        checked["config"] = self._inner(inner, name, module, depth + 1)
        self._layer = outer
        return checked

    def _class_name(self, config: Mapping[str, Any], classes: frozenset[str], module: str) -> str:
        written = config.get("class_name")
        if not isinstance(written, str):
            raise self._refuse(f"{_shown(config)} where a description of a class belongs")
        if module == "keras.layers":
            self._layer = str(_get(config.get("config"), "name") or config.get("name") or self._layer)
        name = allowed.ALIASES.get(written, written)
        origin = config.get("module", "keras")
        if name not in classes:
            raise self._refuse(f"the class {_shown(written)} of the module {_shown(origin)}")
        if not isinstance(origin, str) or not _KERAS_MODULE.match(origin):
            raise self._refuse(f"the class {_shown(written)} of the module {_shown(origin)}")
        if config.get("registered_name") not in (None, written):
            raise self._refuse(f"the registered class {_shown(config['registered_name'])}")
        return name

    def _inner(self, inner: object, name: str, module: str, depth: int) -> Any:
        """Check the ``config`` of an object; Keras 2.0 wrote a Sequential's as a bare list of layers."""
        if inner is None:
            return {}
        if isinstance(inner, list) and name == "Sequential":
            return [self._layer_like(layer, depth) for layer in cast("list[object]", inner)]
        if not isinstance(inner, Mapping):
            raise self._refuse(f"{_shown(inner)} where the settings of a {name} belong")
        settings = cast("Mapping[str, Any]", inner)
        if name in allowed.TENSOR_OP_LAYERS and settings.get("function") not in allowed.TENSOR_OPS:
            raise self._refuse(f"the TensorFlow function {_shown(settings.get('function'))}")
        return {key: self._setting(key, value, depth) for key, value in settings.items()}

    def _setting(self, key: str, value: object, depth: int) -> Any:
        """Check one setting by its name, as Keras itself does: ``kernel_initializer`` is an initializer."""
        if depth > _MAX_DEPTH:
            raise self._refuse(f"settings nested deeper than {_MAX_DEPTH} levels")
        if value is None:
            return None
        if key in ("layer", "cell", "backward_layer", "forward_layer"):
            return self._layer_like(value, depth + 1)
        if key in ("layers", "cells") and isinstance(value, list):
            return [self._layer_like(layer, depth + 1) for layer in cast("list[object]", value)]
        for suffix, (names, classes, module) in _ROLES.items():
            if key.endswith(suffix):
                if isinstance(value, str) and value in names:
                    return value
                return self._object(value, classes, module, depth + 1)
        if key in ("dtype", "dtype_policy") and isinstance(value, Mapping):
            return self._object(cast("object", value), allowed.POLICIES, "keras.mixed_precision", depth + 1)
        return self._plain(value, depth)

    def _layer_like(self, value: object, depth: int) -> dict[str, Any]:
        """Check a layer, a cell, a nested model, or a tensor operation that stands as a layer."""
        module = _get(value, "module")
        operation = self._keras3 and self._operation_module(value, module)
        if operation:
            checked = self._object(value, allowed.OPERATIONS[operation], operation, depth)
        elif _get(value, "class_name") in allowed.MODELS:
            checked = self._object(value, allowed.MODELS, "keras.models", depth)
        else:
            checked = self._object(value, allowed.LAYERS | allowed.TENSOR_OP_LAYERS, "keras.layers", depth)
        if self._keras3 and "module" not in checked:
            family = operation or (
                "keras.models" if checked["class_name"] in allowed.MODELS else "keras.layers"
            )
            checked["module"] = _module_of(family, checked["class_name"], keras3=True)
        return checked

    @staticmethod
    def _operation_module(value: object, module: object) -> str | None:
        """Name the module of a Keras 3 operation; an .h5 file leaves it out, but a layer has a dtype."""
        if isinstance(module, str):
            return module if module in allowed.OPERATIONS else None
        if _get(_get(value, "config"), "dtype") is not None:
            return None
        name = _get(value, "class_name")
        return next((family for family, names in allowed.OPERATIONS.items() if name in names), None)

    def _plain(self, value: object, depth: int) -> Any:
        """Copy numbers, texts, lists and dicts; a dict that would become an object is refused."""
        if depth > _MAX_DEPTH:
            raise self._refuse(f"settings nested deeper than {_MAX_DEPTH} levels")
        if isinstance(value, (list, tuple)):
            return [self._plain(item, depth + 1) for item in cast("list[object]", value)]
        if not isinstance(value, Mapping):
            return value
        entries = cast("Mapping[str, Any]", value)
        kind = entries.get("class_name")
        if kind is not None and kind not in allowed.PLAIN_CLASSES:
            raise self._refuse(f"the class {_shown(kind)}")
        if kind in ("__tuple__", "TensorShape"):
            return tuple(self._plain(item, depth + 1) for item in entries.get("items") or ())
        return {key: self._plain(item, depth + 1) for key, item in entries.items()}


_ROLES: Mapping[str, tuple[frozenset[str], frozenset[str], str]] = {
    "initializer": (allowed.INITIALIZER_NAMES, allowed.INITIALIZERS, "keras.initializers"),
    "regularizer": (allowed.REGULARIZER_NAMES, allowed.REGULARIZERS, "keras.regularizers"),
    "constraint": (allowed.CONSTRAINT_NAMES, allowed.CONSTRAINTS, "keras.constraints"),
    "activation": (allowed.ACTIVATION_NAMES, allowed.ACTIVATION_LAYERS, "keras.layers"),
}


def _module_of(family: str, name: str, *, keras3: bool) -> str:
    """Name the module in which the right Keras finds a class of ours."""
    if family == "keras.models" and name == "Functional":
        return "keras.src.models.functional" if keras3 else "keras.src.engine.functional"
    if family == "keras.mixed_precision" and keras3:
        return "keras"
    return family


def _get(value: object, key: str) -> Any:
    return cast("Mapping[str, Any]", value).get(key) if isinstance(value, Mapping) else None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
