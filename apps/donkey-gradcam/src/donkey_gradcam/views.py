"""What is handed from the drive to the pilot and the picture: records, views and commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""A picture: uint8 (H, W, 3), RGB."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a driver asks of the car.

    Attributes:
        angle: steering, -1 (left) to 1 (right), or None when it is not known.
        throttle: -1 to 1, or None when it is not known.
    """

    angle: float | None = None
    throttle: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One moment of a drive.

    Attributes:
        index: number of the record in its tub, or of the picture in its folder or video, from 0.
        user: what the person at the wheel asked.
        session: name of the recording session, or None; what a pilot remembers does not cross sessions.
        path: the picture's file, or None for a frame of a video.
        values: everything else that was recorded (`imu/acl_x`, `behavior/one_hot_state_array`, ...).
    """

    index: int
    user: Command = Command()
    session: str | None = None
    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class View:
    """One record with its picture.

    Attributes:
        record: the record.
        frame: uint8 (H, W, 3), RGB: the camera's picture; the same size all through a drive.
        seen: uint8 (h, w, c): what the pilot's network receives, before it is scaled to [0, 1].
        held: why `frame` is an earlier record's ("truncated", "missing", ...), or "" when it is its own.
    """

    record: Record
    frame: Frame
    seen: NDArray[np.uint8]
    held: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One view, what the pilot did and what that rested on.

    Attributes:
        view: what was seen; for a pilot of several steps, the newest.
        pilot: what the pilot asked.
        map: float32 (h, w), or (steps, h, w) with the newest last: signed, un-normalised, one value a cell.
        heat: float32 (H, W) or (steps, H, W), at the size of `seen`: the chosen evidence, placed,
            un-normalised.
        score: the scalar that the map explains.
        angle_bins: float32 (bins,) probabilities of a categorical pilot's steering, else None.
        throttle_bins: the same for its throttle.
        earlier: the camera's pictures of the earlier steps, oldest first; empty for a pilot of one picture.
    """

    view: View
    pilot: Command
    map: NDArray[np.float32]
    heat: NDArray[np.float32]
    score: float
    angle_bins: NDArray[np.float32] | None = None
    throttle_bins: NDArray[np.float32] | None = None
    earlier: tuple[Frame, ...] = ()
