"""What a video leaves behind: the MP4, a row for each frame, the manifest, a poster."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np
from rlviz_overlay import Frame, encode_png
from rlviz_video import (
    Chapter,
    H264Sink,
    MadeVideo,
    Timeline,
    VideoSpec,
    check_output,
    sha256_file,
    whole_file,
    write_manifest,
)

from nn_video_generator.clip import Picture
from nn_video_generator.made_with import TOOL
from nn_video_generator.names import Paths
from nn_video_generator.settings import VideoSettings

PRESET = "veryfast"
CRF = 23

COLUMNS = (
    "frame", "chapter", "step", "episode", "score", "lives", "action", "action_name", "chosen", "reward",
    "unclipped_reward", "done", "value", "followed", "entropy",
)  # fmt: skip
"""Of every timeline, before a `value_<action>` for each action."""


class Outputs:
    """Everything one video writes; leaving the block finishes it, or leaves a playable part after an error.

    Attributes:
        paths: where it goes.
        frames: written so far.

    Args:
        paths: where it goes.
        video: size and rate.
        frames: that the video will have.
        actions: names of the actions.
        chapters: of the video.
        force: whether existing files are replaced.

    Raises:
        OSError: an output exists or cannot be written.
    """

    def __init__(
        self,
        paths: Paths,
        video: VideoSettings,
        frames: int,
        actions: Sequence[str],
        *,
        chapters: Sequence[Chapter] = (),
        force: bool = False,
    ) -> None:
        self.paths, self.frames = paths, 0
        self._actions = tuple(actions)
        self._force = force
        self._poster_at = frames // 2
        for path in (paths.manifest, paths.poster):
            check_output(path, force=force)
        with ExitStack() as opened:
            spec = VideoSpec(*video.size, video.fps)
            sink = H264Sink(paths.video, spec, preset=PRESET, crf=CRF, chapters=chapters, force=force)
            self._video = opened.enter_context(sink)
            columns = [*COLUMNS, *(f"value_{name}" for name in self._actions)]
            self._timeline = opened.enter_context(Timeline(paths.timeline, columns, force=force))
            self._stack = opened.pop_all()

    def __enter__(self) -> "Outputs":
        return self

    def __exit__(self, *exc: Any) -> None:  # noqa: ANN401
        self._stack.__exit__(*exc)

    def write(self, picture: Picture, chapter: str) -> None:
        """Add one frame of the game, with its row."""
        moment, step = picture.moment, picture.moment.step
        values = (
            self.frames, chapter, step.index, moment.episode, step.score, step.lives,
            step.action, self._actions[step.action], step.chosen, step.reward, step.unclipped_reward,
            step.done, np.float32(moment.value), moment.followed, moment.entropy, *moment.action_values,
        )  # fmt: skip
        self._timeline.write(dict(zip(self._timeline.columns, values, strict=True)))
        self._add(picture.frame)

    def write_card(self, card: Frame, chapter: str) -> None:
        """Add one frame without a game; its row is empty but for the frame and the chapter."""
        row = dict.fromkeys(self._timeline.columns) | {"frame": self.frames, "chapter": chapter}
        self._timeline.write(row)
        self._add(card)

    def _add(self, frame: Frame) -> None:
        self._video.write(frame)
        if self.frames in {0, self._poster_at}:
            with whole_file(self.paths.poster) as part:
                part.write_bytes(encode_png(frame))
        self.frames += 1

    def finish(self, content: Mapping[str, Any], facts: Mapping[str, str], *, interrupted: bool) -> MadeVideo:
        """Write the manifest, once the block is left.

        Args:
            content: what the manifest says beside what every one says.
            facts: what a page may say of the video.
            interrupted: whether Ctrl-C ended it before its time.
        """
        manifest = {
            "tool": TOOL,
            "command": sys.argv,
            "frames": self.frames,
            "interrupted": interrupted,
            "video": self.paths.video.name,
            "video_sha256": sha256_file(self.paths.video),
            "encoder": {"codec": "libx264", "preset": PRESET, "crf": CRF},
            "facts": dict(facts),
        }
        write_manifest(self.paths.manifest, manifest | dict(content), force=self._force)
        paths = self.paths
        return MadeVideo(paths.video, paths.timeline, paths.manifest, self.frames, interrupted, dict(facts))
