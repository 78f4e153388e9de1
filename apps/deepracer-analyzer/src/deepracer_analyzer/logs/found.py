"""What was found of a model: its logs, videos, metrics and settings, and which belong together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from deepracer_analyzer.logs.runs import NO_RUN, LogKind, Run

_LAYOUT = re.compile(
    r"model|ip|logs?|metrics|(evaluation|training)(-simtrace|-\d+)?|leaderboard|sim-trace|evaluation_job_logs|"
    r"mp4|videos?|\d+"
)
"""Folders that simulators make inside a model's own."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that belongs to a model.

    Attributes:
        name: For people: its path from the model folder on, or `archive!member`.
        parts: The folders it lies in, and its name, from the model folder on.
        path: The file, or the archive that it is in.
        member: Its name inside the archive; None for a file.
    """

    name: str
    parts: tuple[str, ...]
    path: Path
    member: str | None = None


@dataclass(frozen=True, slots=True)
class LogFile(DataFile):
    """A simulation trace.

    Attributes:
        kind: Of what: an evaluation (or race), a training, or something unknown.
        worker: Which of several that trained at once, from 0.
        iteration: Which of a training, from 0; None where its name does not tell.
        run: Which run it is of.
    """

    kind: LogKind = "other"
    worker: int = 0
    iteration: int | None = None
    run: Run = NO_RUN


@dataclass(frozen=True, slots=True)
class MetricsFile(DataFile):
    """The metrics of a run.

    Attributes:
        kind: Of what run.
        worker: Of which that trained at once, from 0.
        run: Of which run.
    """

    kind: LogKind = "other"
    worker: int = 0
    run: Run = NO_RUN


_File = TypeVar("_File", bound=DataFile)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a model.

    Attributes:
        model: The folder, archive or file that was searched.
        logs: Its simulation traces, evaluations first.
        videos: Its videos; those inside an archive are not among them.
        metrics: Its metrics files.
        metadatas: Every `model_metadata.json`.
        reward_functions: Every `reward_function*.py`.
        names: Of everything that is there, for messages.
        problems: What could not be searched or used, one line each.
    """

    model: Path
    logs: tuple[LogFile, ...] = ()
    videos: tuple[DataFile, ...] = ()
    metrics: tuple[MetricsFile, ...] = ()
    metadatas: tuple[DataFile, ...] = ()
    reward_functions: tuple[DataFile, ...] = ()
    names: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def metadata(self) -> DataFile | None:
        """The `model_metadata.json` nearest to the model's own folder; None where there is none."""
        return min(self.metadatas, key=lambda file: (len(file.parts), file.parts), default=None)

    def metadata_for(self, log: LogFile) -> DataFile | None:
        """The `model_metadata.json` of a log's model: where several models lie in a folder, its own."""
        ours = self.of_model(self.metadatas, log)
        return ours[0] if ours else None

    def metrics_for(self, log: LogFile) -> MetricsFile | None:
        """The metrics of a log's run: by run id or time stamp, or the only ones that can be."""
        kinds = {log.kind, "other"} if log.kind != "other" else {"evaluation", "training", "other"}
        ours = [file for file in self.of_model(self.metrics, log) if file.kind in kinds]
        ours = [file for file in ours if not file.run.differs(log.run)]
        named = [file for file in ours if file.run.fits(log.run)]
        ours = named or ours
        if len(ours) > 1:
            ours = [file for file in ours if file.worker == log.worker]
        return ours[0] if len(ours) == 1 else None

    def of_model(self, files: Sequence[_File], log: LogFile) -> list[_File]:
        """Those files that are of a log's model, nearest first.

        Where all logs are of one model, the only file of its kind is that model's wherever it lies.
        """
        near = [file for file in files if log.parts[: len(home(file.parts))] == home(file.parts)]
        if not near and len(files) == 1 and len({home(one.parts) for one in self.logs}) == 1:
            return list(files)
        nearest = max((len(home(file.parts)) for file in near), default=0)
        return [file for file in near if len(home(file.parts)) == nearest]


def home(parts: Sequence[str]) -> tuple[str, ...]:
    """The folder of the model that a file is of, from the folder that was searched on."""
    inside = (place for place, name in enumerate(parts) if _LAYOUT.fullmatch(name))
    return tuple(parts[: min(next(inside, len(parts)), len(parts) - 1)])
