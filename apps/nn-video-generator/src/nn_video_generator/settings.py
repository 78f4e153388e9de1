"""What a person can choose, as frozen data; `cli.py` fills it one to one from options."""

from dataclasses import dataclass
from fractions import Fraction
from math import inf
from pathlib import Path

from rlviz_overlay import check_scale
from rlviz_video import frame_rate

SHOWN = ("reward", "actions", "performance")
"""What can be shown beside what is always there."""


@dataclass(frozen=True, slots=True)
class PlaySettings:
    """How it is played.

    Attributes:
        seed: of everything random; each video begins with it anew.
        deterministic: always the policy's best action.
        stochastic: sample actions (DQN: with the exploration it was saved with). With neither, PPO and A2C
            are sampled from, and DQN and QR-DQN take their best action: nothing but the policy acts.
        epsilon: share of the steps whose action is drawn at random.
        fire_on_reset: whether FIRE is pressed at the first step of every episode.

    Raises:
        ValueError: a share that is none, or both of deterministic and stochastic.
    """

    seed: int = 42
    deterministic: bool = False
    stochastic: bool = False
    epsilon: float = 0.0
    fire_on_reset: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.epsilon <= 1:
            message = f"--epsilon {self.epsilon:g} is no share of the steps; give a number from 0 to 1"
            raise ValueError(message)
        if self.deterministic and self.stochastic:
            message = "--deterministic and --stochastic exclude each other; give one of them"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """How long the videos are and what they look like.

    Attributes:
        clip_seconds: length of each video.
        fps: frames per second.
        speed: seconds of the game in a second of the video; 1 is its true speed.
        size: width and height in pixels, both even.
        show: any of SHOWN.

    Raises:
        ValueError: a length, rate, speed or size that no video can have, or nothing of SHOWN.
    """

    clip_seconds: float = 90
    fps: Fraction = Fraction(30)
    speed: float = 1.0
    size: tuple[int, int] = (960, 540)
    show: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        frame_rate(self.fps)
        if not 1 <= self.clip_seconds * self.fps < inf:
            message = f"--clip-seconds {self.clip_seconds:g} at --fps {self.fps} is no video; give more"
            raise ValueError(message)
        if not 0 < self.speed <= 1000:
            message = f"--speed {self.speed:g} is none; give a number above 0, 1 is the game's true speed"
            raise ValueError(message)
        width, height = self.size
        if width % 2 or height % 2 or width < MIN_SIZE[0] or height < MIN_SIZE[1]:
            least = "x".join(str(side) for side in MIN_SIZE)
            message = f"--size {width}x{height} is not usable; give even sides of at least {least}"
            raise ValueError(message)
        if unknown := self.show - set(SHOWN):
            named, known = (", ".join(names) for names in (sorted(unknown), SHOWN))
            message = f"--show {named}: nothing of that name; choose of: {known}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What the heat over the game explains, and how it is shown.

    Attributes:
        target: `action` (the executed action's own score), `advantage`, `value`, `contrast:A,B`, an action.
        method: name of a CAM method.
        layer: name of a layer, or None for the last spatial one.
        placement: `auto` (measured against occlusion on the first frames) or a placement's name.
        evidence: which sign of the map is shown.
        scale: what full heat means.
        scale_value: the map's value of full heat, for the scale `fixed`.

    Raises:
        ValueError: a scale that there is not, or a value that it does not need or lacks.
    """

    target: str = "action"
    method: str = "gradcam"
    layer: str | None = None
    placement: str = "auto"
    evidence: str = "absolute"
    scale: str = "recent"
    scale_value: float | None = None

    def __post_init__(self) -> None:
        check_scale(self.scale, self.scale_value)


@dataclass(frozen=True, slots=True)
class ClipSettings:
    """All that decides what a clip shows, beside the checkpoint.

    Attributes:
        play: how it is played.
        video: how long it is and what it looks like.
        maps: what the heat over the game explains; None for no heat.
        device: `auto`, `cpu` or `cuda`.
        trust: run code that the model's file holds.
    """

    play: PlaySettings
    video: VideoSettings
    maps: MapSettings | None = None
    device: str = "auto"
    trust: bool = False


MIN_SIZE = (640, 360)
"""Below this, names of layers and actions would not be legible."""


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """Where it goes.

    Attributes:
        folder: of the videos.
        provenance_names: whether the videos' names say game, algorithm, steps, seed and model.
        force: replace what exists.
        resume: keep what is finished and was made in the same way, make the rest.
        jobs: checkpoints rendered at a time, each in a process of its own.
        verbose: 0 says nothing, more what is found and made.

    Raises:
        ValueError: fewer than one job.
    """

    folder: Path = Path("video/post_training")
    provenance_names: bool = False
    force: bool = False
    resume: bool = False
    jobs: int = 1
    verbose: int = 1

    def __post_init__(self) -> None:
        if self.jobs < 1:
            message = f"--jobs {self.jobs}: nothing would be made; give 1 or more"
            raise ValueError(message)
