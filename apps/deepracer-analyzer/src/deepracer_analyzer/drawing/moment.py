"""What of a replay changes from picture to picture."""

from dataclasses import dataclass

from deepracer_analyzer.views import BEFORE


@dataclass(frozen=True, slots=True)
class Moment:
    """One picture of a replay, by number.

    Attributes:
        frame: The picture's number in the video, from 0.
        frames: How many the video has.
        row: The row of the log it shows, or `BEFORE`.
        heat_from: The first row whose action counts as heat: after the last reset, the start of the episode
            or key C, whichever is latest; `row + 1` where none does.
        episode_from: The first row of the row's episode.
        confidence: How sure the row is, 0 (a guess) to 1.
    """

    frame: int
    frames: int
    row: int
    heat_from: int = 0
    episode_from: int = 0
    confidence: float = 1.0

    @property
    def known(self) -> bool:
        """Whether the picture shows a row of the log at all."""
        return self.row != BEFORE
