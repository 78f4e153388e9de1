"""What the names of files and folders tell of a run: its time stamp, its id, and what kind of run it was."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LogKind = Literal["evaluation", "training", "other"]

_STAMP = re.compile(r"\d{4}-?\d\d-?\d\d[T_ -]?\d\d[:_.-]?\d\d[:_.-]?\d\d(?:[.,]\d{1,6})?Z?|\d{10}(?!\d)")
_WORDS = re.compile(
    r"^(?:(?:evaluation|training|leaderboard)?-?(?:metrics)?)(?=$|[-_.\d])[-_.]?|"
    r"(?:[-_.](?:robomaker|simulation|sagemaker|video|\d))+$",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:log|json|csv|mp4)(?:\.\d+)?$", re.IGNORECASE)
_RUN_FOLDERS = ("evaluation", "training", "leaderboard")
_STAMP_DIGITS = 14
_SHORTEST_ID = 4


@dataclass(frozen=True, slots=True)
class Run:
    """Which run a file is of.

    Attributes:
        stamp: Digits of when it began; empty where its name does not tell.
        id: Its id; empty where its name does not tell.
    """

    stamp: str = ""
    id: str = ""

    def fits(self, other: "Run") -> bool:
        """Whether both are of one run: their ids are equal, or without ids their time stamps."""
        if self.id and other.id:
            return self.id == other.id
        return bool(self.stamp) and self.stamp == other.stamp

    def differs(self, other: "Run") -> bool:
        """Whether both name a run, and not the same one."""
        return NO_RUN not in {self, other} and not self.fits(other)


NO_RUN = Run()
"""Of a file whose name and folders do not tell."""


def run_of_name(name: str) -> Run:
    """The run that a file or folder is named after, such as `evaluation-20220709200242`."""
    words = _WORDS.sub("", _WORDS.sub("", _ENDING.sub("", name)))
    stamp = _STAMP.match(words)
    digits = re.sub(r"\D", "", stamp[0])[:_STAMP_DIGITS] if stamp else ""
    rest = words[stamp.end() if stamp else 0 :].strip("-_.")
    return Run(digits, rest if len(rest) >= _SHORTEST_ID else "")


def run_of_folders(folders: Sequence[str]) -> Run:
    """The run of a log by the folders that it lies in, from the outermost."""
    for place in reversed(range(len(folders))):
        name = folders[place]
        if name.endswith("-simtrace") or name.isdecimal() or name in _RUN_FOLDERS:
            continue
        named = run_of_name(name)
        if named.stamp or (place and folders[place - 1] in _RUN_FOLDERS):
            return named
    return NO_RUN


def kind_of(parts: Sequence[str]) -> LogKind:
    """What kind of run a file is of, by its name and the folders it lies in; races count as evaluations."""
    for part in reversed(parts):
        words = part.lower()
        if "evaluation" in words or "leaderboard" in words:
            return "evaluation"
        if "training" in words:
            return "training"
    return "other"
