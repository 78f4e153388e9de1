"""Which step of the game each frame of the video shows."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class Pace:
    """The times of a clip, exact.

    Frame i is shown from i / fps on; it shows the step that the game is at then.

    Attributes:
        frames: in the clip, 1 or more.
        fps: frames in a second of the video.
        steps_per_second: steps of the game in a second of the video.
    """

    frames: int
    fps: Fraction
    steps_per_second: Fraction

    @property
    def steps(self) -> int:
        """Steps of the clip: the last frame shows the last of them."""
        return floor((self.frames - 1) * self.steps_per_second / self.fps) + 1

    def frames_of(self, step: int) -> range:
        """Numbers of the frames that show a step; none of a step that a fast video leaves out."""
        first, end = (ceil(one * self.fps / self.steps_per_second) for one in (step, step + 1))
        return range(min(first, self.frames), min(end, self.frames))


def make_pace(frames: int, fps: Fraction, step_rate: float, speed: float) -> Pace:
    """The pace of a clip.

    Args:
        frames: in the clip.
        fps: of the video.
        step_rate: steps in a second of the game (`rlviz_agents.step_rate`).
        speed: seconds of the game in a second of the video.
    """
    steps_per_second = Fraction(step_rate).limit_denominator(10_000) * Fraction(str(speed))
    return Pace(frames, fps, steps_per_second)
