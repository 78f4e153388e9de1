"""Where the strips of one training go: pictures, TensorBoard, a video."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Protocol

from rlviz_overlay import Frame
from rlviz_video import H264Sink, VideoSpec, make_folder, whole_file
from rlviz_video.sinks import encode_png

from donkey_gradcam.training.tensorboard_events import EventFile

FOLDER = "gradcam"
"""Name of the folder of strips, and of the pictures in TensorBoard."""


class StripFile(Protocol):
    """Takes the strips of one training, in order."""

    def write(self, epoch: int, strip: Frame) -> None:
        """Keep one strip, uint8 (H, W, 3), RGB: how the pilot was after so many epochs.

        Raises:
            OSError: it cannot be written.
        """
        ...

    def close(self) -> None:
        """Finish; a second call does nothing."""
        ...


def new_folder(log_dir: Path) -> Path:
    """Make a folder for the strips of one training: `gradcam`, or `gradcam_2`, ... where that one holds any.

    Raises:
        OSError: it cannot be made.
    """
    names = (FOLDER if number == 1 else f"{FOLDER}_{number}" for number in count(1))
    folder = next(one for one in map(log_dir.joinpath, names) if _is_free(one))
    return make_folder(folder)


def open_files(folder: Path, *, tensorboard: bool, video: bool) -> Sequence[StripFile]:
    """Open everything that the strips of one training go to.

    Raises:
        OSError: something cannot be made.
    """
    files: list[StripFile] = [Pictures(folder)]
    if tensorboard:
        files.append(TensorBoard(folder))
    if video:
        files.append(Video(folder))
    return files


class Pictures:
    """One PNG a strip, `epoch_0003.png`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, epoch: int, strip: Frame) -> None:
        """See StripFile; a file is whole or not there."""
        path = self._folder / f"epoch_{epoch:04d}.png"
        with whole_file(path) as part:
            part.write_bytes(encode_png(strip))

    def close(self) -> None:
        """Nothing is open."""


class TensorBoard:
    """The strips as pictures of TensorBoard, the epoch as their step."""

    def __init__(self, folder: Path) -> None:
        self._file = EventFile(folder)

    def write(self, epoch: int, strip: Frame) -> None:
        """See StripFile."""
        height, width = strip.shape[:2]
        self._file.add_picture(FOLDER, epoch, encode_png(strip), (width, height))

    def close(self) -> None:
        """See StripFile."""
        self._file.close()


class Video:
    """`training.mp4`, one strip a second; of a training that was cut short, `training.part.mp4`, playable."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "training.mp4"
        self._sink: H264Sink | None = None

    def write(self, epoch: int, strip: Frame) -> None:
        """See StripFile."""
        if self._sink is None:
            height, width = strip.shape[:2]
            self._sink = H264Sink(self._path, VideoSpec(width, height, Fraction(1)))
        self._sink.write(strip)

    def close(self) -> None:
        """See StripFile."""
        if self._sink is not None:
            self._sink.finish()


def _is_free(folder: Path) -> bool:
    return not folder.exists() or (folder.is_dir() and next(folder.iterdir(), None) is None)
