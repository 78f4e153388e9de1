"""Keep a run in a file, and read it back as the same steps.

The file is an Arrow IPC stream, so pandas, Polars or DuckDB read it as well: a row per step, compressed with
zstd, and one last row for what there is after the last step. It is written to `<name>.part<suffix>` batch by
batch and renamed when it is whole; after a crash all but the last batch can be read from the part.
"""

import contextlib
import json
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rlviz_agents.recording_layout import Batch, Layout, arrow
from rlviz_agents.steps import FinalState, Step

BATCH_STEPS = 32
"""Steps that are written at once; a killed process loses no more than these."""

_LAYOUT_KEY, _HEADER_KEY = b"rlviz_layout", b"rlviz_header"


class RecordingWriter:
    """Writes steps to a file while they are played; memory holds one batch.

    Leaving the block without `finish` (an error, an early end) keeps what there is under the `.part` name.

    Args:
        path: the file, usually `*.arrow`.
        header: JSON values that describe the run; see `run_header`.
        force: replace the file when it exists.

    Raises:
        FileExistsError: the file exists and force is False.
        OSError: the file cannot be written, at the start or later; the message names it.
        TypeError: the header holds what JSON cannot.
    """

    def __init__(self, path: Path | str, header: Mapping[str, Any], *, force: bool = False) -> None:
        self.path = Path(path)
        self.part_path = self.path.with_name(f"{self.path.stem}.part{self.path.suffix}")
        if self.path.exists() and not force:
            message = f"{self.path} exists; choose another name or pass force=True (--force)"
            raise FileExistsError(message)
        self._header = json.dumps(dict(header), sort_keys=True).encode()
        self._steps: list[Step] = []
        self._layout: Layout | None = None
        self._stream: Any = None
        with self._naming_the_file():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.part_path.open("wb", buffering=0)

    def write(self, step: Step) -> None:
        """Append a step. Its arrays are kept until the batch is full: do not change them."""
        self._steps.append(step)
        if len(self._steps) == BATCH_STEPS:
            self._flush()

    def finish(self, final: FinalState) -> None:
        """Write what there is after the last step, close the file and give it its name."""
        self._flush()
        self._layout = self._layout or Layout.of(final)
        self._write(self._layout, self._layout.final_batch(final))
        self.close()
        with self._naming_the_file():
            self.part_path.replace(self.path)

    def close(self) -> None:
        """Write what is waiting and close the part; without `finish` it keeps its name."""
        if self._file.closed:
            return
        try:
            self._flush()
            with self._naming_the_file():
                if self._stream is not None:
                    self._stream.close()
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        with contextlib.suppress(OSError):  # the error that is under way says more
            self.close()

    def _flush(self) -> None:
        if not self._steps:
            return
        steps, self._steps = self._steps, []
        self._layout = self._layout or Layout.of(steps[0])
        self._write(self._layout, self._layout.batch(steps))

    def _write(self, layout: Layout, batch: Batch) -> None:
        pa = arrow()
        with self._naming_the_file():
            if self._stream is None:
                metadata = {_LAYOUT_KEY: layout.to_json(), _HEADER_KEY: self._header}
                options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1))
                schema = layout.schema().with_metadata(metadata)
                self._stream = pa.ipc.new_stream(self._file, schema, options=options)
            self._stream.write_batch(batch)

    @contextlib.contextmanager
    def _naming_the_file(self) -> Generator[None]:
        """Say in every OSError which file it was."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            message = (
                f"{self.part_path} cannot be written ({reason}); free space there or choose another place"
            )
            raise OSError(message) from error


class Recording:
    """A recorded run; iterating reads it batch by batch, as often as wanted.

    Attributes:
        path: the file.
        header: what describes the run; see `run_header`.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            message = f"no recording {self.path}; expected a file of --save-recording"
            raise FileNotFoundError(message)
        with self._open() as (reader, _):
            metadata: dict[bytes, bytes] = reader.schema.metadata or {}
        if _LAYOUT_KEY not in metadata:
            message = f"{self.path} is no recording of rlviz; expected a file of --save-recording"
            raise ValueError(message)
        self._layout = Layout.from_json(metadata[_LAYOUT_KEY])
        self.header: dict[str, Any] = json.loads(metadata[_HEADER_KEY])
        self._final: FinalState | None = None

    def __iter__(self) -> Iterator[Step]:
        """Read the steps; their arrays are read-only.

        A file that a crash has cut off ends after its last whole batch; `complete` tells.

        Raises:
            ValueError: the file is damaged before its end.
        """
        count = 0
        with self._open() as (reader, source):
            while (batch := self._next(reader, source, count)) is not None:
                for row in self._layout.rows(batch):
                    if isinstance(row, FinalState):
                        self._final = row
                    else:
                        count += 1
                        yield row

    @property
    def complete(self) -> bool:
        """Whether the run was recorded to its end; known once the steps have been read."""
        return self._final is not None

    @property
    def final(self) -> FinalState:
        """What there was after the last step; known once the steps have been read.

        Raises:
            ValueError: the steps have not been read, or the recording was cut off.
        """
        if self._final is None:
            message = (
                f"{self.path} has no final frame so far; read its steps first (a recording cut off has none)"
            )
            raise ValueError(message)
        return self._final

    @property
    def final_frame(self) -> NDArray[np.uint8]:
        """Frame after the last step, uint8 (H, W, 3) RGB."""
        return self.final.frame

    @contextlib.contextmanager
    def _open(self) -> Generator[tuple[Any, Any]]:
        """Open the stream, and the file below it."""
        pa = arrow()
        with self.path.open("rb") as file:
            try:
                reader = pa.ipc.open_stream(file)
            except (pa.ArrowException, OSError) as error:
                message = f"{self.path} holds no recorded step ({error}); expected a file of --save-recording"
                raise ValueError(message) from error
            yield reader, file

    def _next(self, reader: Any, source: Any, count: int) -> Batch | None:  # noqa: ANN401
        """The next batch, or None at the end, be it clean or cut off."""
        pa = arrow()
        try:
            return reader.read_next_batch()
        except StopIteration:
            return None
        except (pa.ArrowException, OSError) as error:
            if source.tell() >= self.path.stat().st_size:
                return None
            message = f"{self.path} is damaged after step {count} ({error}); record the run again"
            raise ValueError(message) from error


def read_recording(path: Path | str) -> Recording:
    """Open a recorded run.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no recording of rlviz, or holds nothing yet.
    """
    return Recording(path)
