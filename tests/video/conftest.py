"""Frames that carry their number, videos read back, and disks that are small or read-only."""

import os
import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from rlviz_video import VideoSpec

BITS = 10


def numbered_frame(number: int, width: int = 80, height: int = 48) -> NDArray[np.uint8]:
    """Make a frame that shows `number` as ten black or white bars, the lowest bit at the left."""
    frame = np.full((height, width, 3), 128, np.uint8)
    for bit in range(BITS):
        frame[:, bit * width // BITS : (bit + 1) * width // BITS] = 255 if number >> bit & 1 else 0
    return frame


def number_of(frame: NDArray[np.uint8]) -> int:
    """Read the number that `numbered_frame` drew."""
    width = frame.shape[1]
    centres = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(1 << bit for bit, x in enumerate(centres) if frame[frame.shape[0] // 2, x].mean() > 127)


def decode(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [
            picture.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
            for picture in container.decode(video=0)
        ]


@pytest.fixture
def numbered() -> Callable[..., NDArray[np.uint8]]:
    return numbered_frame


@pytest.fixture
def numbers_in() -> Callable[[Path], list[int]]:
    """The numbers of the frames that a video file holds, in order."""
    return lambda path: [number_of(frame) for frame in decode(path)]


@pytest.fixture
def decoded() -> Callable[[Path], list[NDArray[np.uint8]]]:
    return decode


@pytest.fixture
def spec() -> VideoSpec:
    return VideoSpec(80, 48, Fraction(30))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 160 KiB; skipped where none can be mounted."""
    yield from _mounted(tmp_path / "small", "size=160k")


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody can write to, not even root."""
    folder = tmp_path / "locked"
    if os.name == "posix" and os.getuid() != 0:
        folder.mkdir(mode=0o555)
        yield folder
    else:
        yield from _mounted(folder, "size=160k,ro")


def _mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
