"""From what a person names to what is replayed: log, laps, actions, track, video, rows and reward parts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from rlviz_overlay import Size
from rlviz_video import SeekableVideo

from deepracer_analyzer.logs.actions import check_action_space, find_action_space, with_commands
from deepracer_analyzer.logs.archives import is_archive
from deepracer_analyzer.logs.classifying import model_folder
from deepracer_analyzer.logs.laps import find_laps, timing_note
from deepracer_analyzer.logs.layouts import (
    Found,
    LogFile,
    check_model,
    choose_log,
    choose_video,
    find,
    read_member,
)
from deepracer_analyzer.logs.members import read_file
from deepracer_analyzer.logs.reading import parse_log
from deepracer_analyzer.logs.tracks import find_track
from deepracer_analyzer.rewards import components as reward_components
from deepracer_analyzer.rewards import reward_function
from deepracer_analyzer.settings import RewardSettings, SourceSettings, SyncSettings
from deepracer_analyzer.sync.cache import open_sync, write_with_speed
from deepracer_analyzer.sync.matching import frame_is_row
from deepracer_analyzer.views import ActionSpace, Components, Lap, Log, Sync, Track

Say = Callable[[str], None]
"""Takes a line for the console."""

STEP_RATE = Fraction(15)
"""Steps a second of the simulator, and frames a second of its videos."""

OUTPUT_FOLDER = Path("deepracer_analysis")


@dataclass(frozen=True, slots=True)
class Run:
    """A log with what belongs to it.

    Attributes:
        name: Of the model: its folder's or archive's name.
        found: What lies in the folder or archive.
        file: The log's place in it.
        data: The log file's own bytes.
        log: Its rows.
        laps: Its episodes.
        space: What the model could choose from.
        track: Where it drove.
    """

    name: str
    found: Found
    file: LogFile
    data: bytes
    log: Log
    laps: tuple[Lap, ...]
    space: ActionSpace
    track: Track


@dataclass(frozen=True, slots=True)
class Replay:
    """A run with its video, in step.

    Attributes:
        run: The log with what belongs to it.
        video: Its video; None where there is none.
        sync: Which row each picture shows; without a video each row is a picture.
        components: The reward's parts; None where none were asked for.
        recording_folder: Where recordings go: the model's folder.
        output_folder: Where everything else goes.
    """

    run: Run
    video: SeekableVideo | None
    sync: Sync
    components: Components | None
    recording_folder: Path
    output_folder: Path

    @property
    def frame_rate(self) -> Fraction:
        """Frames a second: the video's own."""
        return self.video.spec.fps if self.video else STEP_RATE

    @property
    def video_size(self) -> Size | None:
        """Of the video's pictures; None without a video."""
        return Size(self.video.spec.width, self.video.spec.height) if self.video else None

    @property
    def title(self) -> str:
        """What it is called in a window."""
        return f"{self.run.name}: {self.video.path.name if self.video else self.run.file.name}"


def model_name(model: Path) -> str:
    """What a model is called: its folder's or archive's name without endings, or a log's that lies alone.

    Raises:
        FileNotFoundError: It is not there.
    """
    check_model(model)
    if model.is_dir():
        return model.resolve().name
    if is_archive(model):
        return model.name.partition(".")[0]
    folder, certain = model_folder(model.absolute())
    return folder.name if certain else model.stem


def recording_folder(model: Path) -> Path:
    """Where recordings go: the model's folder, or the one that its archive lies in."""
    if model.is_dir():
        return model
    return model.parent if is_archive(model) else model_folder(model.absolute())[0]


def output_folder(model: Path, given: Path | None) -> Path:
    """Where what is made of a model goes, unless the user says where."""
    return given or OUTPUT_FOLDER / model_name(model)


def open_run(source: SourceSettings, say: Say) -> Run:
    """Find and read a log with its laps, action space and track; says what it took.

    Raises:
        ValueError: None or several fit, or one is not what it should be.
        OSError: One cannot be read.
    """
    found = find(source.model)
    file = choose_log(found, source.log)
    data = read_member(file)
    log = parse_log(data, file.name)
    space = _open_actions(source, found, file, log)
    log = with_commands(log, space)
    metrics = found.metrics_for(file)
    times = None if metrics is None else read_member(metrics)
    laps = find_laps(log, times)
    track, how = find_track(log, source.tracks)
    say(f"Log: {file.name} (schema {log.schema}, {len(log.frame):,} rows, {len(laps)} episodes)")
    for problem in (*found.problems, *log.problems):
        say(f"Log: {problem}")
    say(f"Lap times: {timing_note(laps, times)}")
    for line in check_action_space(log, space):
        say(f"Action space: {line}")
    say(f"Track: {how}")
    return Run(model_name(source.model), found, file, data, log, laps, space, track)


def _open_actions(source: SourceSettings, found: Found, file: LogFile, log: Log) -> ActionSpace:
    if source.metadata is not None:
        return find_action_space(log, read_file(source.metadata))
    metadata = found.metadata_for(file)
    return find_action_space(log, None if metadata is None else read_member(metadata))


def open_replay(source: SourceSettings, matching: SyncSettings, rewards: RewardSettings, say: Say) -> Replay:
    """Open a run with its video, the rows its pictures show and the reward's parts.

    Raises:
        ValueError: An input is not what it should be.
        OSError: An input cannot be read, or the rows cannot be kept.
    """
    run = open_run(source, say)
    components = open_components(run, rewards, say)
    path = choose_video(run.found, run.file, source.video)
    if path is None:
        say("Video: none; the log is shown alone")
    video = None if path is None else open_video(path, say)
    folder = output_folder(source.model, matching.folder)
    sync = match(run, video, matching, folder, say)
    return Replay(run, video, sync, components, recording_folder(source.model), folder)


def open_video(path: Path, say: Say) -> SeekableVideo:
    """Open a video; says which, and what is wrong with it.

    Raises:
        ValueError: It is not a video that can be read.
        OSError: It cannot be opened.
    """
    video = SeekableVideo(path)
    say(f"Video: {path}")
    if video.problem:
        say(f"Video: {video.problem}")
    return video


def match(run: Run, video: SeekableVideo | None, settings: SyncSettings, folder: Path, say: Say) -> Sync:
    """Which row each picture shows; the speed is added to a copy of the log on the way.

    Without a video each row is a picture.
    """
    if video is None:
        rows = frame_is_row(run.log, len(run.log.frame))
        return replace(rows, confidence=np.ones(len(rows.rows)), note="no video: each picture is a row")
    if not settings.sync:
        return frame_is_row(run.log, video.frames)
    sync = open_sync(
        run.log, run.laps, video.path, folder, again=settings.again, say=say, check_ocr=settings.check_ocr
    )
    say(f"Sync: {sync.note}")
    copy = folder / f"{Path(run.file.name).stem}.with_speed.csv"
    if write_with_speed(run.log, run.data, copy):
        say(f"Log with speed: {copy}")
    return sync


def open_components(run: Run, settings: RewardSettings, say: Say) -> Components | None:
    """The reward's parts that were asked for, over the whole log; None where none were.

    Raises:
        ValueError: Both expressions and a reward function were given, or one cannot be computed.
    """
    if settings.reward_function is not None:
        if settings.components:
            msg = "--rewards and --reward-function were given; choose one"
            raise ValueError(msg)
        components = reward_function.compute(settings.reward_function, run.log, run.track, run.space)
        say(f"Reward: {reward_function.agreement(components, run.log)}")
    elif settings.components:
        components = reward_components.compute(run.log.frame, settings.components, settings.normalization)
    else:
        return None
    for problem in components.problems:
        say(f"Reward: {problem}")
    return components
