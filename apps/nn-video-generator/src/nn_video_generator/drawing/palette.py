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
ZERO, STEPS = 128, 126
"""Row of the brightness of zero, and rows from there to the highest and to the lowest."""

# Most activations are small, so they are lifted: a tenth of the scale is a third of full brightness.
_SHARES = (0, 0.1, 0.25, 0.5, 1)
_BRIGHT = ((6, 8, 11), (72, 79, 90), (119, 127, 139), (178, 186, 196), (250, 251, 253))
_BELOW = ((6, 8, 11), (24, 42, 78), (38, 68, 130), (60, 106, 196), NEGATIVE)


def brightness() -> Table:
    """The colours of activations, uint8 (256, 3).

    Row ZERO is zero, ZERO + STEPS the highest: white. Down to ZERO - STEPS are those below zero, in blue.
    Row 0 is the gutter between tiles, row 1 where there is no tile.
    """
    table = np.full((256, 3), 255, np.uint8)
    table[ZERO : ZERO + STEPS + 1] = _between(_BRIGHT)
    table[ZERO - STEPS : ZERO + 1] = _between(_BELOW)[::-1]
    table[0], table[1] = GUTTER, DARK.background
    return table


def mixed(color: Color, share: float, background: Color) -> Color:
    """A colour over a background, at an opacity of 0 to 1."""
    red, green, blue = (round(share * c + (1 - share) * b) for c, b in zip(color, background, strict=True))
    return red, green, blue


def _between(anchors: Sequence[Color]) -> Table:
    """From the first colour to the last, uint8 (STEPS + 1, 3)."""
    shares = np.arange(STEPS + 1) / STEPS
    channels = [np.interp(shares, _SHARES, channel) for channel in zip(*anchors, strict=True)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)
