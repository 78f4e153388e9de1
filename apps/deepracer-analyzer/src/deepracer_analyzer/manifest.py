"""What stands beside a video: how it was made, in full."""

from dataclasses import asdict
from typing import Any

import numpy as np
from rlviz_video import library_versions, sha256_file

from deepracer_analyzer.opening import Replay
from deepracer_analyzer.simulation.view import View
from deepracer_analyzer.views import BEFORE

TOOLS = (
    "deepracer-analyzer", "rlviz-overlay", "rlviz-video", "numpy", "pandas", "opencv-python", "av",
)  # fmt: skip


def describe_replay(replay: Replay, view: View) -> dict[str, Any]:
    """What was replayed, and how it was shown.

    Args:
        replay: Log and video in step.
        view: What is shown on them.
    """
    run, sync, video, parts = replay.run, replay.sync, replay.video, replay.components
    return {
        "tool": "deepracer-analyzer",
        "versions": library_versions(*TOOLS),
        "log": {
            "source": run.log.source,
            "sha256": run.log.digest,
            "schema": run.log.schema,
            "rows": len(run.log.frame),
            "problems": run.log.problems,
        },
        "video": None
        if video is None
        else {
            "path": video.path,
            "sha256": sha256_file(video.path),
            "frames": video.frames,
            "fps": video.spec.fps,
        },
        "track": {"name": run.track.name, "length": run.track.length},
        "action_space": asdict(run.space),
        "sync": {
            "method": sync.method,
            "note": sync.note,
            "mean_confidence": float(sync.confidence.mean()),
            "before_the_log": int((sync.rows == BEFORE).sum()),
            "read": float(np.isfinite(sync.shown).mean()),
        },
        "rewards": None
        if parts is None
        else {
            "parts": dict(zip(parts.names, parts.expressions, strict=True)),
            "normalization": parts.normalization,
            "problems": parts.problems,
        },
        "view": view,
    }  # fmt: skip
