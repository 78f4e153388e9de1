"""What a rebuilt video leaves behind: the video, what became of each frame, and how it was made."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np
from rlviz_video import (
    H264Sink,
    Timeline,
    VideoSpec,
    check_mp4,
    check_output,
    interrupts_deferred,
    library_versions,
    manifest_path,
    write_manifest,
)

from donkey_gradcam.fixing.frame_repair import PROBLEMS, Repaired
from donkey_gradcam.fixing.usual_frames import Usual
from donkey_gradcam.views import Frame

COLUMNS = ("frame", "number", "file", "state", "problem", "held_from", "count")
"""Of the timeline: a row for each frame and each gap, in order; `frame` is empty where it is left out."""

_LINES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One frame that is not shown as it is, or one gap.

    Attributes:
        frame: of the video, that shows it; where it is left out, the frame that comes instead.
        number: of the frame, by its file's name.
        file: its file's name, or "" when it is missing.
        problem: one of `frame_repair.PROBLEMS`.
        detail: what a person should know of the problem, or "".
        held_from: the file whose frame is shown in its stead, or "" when it is left out.
        count: how many frames it stands for.
    """

    frame: int
    number: int
    file: str
    problem: str
    detail: str
    held_from: str
    count: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """What a rebuilt video is.

    Attributes:
        video: the MP4.
        timeline: what became of each frame.
        manifest: how it was made.
        frames: frames in the video.
        held: how many of them are another frame, held.
        left_out: frames that are not in the video: runs of bad ones longer than a second.
        problems: each problem that occurred -> how many frames had it.
        usual: what the frames were held against.
        changes: every frame that is not as it was.
        interrupted: whether Ctrl-C ended it before its time.
    """

    video: Path
    timeline: Path
    manifest: Path
    frames: int
    held: int
    left_out: int
    problems: Mapping[str, int]
    usual: Usual
    changes: tuple[Change, ...] = field(repr=False)
    interrupted: bool = False


class FixOutputs:
    """Video, timeline and manifest, and what is counted while they are written.

    Args:
        output_path: the video.
        force: replace outputs that exist.

    Raises:
        ValueError: the video's name does not end in `.mp4`.
        OSError: one exists, or its folder cannot be made.
    """

    def __init__(self, output_path: Path, *, force: bool) -> None:
        check_mp4(output_path)
        self.video, self._force = output_path, force
        self.timeline = output_path.with_name(f"{output_path.stem}.fix.csv")
        self.manifest = manifest_path(output_path)
        for path in (self.video, self.timeline, self.manifest):
            check_output(path, force=force)
        self.frames = self.held = self.left_out = 0
        self.changes: list[Change] = []

    def write_all(self, repaired: Iterable[Repaired], spec: VideoSpec) -> None:
        """Write every frame with its row; Ctrl-C finishes both files with what there is."""
        with (
            H264Sink(self.video, spec, force=self._force) as video,
            Timeline(self.timeline, COLUMNS, force=self._force) as timeline,
        ):
            for item in repaired:
                with interrupts_deferred():  # a frame is whole or not there
                    if item.frame is not None:
                        video.write(_even(item.frame))
                    self._count(item, timeline)

    def _count(self, item: Repaired, timeline: Timeline) -> None:
        slot, shown = item.slot, item.frame is not None
        state = "ok" if not slot.problem else "held" if shown else "left out"
        values = (
            self.frames if shown else None, slot.number, slot.file, state, slot.problem, item.held_from,
            slot.count,
        )  # fmt: skip
        timeline.write(dict(zip(COLUMNS, values, strict=True)))
        if slot.problem:
            self.held += shown
            self.left_out += 0 if shown else slot.count
            self.changes.append(
                Change(
                    self.frames, slot.number, slot.file, slot.problem, slot.detail, item.held_from, slot.count
                )
            )
        self.frames += shown

    def write_manifest(self, fixed: Fixed, how: Mapping[str, object]) -> None:
        """Write how the video was made; what became of each frame stands in the timeline."""
        content = {key: value for key, value in asdict(fixed).items() if key != "changes"}
        versions = library_versions("donkey-gradcam", "rlviz-video", "numpy", "opencv-python", "pillow", "av")
        write_manifest(self.manifest, {**how, **content, "versions": versions}, force=self._force)

    def fixed(self, usual: Usual, *, interrupted: bool) -> Fixed:
        """What was made."""
        problems: Counter[str] = Counter()
        for change in self.changes:
            problems[change.problem] += change.count
        return Fixed(
            video=self.video,
            timeline=self.timeline,
            manifest=self.manifest,
            frames=self.frames,
            held=self.held,
            left_out=self.left_out,
            problems=dict(problems),
            usual=usual,
            changes=tuple(self.changes),
            interrupted=interrupted,
        )


def _even(frame: Frame) -> Frame:
    """Repeat the last row and column where H.264 needs one more."""
    height, width = frame.shape[:2]
    if height % 2 == 0 and width % 2 == 0:
        return frame
    return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def tell(fixed: Fixed, say: Callable[[str], None]) -> None:
    """Say what was made, and name the first frames that are not as they were."""
    lines = list(_described(fixed.changes))
    for line in lines[:_LINES]:
        say(line)
    if len(lines) > _LINES:
        say(f"and {len(lines) - _LINES} more, all in {fixed.timeline}")
    counts = ", ".join(f"{count} {problem}" for problem, count in fixed.problems.items())
    summary = f"Held: {fixed.held} of {fixed.frames} frames; left out: {fixed.left_out}"
    say(f"{summary} ({counts})" if counts else summary)
    say(f"Video saved to: {fixed.video}")
    if fixed.interrupted:
        say(f"Interrupted: the video holds the first {fixed.frames} frames.")


def _described(changes: Sequence[Change]) -> Iterator[str]:
    """A line for each change; neighbours that are left out, or held from one file, share theirs."""

    def alike(numbered: tuple[int, Change]) -> tuple[str, str, int]:
        position, change = numbered
        run = change.frame - position if change.held_from else change.frame
        return change.problem, change.held_from, run

    for (problem, held_from, _), numbered in groupby(enumerate(changes), key=alike):
        group = [change for _, change in numbered]
        first, last = (change.file or str(change.number) for change in (group[0], group[-1]))
        name = first if first == last else f"{first} to {last}"
        if group[0].count > 1:
            name = f"{group[0].count} frames from {first} on"
        yield f"{name}: {PROBLEMS[problem]}; {f'{held_from} is held' if held_from else 'left out'}"
