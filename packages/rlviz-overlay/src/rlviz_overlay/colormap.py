"""Named colour tables: level of heat in, colour out."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.opencv import cv2

Table = NDArray[np.uint8]
"""A colour table: uint8 (256, 3), RGB; row 0 is the lowest level, row 255 the highest."""

# Signed heat: cold below zero, warm above, dark where there is none, equally light at both ends.
_DIVERGING = ((140, 215, 255), (45, 130, 215), (22, 22, 26), (205, 75, 40), (255, 190, 110))

OPENCV_COLORMAPS: Mapping[str, str] = MappingProxyType(
    {
        "autumn": "red to yellow",
        "bone": "black to white with a blue tint",
        "jet": "the classic rainbow, blue to red; its yellow stands out where nothing does",
        "winter": "blue to green",
        "rainbow": "red over green to violet",
        "ocean": "black over blue to white",
        "summer": "green to yellow",
        "spring": "magenta to yellow",
        "cool": "cyan to magenta",
        "hsv": "all hues: both ends are red, so that most and least heat look the same",
        "pink": "black over rose to white",
        "hot": "black over red to white",
        "parula": "blue over green to yellow",
        "magma": "perceptually even, black over purple to white",
        "inferno": "perceptually even, black over red to yellow",
        "plasma": "perceptually even, blue over pink to yellow",
        "viridis": "perceptually even, purple over green to yellow",
        "cividis": "perceptually even, blue to yellow, the same to colour-blind eyes",
        "twilight": "pale over blue, black and red to pale: most and least heat look the same",
        "twilight_shifted": "black over blue, pale and red to black: most and least heat look the same",
        "turbo": "rainbow with smooth lightness",
        "deepgreen": "black over green to white",
    }
)
"""Name of each of OpenCV's colour tables in the order of its numbers, 0 to 21, with what it looks like."""

COLORMAPS: Mapping[str, str] = MappingProxyType(
    {**OPENCV_COLORMAPS, "diverging": "for signed heat: blue below zero, dark at zero, orange above"}
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
        bgr = cv2.applyColorMap(levels, list(OPENCV_COLORMAPS).index(name))
        table = np.asarray(bgr, np.uint8).reshape(256, 3)[:, ::-1].copy()
    table.flags.writeable = False
    return table


def _between(anchors: tuple[tuple[int, int, int], ...]) -> Table:
    """A table that passes through evenly spaced colours."""
    places = np.linspace(0, 255, len(anchors))
    channels = [np.interp(np.arange(256), places, channel) for channel in zip(*anchors, strict=True)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)
