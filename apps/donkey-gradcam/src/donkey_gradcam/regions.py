"""Parts of the camera's picture, and how much of a map's evidence lies in each."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Placer
from rlviz_overlay import ExcludedRegions, Size, resize_heatmap
from rlviz_overlay.opencv import cv2

from donkey_gradcam.settings import MapSettings

Mask = NDArray[np.bool_]
Polygon = tuple[tuple[int, int], ...]

THIRDS = ("top", "middle", "bottom")


def parse_polygon(text: str) -> Polygon:
    """A polygon written as "x,y x,y x,y ..." in pixels of the camera's picture.

    Raises:
        ValueError: it is not three corners or more, each two whole numbers.
    """
    try:
        corners = tuple(tuple(int(number) for number in corner.split(",")) for corner in text.split())
    except ValueError:
        corners = ()
    if len(corners) < 3 or any(len(corner) != 2 for corner in corners):
        msg = (
            f"--road {text!r}: give a polygon of three corners or more, such as '0,120 60,50 100,50 160,120'"
        )
        raise ValueError(msg)
    return tuple((corner[0], corner[1]) for corner in corners)


def road_polygon(settings: MapSettings, size: Size) -> Polygon:
    """Where the person says the road is: the polygon, what lies below the horizon, or nothing.

    Raises:
        ValueError: both are given, or neither lies in the picture.
    """
    if settings.road and settings.horizon is not None:
        msg = "--road and --horizon both say where the road is; give one of them"
        raise ValueError(msg)
    if settings.horizon is not None:
        if not 0 <= settings.horizon < size.height:
            msg = (
                f"--horizon {settings.horizon}: the picture has rows 0 to {size.height - 1}; give one of them"
            )
            raise ValueError(msg)
        top, right, bottom = settings.horizon, size.width, size.height
        return ((0, top), (right, top), (right, bottom), (0, bottom))
    return parse_polygon(settings.road) if settings.road else ()


class Regions:
    """Named parts of a picture: its thirds from top to bottom, what is excluded, and the road.

    Args:
        settings: `exclude_regions`, `road` and `horizon`.
        size: of the camera's picture.

    Attributes:
        excluded: where heat is hidden.
        road: corners of the road's polygon, or nothing.
        masks: name -> bool (height, width), the pixels of each part.

    Raises:
        ValueError: a region is malformed, lies outside the picture, or nothing is left to show.
    """

    def __init__(self, settings: MapSettings, size: Size) -> None:
        self.size = size
        self.excluded = ExcludedRegions.parse(settings.exclude_regions)
        self.road = road_polygon(settings, size)
        rows = np.arange(size.height) * 3 // size.height
        whole = np.ones((size.height, size.width), np.bool_)
        self.masks: dict[str, Mask] = {
            name: whole & (rows == number)[:, None] for number, name in enumerate(THIRDS)
        }
        if self.excluded.regions:
            self.masks["excluded"] = self.excluded.mask(size)
            if self.masks["excluded"].all():
                msg = (
                    f"--exclude_regions {settings.exclude_regions!r} covers the whole picture of "
                    f"{size.width}x{size.height}; leave something to look at"
                )
                raise ValueError(msg)
        if self.road:
            self.masks["road"] = self._inside(self.road)

    @property
    def names(self) -> tuple[str, ...]:
        """The parts, in the order of `masks`."""
        return tuple(self.masks)

    def _inside(self, polygon: Polygon) -> Mask:
        canvas = np.zeros((self.size.height, self.size.width), np.uint8)
        cv2.fillPoly(canvas, [np.array(polygon, np.int32)], 1)
        if not canvas.any():
            msg = f"--road: the polygon lies outside the picture of {self.size.width}x{self.size.height}"
            raise ValueError(msg)
        return canvas.astype(np.bool_)

    def shares(self, placer: Placer) -> "Shares":
        """What measures the shares of maps that are placed by `placer`."""
        return Shares(self.masks, placer)


class Shares:
    """The share of a map's evidence that lies in each part of the picture.

    Args:
        masks: name -> bool (height, width) of the camera's picture.
        placer: from cells to the network's input.
    """

    def __init__(self, masks: Mapping[str, Mask], placer: Placer) -> None:
        height, width = placer.pixels
        self.names = tuple(masks)
        scaled = [resize_heatmap(mask.astype(np.float32), Size(width, height)) for mask in masks.values()]
        self._parts = np.stack([placer.part(mask) for mask in scaled]).reshape(len(self.names), -1)
        self._whole = placer.part(np.ones(placer.pixels, np.float32)).ravel()

    def __call__(self, evidence: NDArray[np.float32]) -> dict[str, float | None]:
        """Name -> share in [0, 1] of one frame's evidence, by size; None where there is none.

        Args:
            evidence: the chosen evidence of each cell, float32 (h, w) or (steps, h, w).
        """
        size = np.abs(evidence).reshape(-1, len(self._whole)).sum(axis=0)
        whole = float(self._whole @ size)
        if whole <= 0:
            return dict.fromkeys(self.names)
        return {name: float(part) / whole for name, part in zip(self.names, self._parts @ size, strict=True)}
