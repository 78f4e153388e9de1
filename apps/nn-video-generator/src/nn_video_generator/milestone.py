"""One checkpoint's video."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from rlviz_video import MadeVideo, interrupts_deferred

from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.clip import Picture, open_clip
from nn_video_generator.describe import describe_clip, facts_of
from nn_video_generator.names import Paths
from nn_video_generator.outputs import Outputs
from nn_video_generator.settings import ClipSettings, VideoSettings
from nn_video_generator.tally import Tally
from nn_video_generator.trained import TrainedRun


@dataclass(frozen=True, slots=True)
class Job:
    """One video that is to be made, as data that another process can be given.

    Attributes:
        trained: the training.
        checkpoint: whose video it is.
        settings: how it is played and shown.
        paths: where it goes.
        deciding: all that the video follows from (`made_with`).
        force: whether existing files are replaced.
    """

    trained: TrainedRun
    checkpoint: Checkpoint
    settings: ClipSettings
    paths: Paths
    deciding: Mapping[str, Any]
    force: bool

    @property
    def frames(self) -> int:
        """Frames of the video."""
        return frames_in(self.settings.video.clip_seconds, self.settings.video)


def frames_in(seconds: float, video: VideoSettings) -> int:
    """Frames of some seconds of video, at least one."""
    return max(1, round(Fraction(str(seconds)) * video.fps))


Watch = Callable[[Iterator[Picture], int, str], Iterator[Picture]]
"""Passes pictures through, as `rlviz_video.progress` does: pictures, how many there will be, what is made."""


def make_milestone_video(job: Job, watch: Watch) -> MadeVideo:
    """Play a checkpoint, and write its video, timeline, manifest and poster.

    Args:
        job: what to make.
        watch: passes the pictures through; may raise KeyboardInterrupt to end the video there.

    Returns:
        What was made; with `interrupted` after Ctrl-C.

    Raises:
        ValueError: the checkpoint, its environment or a setting does not fit.
        OSError: the checkpoint cannot be read, or an output exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first frame.
    """
    with open_clip(job.trained, job.checkpoint, job.settings, job.frames) as clip:
        title = f"{clip.subject.milestone} %"
        outputs = Outputs(job.paths, job.settings.video, job.frames, clip.subject.actions, force=job.force)
        tally = Tally()
        interrupted = False
        try:
            with outputs, closing(clip.pictures()) as pictures:
                for picture in watch(pictures, job.frames, title):
                    with interrupts_deferred():
                        outputs.write(picture, title)
                        tally = picture.tally
        except KeyboardInterrupt:
            if not outputs.frames:
                raise
            interrupted = True
        content = describe_clip(clip, tally) | {"kind": "milestone", "made_with": job.deciding}
        return outputs.finish(content, facts_of(clip, tally), interrupted=interrupted)
