"""What stands beside a video: how it was made, in full."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rlviz_overlay import SCALES
from rlviz_video import library_versions, sha256_file

from donkey_gradcam.opening import Ride
from donkey_gradcam.settings import MapSettings

TOOLS = (
    "donkey-gradcam", "rlviz-cam", "rlviz-overlay", "rlviz-video",
    "tensorflow", "tf_keras", "keras", "numpy", "opencv-python", "pillow", "av",
)  # fmt: skip


def describe_ride(ride: Ride, maps: MapSettings) -> dict[str, Any]:
    """What was explained, of which pilot, on which drive.

    Args:
        ride: the pilot on its drive, after all of it was read.
        maps: what was asked for.
    """
    explainer, tuning, field = ride.explainer, ride.tuning, ride.explainer.field
    return {
        "tool": "donkey-gradcam",
        "versions": library_versions(*TOOLS),
        "model": {
            "path": ride.model_path,
            "sha256": sha256_path(ride.model_path),
            "pilot": ride.pilot.type,
            "inputs": explainer.backend.inputs(),
            "outputs": explainer.backend.heads(),
        },
        "drive": asdict(ride.settings)
        | {
            "data_path": ride.drive.path,
            "kind": ride.drive.kind,
            "config": ride.settings.config,
            "preparation": ride.sight.note,
            "problems": ride.problems.summary(),
        },
        "maps": asdict(maps)
        | {
            "target": explainer.target.describe(),
            "target_asked": maps.target,
            "layer": explainer.layer.name,
            "taken_after": explainer.layer.taken_after,
            "placement": tuning.placement,
            "placement_asked": maps.placement,
            "placement_agreement": tuning.agreement,
            "placement_frames": tuning.frames,
            "full_heat": tuning.full_heat,
            "scale_meaning": SCALES[maps.heat_scale].description,
            "receptive_field": field,
        },
    }  # fmt: skip


def sha256_path(path: Path) -> str:
    """SHA-256 of a file, or of a folder's files by name and content, in order of their names."""
    if path.is_file():
        return sha256_file(path)
    digest = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(path).as_posix()} {sha256_file(file)}\n".encode())
    return digest.hexdigest()
