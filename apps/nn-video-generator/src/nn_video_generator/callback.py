"""A callback for trainings with Stable-Baselines3: keeps the milestones, and makes the videos if asked to."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from rlviz_agents.generators import generators_kept
from rlviz_video import frame_rate, interrupts_deferred, make_folder, whole_file
from stable_baselines3.common.callbacks import BaseCallback

from nn_video_generator.checkpoints import label
from nn_video_generator.config import TrainingConfig, parse_config, read_config
from nn_video_generator.config_of_training import config_of_training
from nn_video_generator.settings import OutputSettings, VideoSettings

TENTHS = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100)


class AnalyticsVideoCallback(BaseCallback):
    """Saves the model after percentages of the training, as `milestones/step_<n>_pct_<p>.zip`.

    0 is saved before the first step, 100 after the last update, the others at the first step that reaches
    them. Of several that one step reaches, only the last is saved: they would be the same model. The training
    is left as it is: it ends with the same weights, bit for bit. In a training that goes on from an earlier
    one, the percentages are of both, and those of the earlier one are passed over.

    In RL Zoo's YAML: `callback: {nn_video_generator.AnalyticsVideoCallback: {output_dir: runs/1}}`.
    """

    def __init__(
        self,
        output_dir: Path | str,
        milestones_pct: Sequence[float] = TENTHS,
        *,
        videos: bool = False,
        clip_seconds: float = 90,
        fps: float | str = 30,
        config: Mapping[str, Any] | Path | str | None = None,
        force: bool = False,
        verbose: int = 0,
    ) -> None:
        """Check the settings; nothing is written yet.

        Args:
            output_dir: folder of the training's outputs; it gets the folders `milestones` and `videos`, and,
                where no config is given and the environment can be described by one, a `config.yaml`.
            milestones_pct: percentages of the training, 0 to 100.
            videos: whether a video of each milestone is made when the training is over. It is not when the
                training was ended before its time; a video that cannot be made is warned of, and raises
                nothing, so that no training is lost for it.
            clip_seconds: length of each video.
            fps: frames per second.
            config: the training's config, a mapping or its YAML file; None to write it from the environment.
            force: whether to go on although the folder has milestones of another training.
            verbose: 0 says nothing, 1 and 2 what the video generator says.

        Raises:
            ValueError: a percentage, length or rate that cannot be, or a config that is not usable.
            OSError: the config cannot be read.
        """
        super().__init__(verbose)
        if not milestones_pct or not all(0 <= percent <= 100 for percent in milestones_pct):
            message = f"milestones_pct {list(milestones_pct)}: give percentages from 0 to 100"
            raise ValueError(message)
        VideoSettings(clip_seconds=clip_seconds, fps=frame_rate(fps))
        self.output_dir = Path(output_dir)
        self.milestones_pct = tuple(sorted(set(milestones_pct)))
        self.config: TrainingConfig | None = None if config is None else _parsed(config)
        self.videos = videos
        self.clip_seconds = clip_seconds
        self.fps = fps
        self.force = force
        self._described = self.config
        self._total = 0
        self._due: list[float] = []
        self._is_over = True

    @property
    def folder(self) -> Path:
        """Where the milestones lie."""
        return self.output_dir / "milestones"

    def _on_training_start(self) -> None:
        """See what is to be done.

        Raises:
            FileExistsError: the folder has milestones of another training.
            ValueError: videos are wanted of what they cannot be made of.
            OSError: the folder cannot be made.
        """
        self._total = int(self.locals["total_timesteps"])
        earlier = any(self.folder.glob("step_*_pct_*.zip"))
        if earlier and not self.num_timesteps and not self.force:
            message = (
                f"{self.folder} has milestones of another training; give another output_dir or force=True"
            )
            raise FileExistsError(message)
        self._describe()
        make_folder(self.folder)
        self._is_over = False
        self._due = [percent for percent in self.milestones_pct if self._steps(percent) >= self.num_timesteps]
        self._save_reached()

    def _describe(self) -> None:
        """Keep a config of the training, for the videos of its end and for `nn-video-generator` later."""
        path = self.output_dir / "config.yaml"
        if self.config is not None or (path.exists() and not self.force and not self.videos):
            return
        try:
            described = config_of_training(self.model)
        except ValueError:
            if self.videos:
                raise
            return
        described["train"]["total_timesteps"] = self._total
        self._described = parse_config(described)
        if self.force or not path.exists():
            make_folder(self.output_dir)
            with whole_file(path) as part:
                part.write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")

    def _on_step(self) -> bool:
        if self.num_timesteps < self._total:  # at the end, an update is still to come
            self._save_reached()
        return True

    def _on_training_end(self) -> None:
        """Save the end of the training, and make the videos; a second call, as RL Zoo's, does nothing."""
        if self.num_timesteps < self._total or self._is_over:
            return
        self._is_over = True
        self._save_reached()
        if self.videos:
            self._make_videos()

    def _steps(self, percent: float) -> float:
        return self._total * percent / 100

    def _save_reached(self) -> None:
        """Save the last of the milestones that are reached, and be done with all of them."""
        reached = [percent for percent in self._due if self._steps(percent) <= self.num_timesteps]
        if not reached:
            return
        self._due = self._due[len(reached) :]
        path = self.folder / f"step_{self.num_timesteps}_pct_{label(reached[-1])}.zip"
        with interrupts_deferred(), whole_file(path) as part:
            self.model.save(part)

    def _make_videos(self) -> None:
        """Make the videos as the command does, and leave the random generators as they are."""
        from nn_video_generator.generator import PostTrainingVideoGenerator

        try:
            with generators_kept():
                generator = PostTrainingVideoGenerator(
                    self._described,
                    self.output_dir,
                    self.output_dir / "videos",
                    None,
                    self.clip_seconds,
                    self.fps,
                    self.verbose,
                    output=OutputSettings(force=self.force),
                )
                report = generator.make()
        except (ValueError, OSError) as error:
            failed = {"": str(error)}
        else:
            failed = report.failed
        for reason in failed.values():
            message = f"the training is whole, but a video could not be made: {reason}"
            warnings.warn(message, RuntimeWarning, stacklevel=2)


def _parsed(config: Mapping[str, Any] | Path | str) -> TrainingConfig:
    """The config; the milestones are those of the callback."""
    parsed = parse_config(config) if isinstance(config, Mapping) else read_config(config)
    return replace(parsed, milestones_pct=None)
