"""What decides every byte of a video: to say how it was made, and to know whether it has to be made again."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from rlviz_video import check_output, library_versions, read_manifest, sha256_file

from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.names import Paths
from nn_video_generator.settings import ClipSettings, OutputSettings
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


def is_finished(paths: Paths, wanted: Mapping[str, Any], output: OutputSettings) -> bool:
    """Whether a video is there that was made in this way; if not, its places are free to be written.

    Args:
        paths: of the video.
        wanted: what `made_with` says of it.
        output: whether what exists is kept or replaced.

    Raises:
        OSError: something is there that is not to be lost: a video made in another way, or none of ours.
    """
    if not output.resume:
        for path in (paths.video, paths.timeline, paths.manifest, paths.poster):
            check_output(path, force=output.force)
        return False
    if not paths.video.exists():
        return False  # at most the part of a process that was killed
    changed = _changed(paths, wanted)
    if not changed:
        return True
    if changed == "interrupted" or output.force:
        return False
    message = f"{paths.video} cannot be resumed: {changed}; choose another folder, or --force to replace it"
    raise FileExistsError(message)


def _changed(paths: Paths, wanted: Mapping[str, Any]) -> str:
    """What of a video is not as wanted; empty where all is."""
    if not paths.manifest.is_file():
        return "it has no manifest"
    manifest = read_manifest(paths.manifest)
    if manifest.get("interrupted"):
        return "interrupted"
    given: object = manifest.get("made_with")
    made: Mapping[str, Any] = cast("Mapping[str, Any]", given) if isinstance(given, dict) else {}
    changed = [name for name in wanted if made.get(name) != wanted[name]]
    if changed:
        return f"it was made with other {', '.join(changed)}"
    if manifest.get("video_sha256") != sha256_file(paths.video):
        return "it is not the video that its manifest describes"
    return ""
