# pyright: standard
# (tf_keras and Keras 3 have no type information.)
"""Keras models built from a checked config and filled with the weights of their file.

Keras's own ``load_model`` is for trusted files only. Here a model is made from the copy of its config that
`rlviz_cam.keras_config` has let through, and its file gives it numbers, nothing else: no graph of a
SavedModel, no function, no optimizer.
"""

import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from rlviz_cam.keras_archive import extract_weights
from rlviz_cam.keras_config import ConfigChecker
from rlviz_cam.keras_files import ModelFile, inspect_model, instead_of
from rlviz_cam.keras_hdf5 import check_weights_inside, open_hdf5


def load_keras(path: Path | str, *, trust: bool = False) -> Any:  # noqa: ANN401 (of either Keras)
    """Load a model with the Keras that wrote it: ``tf_keras`` for Keras 2 and older, else Keras 3.

    Args:
        path: An .h5 or .keras file, a SavedModel folder, or a folder with one of them in it.
        trust: Load it as Keras itself does, with custom classes and whatever code it holds.

    Returns:
        A ``tf_keras.Model`` or a ``keras.Model``, not compiled.

    Raises:
        FileNotFoundError: There is no such model.
        ModuleNotFoundError: TensorFlow, h5py or the Keras that reads it is not installed.
        UnsafeModelError: It is made of more than layers that compute.
        ValueError: It has no gradients (.tflite), holds no layers, is damaged, or its weights do not fit.
    """
    file = inspect_model(path)
    if file.format == "tflite":
        message = f"{file.path} is a TensorFlow Lite model, which has no gradients; {instead_of(file.path)}"
        raise ValueError(message)
    if trust:
        return _load_trusted(_keras_of(file), file)
    config = ConfigChecker(file.path, keras3=file.by_keras3).checked(file.config)
    model = _build(_keras_of(file), file, config)
    _fill(model, file)
    return model


def _keras_of(file: ModelFile) -> ModuleType:
    """Import the Keras that reads a file."""
    try:
        import tensorflow  # noqa: F401 (without it, either Keras fails in words of its own)

        if file.by_keras3:
            import keras
        else:
            import tf_keras as keras
    except ModuleNotFoundError as error:
        writer = f"by Keras {file.keras_version}" if file.keras_version else "by an old Keras"
        message = f"{file.path} was written {writer}, and {error.name} is missing; install rlviz-cam[keras]"
        raise ModuleNotFoundError(message, name=error.name) from error
    if keras.backend.backend() != "tensorflow":
        message = (
            f"Keras runs on {keras.backend.backend()} here, expected TensorFlow; set KERAS_BACKEND=tensorflow"
        )
        raise ValueError(message)
    return keras


def _load_trusted(keras: ModuleType, file: ModelFile) -> Any:  # noqa: ANN401 (of either Keras)
    try:
        return keras.models.load_model(str(file.path), compile=False, safe_mode=False)
    except Exception as error:  # whatever the code in the file raises
        raise _failure(file, error) from error


def _build(keras: ModuleType, file: ModelFile, config: Mapping[str, Any]) -> Any:  # noqa: ANN401 (of either Keras)
    """Make the model; only Keras knows whether its settings are right, and says so with any exception.

    Its initialisers draw seeds from Python's global generator, which is left as it was.
    """
    drawn = random.getstate()
    try:
        if "module" in config:
            return keras.saving.deserialize_keras_object(config, safe_mode=True)
        return keras.models.model_from_config(config)
    except Exception as error:
        raise _failure(file, error) from error
    finally:
        random.setstate(drawn)


def _fill(model: Any, file: ModelFile) -> None:  # noqa: ANN401 (of either Keras)
    """Read the weights, and make sure that each of the model's is one of the file's.

    Keras checks this for some formats in some versions. So all weights are NaN first, and none may be after.
    """
    fractions = [weight for weight in model.weights if "float" in str(weight.dtype)]
    for weight in fractions:
        weight.assign(np.full(weight.shape, np.nan))
    with _weights(file) as source:
        try:
            status = model.load_weights(str(source))
            if file.format == "savedmodel":
                status.assert_existing_objects_matched().expect_partial()
        except Exception as error:  # NumPy's, h5py's or TensorFlow's
            raise _failure(file, error, "the weights do not fit the layers") from error
    lost = [weight.name for weight in fractions if np.isnan(np.asarray(weight, np.float32)).any()]
    if lost:
        listed = ", ".join(lost[:4]) + (" ..." if len(lost) > 4 else "")
        message = (
            f"{file.path} lacks weights, or has NaN for weights: {listed}; train or save the model again"
        )
        raise ValueError(message)


@contextmanager
def _weights(file: ModelFile) -> Iterator[Path]:
    """Lend the checked weights under a name by which Keras knows their format."""
    if file.format == "savedmodel":
        yield _checkpoint(file.path)
        return
    with tempfile.TemporaryDirectory(prefix="rlviz-") as folder:
        if file.format == "keras":
            source = extract_weights(file.path, Path(folder))
        elif file.path.suffix == ".h5" and not file.path.name.endswith(".weights.h5"):
            source = file.path
        else:
            source = Path(shutil.copyfile(file.path, Path(folder) / "model.h5"))
        with open_hdf5(source, called=file.path) as opened:
            check_weights_inside(opened, file.path)
        yield source


def _checkpoint(folder: Path) -> Path:
    """Return the prefix of a SavedModel's weights, which are a TensorFlow checkpoint."""
    prefix = folder / "variables" / "variables"
    if not prefix.with_name("variables.index").is_file():
        message = f"{folder} has no variables/variables.index, so no weights; copy the whole folder"
        raise ValueError(message)
    return prefix


def _failure(file: ModelFile, error: Exception, what: str = "it does not load") -> ValueError:
    """Put what Keras said, which is often a page with the cause at its end, into one line."""
    said = str(error).rpartition("Exception encountered: ")[2]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    first = 2 if lines and lines[0].endswith(":") else 1
    cause = " ".join(lines[:first]) or type(error).__name__
    writer = f" (by Keras {file.keras_version})" if file.keras_version else ""
    return ValueError(f"{file.path}{writer}: {what}: {cause[:240]}")
