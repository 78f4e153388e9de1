"""Everything a run leaves behind: both videos, timeline, manifest, frames, recording and trace."""

import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from rlviz_agents import RecordingWriter, Run, RunDigest, Step, TraceWriter, trace_step
from rlviz_video import (
    H264Sink,
    ImageFolderSink,
    MoviePySink,
    Timeline,
    VideoSpec,
    check_output,
    write_manifest,
)

from breakout_gradcam.canvas import CANVAS, Shown
from breakout_gradcam.explain import Explained, Explainer
from breakout_gradcam.manifest import describe_run
from breakout_gradcam.settings import MapSettings, OutputSettings

Say = Callable[[str], None]
"""Takes each line for the console."""

COLUMNS = (
    "frame", "step", "episode", "action", "action_name", "chosen",
    "reward", "unclipped_reward", "score", "lives", "done", "value", "target_score",
    "evidence_for", "evidence_against", "heat_peak", "cell_y", "cell_x",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the outputs of one run go; the folders and names of the original tool."""

    original: Path
    gradcam: Path
    timeline: Path
    manifest: Path
    frames: Path

    @classmethod
    def under(cls, folder: Path, name_prefix: str, n_timesteps: int) -> "Paths":
        """`original/` has the name that `rl_zoo3.record_video` gives, `gradcam/` everything made here."""
        stem = folder / "gradcam" / f"{name_prefix}_gradcam"
        return cls(
            original=folder / "original" / f"{name_prefix}-step-0-to-step-{n_timesteps}.mp4",
            gradcam=stem.with_name(f"{stem.name}.mp4"),
            timeline=stem.with_name(f"{stem.name}.timeline.csv"),
            manifest=stem.with_name(f"{stem.name}.manifest.json"),
            frames=folder / "gradcam" / "frames",
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording made.

    Attributes:
        paths: the outputs.
        steps: frames of the Grad-CAM video.
        total_reward: sum of the rewards as the environment gives them (Atari: clipped).
        game_score: sum of the unclipped rewards.
        digest: SHA-256 of the run.
        interrupted: whether Ctrl-C ended it before its time.
    """

    paths: Paths
    steps: int
    total_reward: float
    game_score: float
    digest: str
    interrupted: bool


class Outputs:
    """Everything a run writes; leaving the block finishes it, or leaves playable parts after an error.

    Args:
        run: the run.
        paths: where its outputs go.
        settings: what else is kept.

    Raises:
        OSError: an output exists or cannot be written; nothing has been played yet.
    """

    def __init__(self, run: Run, paths: Paths, settings: OutputSettings) -> None:
        self.run, self.paths, self._settings = run, paths, settings
        self._digest = RunDigest()
        self.steps, self.total_reward, self.game_score = 0, 0.0, 0.0
        force, fps = settings.force, float(run.header["fps"])
        check_output(paths.manifest, force=force)
        with ExitStack() as opened:
            self._original = opened.enter_context(MoviePySink(paths.original, fps, force=force))
            spec = VideoSpec(CANVAS.width, CANVAS.height, Fraction(fps).limit_denominator(1001))
            self._video = opened.enter_context(H264Sink(paths.gradcam, spec, force=force))
            columns = [*COLUMNS, *(f"value_{name}" for name in run.actions)]
            self._timeline = opened.enter_context(Timeline(paths.timeline, columns, force=force))
            self._frames = (
                opened.enter_context(ImageFolderSink(paths.frames, spec, force=force))
                if settings.save_frames
                else None
            )
            self._recording = (
                opened.enter_context(RecordingWriter(settings.save_recording, run.header, force=force))
                if settings.save_recording
                else None
            )
            self._trace = opened.enter_context(TraceWriter(settings.trace)) if settings.trace else None
            self._stack = opened.pop_all()

    def __enter__(self) -> "Outputs":
        return self

    def __exit__(self, *exc: Any) -> None:  # noqa: ANN401
        self._stack.__exit__(*exc)

    def keep(self) -> Generator[Step]:
        """Pass the run's steps through, keeping each: original video, recording, trace, digest."""
        try:
            for step in self.run:
                if self._trace:
                    self._trace.write(trace_step(step, live=self.run.live))
                self._original.write(step.frame)
                if self._recording:
                    self._recording.write(step)
                self._digest.update(step)
                yield step
        except GeneratorExit:  # stopped early: what was played so far is a whole run, only shorter
            self._keep_end()
            raise
        self._keep_end()

    def _keep_end(self) -> None:
        """The video of n steps has n + 1 frames."""
        frame = self.run.final_frame
        if frame is not None:
            self._original.write(frame)
            if self._recording:
                self._recording.finish(self.run.steps.final)

    def write(self, item: Explained, shown: Shown) -> None:
        """One frame of the Grad-CAM video, with its row of the timeline."""
        step = item.step
        self._video.write(shown.frame)
        if self._frames:
            self._frames.write(shown.frame)
        strongest = np.unravel_index(int(np.abs(item.map).argmax()), item.map.shape)
        values = (
            self.steps, step.index, shown.episode, step.action, self.run.actions[step.action], step.chosen,
            step.reward, step.unclipped_reward, step.score, step.lives, step.done, np.float32(item.value),
            np.float32(item.target_score), np.maximum(item.map, 0).sum(), np.maximum(-item.map, 0).sum(),
            np.float32(shown.heat_peak), *strongest, *item.action_values,
        )  # fmt: skip
        self._timeline.write(dict(zip(self._timeline.columns, values, strict=True)))
        self.steps += 1
        self.total_reward += step.reward
        self.game_score += step.unclipped_reward

    def finish(self, explainer: Explainer, maps: MapSettings, say: Say, *, interrupted: bool) -> Recorded:
        """Write the manifest and say what was made."""
        digest = self._digest.hexdigest()
        content = describe_run(self.run.header, explainer, maps, frames=self.steps, digest=digest)
        content |= {"command": sys.argv, "interrupted": interrupted}
        write_manifest(self.paths.manifest, content, force=self._settings.force)
        say(f"Grad-CAM video saved to: {self.paths.gradcam}")
        if interrupted:
            asked = self.run.n_timesteps
            say(f"Interrupted: the videos hold what was recorded, {self.steps} of {asked} steps.")
        else:
            say("Recording completed!")
        say(f"Total reward: {self.total_reward:.1f}")
        if self.game_score != self.total_reward:
            say(f"Total game score: {self.game_score:.1f}")
        say(f"Original video folder: {self.paths.original.parent}")
        say(f"Grad-CAM video folder: {self.paths.gradcam.parent}")
        return Recorded(self.paths, self.steps, self.total_reward, self.game_score, digest, interrupted)
