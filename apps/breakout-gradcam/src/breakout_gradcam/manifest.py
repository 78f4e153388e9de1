"""What stands beside a Grad-CAM video: how it was made, in full."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rlviz_overlay import SCALES
from rlviz_video import library_versions

from breakout_gradcam.explain import Explainer
from breakout_gradcam.settings import MapSettings

TOOLS = (
    "breakout-gradcam",
    "rlviz-cam",
    "rlviz-overlay",
    "rlviz-video",
    "rlviz-agents",
    "av",
    "opencv-python",
)


def describe_run(
    header: Mapping[str, Any], explainer: Explainer, maps: MapSettings, *, frames: int, digest: str
) -> dict[str, Any]:
    """The manifest of one video.

    Args:
        header: what is known of the run.
        explainer: what was explained, the chosen placement included.
        maps: what was asked for.
        frames: frames in the video.
        digest: SHA-256 of the run.
    """
    field = explainer.field
    return {
        "tool": "breakout-gradcam",
        "versions": library_versions(*TOOLS) | dict(header["versions"]),
        "run": {name: value for name, value in header.items() if name != "versions"},
        "digest": digest,
        "frames": frames,
        "maps": asdict(maps)
        | {
            "layer": explainer.layer.name,
            "taken_after": explainer.layer.taken_after,
            "placement": explainer.placement,
            "placement_asked": maps.placement,
            "placement_agreement": explainer.agreement,
            "placement_frames": explainer.calibrated_on,
            "scale_meaning": SCALES[maps.scale].description,
            "receptive_field": field,
        },
    }  # fmt: skip
