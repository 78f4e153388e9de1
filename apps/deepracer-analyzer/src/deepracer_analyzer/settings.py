"""What a person can choose, as frozen data; `cli.py` fills it one to one from options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What is replayed.

    Attributes:
        model: A model folder, an archive (tar.gz, zip), or a log file.
        log: The log, where the folder has several; a path, or `archive!member`.
        video: The video, where the folder has several or has it elsewhere.
        tracks: Folder of track `.npy` files.
        metadata: A `model_metadata.json`, where it is elsewhere.
    """

    model: Path
    log: str | None = None
    video: Path | None = None
    tracks: Path | None = None
    metadata: Path | None = None


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """How pictures and rows are matched.

    Attributes:
        sync: False shows row i on picture i, as the original did.
        folder: Where `sync.csv` and `<name>.with_speed.csv` go; None: `deepracer_analysis/<model>`.
        again: Read the video again even when nothing changed.
        check_ocr: Also read the speeds with tesseract, and say how far both agree.
    """

    sync: bool = True
    folder: Path | None = None
    again: bool = False
    check_ocr: bool = False


@dataclass(frozen=True, slots=True)
class RewardSettings:
    """Which reward parts are shown.

    Attributes:
        components: Name -> expression, such as `{"Speed": "{speed}**2"}`.
        normalization: `none`, `max` or `z-score`.
        reward_function: The user's own reward function file; it is run.
    """

    components: Mapping[str, str] = field(default_factory=dict[str, str])
    normalization: str = "none"
    reward_function: Path | None = None


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """How it looks.

    Attributes:
        size: Width and height of the picture with its strip, in pixels, even; reward charts come beside it.
        action_space: Whether the action space is drawn.
        heatmap: Whether recent actions are drawn on it as heat.
        annotations: Whether variables are written.
        attenuation: By how much an action weighs less with each later step, 1 to 1.2.
        gaussian_size: Pixels of the blob of one action, 30 to 100.
        colormap: Index of the colour table, 0 to 21, as OpenCV numbers them.

    Raises:
        ValueError: A number out of its range.
    """

    size: tuple[int, int] = (640, 500)
    action_space: bool = True
    heatmap: bool = True
    annotations: bool = True
    attenuation: float = 1.05
    gaussian_size: int = 60
    colormap: int = 20

    def __post_init__(self) -> None:
        width, height = self.size
        if not (320 <= width <= 3840 and 240 <= height <= 2160):
            msg = f"--size {width}x{height}: give 320x240 to 3840x2160, such as 640x500"
            raise ValueError(msg)
        if width % 2 or height % 2:
            msg = f"--size {width}x{height}: H.264 videos need even sizes; give even numbers, such as 640x500"
            raise ValueError(msg)
        if not 1 <= self.attenuation <= 1.2:
            msg = f"--attenuation {self.attenuation:g}: give 1 (none) to 1.2"
            raise ValueError(msg)
        if not 30 <= self.gaussian_size <= 100:
            msg = f"--gaussian-size {self.gaussian_size}: pixels of one action's blob; give 30 to 100"
            raise ValueError(msg)
        if not 0 <= self.colormap <= 21:
            msg = f"--colormap {self.colormap}: give 0 to 21"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Which pictures become a video, and where it goes.

    Attributes:
        output: The MP4; None: `deepracer_analysis/<model>/replay.mp4`.
        start: First picture.
        end: The picture to stop before, or None for the last.
        force: Replace outputs that exist.

    Raises:
        ValueError: Numbers that leave nothing to show.
    """

    output: Path | None = None
    start: int = 0
    end: int | None = None
    force: bool = False

    def __post_init__(self) -> None:
        if self.start < 0 or (self.end is not None and self.end <= self.start):
            msg = f"--start {self.start} --end {self.end}: no picture lies between; give 0 <= start < end"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class FigureSettings:
    """A figure, and where it goes.

    Attributes:
        output: The .png or .svg; None: a name of its own in `deepracer_analysis/<model>`.
        force: Replace a file that exists.
    """

    output: Path | None = None
    force: bool = False
