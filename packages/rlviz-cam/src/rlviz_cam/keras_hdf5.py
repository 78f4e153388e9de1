# pyright: standard
# (h5py has no type information.)
"""An HDF5 file read as data: its texts, and proof that its weights lie in the file itself."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import h5py

MAX_WEIGHT_BYTES = 4 << 30
"""More than any network that drives needs; a small file can claim terabytes."""

_MAX_OBJECTS = 100_000
_NUMBERS = "biufV"  # V: bfloat16, which HDF5 keeps as raw bytes


@contextmanager
def open_hdf5(path: Path, *, called: Path | None = None) -> Generator["h5py.File"]:
    """Open a file for reading; damage that shows while it is open becomes a ValueError too.

    Args:
        path: The file.
        called: What to call it in errors, when the user knows it by another name.

    Raises:
        ModuleNotFoundError: There is no h5py.
        ValueError: It is no HDF5 file, or a damaged one.
    """
    called = called or path
    try:
        import h5py
    except ModuleNotFoundError as error:
        message = f"{called} needs h5py to be read; install rlviz-cam[keras]"
        raise ModuleNotFoundError(message, name=error.name) from error
    if not h5py.is_hdf5(path):
        message = f"{called} is not an HDF5 file; give a Keras model: .h5, .keras or a SavedModel folder"
        raise ValueError(message)
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError) as error:  # whichever HDF5 meets the damage with
        message = f"{called} is damaged or cut short; save the model again"
        raise ValueError(message) from error


def text_attribute(file: "h5py.File", name: str) -> str | None:
    """Return an attribute as text, whichever way it was stored; ``None`` when there is none."""
    value: Any = file.attrs.get(name)
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def group_names(file: "h5py.File") -> set[str]:
    """Return the names of what stands at the top of the file."""
    return {str(name) for name in file}


def check_weights_inside(file: "h5py.File", path: Path) -> None:
    """Refuse what lies outside: links, external storage and virtual arrays make HDF5 open other files.

    Args:
        file: The open file.
        path: What to call it.

    Raises:
        ValueError: Naming the group or array; or the file claims more than `MAX_WEIGHT_BYTES`.
    """
    import h5py

    seen: set[Any] = set()
    waiting: list[tuple[str, h5py.Group]] = [("", file)]
    total = 0
    while waiting:
        above, group = waiting.pop()
        for key in group:
            name = f"{above}/{key}"
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                message = f"{path}: {name} is a link; weights have to lie in the file itself"
                raise ValueError(message)  # noqa: TRY004 (the file is wrong, not an argument)
            item: Any = group[key]
            if item.id in seen:  # groups may hold each other
                continue
            seen.add(item.id)
            if isinstance(item, h5py.Group):
                waiting.append((name, item))
            elif isinstance(item, h5py.Dataset):
                total += _size(item, path, name)
        if len(seen) > _MAX_OBJECTS or total > MAX_WEIGHT_BYTES:
            message = (
                f"{path} claims {len(seen)} arrays of {total} bytes; at most {MAX_WEIGHT_BYTES} are read"
            )
            raise ValueError(message)


def _size(item: "h5py.Dataset", path: Path, name: str) -> int:
    """Return how many bytes an array of numbers takes in memory; where it is stored is checked."""
    if item.is_virtual or item.external:
        message = f"{path}: {name} is stored in another file; weights have to lie in the file itself"
        raise ValueError(message)
    return int(item.nbytes) if item.dtype.kind in _NUMBERS else 0
