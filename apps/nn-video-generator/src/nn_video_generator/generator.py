"""The class of the original tool."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rlviz_video import frame_rate

from nn_video_generator.config import TrainingConfig, parse_config, read_config
from nn_video_generator.produce import Report, make_milestone_videos, make_whole_video
from nn_video_generator.settings import ClipSettings, OutputSettings, PlaySettings, VideoSettings
from nn_video_generator.showcase import play_of
from nn_video_generator.trained import TrainedRun, from_config, from_zoo


class PostTrainingVideoGenerator:
    """Makes videos of a finished training: one for each checkpoint, or one through all of them.

    Attributes:
        trained: the training, with its checkpoints.
        clip: how it is played and shown.
        output: where the videos go.
        report: what the last call made, failures included; None before the first.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the original's arguments, in its order
        self,
        config: Mapping[str, Any] | TrainingConfig | Path | str | None,
        model_dir: Path | str,
        output_dir: Path | str,
        milestones_pct: Sequence[float] | None = None,
        clip_seconds: float = 90,
        fps: float | str = 30,
        verbose: int = 1,
        *,
        clip: ClipSettings | None = None,
        output: OutputSettings | None = None,
    ) -> None:
        """Find the checkpoints; the arguments are those of the original, in its order.

        Args:
            config: the training's config: a mapping, or its YAML file; None where `model_dir` is the folder
                of a training run of RL Zoo, `<logs>/<algo>/<env>_<number>`, which has its own.
            model_dir: folder of the checkpoints.
            output_dir: folder of the videos.
            milestones_pct: percentages of the training that videos are made of; None for those that the
                config names, or else for every checkpoint.
            clip_seconds: length of each video.
            fps: frames per second.
            verbose: 0 says nothing, more what is found and made.
            clip: how it is played and shown, but for `clip_seconds` and `fps`; None for what the config
                wants.
            output: how the files are written, but for folder and `verbose`.

        Raises:
            ValueError: the config, a checkpoint or a number is not usable.
            OSError: a file or folder cannot be read, or there is no checkpoint.
        """
        if config is not None and not isinstance(config, TrainingConfig):
            config = parse_config(config) if isinstance(config, Mapping) else read_config(config)
        clip = clip or ClipSettings(PlaySettings() if config is None else play_of(config), VideoSettings())
        video = replace(clip.video, clip_seconds=clip_seconds, fps=frame_rate(fps))
        self.clip = replace(clip, video=video)
        self.output = replace(output or OutputSettings(), folder=Path(output_dir), verbose=verbose)
        self.trained: TrainedRun = (
            from_zoo(model_dir, milestones_pct, trust=clip.trust)
            if config is None
            else from_config(model_dir, config, milestones_pct)
        )
        self.report: Report | None = None
        unknown = () if config is None else config.unknown
        for note in (*(f"not read: {key}" for key in unknown), *self.trained.notes):
            self._say(note)

    def find_checkpoint_files(self) -> dict[float, Path]:
        """Give the checkpoints that videos are made of: percent of the training -> file, by percent."""
        return {one.percent: one.path for one in self.trained.checkpoints}

    def generate_all_videos(self) -> list[Path]:
        """Make one video for each checkpoint, and the page of the folder.

        Returns:
            The videos that are whole, in the order of the training. `report` tells what failed, and whether
            Ctrl-C ended it before its time.

        Raises:
            FileExistsError: an output exists; nothing has been made.
            OSError: the folder cannot be made.
            ValueError: not one video could be made; the message says why.
        """
        return list(self._videos(self.make()))

    def generate_continuous_video(self, total_seconds: float) -> Path | None:
        """Make one video through all checkpoints, with a title card and a chapter each.

        Args:
            total_seconds: length of the video, met to the frame.

        Returns:
            The video; None where Ctrl-C ended it before its time (its beginning is kept).

        Raises:
            FileExistsError: the output exists.
            OSError: the output cannot be written.
            ValueError: the video is too short for its chapters, or no checkpoint can be played.
        """
        return next(iter(self._videos(self.make(total_seconds))), None)

    def make(self, total_seconds: float | None = None) -> Report:
        """Make the videos, and report what failed in place of raising it.

        Args:
            total_seconds: length of one video through all checkpoints; None for a video of each.

        Raises:
            FileExistsError: an output exists; nothing has been made.
            OSError: an output cannot be written.
            ValueError: the video through all is too short for its chapters.
        """
        if total_seconds is None:
            self.report = make_milestone_videos(self.trained, self.clip, self.output, self._say)
        else:
            self.report = make_whole_video(self.trained, total_seconds, self.clip, self.output, self._say)
        return self.report

    def _videos(self, report: Report) -> tuple[Path, ...]:
        if report.failed and not report.videos and not report.interrupted:
            raise ValueError(report.failures)
        if report.failed and self.output.verbose:
            click.echo(report.failures, err=True)
        return report.videos

    def _say(self, line: str) -> None:
        if self.output.verbose:
            click.echo(line)
