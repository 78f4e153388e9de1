"""An SB3 zip read as data: JSON and tensors. Its pickles are looked at opcode by opcode, and never run."""

import base64
import binascii
import hashlib
import json
import pickletools
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

SERIALIZED = ":serialized:"
"""The key under which SB3 keeps an object as a base64 cloudpickle."""


@dataclass(frozen=True, slots=True)
class SavedAgent:
    """The contents of an SB3 zip.

    Attributes:
        path: the file.
        sha256: of the whole file, in hexadecimal.
        data: the JSON of the entry `data`; pickled fields still as their base64 text.
        weights: name of each `.pth` entry (without the suffix) to its bytes.
    """

    path: Path
    sha256: str
    data: Mapping[str, Any]
    weights: Mapping[str, bytes]

    def is_pickled(self, field: str) -> bool:
        """Whether a field is held as a pickle, with a few of its attributes as JSON beside it."""
        value = self.data.get(field)
        return isinstance(value, dict) and SERIALIZED in value

    def beside(self, field: str) -> dict[str, Any]:
        """The JSON of a field; of a pickled one what stands beside the pickle.

        Raises:
            ValueError: there is no such field, or it is neither pickled nor a mapping.
        """
        value: object = self.data.get(field)
        if not isinstance(value, dict):
            message = f"{self.path} has no field {field!r}; expected a model saved by stable_baselines3"
            raise ValueError(message)  # noqa: TRY004 (the file is wrong, not an argument)
        fields = cast("dict[str, Any]", value)
        return {key: item for key, item in fields.items() if key not in (SERIALIZED, ":type:")}


def read_saved(path: Path | str) -> SavedAgent:
    """Read an SB3 zip without running anything of it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no zip, is truncated or damaged, or was not saved by stable_baselines3.
    """
    path = Path(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            with zipfile.ZipFile(file) as archive:
                names = [name for name in archive.namelist() if name.endswith(".pth")]
                weights = {name.removesuffix(".pth"): archive.read(name) for name in names}
                text = archive.read("data")
        except KeyError as error:
            # The entries are zips themselves: of a truncated file, zipfile may find the end of one of those.
            message = (
                f"{path} has no entry 'data': it is truncated or no model of stable_baselines3; copy it again"
            )
            raise ValueError(message) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            message = f"{path} is not a whole zip file ({error}); copy or download the model again"
            raise ValueError(message) from error
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = (
            f"{path}: the entry 'data' is not JSON ({error}); expected a model saved by stable_baselines3"
        )
        raise ValueError(message) from error
    if not isinstance(data, dict) or "policy" not in weights:
        message = (
            f"{path} lacks weights ('policy.pth') or fields; expected a model saved by stable_baselines3"
        )
        raise ValueError(message)
    return SavedAgent(path, digest, cast("dict[str, Any]", data), weights)


def pickled_name(saved: SavedAgent, field: str) -> str | None:
    """Name the class or function that a field's pickle refers to, as `module.name`.

    Returns:
        None when the pickle is more than one such reference; it is then a program and has to be refused.
    """
    if not saved.is_pickled(field):
        return None
    try:
        pickled = base64.b64decode(str(saved.data[field][SERIALIZED]), validate=True)
        opcodes = [
            (opcode.name, argument)
            for opcode, argument, _ in pickletools.genops(pickled)
            if opcode.name not in ("PROTO", "FRAME", "MEMOIZE")
        ]
    except (binascii.Error, ValueError):
        return None
    match opcodes:
        case [(a, module), (b, name), ("STACK_GLOBAL", None), ("STOP", None)] if {a, b} <= _TEXT:
            return f"{module}.{name}"
        case [("GLOBAL", str(reference)), ("STOP", None)]:
            return reference.replace(" ", ".")
        case _:
            return None


_TEXT = {"SHORT_BINUNICODE", "BINUNICODE"}
