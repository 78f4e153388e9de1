"""How a file was made: settings, versions and checksums, as JSON beside the output."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from fractions import Fraction
from importlib import metadata
from pathlib import Path, PurePath
from typing import Any, cast

import numpy as np

from rlviz_video.outputs import check_output, naming, whole_file


def manifest_path(output: str | Path) -> Path:
    """Give the manifest's place beside an output: `run.mp4` has `run.manifest.json`."""
    output = Path(output)
    return output.with_name(f"{output.stem}.manifest.json")


def write_manifest(path: str | Path, mapping: Mapping[str, object], *, force: bool = False) -> None:
    """Write a manifest as sorted JSON, whole or not at all.

    Fractions are written as `30000/1001`, paths with forward slashes, NumPy scalars and arrays as numbers and
    lists, sets as sorted lists, dataclasses as mappings; NaN and infinities as the texts `nan`, `inf` and
    `-inf`, because JSON has no such numbers.

    Args:
        path: The manifest file.
        mapping: What to write; may be nested.
        force: Whether an existing file may be overwritten.

    Raises:
        TypeError: A value is of a kind that a manifest cannot hold; the message names its key.
        OSError: The file exists or cannot be written.
    """
    text = json.dumps(_plain(mapping, ""), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path = check_output(path, force=force)
    with whole_file(path) as part:
        part.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Read a manifest back as plain JSON values.

    Raises:
        OSError: The file cannot be read.
        ValueError: The file is not a JSON object.
    """
    path = Path(path)
    with naming(path, "cannot read"):
        text = path.read_text(encoding="utf-8")
    try:
        content: object = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"{path} is not a manifest: {error}; expected a JSON object"
        raise ValueError(message) from error
    if not isinstance(content, dict):
        message = f"{path} is not a manifest: expected a JSON object"
        raise ValueError(message)  # noqa: TRY004 - the file's content is wrong, not an argument's type
    return cast("dict[str, Any]", content)


def sha256_file(path: str | Path) -> str:
    """Give the SHA-256 of a file's bytes in hexadecimal, reading it in pieces.

    Raises:
        OSError: The file cannot be read.
    """
    path = Path(path)
    with naming(path, "cannot read"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def library_versions(*names: str) -> dict[str, str | None]:
    """Give the installed version of each distribution; None when it is not installed."""
    versions: dict[str, str | None] = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def _plain(value: object, key: str) -> object:
    """Give the JSON value for `value`; `key` is its place in the manifest, for the message."""
    if isinstance(value, np.ndarray | np.generic):
        value = cast("object", value.tolist())
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, PurePath):
        return value.as_posix()
    return _plain_items(value, key)


def _plain_items(value: object, key: str) -> object:
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        return {str(name): _plain(item, f"{key}.{name}".lstrip(".")) for name, item in items.items()}
    if isinstance(value, set | frozenset):
        value = sorted(cast("set[Any]", value), key=str)
    if isinstance(value, list | tuple):
        sequence = cast("list[object] | tuple[object, ...]", value)
        return [_plain(item, f"{key}[{place}]") for place, item in enumerate(sequence)]
    message = f"manifest value {key!r} is a {type(value).__name__}; give text, a number, a list or a mapping"
    raise TypeError(message)
