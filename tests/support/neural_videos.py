"""The shipped sample training, and what a call of nn-video-generator leaves behind."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nn_video_generator
import numpy as np
from numpy.typing import NDArray
from rlviz_video import read_timeline

BREAKOUT = "BreakoutNoFrameskip-v4"
CARTPOLE = "CartPole-v1"
SAMPLE = Path(nn_video_generator.__file__).parent / "sample" / "ppo" / f"{BREAKOUT}_1"
SHARED = Path(__file__).parents[2] / "../shared/agents"
CLIP = ("--clip-seconds", 1)
"""Of the videos that many tests make: 30 frames that show 15 steps."""


@dataclass(frozen=True)
class Made:
    """A video with what lies beside it."""

    video: Path

    @classmethod
    def of(cls, folder: Path, percent: str) -> "Made":
        return cls(folder / f"step_post_training_pct_{percent}_analytics.mp4")

    @property
    def manifest(self) -> dict[str, Any]:
        path = self.video.with_name(f"{self.video.stem}.manifest.json")
        return json.loads(path.read_text(encoding="utf-8"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The timeline's rows."""
        return [dict(row) for row in read_timeline(self.video.with_name(f"{self.video.stem}.timeline.csv"))]

    @property
    def frames(self) -> NDArray[np.uint8]:
        """Every frame, decoded: uint8 (N, H, W, 3), RGB."""
        import av

        with av.open(str(self.video)) as container:
            frames: list[Any] = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        return np.stack(frames)
