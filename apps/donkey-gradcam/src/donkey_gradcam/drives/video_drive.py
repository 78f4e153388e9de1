"""A video as a drive: its frames, decoded once and in order."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rlviz_video import VideoSource

from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.views import Frame, Record


class VideoDrive:
    """The frames of a video file; nothing is known of the driver.

    Only the frame of the newest record is kept, so read() takes each record while it is the newest.

    Args:
        path: the video file.

    Raises:
        OSError: the file cannot be read.
        ValueError: the file is not a video.
    """

    kind = "video"
    note = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._source = VideoSource(path)
        self._newest: tuple[int, Frame] | None = None

    @property
    def count(self) -> int | None:
        """How many frames there are as the file states it, or None when it does not."""
        return self._source.frames

    def count_between(self, start: int = 0, end: int | None = None) -> int | None:
        """How many records records(start, end) gives as far as the file states it, or None."""
        return None if self.count is None else len(range(self.count)[start:end])

    def records(
        self, start: int = 0, end: int | None = None, problems: Problems | None = None
    ) -> Iterator[Record]:
        """One record a frame; see Drive."""
        del problems
        for index, frame in islice(enumerate(self._source), start, end):
            self._newest = index, frame
            yield Record(index)

    def read(self, record: Record) -> Frame:
        """The newest record's frame; see Drive."""
        if self._newest is None or self._newest[0] != record.index:
            msg = f"{self.path}: frame {record.index} was passed; a video is read once, in order"
            raise ValueError(msg)
        return self._newest[1]
