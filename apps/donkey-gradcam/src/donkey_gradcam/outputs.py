"""Everything a video leaves behind: the video, its timeline and manifest, frames and raw maps when asked."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import Size
from rlviz_video import (
    H264Sink,
    ImageFolderSink,
    Timeline,
    VideoSpec,
    check_output,
    frame_rate,
    manifest_path,
    whole_file,
)

from donkey_gradcam.drawing.canvas import Shown
from donkey_gradcam.settings import OutputSettings
from donkey_gradcam.views import Explained

COLUMNS = (
    "frame", "index", "session", "user_angle", "user_throttle", "pilot_angle", "pilot_throttle", "score",
    "evidence_for", "evidence_against", "heat_mean", "heat_peak", "cell_y", "cell_x", "held",
)  # fmt: skip


@dataclass(slots=True)
class Mean:
    """A mean that grows; `value` is 0 before the first number."""

    count: int = 0
    value: float = 0.0

    def add(self, number: float) -> None:
        """Take one more number in."""
        self.count += 1
        self.value += (number - self.value) / self.count


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the outputs of one video go."""

    video: Path
    timeline: Path
    manifest: Path
    frames: Path

    @classmethod
    def under(cls, folder: Path, name: str) -> "Paths":
        """`<name>.mp4` and what belongs to it, in one folder."""
        video = folder / f"{name}.mp4"
        timeline = folder / f"{name}.timeline.csv"
        return cls(video, timeline, manifest_path(video), folder / f"{name}_frames")

    def check(self, settings: OutputSettings) -> None:
        """Refuse outputs that exist before any work is done.

        Raises:
            OSError: one exists, or its folder cannot be made.
        """
        files = [self.video, self.timeline, self.manifest]
        for path in [*files, settings.save_maps] if settings.save_maps else files:
            check_output(path, force=settings.force)


class Outputs:
    """Writes a video with everything beside it; leaving the block finishes it, or leaves playable parts.

    Args:
        paths: where the outputs go.
        settings: what else is kept.
        size: of the video's frames.
        regions: names of the picture's parts whose shares stand in the timeline.

    Raises:
        OSError: an output exists or cannot be written.
    """

    def __init__(self, paths: Paths, settings: OutputSettings, size: Size, regions: tuple[str, ...]) -> None:
        self.paths, self._settings = paths, settings
        self.frames = 0
        self._errors, self._excluded, self.empty = Mean(), Mean(), 0
        self._maps: list[tuple[int, float, NDArray[np.float32]]] = []
        force = settings.force
        spec = VideoSpec(size.width, size.height, frame_rate(settings.fps))
        columns = [*COLUMNS, *(f"share_{name}" for name in regions)]
        with ExitStack() as opened:
            self._video = opened.enter_context(H264Sink(paths.video, spec, force=force))
            self._timeline = opened.enter_context(Timeline(paths.timeline, columns, force=force))
            self._pictures = (
                opened.enter_context(ImageFolderSink(paths.frames, spec, force=force))
                if settings.save_frames
                else None
            )
            self._stack = opened.pop_all()

    def __enter__(self) -> "Outputs":
        return self

    def __exit__(self, *exc: Any) -> None:  # noqa: ANN401
        self._stack.__exit__(*exc)

    def write(
        self, item: Explained, shown: Shown, evidence: NDArray[np.float32], shares: Mapping[str, float | None]
    ) -> None:
        """One frame of the video, with its row of the timeline.

        Args:
            item: what is shown.
            shown: how it was drawn.
            evidence: of the map, what is shown: float32 (h, w) or (steps, h, w).
            shares: part of the picture -> share of the evidence in it.
        """
        self._video.write(shown.frame)
        if self._pictures:
            self._pictures.write(shown.frame)
        if self._settings.save_maps:
            self._maps.append((item.view.record.index, item.score, item.map))
        self._count(item, shares)
        record, newest = item.view.record, evidence.reshape(-1, *evidence.shape[-2:])[-1]
        strongest = np.unravel_index(int(np.abs(newest).argmax()), newest.shape)
        values = (
            self.frames, record.index, record.session, record.user.angle, record.user.throttle,
            item.pilot.angle, item.pilot.throttle, item.score,
            np.maximum(item.map, 0).sum(), np.maximum(-item.map, 0).sum(),
            np.float32(shown.heat_mean), np.float32(shown.heat_peak), *strongest, item.view.held,
            *shares.values(),
        )  # fmt: skip
        self._timeline.write(dict(zip(self._timeline.columns, values, strict=True)))
        self.frames += 1

    def _count(self, item: Explained, shares: Mapping[str, float | None]) -> None:
        user, pilot = item.view.record.user.angle, item.pilot.angle
        if user is not None and pilot is not None:
            self._errors.add(abs(user - pilot))
        excluded = shares.get("excluded")
        if excluded is not None:
            self._excluded.add(excluded)
        self.empty += not np.any(item.heat)

    def summary(self) -> Iterator[str]:
        """What the whole drive comes to, a line each."""
        errors, excluded = self._errors, self._excluded
        if errors.count:
            yield f"Steering: {errors.value:.3f} from the person's on average ({errors.count} frames)"
        if self.empty:
            yield f"No evidence of the chosen sign in {self.empty} of {self.frames} frames"
        if excluded.count:
            yield (
                f"Excluded regions: {excluded.value:.0%} of the evidence lay there on average; "
                "hidden is not the same as not looked at"
            )

    def save_maps(self, layer: str, target: str) -> None:
        """Write the raw maps, where asked: `index`, `score`, `maps` (N, h, w), `layer`, `target`."""
        path = self._settings.save_maps
        if path is None or not self._maps:
            return
        index, score, maps = zip(*self._maps, strict=True)
        scores = np.array(score, np.float32)
        with whole_file(path) as part, part.open("wb") as file:
            np.savez_compressed(
                file, index=index, score=scores, maps=np.stack(maps), layer=layer, target=target
            )
