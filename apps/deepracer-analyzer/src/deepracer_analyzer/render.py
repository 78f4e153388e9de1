"""The loop: a replay in, a video out; decoding overlaps with drawing and encoding."""

import math
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from rlviz_overlay import Frame, one_thread
from rlviz_video import (
    H264Sink,
    MadeVideo,
    Timeline,
    VideoSpec,
    check_mp4,
    check_output,
    interrupts_deferred,
    manifest_path,
    prefetch,
    progress,
    write_manifest,
)

from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.manifest import describe_replay
from deepracer_analyzer.opening import Replay, Say
from deepracer_analyzer.settings import RenderSettings
from deepracer_analyzer.simulation.session import Session

FRAMES_AHEAD = 8

REPLAY = "replay.mp4"
"""What the video is called unless somebody says otherwise."""

LOGGED = ("episode", "steps", "episode_status", "progress", "speed", "throttle", "steer", "action", "reward")
"""Columns of the log that the timeline repeats."""


def render_video(session: Session, settings: RenderSettings, say: Say) -> MadeVideo:
    """Make the video of a replay, with timeline and manifest.

    Args:
        session: The replay, and how it looks.
        settings: Which pictures, and where it goes.
        say: Takes each line for the console.

    Raises:
        ValueError: A setting that does not fit, or a damaged video.
        OSError: An output exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first picture; later, what there is becomes the result.
    """
    video = output_path(session.replay.output_folder, settings)
    timeline, manifest = _timeline_path(video), manifest_path(video)
    numbers = _numbers(session.total_frame_count, settings)
    size, force = session.size, settings.force
    spec = VideoSpec(size.width, size.height, session.replay.frame_rate)
    rows = TimelineRows(session.replay)
    sink = H264Sink(video, spec, preset="superfast", crf=20, force=force)
    interrupted = False
    try:
        with (
            one_thread(),
            sink,
            Timeline(timeline, rows.columns, force=force) as table,
            closing(prefetch(_pictures(session, numbers), FRAMES_AHEAD)) as pictures,
        ):
            for number, picture in progress(pictures, len(numbers), "Rendering"):
                # A frame is whole or not there. And OpenCV 5's Python bindings crash when Ctrl-C comes while
                # they look for the overload that their arguments fit.
                with interrupts_deferred():
                    sink.write(session.draw(picture, number))
                    table.write(rows.row(session.moment(number)))
    except KeyboardInterrupt:
        if not sink.frames:
            raise
        interrupted = True
    content = describe_replay(session.replay, session.state.view)
    content |= {"command": sys.argv, "frames": sink.frames, "interrupted": interrupted, "output": settings}
    write_manifest(manifest, content, force=force)
    say(f"Video saved to: {video}")
    if interrupted:
        say(f"Interrupted: the video holds the first {sink.frames} pictures.")
    return MadeVideo(video, timeline, manifest, sink.frames, interrupted, _facts(session.replay, sink.frames))


def output_path(folder: Path, settings: RenderSettings) -> Path:
    """Where the video goes; refuses it while nothing has been read yet.

    Args:
        folder: Where it goes unless the settings say where.
        settings: What was asked for.

    Raises:
        ValueError: The name does not end in `.mp4`.
        OSError: One of the files exists and shall not be replaced, or the folder cannot be made.
    """
    video = settings.output or folder / REPLAY
    check_mp4(video)
    for path in (video, _timeline_path(video), manifest_path(video)):
        check_output(path, force=settings.force)
    return video


def _timeline_path(video: Path) -> Path:
    return video.with_suffix(".timeline.csv")


def _numbers(frames: int, settings: RenderSettings) -> range:
    if settings.start >= frames:
        msg = f"--start {settings.start}: there are {frames} pictures; give 0 to {frames - 1}"
        raise ValueError(msg)
    return range(settings.start, min(frames, settings.end or frames))


def _pictures(session: Session, numbers: range) -> Iterator[tuple[int, Frame | None]]:
    video = session.replay.video
    for number in numbers:
        yield number, None if video is None else video.frame(number)


class TimelineRows:
    """One row of the timeline a picture: what was logged, and how sure the row is.

    Args:
        replay: What is replayed.
    """

    def __init__(self, replay: Replay) -> None:
        frame, components = replay.run.log.frame, replay.components
        self._shown = replay.sync.shown
        self._columns = {name: frame[name].to_numpy() for name in LOGGED}
        if components is not None:
            parts = zip(components.names, components.values, strict=True)
            self._columns |= {f"part: {name}": values for name, values in parts}
            self._columns["final reward"] = components.total
        self.columns = ("frame", "row", "confidence", "speed_shown", *self._columns)

    def row(self, moment: Moment) -> dict[str, object]:
        """The row of one picture; empty cells where it shows no row of the log."""
        logged = {
            name: _cell(values[moment.row]) if moment.known else None
            for name, values in self._columns.items()
        }
        return logged | {
            "frame": moment.frame,
            "row": moment.row if moment.known else None,
            "confidence": round(moment.confidence, 3),
            "speed_shown": _cell(self._shown[moment.frame]),
        }


def _cell(value: object) -> object:
    """None for a number that is not known."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _facts(replay: Replay, frames: int) -> dict[str, str]:
    run = replay.run
    complete = sum(lap.complete for lap in run.laps)
    return {
        "model": run.name,
        "log": f"{len(run.log.frame):,} rows, {complete} whole laps",
        "track": f"{run.track.name}, {run.track.length:.1f} m",
        "pictures": str(frames),
        "in step by": replay.sync.note,
    }
