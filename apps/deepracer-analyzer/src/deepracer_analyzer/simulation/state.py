"""Where a replay is and what it shows: data, changed by making a new one."""

from dataclasses import dataclass, field, replace

from deepracer_analyzer.simulation.view import View


@dataclass(frozen=True, slots=True)
class State:
    """One moment of a session.

    Attributes:
        frames: How many pictures there are, 1 or more.
        frame_number: The picture that is shown, from 0.
        pause: Whether it stands.
        quit: Whether the user has had enough.
        recording: Whether what is shown is recorded.
        view: What is shown, and how.
    """

    frames: int
    frame_number: int = 0
    pause: bool = False
    quit: bool = False
    recording: bool = False
    view: View = field(default_factory=View)

    @property
    def at_end(self) -> bool:
        """Whether the last picture is shown."""
        return self.frame_number == self.frames - 1

    def at(self, frame: int) -> "State":
        """The same at another picture; before the first is the first, beyond the last the last."""
        return replace(self, frame_number=min(max(frame, 0), self.frames - 1))

    def showing(self, **changes: object) -> "State":
        """The same with another view."""
        return replace(self, view=replace(self.view, **changes))  # pyright: ignore[reportArgumentType]
