"""What a file is by its name, its folders and its first bytes: log, metrics, video or settings."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from deepracer_analyzer.logs.found import DataFile, LogFile, MetricsFile
from deepracer_analyzer.logs.listing import OUR_FOLDER, Item
from deepracer_analyzer.logs.runs import kind_of, run_of_folders, run_of_name
from deepracer_analyzer.logs.schema import is_header
from deepracer_analyzer.logs.sim_trace import TAG

_ITERATION = re.compile(r"(\d+)-iteration\b.*\.csv", re.IGNORECASE)
_SIMULATOR_LOG = re.compile(r"(?!.*sagemaker).*\.log(\.\d+)?", re.IGNORECASE)
_NAMED_LOG = re.compile(r".*(robomaker|simulation)", re.IGNORECASE)
_WORKER = re.compile(r".*metrics_(\d+)\.json", re.IGNORECASE)

_SEARCHED = 4 << 20
"""Bytes of a simulator log in which its first row must stand."""

_UP = 6
_ANCHORS = {"sim-trace", "evaluation_job_logs", "evaluation-simtrace", "training-simtrace"}
_RUN_FOLDER = re.compile(r"\d+|(evaluation|training)-\d+")


def log_file(path: Path) -> LogFile:
    """A log by its path alone."""
    root, _ = model_folder(path.absolute())
    return named_log(path, root)


def model_folder(log: Path) -> tuple[Path, bool]:
    """The folder of a log's model, and whether the folders that the log lies in tell so."""
    above = list(log.parents)[:_UP]
    anchors = [place for place in above if place.name in _ANCHORS or _is_logs(place, log)]
    if not anchors:
        return log.parent, False
    root = anchors[-1].parent
    while _RUN_FOLDER.fullmatch(root.name):
        root = root.parent
    return root, True


def _is_logs(folder: Path, log: Path) -> bool:
    """Whether a folder is the `logs` of a model, as the console makes it."""
    below = log.relative_to(folder).parts
    return folder.name == "logs" and len(below) > 1 and below[0] in {"evaluation", "training", "leaderboard"}


def named_log(log: Path, root: Path) -> LogFile:
    """A log that was named itself, in the folder of its model."""
    path = log.absolute()
    item = Item(path.relative_to(root).parts, log)
    return replace(as_log(item, is_csv=not _SIMULATOR_LOG.fullmatch(path.name)), name=str(log))


def is_table(item: Item) -> bool:
    """Whether a file is a simulation trace in CSV: by its name or by its header."""
    name = item.parts[-1]
    if not name.lower().endswith(".csv") or name.startswith(OUR_FOLDER):
        return False
    first = item.head.replace(b"\0", b"").decode("utf-8-sig", errors="replace").lstrip().split("\n", 1)[0]
    return bool(_ITERATION.fullmatch(name)) or is_header(first)


def is_simulator_log(item: Item) -> bool:
    """Whether a file is a simulator log: by its name inside an archive, else by what stands in it."""
    name = item.parts[-1]
    if not _SIMULATOR_LOG.fullmatch(name):
        return False
    if item.member is not None:
        return bool(_NAMED_LOG.match(name))
    try:
        with item.path.open("rb") as file:
            return TAG.encode() in file.read(_SEARCHED)
    except OSError:
        return bool(_NAMED_LOG.match(name))  # whoever opens it will be told


def is_video(item: Item) -> bool:
    """Whether a file is a finished video that this tool did not record."""
    name = item.parts[-1].lower()
    return name.endswith(".mp4") and not name.startswith(OUR_FOLDER) and not name.endswith(".part.mp4")


def is_metrics(item: Item) -> bool:
    """Whether a file is the metrics of a run."""
    name = item.parts[-1].lower()
    named = "metrics" in name or "metrics" in item.parts[:-1] or name in {"evaluation.json", "training.json"}
    return name.endswith(".json") and named


def is_reward_function(item: Item) -> bool:
    """Whether a file is a reward function."""
    name = item.parts[-1]
    return name.startswith("reward_function") and name.endswith(".py")


def data_file(item: Item) -> DataFile:
    """A file that was listed."""
    return DataFile(item.name, item.parts, item.path, item.member)


def as_log(item: Item, *, is_csv: bool) -> LogFile:
    """A log that was listed, with what its name and folders tell of its run."""
    *folders, name = item.parts
    iteration = _ITERATION.match(name)
    return LogFile(
        name=item.name,
        parts=item.parts,
        path=item.path,
        member=item.member,
        kind=kind_of(item.parts),
        worker=_worker(folders),
        iteration=int(iteration[1]) if iteration else None,
        run=run_of_folders(folders) if is_csv else run_of_name(name),
    )


def _worker(folders: Sequence[str]) -> int:
    """The number of the folder above `training-simtrace`, where there is one."""
    above = [one for one, below in pairwise(folders) if below == "training-simtrace"]
    return int(above[0]) if above and above[0].isascii() and above[0].isdecimal() else 0


def as_metrics(item: Item) -> MetricsFile:
    """Metrics that were listed, with what their name and folders tell of their run."""
    name = item.parts[-1]
    worker = _WORKER.fullmatch(name)
    return MetricsFile(
        name=item.name,
        parts=item.parts,
        path=item.path,
        member=item.member,
        kind=kind_of(item.parts),
        worker=int(worker[1]) if worker else 0,
        run=run_of_name(name),
    )
