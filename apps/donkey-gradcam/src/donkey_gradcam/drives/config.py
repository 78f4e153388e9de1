"""A donkeycar configuration: what it says about the pilot's pictures, and donkeycar's defaults."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from donkey_gradcam.drives.config_file import read_values

Config = Mapping[str, Any]
"""Names in capitals, as in a `myconfig.py`, to values; every key of KEYS is in it."""

_OWN, _BASE = "myconfig.py", "config.py"


@dataclass(frozen=True, slots=True)
class Key:
    """A setting that is used here.

    Attributes:
        default: donkeycar's own (templates/cfg_complete.py of version 5), where no file says anything.
        expected: what a value must be, for messages.
        accepts: whether a value is that.
    """

    default: Any
    expected: str
    accepts: Callable[[Any], bool]


def read_config(path: Path) -> Config:
    """Read a donkeycar `myconfig.py` or `config.py` (or the folder with them) without running it.

    As in donkeycar, a `myconfig.py` lies over the `config.py` beside it, and that over the defaults.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not Python, or a setting that is used here is not what it must be, or is
            computed by more than plain values; the message names the line.
    """
    values: dict[str, Any] = {name: key.default for name, key in KEYS.items()}
    for file in config_files(path):
        for name, found in read_values(file, KEYS).items():
            key = KEYS.get(name)
            if key is not None and not key.accepts(found.value):
                msg = f"{file} line {found.line}: {name} = {found.value!r}; expected {key.expected}"
                raise ValueError(msg)
            if name.isupper():
                values[name] = found.value
    return MappingProxyType(values)


def config_files(path: Path) -> tuple[Path, ...]:
    """The files that read_config() reads, each lying over the one before.

    Raises:
        FileNotFoundError: there is none.
    """
    folder = path if path.is_dir() else path.parent
    names = (_BASE, _OWN) if path.is_dir() or path.name in {_BASE, _OWN} else (path.name,)
    files = tuple(folder / name for name in names if (folder / name).is_file())
    if not files or not path.exists():
        msg = (
            f"{path} is not there; give a donkeycar {_OWN}, or its folder"
            if not path.is_dir()
            else (f"{path} has no {_OWN}; give a donkeycar {_OWN}, or its folder")
        )
        raise FileNotFoundError(msg)
    return files


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_size(value: object) -> bool:
    return _is_whole(value) and cast("int", value) >= 1


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_factor(value: object) -> bool:
    return _is_number(value) and cast("float", value) > 0


def _are_names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(item, str) for item in cast("list[object]", value)
    )


def _size(default: int) -> Key:
    return Key(default, "a whole number from 1", _is_size)


def _edge(default: int) -> Key:
    return Key(default, "a whole number of pixels or None", lambda value: value is None or _is_whole(value))


def _pixel(default: int) -> Key:
    return Key(default, "a whole number of pixels", _is_whole)


def _names() -> Key:
    return Key((), "a list of names, such as ['CROP', 'BLUR']", _are_names)


KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "IMAGE_W": _size(160),
        "IMAGE_H": _size(120),
        "IMAGE_DEPTH": Key(
            3, "3 for colours or 1 for grey", lambda value: _is_whole(value) and value in {1, 3}
        ),
        "TRANSFORMATIONS": _names(),
        "POST_TRANSFORMATIONS": _names(),
        "ROI_CROP_TOP": _edge(45),
        "ROI_CROP_BOTTOM": _edge(0),
        "ROI_CROP_RIGHT": _edge(0),
        "ROI_CROP_LEFT": _edge(0),
        "ROI_TRAPEZE_LL": _pixel(0),
        "ROI_TRAPEZE_LR": _pixel(160),
        "ROI_TRAPEZE_UL": _pixel(20),
        "ROI_TRAPEZE_UR": _pixel(140),
        "ROI_TRAPEZE_MIN_Y": _pixel(60),
        "ROI_TRAPEZE_MAX_Y": _pixel(120),
        "CANNY_LOW_THRESHOLD": Key(60, "a number", _is_number),
        "CANNY_HIGH_THRESHOLD": Key(110, "a number", _is_number),
        "CANNY_APERTURE": Key(3, "3, 5 or 7", lambda value: _is_whole(value) and value in {3, 5, 7}),
        "BLUR_KERNEL": _size(5),
        "BLUR_KERNEL_Y": Key(None, "a whole number from 1 or None", lambda v: v is None or _is_size(v)),
        "BLUR_GAUSSIAN": Key(True, "True or False", lambda value: isinstance(value, bool)),
        "RESIZE_WIDTH": _size(160),
        "RESIZE_HEIGHT": _size(120),
        "SCALE_WIDTH": Key(1.0, "a number above 0", _is_factor),
        "SCALE_HEIGHT": Key(None, "a number above 0 or None", lambda v: v is None or _is_factor(v)),
        "MODEL_CATEGORICAL_MAX_THROTTLE_RANGE": Key(0.8, "a number above 0", _is_factor),
    }
)
"""The settings that are used here."""
