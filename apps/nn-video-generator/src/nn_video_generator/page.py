"""The page of a folder of videos, made from their manifests: whatever was made before is on it too."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rlviz_video import ENTRIES, GalleryEntry, check_output, read_manifest, write_entries, write_gallery

from nn_video_generator.made_with import TOOL

PAGE = "index.html"


def check_page(folder: Path, *, force: bool) -> None:
    """Make sure that the page may be written: there is none, or one of ours.

    Raises:
        OSError: there is a page that was not made here.
    """
    check_output(folder / PAGE, force=force or (folder / ENTRIES).is_file())


def write_run_page(folder: Path, *, sample: str = "") -> Path | None:
    """Write `index.html` for all videos of a folder, the continuous ones first, then by game and milestone.

    Args:
        folder: of the videos and their manifests.
        sample: what the input is where it is not the user's own, else empty.

    Returns:
        The page; None where the folder has no video of ours.

    Raises:
        OSError: a file cannot be read or written.
    """
    manifests = [read_manifest(path) for path in sorted(folder.glob("*.manifest.json"))]
    ours = [one for one in manifests if one.get("tool") == TOOL and (folder / one["video"]).is_file()]
    if not ours:
        return None
    entries = [_entry(folder, one, sample) for one in sorted(ours, key=_place)]
    write_entries(folder, entries)
    games = sorted({f"{one['subject']['game']} · {one['subject']['algo']}" for one in ours})
    summary = "The game beside the network that plays it: every layer, unit, probability and value is real."
    return write_gallery(folder / PAGE, entries, title=", ".join(games), summary=summary)


def _place(manifest: Mapping[str, Any]) -> tuple[bool, str, float, str]:
    subject = manifest["subject"]
    return manifest["kind"] != "continuous", subject["game"], float(subject["milestone"]), manifest["video"]


def _entry(folder: Path, manifest: Mapping[str, Any], sample: str) -> GalleryEntry:
    video = Path(manifest["video"])
    poster = video.with_suffix(".png").name
    subject = manifest["subject"]
    kind, _, description = sample.partition(": ")
    facts = ({"input": description} if description else {}) | dict(manifest["facts"])
    if manifest["kind"] == "continuous":
        title, caption = "The whole training", "All checkpoints one after the other, a chapter each."
    else:
        title = f"{subject['milestone']} % of the training"
        caption = f"{subject['game']}, {subject['algo']}: the game, and the network that plays it."
    return GalleryEntry(
        title=title,
        video=video.name,
        poster=poster if (folder / poster).is_file() else None,
        caption=caption + (" Ended early by Ctrl-C." if manifest["interrupted"] else ""),
        facts=facts | {"manifest": video.with_name(f"{video.stem}.manifest.json").name},
        sample=kind.lower(),
    )
