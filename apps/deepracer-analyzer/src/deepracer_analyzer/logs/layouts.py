"""Finding a model's files in every layout that consoles and DeepRacer-for-Cloud have made."""

from dataclasses import replace
from pathlib import Path

from deepracer_analyzer.logs.archives import is_archive
from deepracer_analyzer.logs.choosing import choose_log, choose_video
from deepracer_analyzer.logs.classifying import (
    as_log,
    as_metrics,
    data_file,
    is_metrics,
    is_reward_function,
    is_simulator_log,
    is_table,
    is_video,
    model_folder,
    named_log,
)
from deepracer_analyzer.logs.found import DataFile, Found, LogFile, MetricsFile
from deepracer_analyzer.logs.listing import Listing, list_folder, list_members
from deepracer_analyzer.logs.members import read_member
from deepracer_analyzer.logs.metadata import NAME

__all__ = [
    "DataFile",
    "Found",
    "LogFile",
    "MetricsFile",
    "check_model",
    "choose_log",
    "choose_video",
    "find",
    "read_member",
]

_WITH_SPEED = ".with_speed.csv"
_ORDER = ("evaluation", "other", "training")


def check_model(model: Path) -> None:
    """Refuse a model that is not there.

    Raises:
        FileNotFoundError: It is neither a folder nor a file.
    """
    if not model.exists():
        msg = f"{model}: there is no such folder, archive or log"
        raise FileNotFoundError(msg)


def find(model: Path) -> Found:
    """Find a model's logs, videos, metrics and settings.

    Args:
        model: Its folder (console download, DeepRacer-for-Cloud, DeepRacer on AWS), an archive of it (tar,
            tar.gz, zip), which is not unpacked, or a log; then what belongs to it is looked for around it.

    Raises:
        ValueError: The archive is damaged.
        OSError: It does not exist or cannot be read.
    """
    check_model(model)
    if model.is_dir():
        return _sort(model, list_folder(model))
    return _sort(model, list_members(model)) if is_archive(model) else _find_around(model)


def _find_around(log: Path) -> Found:
    """What belongs to a log that was named itself."""
    root, certain = model_folder(log.absolute())
    found = _sort(log, list_folder(root, deep=certain))
    return replace(found, logs=(named_log(log, root),))


def _sort(model: Path, listing: Listing) -> Found:
    """Tell what each file is."""
    items = listing.items
    tables = [as_log(item, is_csv=True) for item in items if is_table(item)]
    originals = [log for log in tables if not log.name.endswith(_WITH_SPEED)]
    tables = originals or tables
    others = [as_log(item, is_csv=False) for item in items if is_simulator_log(item)]
    logs = [*tables, *(log for log in others if not any(_same_run(log, table) for table in tables))]
    videos = [item for item in items if is_video(item)]
    packed = [item.name for item in videos if item.member is not None]
    problems = [f"{name}: a video inside an archive cannot be shown; unpack it" for name in packed]
    return Found(
        model,
        logs=tuple(sorted(logs, key=_rank)),
        videos=tuple(data_file(item) for item in videos if item.member is None),
        metrics=tuple(as_metrics(item) for item in items if is_metrics(item)),
        metadatas=tuple(data_file(item) for item in items if item.parts[-1] == NAME),
        reward_functions=tuple(data_file(item) for item in items if is_reward_function(item)),
        names=tuple("/".join(item.parts) for item in items),
        problems=(*listing.problems, *problems),
    )


def _rank(log: LogFile) -> tuple[int, str, int, int, str]:
    iteration = -1 if log.iteration is None else log.iteration
    return _ORDER.index(log.kind), log.run.stamp, log.worker, iteration, log.name


def _same_run(one: LogFile, other: LogFile) -> bool:
    """Whether a simulator log and a CSV can be of one run."""
    if "other" in {one.kind, other.kind}:
        return True
    return one.kind == other.kind and not (one.run.stamp and one.run.differs(other.run))
