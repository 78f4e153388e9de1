"""`sync.csv`: which row each picture shows, kept beside the outputs, made again when either changed."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rlviz_video import (
    Timeline,
    library_versions,
    manifest_path,
    read_manifest,
    read_timeline,
    sha256_file,
    write_manifest,
)

from deepracer_analyzer.sync.matching import READER_VERSION, match_video
from deepracer_analyzer.sync.speed_copy import write_with_speed
from deepracer_analyzer.views import Lap, Log, Sync

__all__ = ["COLUMNS", "FILE", "open_sync", "write_with_speed"]

FILE = "sync.csv"
COLUMNS = ("frame", "row", "confidence", "shown")
"""Number of the picture from 0; row of the log from 0, -1 before it; 0 to 1; m/s, empty where not read."""

_TOOLS = ("deepracer-analyzer", "rlviz-video", "av", "numpy", "opencv-python")


def open_sync(
    log: Log,
    laps: Sequence[Lap],
    video: Path,
    folder: Path,
    *,
    again: bool,
    say: Callable[[str], None],
    check_ocr: bool = False,
) -> Sync:
    """Find which row each picture shows: as an earlier run kept it, else by matching log and video now.

    What is kept is used while the bytes of log and video are the same and the reader is too. The table is
    written first and its manifest, which holds the table's digest, after it; a pair that does not fit is made
    again.

    Args:
        log: The log.
        laps: Its laps.
        video: The video.
        folder: Where `sync.csv` and `sync.manifest.json` lie.
        again: Match anew in any case.
        say: Takes each line for the console.
        check_ocr: Whether tesseract shall check a sample; this matches anew.

    Raises:
        OSError: The video cannot be read, or the files cannot be written.
        ValueError: It is not a video, or the log has no row.
    """
    table = folder / FILE
    wanted = {"reader": READER_VERSION, "log": log.digest, "video": sha256_file(video)}
    if not (again or check_ocr):
        kept = _read(table, wanted, say)
        if kept is not None:
            return kept
    sync = match_video(log, laps, video, say=say, check_ocr=check_ocr)
    _write(sync, table, wanted, {"log_source": log.source, "video_name": video.name})
    return sync


def _write(sync: Sync, table: Path, wanted: Mapping[str, object], about: Mapping[str, object]) -> None:
    with Timeline(table, COLUMNS, force=True) as timeline:
        for number in range(len(sync.rows)):
            shown = float(sync.shown[number])
            row = (number, int(sync.rows[number]), float(sync.confidence[number]))
            timeline.write(dict(zip(COLUMNS, (*row, None if math.isnan(shown) else shown), strict=True)))
    content = {
        "tool": "deepracer-analyzer sync",
        "made_of": dict(wanted),
        "about": dict(about),
        "method": sync.method,
        "note": sync.note,
        "frames": len(sync.rows),
        "table_sha256": sha256_file(table),
        "versions": library_versions(*_TOOLS),
    }
    write_manifest(manifest_path(table), content, force=True)


def _read(table: Path, wanted: Mapping[str, object], say: Callable[[str], None]) -> Sync | None:
    """What is kept, where it is of the same log and video; else None, and why."""
    manifest = manifest_path(table)
    if not (table.exists() or manifest.exists()):
        return None
    try:
        content = read_manifest(manifest)
        changed = [name for name, value in wanted.items() if content["made_of"][name] != value]
        if changed:
            say(f"Sync: {_what_changed(changed)}; matched again")
            return None
        return _parse(table, content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = error if isinstance(error, OSError | ValueError) else f"{manifest.name} lacks {error}"
        say(f"Sync: what {table.parent} holds is damaged ({reason}); made again")
        return None


def _what_changed(changed: Sequence[str]) -> str:
    if changed == ["reader"]:
        return "this version reads videos in another way"
    names = " and ".join(name for name in changed if name != "reader")
    return f"the {names} changed since {FILE} was made"


def _parse(table: Path, content: Mapping[str, Any]) -> Sync:
    """The table as a manifest describes it.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not the one that the manifest was written for.
        KeyError: The manifest lacks something.
    """
    if sha256_file(table) != content["table_sha256"]:
        msg = f"{table.name} is not what its manifest was written for"
        raise ValueError(msg)
    lines = read_timeline(table)
    rows, confidence, shown = (
        np.array([math.nan if line[name] is None else line[name] for line in lines], np.float64)
        for name in COLUMNS[1:]
    )
    return Sync(rows.astype(np.intp), confidence, content["method"], content["note"], shown)
