"""Which of the logs and videos that were found is meant."""

from collections.abc import Sequence
from pathlib import Path

from deepracer_analyzer.logs.archives import is_archive
from deepracer_analyzer.logs.classifying import log_file
from deepracer_analyzer.logs.found import DataFile, Found, LogFile
from deepracer_analyzer.logs.runs import run_of_name

LISTED = 12
"""So many are listed in a message, and the rest counted."""

LOOKED_FOR = (
    "<number>-iteration.csv (in sim-trace, evaluation-simtrace, ...), "
    "CSVs that start with 'episode,steps,X,Y,...', and *.log with SIM_TRACE_LOG lines"
)


def choose_log(found: Found, wanted: str | None) -> LogFile:
    """The log that is meant.

    Args:
        found: What there is.
        wanted: Its number in the list of those found, its name or the end of it, the name of a folder that
            no other log lies in, or its path; None: the only evaluation, or the only log.

    Raises:
        ValueError: None or several fit; the message lists them.
        OSError: A path that cannot be read was given.
    """
    if wanted is not None:
        return _wanted_log(found, wanted)
    if not found.logs:
        there = ", ".join(found.names[:LISTED]) + (", ..." if len(found.names) > LISTED else "")
        msg = f"{found.model}: no log in it. Looked for {LOOKED_FOR}; there is: {there or 'nothing'}"
        raise ValueError(msg)
    first = [log for log in found.logs if log.kind == found.logs[0].kind]
    if len(first) == 1:
        return first[0]
    what = {"evaluation": "evaluation logs", "training": "training logs"}.get(first[0].kind, "logs")
    listed = _listed(found.logs, first)
    msg = f"{found.model}: {len(first)} {what}, choose one with --log NAME or NUMBER: {listed}"
    raise ValueError(msg)


def _listed(every: Sequence[LogFile], some: Sequence[LogFile]) -> str:
    named = [f"{every.index(log) + 1} {log.name}" for log in some[:LISTED]]
    more = f" and {len(some) - LISTED:,} more" if len(some) > LISTED else ""
    return ", ".join(named) + more


def _wanted_log(found: Found, wanted: str) -> LogFile:
    logs = found.logs
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(logs):
        return logs[int(wanted) - 1]
    fitting = _fitting(logs, wanted)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        msg = f"--log {wanted}: {len(fitting)} logs fit; choose one: {_listed(logs, fitting)}"
        raise ValueError(msg)
    by_path = _by_path(wanted)
    if by_path is not None:
        return by_path
    there = f"choose one of: {_listed(logs, logs)}" if logs else f"there is no log in {found.model}"
    msg = f"--log {wanted}: no such log; {there}"
    raise ValueError(msg)


def _fitting(logs: Sequence[LogFile], wanted: str) -> list[LogFile]:
    """Logs with that name; else with that end of their path; else in a folder of that name."""
    text = wanted.replace("\\", "/").strip("/")
    parts = tuple(text.partition("!")[2].split("/") if "!" in text else text.split("/"))
    exact = [log for log in logs if text in {log.name, "/".join(log.parts)} or str(log.path) == wanted]
    ending = [log for log in logs if log.parts[-len(parts) :] == parts]
    inside = [log for log in logs if len(parts) == 1 and parts[0] in log.parts[:-1]]
    return exact or ending or inside


def _by_path(wanted: str) -> LogFile | None:
    """A log by its own path, or by `archive!member`; None where nothing is there."""
    archive, mark, member = wanted.partition("!")
    path = Path(wanted)
    if path.is_file():
        return log_file(path)
    if mark and Path(archive).is_file() and is_archive(Path(archive)):
        return LogFile(wanted, tuple(member.split("/")), Path(archive), member)
    return None


def choose_video(found: Found, log: LogFile, wanted: Path | None) -> Path | None:
    """The video that shows a log; None where there is none.

    Args:
        found: What there is.
        log: The log.
        wanted: Its path, or its name among those found; None: the only one, the only one of the log's run,
            or of several cameras the one that has the speed written in (`camera-pip`).

    Raises:
        ValueError: Several fit; the message lists them.
        OSError: There is no such video.
    """
    if wanted is not None:
        return _wanted_video(found, wanted)
    fitting = _of_log(found.of_model(found.videos, log), log)
    if not fitting:
        return None
    if len(fitting) > 1:
        named = ", ".join(video.name for video in fitting[:LISTED])
        more = f" and {len(fitting) - LISTED:,} more" if len(fitting) > LISTED else ""
        msg = f"{found.model}: {len(fitting)} videos, choose one with --video FILE: {named}{more}"
        raise ValueError(msg)
    return fitting[0].path


def _of_log(videos: Sequence[DataFile], log: LogFile) -> list[DataFile]:
    """The videos that can show a log, as few as their names tell."""
    fitting = list(videos)
    stem = log.path.stem if log.member is None else log.parts[-1].rpartition(".")[0]
    tests = (
        [video for video in fitting if any(run_of_name(part).fits(log.run) for part in video.parts)],
        [video for video in fitting if video.path.stem == stem],
        [video for video in fitting if "camera-pip" in video.parts],
    )
    for narrower in tests:
        if len(fitting) > 1 and narrower:
            fitting = [video for video in fitting if video in narrower] or fitting
    return fitting


def _wanted_video(found: Found, wanted: Path) -> Path:
    if wanted.is_file():
        return wanted
    named = [video.path for video in found.videos if video.parts[-len(wanted.parts) :] == wanted.parts]
    if len(named) == 1:
        return named[0]
    there = ", ".join(video.name for video in found.videos[:LISTED]) or "no video"
    what = "several videos fit" if named else "there is no such video"
    msg = f"--video {wanted}: {what}; in {found.model} there is: {there}"
    raise FileNotFoundError(msg)
