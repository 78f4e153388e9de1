"""The file a video is written to: every byte or an error, and only whole fragments after one."""

import io
from pathlib import Path


class PartFile:
    """A new file for a muxer, which takes no more bytes once a write has failed.

    A muxer ends a file by going back and changing its head. When the disk is full, that would make what was
    written so far unplayable. So the piece that failed is cut off and all that follows is refused.

    Args:
        path: The file to be made; an existing one is emptied.

    Attributes:
        error: The error of the write that failed; None while all went well.

    Raises:
        OSError: The file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = io.FileIO(path, "w")
        self._whole = 0
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        """Write all of `data`.

        Raises:
            OSError: The file cannot be written, now or at an earlier time.
        """
        if self.error is not None:
            raise self.error
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.error = error
            self._file.truncate(self._whole)
            raise
        return len(data)

    def mark_whole(self) -> None:
        """Say that the file as it is now plays: what a failed write is cut back to."""
        self._whole = self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to another place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Give the place in the file."""
        return self._file.tell()

    @property
    def closed(self) -> bool:
        """Whether the file must not be ended: it is closed, has failed, or holds nothing that plays.

        PyAV then writes no index, neither in close() nor when a container is dropped. Without it, FFmpeg
        would cut into what is there, and crashes for a fragmented file without a packet.
        """
        return self._file.closed or self.error is not None or not self._whole

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._file.close()
