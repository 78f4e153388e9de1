"""What a command is told, each kind of thing in one dataclass; click's options fill them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

MapMode = Literal["gray", "grey", "heat", "plot"]
MapScale = Literal["layer", "channel"]


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Which network.

    Attributes:
        model: file or folder.
        preprocessing: name, or values of black and white; None for what is known or the default.
        device: `auto`, `cpu` or `cuda`.
        trust: run the code that the file may hold.
    """

    model: Path
    preprocessing: str | None = None
    device: str = "auto"
    trust: bool = False


@dataclass(frozen=True, slots=True)
class FigureSettings:
    """What is drawn, and what is done with it.

    Attributes:
        layer: name of the layer; None where the command chooses it.
        features: which of its features; None for all.
        out: its file; None for a descriptive name of its own under `docs/analysis/figures`.
        show: whether it is shown in a window and not saved.
        force: whether `out` may be replaced.

    Raises:
        ValueError: it is to be shown and saved to a file.
    """

    layer: str | None = None
    features: tuple[int, ...] | None = None
    out: Path | None = None
    show: bool = False
    force: bool = False

    def __post_init__(self) -> None:
        if self.show and self.out is not None:
            message = f"--show opens a window, --out {self.out} saves a file; give one of them"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """Where a report comes from and goes.

    Attributes:
        layer: name of the layer.
        images: a folder of pictures, a tub, a recorded rollout or a video.
        features: which of the layer's features; None for all.
        top: pictures kept of each: those of its highest activations.
        stimuli: whether its preferred picture is looked for.
        out: the page, .html or .pdf; None for both, in `docs/analysis/figures`.
        force: whether it may be replaced.
    """

    layer: str
    images: Path
    features: tuple[int, ...] | None = None
    top: int = 9
    stimuli: bool = True
    out: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class AscentSettings:
    """What a gradient ascent is told beside its recipe.

    Attributes:
        seed: the same seed gives the same pictures.
        chunk: pictures of one pass at most; None for what fits about 1 GB.
    """

    seed: int = 0
    chunk: int | None = None


@dataclass(frozen=True, slots=True)
class MapSettings:
    """How activations are drawn.

    Attributes:
        mode: `gray` (or `grey`), `heat` or `plot`.
        scale: `layer`: one for all channels; `channel`: one for each.
    """

    mode: MapMode = "gray"
    scale: MapScale = "layer"


@dataclass(frozen=True, slots=True)
class ReferenceSettings:
    """Which picture is looked at.

    Attributes:
        image: a picture, a folder of pictures, a tub, a recorded rollout or a video.
        frame: which of them, from 0.
    """

    image: Path
    frame: int = 0
