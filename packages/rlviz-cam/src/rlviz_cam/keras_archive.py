"""A .keras file is a zip archive of two JSON texts and one HDF5 file; only these are ever read from it."""

import shutil
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rlviz_cam.keras_hdf5 import MAX_WEIGHT_BYTES

METADATA = "metadata.json"
CONFIG = "config.json"
WEIGHTS = "model.weights.h5"

MAX_TEXT_BYTES = 64 << 20
"""A description of layers is a few ten kilobytes long."""

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError)


def read_texts(path: Path) -> tuple[str, str]:
    """Return metadata.json and config.json.

    Raises:
        ValueError: It is no .keras archive, is damaged, or lacks one of its three entries.
    """
    with _archive(path) as archive:
        _entry(archive, WEIGHTS, path)
        texts = (_text(archive, name, path) for name in (METADATA, CONFIG))
        return next(texts), next(texts)


def extract_weights(path: Path, folder: Path) -> Path:
    """Copy the weights into a folder; return the file.

    Raises:
        ValueError: They are missing, larger than any network that drives, or damaged.
    """
    target = folder / WEIGHTS
    with _archive(path) as archive:
        info = _entry(archive, WEIGHTS, path)
        if info.file_size > MAX_WEIGHT_BYTES:
            message = f"{path} claims {info.file_size} bytes of weights; at most {MAX_WEIGHT_BYTES} are read"
            raise ValueError(message)
        with target.open("wb") as copy, archive.open(info) as entry:
            shutil.copyfileobj(entry, copy)
    return target


@contextmanager
def _archive(path: Path) -> Generator[zipfile.ZipFile]:
    """Open an archive; all ways in which it can be damaged become one ValueError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _DAMAGE as error:
        message = f"{path} is no .keras archive, or is damaged or cut short ({error}); save the model again"
        raise ValueError(message) from error


def _entry(archive: zipfile.ZipFile, name: str, path: Path) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(name)
    except KeyError as error:
        message = f"{path} has no {name}, so it is no whole .keras model; save it with model.save()"
        raise ValueError(message) from error


def _text(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    info = _entry(archive, name, path)
    if info.file_size > MAX_TEXT_BYTES:
        message = f"{path} claims {info.file_size} bytes of {name}; at most {MAX_TEXT_BYTES} are read"
        raise ValueError(message)
    entry: IO[bytes]
    with archive.open(info) as entry:
        return entry.read().decode("utf-8", "replace")
