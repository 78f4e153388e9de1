"""One strip: the same moments of a drive side by side, with the heat of the pilot as it was at that time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rlviz_overlay import SCALES, Frame, NoHeatError, Size, format_value, typical_peak

from donkey_gradcam.drawing.heat_picture import HeatPainter, Marked
from donkey_gradcam.drawing.panels import heat_legend
from donkey_gradcam.drawing.sheet import Tile, contact_sheet, tile
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.views import Explained

IN_A_ROW = 8
NARROW = 4
"""Up to so many pictures, title and scale need the width that the key to the colours would take."""


@dataclass(frozen=True, slots=True)
class StripPainter:
    """Draws the strips of one training; each has a heat scale of its own, the same for all of its pictures.

    While a pilot learns, its maps change by factors from epoch to epoch: the scale of the first strip would
    leave later ones black, or all in full heat. So pictures of one strip can be compared, and the caption has
    the number by which strips can be.

    Attributes:
        camera: size of the camera's pictures.
        maps: how heat is shown.
        about: what the heat is.
    """

    camera: Size
    maps: MapSettings
    about: str

    def draw(self, items: Sequence[Explained], title: str) -> Frame:
        """Draw one strip: uint8 (H, W, 3), RGB.

        Args:
            items: what the pilot made of each moment, the same moments in every strip.
            title: when that was, and how well it did.
        """
        full_heat = _full_heat(items)
        painter = HeatPainter(self.maps, Marked(self.camera), full_heat or 1.0)
        tiles = [_with_line(tile(item, painter, "")) for item in items]
        legend = heat_legend(self.maps, painter.table, 1.0) if len(tiles) > NARROW else None
        notes = f"{self.about}\n{self._scale(full_heat)}"
        return contact_sheet(tiles, title, notes=notes, legend=legend, columns=IN_A_ROW)

    def _scale(self, full_heat: float | None) -> str:
        if full_heat is None:
            return f"full heat: none; no {self.maps.evidence} evidence in any of these pictures"
        what = f"{SCALES[self.maps.heat_scale].full_heat} of these pictures"
        return f"full heat: {format_value(full_heat, '.2g')}, {what}; each strip has its own"


def _full_heat(items: Sequence[Explained]) -> float | None:
    """The typical scale of these maps alone, of each the newest step; None where all are empty."""
    try:
        return typical_peak(np.stack([item.heat.reshape(-1, *item.heat.shape[-2:])[-1] for item in items]))
    except NoHeatError:
        return None


def _with_line(one: Tile) -> Tile:
    """The tile with a line for a remark whether or not there is one: all strips of a training are as high."""
    return one if one.remark else replace(one, remark=" ")
