"""Pictures in TensorBoard's event files, written by TensorFlow itself: TensorBoard need not be installed."""

import time
from importlib import import_module
from pathlib import Path
from typing import Any

_VERSION = "brain.Event:2"
_PLUGIN = "images"


class EventFile:
    """An event file with one picture a step, as `tf.summary.image` writes them.

    A TFRecord file of `Event` messages. TensorFlow's own summary writer is not used: it is a setting of the
    whole thread, which TensorBoard callbacks of the same training set too.

    Args:
        folder: where it is made; the run that TensorBoard lists. Anything there stays as it is.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._tf: Any = import_module("tensorflow")
        # TensorBoard knows the file by this word in its name.
        self.path = folder / f"events.out.tfevents.{time.time_ns()}"
        self._writer = self._tf.io.TFRecordWriter(str(self.path))
        self._write(file_version=_VERSION)

    def add_picture(self, tag: str, step: int, png: bytes, size: tuple[int, int]) -> None:
        """Append one picture.

        Args:
            tag: its name; pictures of one name are the steps of a slider.
            step: of the training.
            png: the picture.
            size: its width and height.

        Raises:
            OSError: the file cannot be written.
        """
        v1 = self._tf.compat.v1
        metadata = v1.SummaryMetadata(
            plugin_data=v1.SummaryMetadata.PluginData(plugin_name=_PLUGIN),
            data_class="DATA_CLASS_BLOB_SEQUENCE",
        )
        width, height = (str(side).encode() for side in size)
        tensor = self._tf.make_tensor_proto([width, height, png])
        value = v1.Summary.Value(tag=tag, metadata=metadata, tensor=tensor)
        self._write(step=step, summary=v1.Summary(value=[value]))

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._writer.close()

    def _write(self, **content: Any) -> None:  # noqa: ANN401 - fields of a protocol buffer
        event = self._tf.compat.v1.Event(wall_time=time.time(), **content)
        try:
            self._writer.write(event.SerializeToString())
            self._writer.flush()  # a killed training leaves all that was written
        except self._tf.errors.OpError as error:
            msg = f"cannot write {self.path}: {error.message}"
            raise OSError(msg) from error
