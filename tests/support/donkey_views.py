"""Explained views with pictures, maps and commands that a test names."""

from collections.abc import Sequence

import numpy as np
from donkey_gradcam.views import Command, Explained, Record, View
from numpy.typing import NDArray
from rlviz_overlay import Size

CAMERA = Size(64, 48)


def picture(camera: Size = CAMERA, value: int = 100) -> NDArray[np.uint8]:
    """A grey picture."""
    return np.full((camera.height, camera.width, 3), value, np.uint8)


def explained(
    heat: NDArray[np.float32] | float = 0.5,
    *,
    index: int = 0,
    pilot: tuple[float | None, float | None] = (0.5, 0.25),
    user: tuple[float | None, float | None] = (-0.5, 0.75),
    session: str | None = "one",
    held: str = "",
    camera: Size = CAMERA,
    bins: tuple[Sequence[float], Sequence[float]] | None = None,
) -> Explained:
    """One view; heat that is one number is the same everywhere, and its map has the size of the heat."""
    values = np.asarray(heat, np.float32)
    values = np.full((24, 32), values, np.float32) if values.ndim == 0 else values
    frame = picture(camera)
    angles, throttles = (None, None) if bins is None else (np.array(part, np.float32) for part in bins)
    earlier = tuple(picture(camera, 20 * step) for step in range(len(values) - 1)) if values.ndim == 3 else ()
    view = View(Record(index, Command(*user), session), frame, frame, held)
    return Explained(view, Command(*pilot), values, values, 0.5, angles, throttles, earlier)
