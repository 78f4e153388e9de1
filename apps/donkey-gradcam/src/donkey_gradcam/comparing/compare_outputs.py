"""What a comparison leaves behind while it runs: the video, one row a frame, and the frames when asked."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import combinations
from typing import Any

import numpy as np
from rlviz_overlay import Size
from rlviz_video import H264Sink, ImageFolderSink, Timeline, VideoSpec, frame_rate

from donkey_gradcam.outputs import Paths
from donkey_gradcam.settings import OutputSettings
from donkey_gradcam.views import Explained, Frame

_FRAME = ("frame", "index", "session", "user_angle", "user_throttle", "held")
_PILOT = ("angle", "throttle", "score", "empty", "evidence_peak")


def columns(pilots: int, regions: Sequence[str]) -> tuple[str, ...]:
    """The timeline's columns; pilots are numbered from 1, as they were given."""
    own = [*_PILOT, *(f"share_{name}" for name in regions)]
    numbers = range(1, pilots + 1)
    return (
        *_FRAME,
        *(f"pilot_{number}_{name}" for number in numbers for name in own),
        *(f"agreement_{first}_{second}" for first, second in combinations(numbers, 2)),
    )


class CompareOutputs:
    """Writes a comparison; leaving the block finishes it, or leaves playable parts.

    Args:
        paths: where the outputs go.
        settings: what else is kept.
        size: of the video's frames.
        pilots: how many are compared.
        regions: names of the picture's parts whose shares stand in the timeline.

    Attributes:
        paths: where the outputs go.
        frames: in the video so far.

    Raises:
        OSError: an output exists or cannot be written.
    """

    def __init__(
        self, paths: Paths, settings: OutputSettings, size: Size, pilots: int, regions: Sequence[str]
    ) -> None:
        self.paths, self.frames = paths, 0
        force = settings.force
        spec = VideoSpec(size.width, size.height, frame_rate(settings.fps))
        with ExitStack() as opened:
            self._video = opened.enter_context(H264Sink(paths.video, spec, force=force))
            self._timeline = opened.enter_context(
                Timeline(paths.timeline, columns(pilots, regions), force=force)
            )
            self._pictures = (
                opened.enter_context(ImageFolderSink(paths.frames, spec, force=force))
                if settings.save_frames
                else None
            )
            self._stack = opened.pop_all()

    def __enter__(self) -> "CompareOutputs":
        return self

    def __exit__(self, *exc: Any) -> None:  # noqa: ANN401
        self._stack.__exit__(*exc)

    def write(
        self,
        frame: Frame,
        items: Sequence[Explained],
        shares: Sequence[Mapping[str, float | None]],
        agreements: Sequence[float | None],
    ) -> None:
        """One frame of the video, with its row of the timeline.

        Args:
            frame: the drawn frame.
            items: the frame as each pilot has it.
            shares: of each pilot, part of the picture -> share of the evidence in it.
            agreements: of the maps of each pair.
        """
        self._video.write(frame)
        if self._pictures:
            self._pictures.write(frame)
        view = items[0].view
        user = view.record.user
        values: list[object] = [
            self.frames, view.record.index, view.record.session, user.angle, user.throttle, view.held,
        ]  # fmt: skip
        for item, own in zip(items, shares, strict=True):
            peak = np.abs(item.heat).max()
            values += [item.pilot.angle, item.pilot.throttle, item.score, not peak, peak, *own.values()]
        row = dict(zip(self._timeline.columns, [*values, *agreements], strict=True))
        self._timeline.write({name: _short(value) for name, value in row.items()})
        self.frames += 1


def _short(value: object) -> object:
    """A number as precise as the network is; everything else as it is."""
    return np.float32(value) if isinstance(value, float) else value
