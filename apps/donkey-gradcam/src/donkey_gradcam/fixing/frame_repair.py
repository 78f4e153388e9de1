"""From the files of a clip to its frames: what is damaged, missing or a glitch is held from a neighbour."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from donkey_gradcam.drives.pictures import PictureError, read_picture
from donkey_gradcam.fixing.frame_files import FrameFiles
from donkey_gradcam.fixing.outliers import GlitchFinder
from donkey_gradcam.views import Frame

PROBLEMS = {
    "missing": "there is no file of this number",
    "truncated": "the file is truncated",
    "unreadable": "not a picture that can be read",
    "odd-sized": "of another size than most",
    "outlier": "far from both neighbours, which are near to each other",
}
"""Each reason why a frame is not shown as it is."""


@dataclass(slots=True)
class Slot:
    """A frame's place in the clip.

    Attributes:
        number: of the frame.
        file: its file's name, or "" when it is missing.
        frame: uint8 (H, W, 3), RGB; None when there is none that can be shown.
        problem: one of PROBLEMS, or "".
        detail: what a person should know of the problem.
        count: how many frames it stands for: 1, or those of a gap that is too long to be filled.
        judged: whether it is known if the frame is a glitch.
    """

    number: int
    file: str = ""
    frame: Frame | None = None
    problem: str = ""
    detail: str = ""
    count: int = 1
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Repaired:
    """A frame of the repaired clip.

    Attributes:
        slot: its place, and what was wrong.
        frame: what is shown there; None when the place is left out.
        held_from: the file whose frame is shown in its stead, or "".
    """

    slot: Slot
    frame: Frame | None
    held_from: str = ""


def repair(files: FrameFiles, size: tuple[int, int], limit: float, longest: int) -> Iterator[Repaired]:
    """Read a clip and mend it: each frame that cannot be shown is the nearer good one, held.

    Nothing is invented and nothing mixed: the first half of a bad run shows the good frame before it, the
    rest the one after it. A run or a gap of more than `longest` frames is left out, since a picture that
    stands still for so long would be a lie. In memory are the last good frame and the few that are in doubt.

    Args:
        files: the clip.
        size: (height, width) of its frames.
        limit: what a glitch's difference exceeds; see `outliers.threshold`.
        longest: the longest run that is filled.
    """
    yield from _held(_judged(_slots(files, size, longest), limit), longest)


def _slots(files: FrameFiles, size: tuple[int, int], longest: int) -> Iterator[Slot]:
    for place in files.places():
        if place.missing > longest:
            yield Slot(place.number, problem="missing", count=place.missing)
        elif place.missing:
            for number in range(place.missing):
                yield Slot(place.number + number * files.step, problem="missing")
        else:
            yield _read(files, place.number, place.file, size)


def _read(files: FrameFiles, number: int, name: str, size: tuple[int, int]) -> Slot:
    try:
        frame = read_picture(files.path / name)
    except PictureError as error:
        return Slot(number, name, problem=error.kind, detail=str(error))
    height, width = frame.shape[:2]
    if (height, width) != size:
        detail = f"{files.path / name} is {width}x{height}; most are {size[1]}x{size[0]}"
        return Slot(number, name, problem="odd-sized", detail=detail)
    return Slot(number, name, frame, judged=False)


def _judged(slots: Iterable[Slot], limit: float) -> Iterator[Slot]:
    """Mark glitches; the slots come out in order, a few late."""
    waiting: deque[Slot] = deque()
    finder = GlitchFinder[Slot](limit)
    for slot in slots:
        waiting.append(slot)
        if slot.frame is not None:
            for judged in finder.take(slot, slot.frame):
                _mark(judged.item, glitch=judged.glitch)
        elif slot.count > 1:  # a gap that is not filled: what comes after it is another scene
            _finish(finder)
            finder = GlitchFinder[Slot](limit)
        while waiting and waiting[0].judged:
            yield waiting.popleft()
    _finish(finder)
    yield from waiting


def _finish(finder: GlitchFinder[Slot]) -> None:
    for judged in finder.finish():
        _mark(judged.item, glitch=judged.glitch)


def _mark(slot: Slot, *, glitch: bool) -> None:
    slot.judged = True
    if glitch:
        slot.problem, slot.frame = "outlier", None


def _held(slots: Iterable[Slot], longest: int) -> Iterator[Repaired]:
    before: Slot | None = None
    bad: list[Slot] = []
    too_long = False
    for slot in slots:
        if slot.frame is None and slot.count == 1:
            bad.append(slot)
            too_long |= len(bad) > longest
            if too_long:  # not kept until its end, which may be far
                yield from _fill(bad, None, None)
                bad = []
            continue
        good = slot if slot.frame is not None else None
        yield from _fill(bad, before, good)
        yield Repaired(slot, slot.frame)
        before, bad, too_long = good, [], False
    yield from _fill(bad, before, None)


def _fill(bad: list[Slot], before: Slot | None, after: Slot | None) -> Iterator[Repaired]:
    """Hold the nearer good frame over a run of bad ones; leave them out where there is none."""
    first_half = (len(bad) + 1) // 2 if after else len(bad)
    for position, slot in enumerate(bad):
        good = before if before and position < first_half else after
        yield Repaired(slot, good.frame, good.file) if good else Repaired(slot, None)
