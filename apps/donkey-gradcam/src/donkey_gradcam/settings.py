"""What a person can choose, as frozen data; `cli.py` fills it one to one from options."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DriveSettings:
    """Which pictures.

    Attributes:
        data_path: a tub (v2 or v1), a folder of pictures or a video.
        start: first record, by its number in the tub.
        end: the record to stop before, or None for the last.
        stride: every how many records one is shown.
        max_frames: how many are shown at most, or None for all.
        config: a `myconfig.py`: what donkeycar does to a picture before the pilot sees it.

    Raises:
        ValueError: a number that leaves nothing to show.
    """

    data_path: Path
    start: int = 0
    end: int | None = None
    stride: int = 1
    max_frames: int | None = None
    config: Path | None = None

    def __post_init__(self) -> None:
        if self.stride < 1:
            msg = f"--stride {self.stride}: every how many frames one is shown; give 1 or more"
            raise ValueError(msg)
        if self.max_frames is not None and self.max_frames < 1:
            msg = f"--max_frames {self.max_frames}: there is nothing to show; give 1 or more"
            raise ValueError(msg)
        if self.start < 0 or (self.end is not None and self.end <= self.start):
            msg = f"--start {self.start} --end {self.end}: no record lies between; give 0 <= start < end"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class PilotSettings:
    """Which pilot.

    Attributes:
        model_path: the model's file or folder, or a folder with one model in it.
        type: a donkeycar pilot type, or `auto` to tell it from the network's own structure.
        throttle_range: the throttle of a categorical pilot's last bin, or None for the config's (or 0.8).
        device: `auto`, `cpu` or `cuda`.
        trust: run the code that a model file holds.
    """

    model_path: Path
    type: str = "auto"
    throttle_range: float | None = None
    device: str = "auto"
    trust: bool = False


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What is explained and how it is shown.

    Attributes:
        target: `steering`, `throttle`, or an output's name, with `:unit` for one of its units.
        layer: name of a layer, or None for the last spatial one on the path to the target.
        method: name of a CAM method.
        placement: `auto` (measured against occlusion on a sample of the drive) or a placement's name.
        evidence: which sign of the map is shown.
        heat_scale: what full heat means.
        scale_value: the map value of full heat, for the scale `fixed`.
        smooth: half life of the causal smoothing in frames; 0 is none.
        colormap: name of a colour table.
        exclude_regions: `x1,y1,x2,y2;...` in pixels of the picture: heat there is hidden, and counted
            all the same.
        road: `x,y x,y x,y ...`, a polygon in pixels of the camera's picture, or empty.
        horizon: the row of the camera's picture below which the road lies, or None.
        show_field: whether the pixels that the strongest cell sees are framed.
    """

    target: str = "steering"
    layer: str | None = None
    method: str = "gradcam"
    placement: str = "auto"
    evidence: str = "positive"
    heat_scale: str = "typical"
    scale_value: float | None = None
    smooth: float = 0.0
    colormap: str = "inferno"
    exclude_regions: str = ""
    road: str = ""
    horizon: int | None = None
    show_field: bool = False


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """Where it goes.

    Attributes:
        folder: output folder.
        video_name: base name of the video.
        fps: frames a second of the video.
        scale: how many times larger than the camera's picture it is shown.
        draw_user_input: whether the person's steering and throttle are drawn beside the pilot's.
        save_frames: also keep every frame as PNG in `<video_name>_frames`.
        save_maps: also keep the raw maps in this `.npz` file.
        force: replace outputs that exist.

    Raises:
        ValueError: a number that makes no video.
    """

    folder: Path = Path("output")
    video_name: str = "grad_cam_visualization"
    fps: float = 30
    scale: int = 2
    draw_user_input: bool = True
    save_frames: bool = False
    save_maps: Path | None = None
    force: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.fps <= 1000:
            msg = f"--fps {self.fps:g}: frames a second of the video; give a number above 0, such as 20"
            raise ValueError(msg)
        if not 1 <= self.scale <= 8:
            msg = f"--scale {self.scale}: how many times larger the picture is shown; give 1 to 8"
            raise ValueError(msg)
        if Path(self.video_name).name != self.video_name or not self.video_name:
            msg = f"--video_name {self.video_name!r}: give a plain name; --output_dir says where it goes"
            raise ValueError(msg)
