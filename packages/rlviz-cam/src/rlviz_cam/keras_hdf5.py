# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (h5py has no type stubs.)
"""Reading an HDF5 file as data: its attributes, and proof that its weights lie in the file itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import h5py

MAX_WEIGHT_BYTES = 4 << 30
"""More than any network that drives needs; a compressed file could claim terabytes."""
_MAX_OBJECTS = 200_000
_NUMBERS = "biufV"  # V: bfloat16, which HDF5 keeps as raw bytes


def open_hdf5(path: Path) -> "h5py.File":
    """Open a file for reading.

    Raises:
        ModuleNotFoundError: There is no h5py.
        ValueError: It is no HDF5 file, or a damaged one.
    """
    try:
        import h5py
    except ModuleNotFoundError as error:
        message = f"reading {path} needs h5py; install rlviz-cam[keras]"
        raise ModuleNotFoundError(message, name="h5py") from error
    try:
        return h5py.File(path, "r")
    except OSError as error:
        state = "is damaged or cut short" if h5py.is_hdf5(path) else "is not an HDF5 file"
        message = f"{path} {state}; give a model saved by Keras as .h5, .keras or a SavedModel folder"
        raise ValueError(message) from error


def text_attribute(file: "h5py.File", name: str) -> str | None:
    """Return an attribute as text, whichever way h5py stored it; ``None`` when there is none."""
    value: Any = file.attrs.get(name)
    if value is None:
        return None
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def check_weights_inside(file: "h5py.File", path: Path) -> None:
    """Refuse a file whose groups or arrays lie elsewhere: links and external storage name other files.

    Raises:
        ValueError: Naming the group or array.
    """
    import h5py

    seen: set[Any] = set()
    waiting: list[tuple[str, h5py.Group]] = [("", file)]
    total = 0
    while waiting:
        prefix, group = waiting.pop()
        for key in group:
            name = f"{prefix}/{key}"
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                message = f"{path}: {name} is a link to somewhere else; weights must lie in the file itself"
                raise ValueError(message)  # noqa: TRY004 - a property of the file, not of an argument
            item: Any = group[key]
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(item, h5py.Group):
                waiting.append((name, item))
            else:
                total += _checked_size(item, path, name)
        if len(seen) > _MAX_OBJECTS or total > MAX_WEIGHT_BYTES:
            message = f"{path} claims more than {MAX_WEIGHT_BYTES >> 30} GiB of weights; it is no network we can open"
            raise ValueError(message)


def _checked_size(item: Any, path: Path, name: str) -> int:
    """Return the bytes that an array takes in memory."""
    import h5py

    if not isinstance(item, h5py.Dataset):
        return 0
    if item.is_virtual or item.external:
        message = f"{path}: {name} is stored in another file; weights must lie in the file itself"
        raise ValueError(message)
    if item.dtype.kind not in _NUMBERS:
        return 0
    return int(item.nbytes)
