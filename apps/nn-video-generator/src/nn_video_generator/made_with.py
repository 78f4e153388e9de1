"""What decides every byte of a video: to say how it was made, and to know whether it has to be made again."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rlviz_video import library_versions, sha256_file

from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.settings import ClipSettings
from nn_video_generator.trained import TrainedRun

TOOL = "nn-video-generator"

DECIDING = (
    TOOL,
    "rlviz-agents",
    "rlviz-cam",
    "rlviz-overlay",
    "rlviz-video",
    "ale-py",
    "av",
    "gymnasium",
    "numpy",
    "opencv-python",
    "rl-zoo3",
    "sb3-contrib",
    "stable-baselines3",
    "torch",
)
"""Distributions whose versions may change the bytes."""


def made_with(trained: TrainedRun, checkpoint: Checkpoint, settings: ClipSettings) -> dict[str, Any]:
    """All that a clip follows from, in JSON values: equal ones give equal videos on one machine.

    Raises:
        OSError: the checkpoint cannot be read.
        ValueError: the checkpoint is not of the training.
    """
    files, video = trained.files(checkpoint), settings.video
    return {
        "model_sha256": sha256_file(checkpoint.path),
        "checkpoint": {"percent": checkpoint.label, "steps": checkpoint.steps},
        "env_id": files.env_id,
        "algo": files.algo,
        "hyperparams": {name: repr(value) for name, value in sorted(files.hyperparams.items())},
        "env_kwargs": {name: repr(value) for name, value in sorted(files.env_kwargs.items())},
        "play": asdict(settings.play),
        "video": asdict(video) | {"fps": str(video.fps), "size": [*video.size], "show": sorted(video.show)},
        "maps": None if settings.maps is None else asdict(settings.maps),
        "versions": library_versions(*DECIDING),
    }


def is_made_with(manifest: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a manifest is of a whole video that was made in this way."""
    return manifest.get("made_with") == wanted and manifest.get("interrupted") is False
