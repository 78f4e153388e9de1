"""Regions of a picture in which no heat is shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.geometry import Rect, Size
from rlviz_overlay.heatmap import Heatmap


class ExcludedRegions:
    """Rectangles of a picture's own pixels, such as the sky or a dashboard, that hide heat."""

    def __init__(self, regions: Sequence[Rect] = ()) -> None:
        self.regions = tuple(regions)

    @classmethod
    def parse(cls, text: str) -> "ExcludedRegions":
        """Regions written as "x1,y1,x2,y2;x1,y1,x2,y2;...", right and lower ends not included.

        Raises:
            ValueError: A region is not four whole numbers with 0 <= x1 < x2 and 0 <= y1 < y2.
        """
        return cls([_parse_region(part) for part in text.split(";") if part.strip()])

    def mask(self, size: Size) -> NDArray[np.bool_]:
        """True where heat is hidden, bool (height, width). Regions may reach over the picture's edge.

        Raises:
            ValueError: A region lies wholly outside the picture.
        """
        hidden = np.zeros((size.height, size.width), np.bool_)
        for region in self.regions:
            part = hidden[region.y : region.bottom, region.x : region.right]
            if part.size == 0:
                given = f"{region.x},{region.y},{region.right},{region.bottom}"
                msg = (
                    f"the excluded region {given} lies outside the picture of {size.width}x{size.height}; "
                    "give regions in the picture's own pixels"
                )
                raise ValueError(msg)
            part[...] = True
        return hidden

    def hide(self, heatmap: Heatmap) -> Heatmap:
        """The heatmap with no heat in the regions: float32 (H, W), a new array.

        Raises:
            ValueError: A region lies wholly outside the heatmap.
        """
        return np.where(self.mask(Size.of(heatmap)), np.float32(0), heatmap)


def _parse_region(part: str) -> Rect:
    try:
        left, top, right, bottom = (int(number) for number in part.split(","))
    except ValueError:
        left, top, right, bottom = 0, 0, 0, 0
    if not (0 <= left < right and 0 <= top < bottom):
        msg = f"the excluded region {part!r}; write it as x1,y1,x2,y2 with 0 <= x1 < x2 and 0 <= y1 < y2"
        raise ValueError(msg)
    return Rect(left, top, right - left, bottom - top)
