"""The colours of the panel: each means one thing."""

from collections.abc import Sequence

import numpy as np
from rlviz_overlay import DARK, Color, Table

LIKELY: Color = (255, 214, 64)
"""The policy's most likely action, or the one with the highest Q-value."""
EXECUTED: Color = DARK.accent
"""The action that was executed."""
POSITIVE: Color = (255, 146, 72)
"""What adds to a unit."""
NEGATIVE: Color = (88, 150, 255)
"""What takes from a unit, and units below zero."""
VALUE: Color = DARK.other
"""The network's own estimate of what is to come."""
FOLLOWED: Color = (196, 206, 220)
"""What really came."""
GUTTER: Color = (27, 32, 41)
"""Between the tiles of a layer."""

_BRIGHT = ((6, 8, 11), (62, 69, 80), (116, 125, 137), (183, 190, 199), (248, 250, 253))
_BELOW = ((6, 8, 11), (26, 45, 84), (43, 78, 150), (64, 114, 212), NEGATIVE)


def brightness() -> Table:
    """The colours of activations, uint8 (256, 3).

    Row 128 is zero, 255 the highest: white. Down to row 1 are activations below zero, in blue. Row 0 is
    what is no activation: the gutter between tiles.
    """
    table = np.empty((256, 3), np.uint8)
    table[128:] = _between(_BRIGHT, 128)
    table[128:0:-1] = _between(_BELOW, 128)
    table[0] = GUTTER
    return table


def mixed(color: Color, share: float, background: Color) -> Color:
    """A colour over a background, at an opacity of 0 to 1."""
    red, green, blue = (round(share * c + (1 - share) * b) for c, b in zip(color, background, strict=True))
    return red, green, blue


def _between(anchors: Sequence[Color], count: int) -> Table:
    places = np.linspace(0, count - 1, len(anchors))
    channels = [np.interp(np.arange(count), places, channel) for channel in zip(*anchors, strict=True)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)
