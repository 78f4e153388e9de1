"""A tub as donkeycar writes it (format version 2), for the sample."""

import json
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rlviz_overlay.opencv import cv2
from rlviz_video import make_folder

from donkey_gradcam.sample.sample_drive import RATE
from donkey_gradcam.views import Command, Frame

MADE_BY = "donkey-gradcam"
"""What the tub's user metadata say under `made_by`: such a tub may be replaced."""

_FIELDS = {
    "cam/image_array": "image_array",
    "user/angle": "float",
    "user/throttle": "float",
    "user/mode": "str",
}
_START = 1767261600  # seconds: a date for all samples, so that the same drive gives the same files
_CATALOG_RECORDS = 1000  # donkeycar's own number
_QUALITY = 92


def write_tub(
    folder: Path, drive: Iterable[tuple[Frame, Command]], *, about: str, force: bool = False
) -> int:
    """Write a drive as a tub that donkeycar reads; the same drive gives the same files.

    It is written beside its place and moved there when it is whole.

    Args:
        folder: the tub's folder.
        drive: pictures and what the driver asked; taken one by one.
        about: kept in the tub's user metadata, with `made_by`.
        force: replace a tub that this function wrote; other files are never touched.

    Returns:
        How many records there are.

    Raises:
        FileExistsError: the folder is not empty.
        ValueError: a command says nothing of steering or throttle, or the drive has no pictures.
        OSError: the folder cannot be written.
    """
    part = folder.with_name(f"{folder.name}.part")
    for place, allowed in ((folder, force), (part, True)):
        _check_replaceable(place, force=allowed)
    _remove(part)
    make_folder(part / "images")
    try:
        records = _write(part, drive, {"made_by": MADE_BY, "about": about})
    except BaseException:
        _remove(part)
        raise
    _remove(folder)
    part.replace(folder)
    return records


def _write(folder: Path, drive: Iterable[tuple[Frame, Command]], metadata: dict[str, str]) -> int:
    _write_manifest(folder, metadata, catalogs=0, records=0)
    records, lines = 0, list[str]()
    for frame, command in drive:
        lines.append(_record(folder / "images", records, frame, command))
        records += 1
        if records % _CATALOG_RECORDS == 0:
            _write_catalog(folder, records, lines)
            lines = []
    if not records:
        msg = f"the drive has no pictures; {folder.name} would be an empty tub, give 1 frame or more"
        raise ValueError(msg)
    if lines:
        _write_catalog(folder, records, lines)
    _write_manifest(folder, metadata, catalogs=-(-records // _CATALOG_RECORDS), records=records)
    return records


def _session() -> str:
    return f"{time.strftime('%y-%m-%d', time.gmtime(_START))}_0"


def _record(images: Path, index: int, frame: Frame, command: Command) -> str:
    """Write one picture; the line that records it."""
    if command.angle is None or command.throttle is None:
        msg = f"record {index}: {command} leaves steering or throttle open; a tub needs both"
        raise ValueError(msg)
    name = f"{index}_cam_image_array_.jpg"
    _, data = cv2.imencode(
        ".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_JPEG_QUALITY, _QUALITY)
    )
    (images / name).write_bytes(data.tobytes())
    content = {
        "_index": index,
        "_session_id": _session(),
        "_timestamp_ms": 1000 * _START + index * 1000 // RATE,
        "cam/image_array": name,
        "user/angle": command.angle,
        "user/mode": "user",
        "user/throttle": command.throttle,
    }
    return json.dumps(content, allow_nan=False, sort_keys=True) + "\n"


def _write_catalog(folder: Path, records: int, lines: list[str]) -> None:
    """One file of records, and beside it where its lines begin."""
    stem = f"catalog_{(records - 1) // _CATALOG_RECORDS}"
    _write_text(folder / f"{stem}.catalog", "".join(lines))
    content = {
        "created_at": float(_START),
        "line_lengths": [len(line.encode()) for line in lines],
        "path": f"{stem}.catalog_manifest",
        "start_index": records - len(lines),
    }
    _write_text(folder / f"{stem}.catalog_manifest", json.dumps(content, sort_keys=True) + "\n")


def _write_manifest(folder: Path, metadata: dict[str, str], *, catalogs: int, records: int) -> None:
    session = _session()
    sessions = {"all_full_ids": [session], "last_id": 0, "last_full_id": session}
    lines: list[Any] = [
        list(_FIELDS),
        list(_FIELDS.values()),
        metadata,
        {"created_at": float(_START), "sessions": sessions},
        {
            "paths": [f"catalog_{number}.catalog" for number in range(catalogs)],
            "current_index": records,
            "max_len": _CATALOG_RECORDS,
            "deleted_indexes": [],
        },
    ]
    _write_text(folder / "manifest.json", "".join(json.dumps(line) + "\n" for line in lines))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")  # lengths of lines are bytes, on every system


def _check_replaceable(folder: Path, *, force: bool) -> None:
    """Refuse what is not an empty folder or (with force) a sample tub of ours."""
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is a file; expected a folder for the sample's tub, choose another path"
        raise NotADirectoryError(msg)
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not _is_sample(folder):
        msg = f"{folder} holds files that are no sample of ours; choose an empty or new folder"
        raise FileExistsError(msg)
    if not force:
        msg = f"{folder} holds a sample tub; choose another path, or pass --force to overwrite it"
        raise FileExistsError(msg)


def _is_sample(folder: Path) -> bool:
    """Whether the manifest says that `write_tub` made the tub."""
    try:
        lines = (folder / "manifest.json").read_text(encoding="utf-8").splitlines()
        return json.loads(lines[2])["made_by"] == MADE_BY
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)
