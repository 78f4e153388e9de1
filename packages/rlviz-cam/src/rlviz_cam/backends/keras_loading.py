# pyright: basic
# (tf_keras and h5py have no type stubs.)
"""Keras models built from a checked config, and filled with the weights of their file.

``load_model`` of Keras is called for trusted files only: here, a model is made from the copy of its config
that the allowlist has let through, and the file gives it numbers, nothing else.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from rlviz_cam.keras_config import ConfigChecker
from rlviz_cam.keras_files import (
    WEIGHTS_ENTRY,
    ModelFile,
    advice,
    find_model,
    inspect_model,
    open_archive,
    read_entry,
)
from rlviz_cam.keras_hdf5 import MAX_WEIGHT_BYTES, check_weights_inside, open_hdf5


def load_keras(path: Path | str, *, trust: bool = False) -> Any:
    """Load a Keras model: ``tf_keras`` for files of Keras 1 and 2, Keras 3 for files of Keras 3.

    Args:
        path: An .h5 or .keras file, a SavedModel folder, or a folder with one of them in it.
        trust: Load it as Keras itself does, with custom classes and the code that it may hold.

    Returns:
        The model, not compiled.

    Raises:
        FileNotFoundError: There is no such model.
        ModuleNotFoundError: TensorFlow or the Keras that it needs is not installed.
        UnsafeModelError: It is made of more than Keras's own layers.
        ValueError: It has no gradients (.tflite), holds no layers, is damaged, or its weights do not fit.
    """
    path = find_model(path)
    file = inspect_model(path)
    if file.format == "tflite":
        message = f"{path} is a TensorFlow Lite model, which has no gradients; {advice(path)}"
        raise ValueError(message)
    keras = _keras_for(file)
    if trust:
        return _as_keras_does(keras, file)
    config = ConfigChecker(path, keras3=file.by_keras3).model(file.config)
    model = _built(keras, file, config)
    _fill(model, file)
    return model


def _keras_for(file: ModelFile) -> ModuleType:
    name = "keras" if file.by_keras3 else "tf_keras"
    try:
        import tensorflow  # noqa: F401 - both need it, and say so less clearly

        if file.by_keras3:
            import keras
        else:
            import tf_keras as keras
    except ModuleNotFoundError as error:
        writer = f"Keras {file.keras_version}" if file.keras_version else "an old Keras"
        message = f"{file.path} was written by {writer}, which {name} reads; install rlviz-cam[keras]"
        raise ModuleNotFoundError(message, name=error.name) from error
    if file.by_keras3 and keras.backend.backend() != "tensorflow":
        message = f"Keras runs on {keras.backend.backend()!r} here; set KERAS_BACKEND=tensorflow"
        raise ValueError(message)
    return keras


def _as_keras_does(keras: ModuleType, file: ModelFile) -> Any:
    try:
        return keras.models.load_model(str(file.path), compile=False, safe_mode=False)
    except Exception as error:  # whatever the file's own code raises
        raise _failed(file, error) from error


def _built(keras: ModuleType, file: ModelFile, config: Mapping[str, Any]) -> Any:
    try:
        if "module" in config:
            return keras.saving.deserialize_keras_object(config, safe_mode=True)
        return keras.models.model_from_config(config)
    except Exception as error:  # a config that is wrong makes Keras raise nearly anything
        raise _failed(file, error) from error


def _failed(file: ModelFile, error: Exception) -> ValueError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    cause = lines[0][:200] if lines else type(error).__name__
    writer = f" (written by Keras {file.keras_version})" if file.keras_version else ""
    return ValueError(f"{file.path}{writer} does not load: {cause}")


def _fill(model: Any, file: ModelFile) -> None:
    """Give the model the weights of its file.

    Raises:
        ValueError: They do not fit, or not all of them are there.
    """
    with _weights(file) as source:
        try:
            status = model.load_weights(str(source))
            if file.format == "savedmodel":
                status.assert_existing_objects_matched().expect_partial()
        except Exception as error:  # Keras raises what NumPy, h5py or TensorFlow raised
            raise _failed(file, error) from error


@contextmanager
def _weights(file: ModelFile) -> Iterator[Path]:
    """Lend the weights as a file with the name by which Keras tells its kind; checked before."""
    if file.format == "savedmodel":
        yield _checkpoint(file.path)
        return
    with tempfile.TemporaryDirectory(prefix="rlviz-") as folder:
        source = file.path
        if file.format == "keras":
            source = Path(folder) / WEIGHTS_ENTRY
            with open_archive(file.path) as archive:
                source.write_bytes(read_entry(archive, WEIGHTS_ENTRY, MAX_WEIGHT_BYTES, file.path))
        elif file.path.suffix != ".h5" or file.path.name.endswith(".weights.h5"):
            source = Path(shutil.copyfile(file.path, Path(folder) / "model.h5"))
        with open_hdf5(source) as opened:
            check_weights_inside(opened, file.path)
        yield source


def _checkpoint(folder: Path) -> Path:
    prefix = folder / "variables" / "variables"
    if not prefix.with_suffix(".index").is_file():
        message = f"{folder} has no variables/variables.index, so no weights; copy the whole folder"
        raise ValueError(message)
    return prefix
