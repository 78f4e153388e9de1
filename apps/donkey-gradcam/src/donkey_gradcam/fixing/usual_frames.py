"""What most frames of a clip are like: their size, and how much the picture changes from one to the next."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from donkey_gradcam.drives.pictures import PictureError, read_picture
from donkey_gradcam.fixing.frame_files import FrameFiles
from donkey_gradcam.fixing.outliers import Thumb, difference, threshold, thumb

SAMPLED_PAIRS = 400
"""Pairs of neighbouring frames that are compared, to know how much a clip changes from frame to frame."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What most frames of a clip are like, from a sample.

    Attributes:
        size: (height, width) of most.
        typical: median difference of neighbours, in grey levels of 255.
        limit: the difference that a glitch exceeds.
    """

    size: tuple[int, int]
    typical: float
    limit: float


def measure(files: FrameFiles) -> Usual:
    """Compare up to `SAMPLED_PAIRS` pairs of neighbours, spread evenly over a clip.

    Raises:
        ValueError: none of them can be read.
    """
    count = len(files.names)
    firsts = range(count) if count <= SAMPLED_PAIRS else _spread(count - 1, SAMPLED_PAIRS)
    sizes: Counter[tuple[int, int]] = Counter()
    differences: list[float] = []
    last: tuple[int, tuple[int, int], Thumb] | None = None
    for position in sorted({near for first in firsts for near in (first, first + 1) if near < count}):
        try:
            frame = read_picture(files.path / files.names[position])
        except PictureError:
            continue
        size, seen = (frame.shape[0], frame.shape[1]), thumb(frame)
        sizes[size] += 1
        if last is not None and last[0] == position - 1 and last[1] == size:
            differences.append(difference(last[2], seen))
        last = position, size, seen
    if not sizes:
        msg = f"none of the {count} pictures in {files.path} can be read; give a folder of whole pictures"
        raise ValueError(msg)
    return Usual(sizes.most_common(1)[0][0], *threshold(differences))


def _spread(count: int, samples: int) -> list[int]:
    return np.linspace(0, count - 1, samples).round().astype(int).tolist()
