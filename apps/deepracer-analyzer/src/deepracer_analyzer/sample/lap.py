"""The sample's folder, as DeepRacer for Cloud leaves a model's: log, metrics, track and video."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rlviz_video import H264Sink, VideoSpec, check_output, frame_rate, progress, whole_file

from deepracer_analyzer.sample.camera import SIZE
from deepracer_analyzer.sample.driving import RATE, Step, drive_laps
from deepracer_analyzer.sample.filming import film, picture_rows
from deepracer_analyzer.sample.policy import ACTIONS
from deepracer_analyzer.sample.trace import ABOUT, log_text, metadata_text, metrics_text, truth_text
from deepracer_analyzer.sample.track import NAME, make_track, track_array
from deepracer_analyzer.views import Track

SAMPLE = "Sample: two laps that this program drives itself, on a track of its own; nobody's car."
"""What is said of it wherever it is shown."""

_DATE = "20260101000000"
_PRESET, _CRF = "veryfast", 21


@dataclass(frozen=True, slots=True)
class SampleFiles:
    """Where the sample's files lie.

    Attributes:
        about: What the folder is.
        log: The simulation trace.
        metrics: The laps' times.
        metadata: The action space.
        track: The track's array.
        video: The evaluation's video.
        truth: Which row of the log each picture of it shows.
    """

    about: Path
    log: Path
    metrics: Path
    metadata: Path
    track: Path
    video: Path
    truth: Path

    @classmethod
    def under(cls, folder: Path) -> "SampleFiles":
        """The files of one folder."""
        return cls(
            folder / "README.txt",
            folder / f"evaluation-{_DATE}" / "evaluation-simtrace" / "0-iteration.csv",
            folder / "metrics" / f"EvaluationMetrics-{_DATE}.json",
            folder / "model" / "model_metadata.json",
            folder / "tracks" / f"{NAME}.npy",
            folder / "mp4" / "camera-pip" / "0-video.mp4",
            folder / "mp4" / "camera-pip" / "video_truth.csv",
        )

    def check(self, *, force: bool) -> None:
        """Refuse files that exist before any work is done.

        Raises:
            OSError: One exists (without force), or its folder cannot be made.
        """
        for path in (
            self.about, self.log, self.metrics, self.metadata, self.track, self.video, self.truth,
        ):  # fmt: skip
            check_output(path, force=force)


def write_sample(folder: Path, frames: int, *, force: bool, say: Callable[[str], None]) -> Path:
    """Drive the sample's laps and write them as a model folder; the same call gives the same bytes.

    Args:
        folder: Where; it is made when it is not there.
        frames: How many pictures the video has at most; all of the drive are 488. The log is always whole.
        force: Overwrite the sample's files where they exist.
        say: Takes each line for the console.

    Returns:
        The folder.

    Raises:
        ValueError: `frames` is below 1.
        OSError: A file exists (without force) or cannot be written.
    """
    if frames < 1:
        msg = f"{frames} frames: there is nothing to show; give 1 or more"
        raise ValueError(msg)
    files = SampleFiles.under(folder)
    files.check(force=force)
    say(SAMPLE)
    track = make_track()
    steps = drive_laps(track)
    array = io.BytesIO()
    np.save(array, track_array(track), allow_pickle=False)
    _write(files.about, ABOUT.encode())
    _write(files.log, log_text(steps).encode())
    _write(files.metrics, metrics_text(steps).encode())
    _write(files.metadata, metadata_text(ACTIONS).encode())
    _write(files.track, array.getvalue())
    _write_video(files, track, steps, frames, force=force)
    return folder


def _write_video(
    files: SampleFiles, track: Track, steps: tuple[Step, ...], frames: int, *, force: bool
) -> None:
    """The video and its truth, which after Ctrl-C is that of the pictures there are."""
    rows = picture_rows(steps)[:frames]
    spec = VideoSpec(SIZE.width, SIZE.height, frame_rate(RATE))
    sink = H264Sink(files.video, spec, preset=_PRESET, crf=_CRF, force=force)
    try:
        with sink:
            for frame in progress(film(track, steps, rows), len(rows), "Painting the laps"):
                sink.write(frame)
    finally:
        _write(files.truth, truth_text(rows[: sink.frames]).encode())


def _write(path: Path, data: bytes) -> None:
    with whole_file(path) as part:
        part.write_bytes(data)
