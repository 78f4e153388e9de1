"""Where the pictures of a set come from: files, a tub, a recorded rollout, a video, arrays."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_video import PICTURE_SUFFIXES, VideoSource, natural_order, read_picture

MANIFEST = "manifest.json"
"""The file that makes a folder a tub of donkeycar."""

Item = tuple[str, Callable[[], object]]
"""A picture's name, and how it is read."""


@dataclass(frozen=True, slots=True)
class Source:
    """Pictures that can be read one by one, as often as wanted.

    Attributes:
        name: What a person calls it.
        kind: `pictures`, `tub`, `recording`, `video` or `array`.
        count: Number of pictures, broken ones among them; None where only reading all of them tells.
        follows: Whether each picture was taken after the one before, so that several make a stack.
        read: Begins to read: names, and functions that return a picture each or raise an OSError or a
            ValueError. Going on may raise these too, where a file is damaged from there on.
        note: What a person must know of all pictures; mostly nothing.
    """

    name: str
    kind: str
    count: int | None
    follows: bool
    read: Callable[[], Iterator[Item]]
    note: str = ""


def open_source(given: object, *, numbers: bool = False) -> Source:
    """Tell what pictures are given as.

    Args:
        given: A picture file, a folder of pictures, a tub (its folder), a recorded rollout (`.arrow`), any
            other file as a video; or pictures in an array (N, ...) or a list.
        numbers: Whether the network takes numbers in a row instead of pictures.

    Raises:
        OSError: Nothing is there, or it cannot be read.
        ValueError: It holds no pictures.
        ModuleNotFoundError: A recording is given and rlviz-agents is not installed.
    """
    if not isinstance(given, str | Path):
        return _array_source(given, numbers=numbers)
    path = Path(given)
    if not path.exists():
        msg = f"{path} is not there; give pictures, a tub, a recorded rollout (.arrow) or a video"
        raise FileNotFoundError(msg)
    if path.is_dir():
        is_tub = (path / MANIFEST).is_file() and (path / "images").is_dir()
        return _tub_source(path) if is_tub else _folder_source(path)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return Source(path.name, "pictures", 1, follows=False, read=lambda: iter([_file(path)]))
    return _recording_source(path) if path.suffix == ".arrow" else _video_source(path)


def _file(path: Path) -> Item:
    return path.name, lambda: read_picture(path)


def _folder_source(folder: Path) -> Source:
    """Return a folder's pictures in natural order; hidden files are passed over."""
    names = [
        file.name
        for file in sorted(folder.iterdir(), key=natural_order)
        if file.suffix.lower() in PICTURE_SUFFIXES and not file.name.startswith(".")
    ]
    if not names:
        msg = f"{folder} has no pictures; expected files ending in {', '.join(PICTURE_SUFFIXES)}"
        raise ValueError(msg)
    return Source(
        folder.name, "pictures", len(names), follows=False, read=lambda: (_file(folder / n) for n in names)
    )


def _tub_source(tub: Path) -> Source:
    """Return the pictures of a tub's records in their order, without those that are marked as deleted."""
    names = list(_tub_names(tub))
    if not names:
        msg = f"{tub} has no records that are not deleted; give a tub with a recorded drive"
        raise ValueError(msg)
    pictures = tub / "images"
    return Source(
        tub.name, "tub", len(names), follows=True, read=lambda: (_file(pictures / name) for name in names)
    )


def _tub_names(tub: Path) -> Iterator[str]:
    """Yield the picture that each record names; `deleted_indexes` counts the lines of all catalogs."""
    try:
        listing = json.loads((tub / MANIFEST).read_text(encoding="utf-8").splitlines()[-1])
        deleted = frozenset(listing["deleted_indexes"])
        lines = [line for name in listing["paths"] for line in (tub / name).read_text().splitlines()]
        for number, line in enumerate(lines):
            if number not in deleted:
                yield str(json.loads(line)["cam/image_array"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        msg = f"{tub} is not a whole tub of donkeycar: {error}; {tub / 'images'} are its pictures alone"
        raise ValueError(msg) from error


def _recording_source(path: Path) -> Source:
    """Return what the network received at each step of a recorded rollout, of all its environments."""
    try:
        read_recording = import_module("rlviz_agents").read_recording
    except ModuleNotFoundError as error:
        msg = f"a recorded rollout needs {error.name}; install network-analyzer[agents]"
        raise ModuleNotFoundError(msg, name=error.name) from error

    def read() -> Iterator[Item]:
        recording: Any = read_recording(path)
        for step in recording:
            for number, observation in enumerate(step.observations):
                env = f", environment {number}" if len(step.observations) > 1 else ""
                yield f"step {step.index}{env}", lambda observation=observation: observation
        if not recording.complete:
            msg = f"{path} was cut off"
            raise ValueError(msg)

    return Source(path.name, "recording", None, follows=False, read=read)


def _video_source(path: Path) -> Source:
    video = VideoSource(path)

    def read() -> Iterator[Item]:
        for number, frame in enumerate(video):
            yield f"frame {number}", lambda frame=frame: frame

    return Source(path.name, "video", video.frames, follows=True, read=read)


def _array_source(given: object, *, numbers: bool) -> Source:
    """Return the pictures of an array or a list, which may hold paths."""
    if not isinstance(given, np.ndarray | Sequence):
        msg = f"pictures as {type(given).__name__}; give a path, an array (N, ...) or a list of pictures"
        raise TypeError(msg)
    pictures = cast("Sequence[Any] | NDArray[Any]", given)
    if not len(pictures):
        msg = "there are no pictures; give at least one"
        raise ValueError(msg)
    by_levels = False
    if isinstance(pictures, np.ndarray) and not numbers:
        _check_several(pictures)
        by_levels = _goes_to_255(pictures)

    def read(one: NDArray[Any]) -> object:
        return np.clip(np.rint(one), 0, 255).astype(np.uint8) if by_levels else one

    def items() -> Iterator[Item]:
        for number, one in enumerate(pictures):
            yield f"picture {number}", lambda one=one: read(one)

    note = "some of their values are above 1, so they are taken to go from 0 to 255" if by_levels else ""
    return Source("array", "array", len(pictures), follows=False, read=items, note=note)


def _check_several(array: NDArray[Any]) -> None:
    if array.ndim < 3 or (array.ndim == 3 and array.shape[-1] in {1, 3, 4}):
        msg = f"an array of shape {array.shape} is one picture; give several, (N, ...), or array[None]"
        raise ValueError(msg)


def _goes_to_255(array: NDArray[Any]) -> bool:
    """Tell floats of 0 to 255 from those of 0 to 1 by the highest of all; a dark picture alone would not."""
    if not np.issubdtype(array.dtype, np.floating) or not array.size:
        return False
    return bool(array.min() >= -0.255 and 1.001 < array.max() <= 255.255)
