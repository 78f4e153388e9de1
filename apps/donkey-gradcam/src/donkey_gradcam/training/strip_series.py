"""The strips of one training, drawn and saved; what goes wrong with a later one does not end the training."""

import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress

from rlviz_overlay import Frame
from rlviz_video import interrupts_deferred

from donkey_gradcam.training.strip_files import StripFile
from donkey_gradcam.training.training_strip import StripPainter
from donkey_gradcam.training.watching import Watched


class StripSeries:
    """Draws and saves one strip after the other.

    Args:
        watched: the pilot and the moments.
        painter: draws the strips.

    Attributes:
        begun: whether the first strip is saved.
    """

    def __init__(self, watched: Watched, painter: StripPainter) -> None:
        self.begun = False
        self._watched = watched
        self._painter = painter
        self._files: Sequence[StripFile] = ()
        self._asked = 0
        self._failed: dict[str, str] = {}
        self._warned: set[type[Exception]] = set()

    def begin(self, epoch: int, title: str, open_files: Callable[[], Sequence[StripFile]]) -> None:
        """Draw and save the first strip.

        Args:
            epoch: how many are done.
            title: for the strip.
            open_files: opens what strips go to; called when the first one is drawn, so that a setting that
                does not fit leaves nothing on the disk.

        Raises:
            OSError: it cannot be written.
            ValueError: it cannot be drawn.
        """
        strip = self._draw(title)
        self._files = open_files()
        try:
            for file in self._files:
                file.write(epoch, strip)
        except BaseException:
            self._abandon()
            raise
        self.begun = True
        self._asked = 1

    def add(self, epoch: int, title: str) -> None:
        """Draw and save a later strip, or warn; a file that fails does not keep it from the others."""
        self._asked += 1
        what = f"the strip of epoch {epoch}"
        with self._surviving(what):
            strip = self._draw(title)
            for file in self._files:
                with self._surviving(what), interrupts_deferred():
                    file.write(epoch, strip)

    def close(self) -> str:
        """Finish the files; return in a few words what was made of the strips that were asked for."""
        whole = self._asked - len(self._failed)
        for file in self._files:
            with self._surviving("finishing the files"):
                file.close()
        made = f"{whole} of {self._asked} strips" if self._failed else f"{self._asked} strips"
        first = next((f"; {what}: {error}" for what, error in self._failed.items()), "")
        return made + first

    def _draw(self, title: str) -> Frame:
        explained = self._watched.explained()
        # OpenCV's bindings crash when Ctrl-C comes while they look for the overload that their arguments fit.
        with interrupts_deferred():
            return self._painter.draw(explained, title)

    def _abandon(self) -> None:
        for file in self._files:
            with suppress(OSError, ValueError):  # the error that came first is the one to be told
                file.close()

    @contextmanager
    def _surviving(self, what: str) -> Generator[None]:
        """Make an error of the block a warning, the first of its kind.

        Any error: none of them is worth a night of training.
        """
        try:
            yield
        except Exception as error:
            self._failed.setdefault(what, str(error))
            if type(error) in self._warned:
                return
            self._warned.add(type(error))
            msg = f"Grad-CAM: {what} failed, the training goes on; said once for its kind: {error}"
            warnings.warn(msg, RuntimeWarning, stacklevel=3)
