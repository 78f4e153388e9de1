"""The pictures of a folder as numbered frames: in natural order, with the numbers that are missing."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rlviz_video import PICTURE_SUFFIXES, natural_order

from donkey_gradcam.drives.pictures import picture_files


@dataclass(frozen=True, slots=True)
class Place:
    """Where a frame belongs.

    Attributes:
        number: of the frame by its file's name; without numbers in the names, its position from 0.
        file: the file's name, or "" where the number is missing.
        missing: how many numbers are missing here, from `number` on; 0 where there is a file.
    """

    number: int
    file: str = ""
    missing: int = 0


class FrameFiles:
    """The pictures of a folder, ordered and numbered.

    Attributes:
        path: the folder.
        names: the files' names, in natural order.
        step: what most numbers differ by from the one before; 0 when the names are not numbered alike.

    Raises:
        OSError: the folder cannot be read.
        ValueError: there are no pictures in it.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            problem = "is a file" if path.exists() else "is not there"
            msg = f"{path} {problem}; give the folder of the frames"
            raise NotADirectoryError(msg)
        self.path = path
        self.names = [file.name for file in sorted(picture_files(path), key=natural_order)]
        if not self.names:
            hint = f"; its folder {path / 'images'} may be meant" if (path / "images").is_dir() else ""
            msg = f"{path} has no pictures; expected files ending in {', '.join(PICTURE_SUFFIXES)}{hint}"
            raise ValueError(msg)
        self._numbers = _numbers(self.names)
        self.step = _usual_step(self._numbers or ())

    def places(self) -> Iterator[Place]:
        """Every frame in order; a gap between two numbers is one place that counts what is missing."""
        before: int | None = None
        for position, name in enumerate(self.names):
            number = self._numbers[position] if self._numbers else position
            if before is not None and self.step:
                missing = (number - before) // self.step - 1
                if missing > 0:
                    yield Place(before + self.step, missing=missing)
            yield Place(number, name)
            before = number


def _numbers(names: Sequence[str]) -> list[int] | None:
    """The number that counts in each name: names are alike but for this one; None when they are not."""
    pieces = [re.split(r"(\d+)", name.rpartition(".")[0]) for name in names]
    if any(len(piece) != len(pieces[0]) or piece[::2] != pieces[0][::2] for piece in pieces):
        return None
    columns = [[int(piece[at]) for piece in pieces] for at in range(1, len(pieces[0]), 2)]
    counting = [column for column in columns if len(set(column)) > 1]
    return counting[0] if len(counting) == 1 else None


def _usual_step(numbers: Sequence[int]) -> int:
    """The most frequent difference of neighbours, the smaller of two that are as frequent."""
    steps = Counter(later - earlier for earlier, later in pairwise(numbers) if later > earlier)
    return min((-count, step) for step, count in steps.items())[1] if steps else 0
