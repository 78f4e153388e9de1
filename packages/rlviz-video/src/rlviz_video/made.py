"""What the making of a video leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MadeVideo:
    """What the making of a video left behind.

    Attributes:
        video: The MP4.
        timeline: One row a frame.
        manifest: How it was made.
        frames: Frames in the video.
        interrupted: Whether Ctrl-C ended it before its time.
        facts: What a page may say of it.
    """

    video: Path
    timeline: Path
    manifest: Path
    frames: int
    interrupted: bool
    facts: Mapping[str, str]
