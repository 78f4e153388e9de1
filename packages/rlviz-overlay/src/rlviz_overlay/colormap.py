"""Named colour tables: level of heat in, colour out."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.opencv import cv2

Table = NDArray[np.uint8]
"""A colour table: uint8 (256, 3), RGB; row 0 is the lowest level, row 255 the highest."""

_OPENCV: Mapping[str, int] = {
    "inferno": cv2.COLORMAP_INFERNO,
    "magma": cv2.COLORMAP_MAGMA,
    "plasma": cv2.COLORMAP_PLASMA,
    "viridis": cv2.COLORMAP_VIRIDIS,
    "cividis": cv2.COLORMAP_CIVIDIS,
    "turbo": cv2.COLORMAP_TURBO,
    "jet": cv2.COLORMAP_JET,
    "hot": cv2.COLORMAP_HOT,
    "bone": cv2.COLORMAP_BONE,
}

# Signed heat: cold below zero, warm above, dark where there is none, equally light at both ends.
_DIVERGING = ((140, 215, 255), (45, 130, 215), (22, 22, 26), (205, 75, 40), (255, 190, 110))

COLORMAPS: Mapping[str, str] = MappingProxyType(
    {
        "inferno": "perceptually even, black over red to yellow",
        "magma": "perceptually even, black over purple to white",
        "plasma": "perceptually even, blue over pink to yellow",
        "viridis": "perceptually even, purple over green to yellow",
        "cividis": "perceptually even, blue to yellow, the same to colour-blind eyes",
        "turbo": "rainbow with smooth lightness",
        "jet": "the classic rainbow, blue to red; its yellow stands out where nothing does",
        "hot": "black over red to white",
        "bone": "black to white with a blue tint",
        "diverging": "for signed heat: blue below zero, dark at zero, orange above",
    }
)
"""Name of each colour table, with what it looks like."""


@cache
def colormap(name: str) -> Table:
    """The colour table of a name, uint8 (256, 3), RGB, read only.

    Raises:
        ValueError: There is no table of that name; the message lists the names there are.
    """
    if name not in COLORMAPS:
        msg = f"no colormap {name!r}; choose one of: {', '.join(COLORMAPS)}"
        raise ValueError(msg)
    if name == "diverging":
        table = _between(_DIVERGING)
    else:
        levels = np.arange(256, dtype=np.uint8).reshape(256, 1)
        table = np.asarray(cv2.applyColorMap(levels, _OPENCV[name]), np.uint8).reshape(256, 3)[:, ::-1].copy()
    table.flags.writeable = False
    return table


def _between(anchors: tuple[tuple[int, int, int], ...]) -> Table:
    """A table that passes through evenly spaced colours."""
    places = np.linspace(0, 255, len(anchors))
    channels = [np.interp(np.arange(256), places, channel) for channel in zip(*anchors, strict=True)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)
