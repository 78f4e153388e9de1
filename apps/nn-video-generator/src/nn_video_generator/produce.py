"""From a training to its videos: what is there already, what is made, what failed, and the page of all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path

from rlviz_video import make_folder, sha256_file

from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.clip import open_clip
from nn_video_generator.continuous import Continuous, divide, make_continuous_video
from nn_video_generator.jobs import EXPECTED, Outcome, run_jobs
from nn_video_generator.made_with import is_finished, made_with
from nn_video_generator.milestone import Job, frames_in
from nn_video_generator.moment import Subject
from nn_video_generator.names import Paths, continuous_name, milestone_name, provenance_name
from nn_video_generator.page import check_page, write_run_page
from nn_video_generator.settings import ClipSettings, OutputSettings
from nn_video_generator.trained import TrainedRun

Say = Callable[[str], None]
"""Takes each line for the console."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was made.

    Attributes:
        videos: that are whole, in the order of the training; those kept from before too.
        failed: checkpoint -> why there is nothing of it, in one line.
        interrupted: whether Ctrl-C ended it before its time.
        page: the page of the folder; None where there is no video.
    """

    videos: tuple[Path, ...] = ()
    failed: Mapping[Path, str] = field(default_factory=dict[Path, str])
    interrupted: bool = False
    page: Path | None = None

    @property
    def failures(self) -> str:
        """What failed, for people: one line where it is one thing, else one for each; empty for nothing."""
        causes = list(dict.fromkeys(self.failed.values()))
        if not causes or (len(causes) == 1 and not self.videos):
            return "".join(causes)
        return "\n  ".join((f"{len(self.failed)} of {len(self.failed) + len(self.videos)} failed:", *causes))

    @property
    def status(self) -> int:
        """The exit status: 0, 1 (a checkpoint failed), 130 (interrupted)."""
        return 130 if self.interrupted else 1 if self.failed else 0


def make_milestone_videos(
    trained: TrainedRun, settings: ClipSettings, output: OutputSettings, say: Say
) -> Report:
    """Make one video for each checkpoint; one that fails does not stop the others.

    Args:
        trained: the training.
        settings: how it is played and shown.
        output: where the videos go.
        say: takes each line for the console.

    Raises:
        FileExistsError: an output exists; nothing has been made yet.
        OSError: the folder cannot be made.
    """
    folder = make_folder(output.folder)
    check_page(folder, force=output.force)
    planned = [_plan(trained, one, settings, output) for one in trained.checkpoints]
    jobs = [one for one in planned if isinstance(one, Job)]
    say(f"Making {len(jobs)} of {len(planned)} videos of {trained.game}")
    made = iter(run_jobs(jobs, output.jobs))
    outcomes = [next(made) if isinstance(one, Job) else one for one in planned]
    for one in outcomes:
        if one.note:
            say(one.note)
    return _finish(folder, outcomes, say)


def make_whole_video(
    trained: TrainedRun, total_seconds: float, settings: ClipSettings, output: OutputSettings, say: Say
) -> Report:
    """Make one video through all checkpoints, of exactly this length.

    A checkpoint that cannot be played is left out, and told.

    Args:
        trained: the training.
        total_seconds: length of the video.
        settings: how it is played and shown; its `clip_seconds` have no part in it.
        output: where the video goes.
        say: takes each line for the console.

    Raises:
        ValueError: the length is none, or too short for all checkpoints.
        OSError: the output exists or cannot be written.
    """
    if not 0 < total_seconds < inf:
        message = f"--total-seconds {total_seconds:g} is no length of a video; give more"
        raise ValueError(message)
    # What the length of other videos would be must not decide whether this one is finished.
    settings = replace(settings, video=replace(settings.video, clip_seconds=total_seconds))
    folder = make_folder(output.folder)
    check_page(folder, force=output.force)
    paths = Paths.of(folder / continuous_name(trained, total_seconds))
    playing, failed = _playable(trained, settings)
    if not playing:
        return _finish(folder, failed, say)
    parts = divide(playing, frames_in(total_seconds, settings.video), settings)
    asked = Continuous(trained, parts, settings, paths, output.force or output.resume)
    last = playing[-1][0]
    if is_finished(paths, asked.deciding(), output):
        say(f"Kept: {paths.video}")
        return _finish(folder, [*failed, Outcome(last, paths.video)], say)
    say(f"Making a video of {asked.frames} frames through {len(parts)} checkpoints of {trained.game}")
    made = make_continuous_video(asked)
    if made.interrupted:
        say(f"Interrupted: {made.video} holds its first {made.frames} frames")
        return _finish(folder, [*failed, Outcome(last, interrupted=True)], say)
    say(f"Made: {made.video}")
    return _finish(folder, [*failed, Outcome(last, made.video)], say)


def _plan(
    trained: TrainedRun, checkpoint: Checkpoint, settings: ClipSettings, output: OutputSettings
) -> Job | Outcome:
    """What is to be done for a checkpoint, or what became of it already.

    Raises:
        FileExistsError: an output exists.
    """
    try:
        deciding = made_with(trained, checkpoint, settings)
        name = milestone_name(checkpoint)
        if output.provenance_names:
            name = provenance_name(trained, checkpoint, settings, sha256_file(checkpoint.path))
        paths = Paths.of(output.folder / name)
        if is_finished(paths, deciding, output):
            return Outcome(checkpoint, paths.video, note=f"Kept: {paths.video}")
    except FileExistsError:
        raise
    except EXPECTED as error:
        return Outcome(checkpoint, error=str(error))
    return Job(trained, checkpoint, settings, paths, deciding, output.force or output.resume)


def _playable(
    trained: TrainedRun, settings: ClipSettings
) -> tuple[list[tuple[Checkpoint, Subject]], list[Outcome]]:
    """Open every checkpoint once, before a video is begun whose length depends on how many there are."""
    playing: list[tuple[Checkpoint, Subject]] = []
    failed: list[Outcome] = []
    for checkpoint in trained.checkpoints:
        try:
            with open_clip(trained, checkpoint, settings, 1) as clip:
                playing.append((checkpoint, clip.subject))
        except EXPECTED as error:
            failed.append(Outcome(checkpoint, error=str(error)))
    return playing, failed


def _finish(folder: Path, outcomes: Sequence[Outcome], say: Say) -> Report:
    """Write the page, and report."""
    failed = {one.checkpoint.path: one.error for one in outcomes if one.error}
    interrupted = any(one.interrupted for one in outcomes)
    page = write_run_page(folder)
    if page:
        say(f"Page: {page}")
    videos = tuple(one.video for one in outcomes if one.video)
    return Report(videos, failed, interrupted, page)
