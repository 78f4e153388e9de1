"""Keras model files read as data: what they are, who wrote them, and the config they hold.

Nothing here needs TensorFlow or Keras, and nothing that a file holds is run.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from rlviz_cam.keras_config import UnsafeModelError
from rlviz_cam.keras_hdf5 import open_hdf5, text_attribute

Format = Literal["h5", "keras", "savedmodel", "tflite"]

WEIGHTS_ENTRY = "model.weights.h5"
KINDS = ".h5, .keras or a SavedModel folder"
_SUFFIXES: Mapping[str, Format] = {".h5": "h5", ".hdf5": "h5", ".keras": "keras", ".tflite": "tflite"}
_MAX_CONFIG_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model file as it lies on the disk.

    Attributes:
        path: The file, or the SavedModel's folder.
        format: How it is stored.
        keras_version: Of the Keras that wrote it, such as ``2.15.0``; ``None`` when the file does not say.
        config: The model's own description, ``class_name`` and ``config``, unchecked: nothing may be built
            from it before `rlviz_cam.keras_config.ConfigChecker` has copied it. Empty for a .tflite.
    """

    path: Path
    format: Format
    keras_version: str | None
    config: Mapping[str, Any]

    @property
    def by_keras3(self) -> bool:
        """Whether Keras 3 wrote it; all others are read with ``tf_keras``, which is Keras 2."""
        major = (self.keras_version or "2").partition(".")[0]
        return major.isdigit() and int(major) >= 3


def find_model(path: Path | str) -> Path:
    """Find the model at a path: a file or SavedModel is itself, a folder stands for the one model in it.

    Raises:
        FileNotFoundError: There is nothing, or no model in the folder.
        ValueError: The folder holds several models; they are listed.
    """
    path = Path(path)
    if not path.exists():
        message = f"there is no {path}; give a Keras model: {KINDS}"
        raise FileNotFoundError(message)
    if not path.is_dir() or _is_saved_model(path):
        return path
    found = sorted(item for item in path.iterdir() if _format_by_name(item) is not None)
    trainable = [item for item in found if _format_by_name(item) != "tflite"]
    choices = trainable or found
    if not choices:
        message = f"there is no model in {path}; expected {KINDS}"
        raise FileNotFoundError(message)
    if len(choices) > 1:
        listed = ", ".join(item.name for item in choices)
        message = f"there are {len(choices)} models in {path}; name one of: {listed}"
        raise ValueError(message)
    return choices[0]


def inspect_model(path: Path | str) -> ModelFile:
    """Read what a model file says of itself.

    Raises:
        FileNotFoundError: There is no such file.
        ModuleNotFoundError: An .h5 is given and there is no h5py.
        ValueError: It is no Keras model, is damaged, or holds weights only.
    """
    path = find_model(path)
    if path.is_dir():
        return _read_saved_model(path)
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); check its permissions"
        raise type(error)(message) from error
    if not head:
        message = f"{path} is empty; the model was not saved to its end"
        raise ValueError(message)
    if head[4:8] == b"TFL3" or path.suffix == ".tflite":
        return ModelFile(path, "tflite", None, {})
    if head.startswith(b"PK") or path.suffix == ".keras":
        return _read_keras(path)
    return _read_h5(path)


def siblings_with_gradients(path: Path) -> tuple[Path, ...]:
    """List the models beside a file that have its name and another format, .tflite left out."""
    if not path.parent.is_dir():
        return ()
    found = (item for item in path.parent.iterdir() if item != path and item.stem == path.stem)
    return tuple(sorted(item for item in found if _format_by_name(item) not in (None, "tflite")))


def advice(path: Path) -> str:
    """Say which file to give in place of one that cannot be explained."""
    beside = siblings_with_gradients(path)
    if beside:
        return "give " + " or ".join(str(item) for item in beside)
    return f"give the model that it was made from ({KINDS})"


def read_entry(archive: zipfile.ZipFile, name: str, limit: int, path: Path) -> bytes:
    """Read one entry of a .keras archive, no more of it than the limit.

    Raises:
        ValueError: It is missing, larger than the limit, or damaged.
    """
    try:
        with archive.open(name) as entry:
            content = entry.read(limit + 1)
    except KeyError as error:
        message = f"{path} has no {name}, so it is no .keras model; save it again with model.save()"
        raise ValueError(message) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        message = f"{path} is damaged ({name}: {error}); save the model again"
        raise ValueError(message) from error
    if len(content) > limit:
        message = f"{path}: {name} is larger than {limit >> 20} MiB; it is no model we can open"
        raise ValueError(message)
    return content


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open a .keras archive.

    Raises:
        ValueError: It is no zip archive, or one cut short.
    """
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        message = f"{path} is not a .keras archive, or is cut short; give a model saved by Keras: {KINDS}"
        raise ValueError(message) from error


def _is_saved_model(path: Path) -> bool:
    return (path / "saved_model.pb").is_file()


def _format_by_name(path: Path) -> Format | None:
    """Tell a model's format from its name alone; hidden files are none."""
    if path.name.startswith("."):
        return None
    if path.is_dir():
        return "savedmodel" if _is_saved_model(path) else None
    return _SUFFIXES.get(path.suffix.lower())


def _read_h5(path: Path) -> ModelFile:
    with open_hdf5(path) as file:
        version = text_attribute(file, "keras_version")
        text = text_attribute(file, "model_config")
        if text is None:
            message = (
                f"{path} holds {_holding(list(file))} and no model; give the file that model.save() wrote"
            )
            raise ValueError(message)
        if "model_weights" not in file:
            message = f"{path} holds a model without weights; give the file that model.save() wrote"
            raise ValueError(message)
    return ModelFile(path, "h5", version, _parsed(text, path))


def _holding(groups: list[str]) -> str:
    """Say what an .h5 without a model has in it."""
    if "optimizer_weights" in groups and len(groups) == 1:
        return "an optimizer's state only"
    return "weights only" if groups else "nothing"


def _read_keras(path: Path) -> ModelFile:
    with open_archive(path) as archive:
        metadata = _parsed(
            read_entry(archive, "metadata.json", 1 << 20, path).decode("utf-8", "replace"), path
        )
        text = read_entry(archive, "config.json", _MAX_CONFIG_BYTES, path).decode("utf-8", "replace")
        if WEIGHTS_ENTRY not in archive.namelist():
            message = f"{path} has no {WEIGHTS_ENTRY}; save the model again with model.save()"
            raise ValueError(message)
    version = metadata.get("keras_version")
    return ModelFile(path, "keras", version if isinstance(version, str) else None, _parsed(text, path))


def _read_saved_model(path: Path) -> ModelFile:
    source = path / "keras_metadata.pb"
    if not source.is_file():
        message = f"{path} was exported as a graph and holds no layers; {advice(path)}"
        raise ValueError(message)
    if source.stat().st_size > _MAX_CONFIG_BYTES:
        message = f"{source} is larger than {_MAX_CONFIG_BYTES >> 20} MiB; it is no model we can open"
        raise ValueError(message)
    try:
        nodes = list(_saved_objects(source.read_bytes()))
    except (IndexError, ValueError) as error:
        message = f"{source} is damaged; save the model again"
        raise ValueError(message) from error
    root = next((node for node in nodes if node.get(_NODE_PATH) == b"root"), None)
    if root is None:
        message = f"{source} describes no Keras model; {advice(path)}"
        raise ValueError(message)
    metadata = _parsed(root.get(_METADATA, b"").decode("utf-8", "replace"), path)
    if not isinstance(metadata.get("config"), dict):
        message = (
            f"{path}: the model is a class of its own ({metadata.get('class_name')!r}), whose layers only its "
            "program knows; if you trust who made it, load it with --trust"
        )
        raise UnsafeModelError(message)
    version = metadata.get("keras_version")
    config = {"class_name": metadata.get("class_name"), "config": metadata["config"]}
    return ModelFile(path, "savedmodel", version if isinstance(version, str) else None, config)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    """Parse JSON that has to be an object."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"{path}: the model's description is damaged ({str(error)[:80]}); save the model again"
        raise ValueError(message) from error
    if not isinstance(value, dict):
        message = (
            f"{path}: the model's description is {type(value).__name__}, expected an object; save it again"
        )
        raise ValueError(message)  # noqa: TRY004 - a property of the file, not of an argument
    return cast("dict[str, Any]", value)


# SavedMetadata of Keras 2 (tf_keras/protobuf/saved_metadata.proto): SavedObject nodes = 1, with string
# node_path = 3, identifier = 4, metadata = 5. Reading three strings needs no protobuf package.
_NODES = 1
_NODE_PATH = 3
_METADATA = 5


def _saved_objects(content: bytes) -> Iterator[dict[int, bytes]]:
    for number, value in _fields(content):
        if number == _NODES:
            yield dict(_fields(value))


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the fields of a protobuf message (protobuf.dev, "Encoding"); numbers yield no bytes.

    Raises:
        IndexError: The message is cut short.
        ValueError: It is no protobuf message.
    """
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        wire = tag & 7
        if wire == 0:
            _, at = _varint(content, at)
            continue
        if wire == 2:
            size, at = _varint(content, at)
        else:
            size = {1: 8, 5: 4}.get(wire, -1)
        if size < 0 or at + size > len(content):
            message = f"wire type {wire} with {size} bytes at {at}"
            raise ValueError(message)
        if wire == 2:
            yield tag >> 3, content[at : at + size]
        at += size


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
    message = f"a number longer than 64 bits at {at}"
    raise ValueError(message)
