"""What the videos are called."""

import re
from dataclasses import dataclass
from pathlib import Path

from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.settings import ClipSettings
from nn_video_generator.trained import TrainedRun


@dataclass(frozen=True, slots=True)
class Paths:
    """What is made beside each other for one video."""

    video: Path
    timeline: Path
    manifest: Path
    poster: Path

    @classmethod
    def of(cls, video: Path) -> "Paths":
        """The places beside a video."""
        stem = video.stem
        return cls(
            video,
            video.with_name(f"{stem}.timeline.csv"),
            video.with_name(f"{stem}.manifest.json"),
            video.with_suffix(".png"),
        )


def milestone_name(checkpoint: Checkpoint) -> str:
    """The original's name of a milestone's video."""
    return f"step_post_training_pct_{checkpoint.label}_analytics.mp4"


def provenance_name(trained: TrainedRun, checkpoint: Checkpoint, settings: ClipSettings, sha256: str) -> str:
    """A name that says where the video comes from: game, algorithm, steps, percent, seed and model."""
    steps = "unknown" if checkpoint.steps is None else str(checkpoint.steps)
    parts = (
        plain(trained.env_id),
        trained.algo,
        f"step_{steps}",
        f"pct_{checkpoint.label}",
        f"seed_{settings.play.seed}",
        sha256[:8],
    )
    return "_".join((*parts, "analytics.mp4"))


def continuous_name(trained: TrainedRun, total_seconds: float) -> str:
    """The original's name of the video through all checkpoints, `breakout_10min_training.mp4`.

    Hours from one on, whole minutes, or seconds: the original called all below a minute `0min`.
    """
    if total_seconds >= 3600:
        length = f"{total_seconds / 3600:.1f}h"
    elif total_seconds % 60 == 0:
        length = f"{total_seconds / 60:.0f}min"
    else:
        length = f"{total_seconds:g}s"
    return f"{plain(trained.game).lower()}_{length}_training.mp4"


def plain(text: str) -> str:
    """A text without what file systems take for something else."""
    return re.sub(r"[^\w.-]+", "-", text)
