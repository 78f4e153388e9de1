"""What the window needs of a replay, and of a screen."""

from pathlib import Path
from typing import Protocol

from rlviz_overlay import Frame, Size

from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.simulation.view import View

ENTER = "enter"
"""The name of the one key that is no character."""


class PlayState(Protocol):
    """Where a replay is."""

    @property
    def frame_number(self) -> int:
        """The picture that is shown, from 0."""
        ...

    @property
    def pause(self) -> bool:
        """Whether it stands."""
        ...

    @property
    def quit(self) -> bool:
        """Whether the user has had enough."""
        ...

    @property
    def recording(self) -> bool:
        """Whether what is shown is recorded."""
        ...

    @property
    def at_end(self) -> bool:
        """Whether the last picture is shown."""
        ...

    @property
    def view(self) -> View:
        """What is shown, and how; its `frame_rate` is that of playing."""
        ...


class Playable(Protocol):
    """A replay: a state that keys change, and a picture for each."""

    @property
    def state(self) -> PlayState:
        """Where it is and what it shows."""
        ...

    @property
    def title(self) -> str:
        """What the window is called."""
        ...

    @property
    def size(self) -> Size:
        """Of the pictures."""
        ...

    @property
    def recording_folder(self) -> Path:
        """Where recordings go."""
        ...

    def press(self, key: str) -> None:
        """Do what a key does, given in lower case."""
        ...

    def advance(self) -> None:
        """Go on by one picture, unless it stands or is at the end."""
        ...

    def moment(self, frame: int) -> Moment:
        """Say which row a picture shows."""
        ...

    def frame(self) -> Frame:
        """Draw the picture that is shown, uint8 (H, W, 3), RGB.

        Raises:
            ValueError: The video is damaged there.
        """
        ...


class Screen(Protocol):
    """A window with a keyboard."""

    @property
    def closed(self) -> bool:
        """Whether the user closed it."""
        ...

    def show(self, frame: Frame) -> None:
        """Show a picture, uint8 (H, W, 3), RGB."""
        ...

    def key(self, seconds: float) -> str | None:
        """Wait for a key, no longer than this: a character in lower case, `ENTER`, or None."""
        ...
