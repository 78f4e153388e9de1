"""Keras model files read as data: what they are, who wrote them, and the layers that they describe.

Nothing here needs TensorFlow or Keras, and nothing that a file holds is run.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from rlviz_cam.keras_archive import MAX_TEXT_BYTES, read_texts
from rlviz_cam.keras_hdf5 import group_names, open_hdf5, text_attribute
from rlviz_cam.keras_metadata import root_metadata

Format = Literal["h5", "keras", "savedmodel", "tflite"]

_SUFFIXES: Mapping[str, Format] = {".h5": "h5", ".hdf5": "h5", ".keras": "keras", ".tflite": "tflite"}
_KINDS = ".h5, .keras or a SavedModel folder"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model as it lies on the disk.

    Attributes:
        path: The file, or the SavedModel's folder.
        format: How it is stored.
        keras_version: Of the Keras that wrote it, such as ``2.15.0``; ``None`` when the file does not say.
        config: The model's own description, ``class_name`` and ``config``, unchecked: nothing may be built
            from it but through `rlviz_cam.keras_config.ConfigChecker`. Empty for a .tflite.
    """

    path: Path
    format: Format
    keras_version: str | None
    config: Mapping[str, Any]

    @property
    def by_keras3(self) -> bool:
        """Whether Keras 3 or later wrote it; what is older is read with ``tf_keras``, which is Keras 2."""
        major = (self.keras_version or "").partition(".")[0]
        return major.isdigit() and int(major) >= 3


def find_model(path: Path | str) -> Path:
    """Find the model at a path: a file or a SavedModel is itself, a folder stands for the one model in it.

    Models without gradients (.tflite, exported graphs) count only when the folder has no other.

    Raises:
        FileNotFoundError: There is nothing, or no model in the folder.
        ValueError: The folder holds several models; they are listed.
    """
    path = Path(path)
    if not path.exists():
        message = f"there is no {path}; give a Keras model: {_KINDS}"
        raise FileNotFoundError(message)
    if not path.is_dir() or _is_saved_model(path):
        return path
    models = [item for item in sorted(path.iterdir()) if _format_by_name(item)]
    choices = [item for item in models if _has_layers(item)] or models
    if not choices:
        message = f"there is no model in {path}; expected one of {_KINDS}"
        raise FileNotFoundError(message)
    if len(choices) > 1:
        listed = ", ".join(item.name for item in choices)
        message = f"there are {len(choices)} models in {path}; name one of: {listed}"
        raise ValueError(message)
    return choices[0]


def inspect_model(path: Path | str) -> ModelFile:
    """Read what a model file says of itself.

    Raises:
        FileNotFoundError: There is no such model.
        ModuleNotFoundError: It is an HDF5 file and there is no h5py.
        OSError: It cannot be read.
        ValueError: It is no Keras model, is damaged, or holds no layers or no weights.
    """
    path = find_model(path)
    if path.is_dir():
        return _read_saved_model(path)
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        message = f"{path} is empty; save the model again"
        raise ValueError(message)
    if head[4:] == b"TFL3" or path.suffix.lower() == ".tflite":
        return ModelFile(path, "tflite", None, {})
    if head.startswith(b"PK") or path.suffix.lower() == ".keras":
        return _read_keras(path)
    return _read_h5(path)


def instead_of(path: Path) -> str:
    """Say which model to give in place of one that has no gradients: those beside it with the same name."""
    beside = (item for item in path.parent.iterdir() if item != path and item.stem == path.stem)
    named = " or ".join(str(item) for item in sorted(beside) if _has_layers(item))
    return f"give {named or f'the model that it was made from ({_KINDS})'}"


def _is_saved_model(path: Path) -> bool:
    return any((path / name).is_file() for name in ("saved_model.pb", "keras_metadata.pb"))


def _format_by_name(path: Path) -> Format | None:
    """Tell a model's format from its name alone; hidden files are none."""
    if path.name.startswith("."):
        return None
    if path.is_dir():
        return "savedmodel" if _is_saved_model(path) else None
    return _SUFFIXES.get(path.suffix.lower())


def _has_layers(path: Path) -> bool:
    kind = _format_by_name(path)
    if path.name.endswith(".weights.h5"):  # the name that Keras asks for when only weights are saved
        return False
    return kind in ("h5", "keras") or (kind == "savedmodel" and (path / "keras_metadata.pb").is_file())


def _read_h5(path: Path) -> ModelFile:
    with open_hdf5(path) as file:
        version, text = text_attribute(file, "keras_version"), text_attribute(file, "model_config")
        groups = group_names(file)
    if text is None:
        message = f"{path} holds {_contents(groups)}, but no layers; give the file that model.save() wrote"
        raise ValueError(message)
    if "model_weights" not in groups:
        message = f"{path} holds layers without weights; give the file that model.save() wrote"
        raise ValueError(message)
    return ModelFile(path, "h5", version, _parsed(text, path))


def _contents(groups: set[str]) -> str:
    """Say what an .h5 without a model has in it."""
    if groups == {"optimizer_weights"}:
        return "an optimizer's state"
    return "weights" if groups else "nothing"


def _read_keras(path: Path) -> ModelFile:
    metadata, config = (_parsed(text, path) for text in read_texts(path))
    return ModelFile(path, "keras", _version(metadata), config)


def _read_saved_model(path: Path) -> ModelFile:
    source = path / "keras_metadata.pb"
    if not source.is_file():
        message = f"{path} is an exported graph without layers; {instead_of(path)}"
        raise ValueError(message)
    size = source.stat().st_size
    if size > MAX_TEXT_BYTES:
        message = f"{source} has {size} bytes; at most {MAX_TEXT_BYTES} are read"
        raise ValueError(message)
    try:
        text = root_metadata(source.read_bytes())
    except ValueError as error:
        message = f"{source} is damaged ({error}); save the model again"
        raise ValueError(message) from error
    if text is None:
        message = f"{source} describes no model; {instead_of(path)}"
        raise ValueError(message)
    metadata = _parsed(text, path)
    config = {key: metadata.get(key) for key in ("class_name", "config")}
    return ModelFile(path, "savedmodel", _version(metadata), config)


def _version(metadata: Mapping[str, Any]) -> str | None:
    version = metadata.get("keras_version")
    return version if isinstance(version, str) else None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    """Parse JSON that has to be an object."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"{path}: the description of the layers is damaged ({error}); save the model again"
        raise ValueError(message) from error
    if not isinstance(value, dict):
        message = f"{path}: the description of the layers is a {type(value).__name__}; save the model again"
        raise ValueError(message)  # noqa: TRY004 (the file is wrong, not an argument)
    return cast("dict[str, Any]", value)
