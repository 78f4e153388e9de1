"""Chapters of a video: named places that a player can jump to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from av.container import Container

if TYPE_CHECKING:
    from av.container.core import Chapter as ChapterRecord

_LONGEST_TITLE = 255  # bytes; one of the two lists that the file keeps has a byte for the length


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named part of a video; it ends where the next begins.

    Attributes:
        title: for people, 1 to 255 bytes in UTF-8, without line breaks.
        start_frame: number of its first frame, from 0.
        end_frame: number of the frame after its last, for the last chapter of a video whose length is known
            beforehand; None leaves it open. Two chapters are the same without regard to it.
    """

    title: str
    start_frame: int
    end_frame: int | None = field(default=None, compare=False)


def check_chapters(chapters: Sequence[Chapter]) -> None:
    """Raise ValueError unless the chapters begin with the video and follow one another without a gap."""
    for index, chapter in enumerate(chapters):
        name = f"chapter {index + 1} ({chapter.title[:40]!r})"
        size = len(chapter.title.encode())
        if not 1 <= size <= _LONGEST_TITLE or not chapter.title.isprintable():
            message = f"{name}: a title of {size} bytes; give 1 to {_LONGEST_TITLE} bytes without line breaks"
            raise ValueError(message)
        if index == 0 and chapter.start_frame != 0:
            message = f"{name} starts at frame {chapter.start_frame}; the first chapter has to start at 0"
            raise ValueError(message)
        end = chapters[index + 1].start_frame if index + 1 < len(chapters) else _end(chapter)
        if end <= chapter.start_frame or chapter.end_frame not in (None, end):
            message = (
                f"{name} starts at frame {chapter.start_frame} and ends at {chapter.end_frame or end}; "
                "chapters come in order, and each ends where the next begins, after a frame at least"
            )
            raise ValueError(message)


def write_chapters(container: Container, chapters: Sequence[Chapter], fps: Fraction) -> None:
    """Name the chapters of a file that is to be written; before its encoding starts.

    Args:
        container: open for writing.
        chapters: checked by `check_chapters`.
        fps: frames per second of the video.
    """
    ends = [*(chapter.start_frame for chapter in chapters[1:]), *(_end(chapter) for chapter in chapters[-1:])]
    records: list[ChapterRecord] = [
        {
            "id": index,
            "start": chapter.start_frame,
            "end": end,
            "time_base": 1 / fps,
            "metadata": {"title": chapter.title},
        }
        for index, (chapter, end) in enumerate(zip(chapters, ends, strict=True))
    ]
    container.set_chapters(records)


def read_chapters(container: Container, fps: Fraction) -> tuple[Chapter, ...]:
    """Read the chapters of an open file; none for a file without.

    Args:
        container: open for reading.
        fps: frames per second of the video.
    """
    return tuple(
        Chapter(
            record["metadata"].get("title", ""),
            round(record["start"] * (record["time_base"] or 1) * fps),
            round(record["end"] * (record["time_base"] or 1) * fps),
        )
        for record in container.chapters()
    )


def _end(last: Chapter) -> int:
    """Where the last chapter ends: where it says, or a frame after its start."""
    return last.start_frame + 1 if last.end_frame is None else last.end_frame
