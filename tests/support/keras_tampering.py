"""Model files rewritten after Keras has saved them, as somebody with a hex editor would do it."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Config = dict[str, Any]


def edit_config(path: Path, edit: Callable[[Config], object]) -> Path:
    """Change the description of the layers inside a file; ``edit`` changes the model's config in place."""
    if path.is_dir():
        _edit_saved_model(path, edit)
    elif path.suffix == ".keras":
        rewrite_archive(path, "config.json", lambda text: _edited(text, edit))
    else:
        import h5py

        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = _edited(str(file.attrs["model_config"]), edit).decode()
    return path


def rewrite_archive(path: Path, name: str, change: Callable[[bytes], bytes | None]) -> Path:
    """Change one entry of a .keras archive; it is left out where ``change`` gives ``None``."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    changed = change(entries.pop(name))
    if changed is not None:
        entries[name] = changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries.items():
            archive.writestr(entry, content)
    return path


def layers(config: Config) -> Iterator[Config]:
    """Walk every layer of a model, those inside others too; each is a dict that may be changed."""
    for layer in config["config"].get("layers", []):
        yield layer
        yield from layers(layer)
        inner = layer["config"].get("layer")
        if inner:
            yield inner
            yield from layers(inner)


def layer(config: Config, class_name: str) -> Config:
    """Return the first layer of a class."""
    return next(found for found in layers(config) if found["class_name"] == class_name)


def _edited(text: bytes | str, edit: Callable[[Config], object]) -> bytes:
    config = json.loads(text)
    edit(config)
    return json.dumps(config).encode()


def _edit_saved_model(path: Path, edit: Callable[[Config], object]) -> None:
    from tf_keras.protobuf import saved_metadata_pb2

    messages: Any = saved_metadata_pb2  # generated, without type information
    source = path / "keras_metadata.pb"
    saved = messages.SavedMetadata.FromString(source.read_bytes())
    root = next(node for node in saved.nodes if node.node_path == "root")
    root.metadata = _edited(root.metadata, edit).decode()
    source.write_bytes(saved.SerializeToString())
