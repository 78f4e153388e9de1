"""A picture that is scaled into a rectangle."""

from rlviz_overlay.drawable import fill
from rlviz_overlay.geometry import Frame, Rect, Size
from rlviz_overlay.heatmap import resampling
from rlviz_overlay.opencv import cv2
from rlviz_overlay.theme import DARK, Color


class Picture:
    """Draws the newest picture as large as fits, in its own aspect ratio."""

    def __init__(self, *, smooth: bool = False, background: Color = DARK.background) -> None:
        """A picture yet to come.

        Args:
            smooth: False keeps the edges of pixels (games), True interpolates (photographs).
            background: Fills what the picture leaves free.
        """
        self._smooth = smooth
        self._background = background
        self._frame: Frame | None = None

    def update(self, frame: Frame) -> None:
        """Set the picture of the next draw: uint8 (H, W, 3), RGB, kept and not copied."""
        self._frame = frame

    def draw(self, canvas: Frame, rect: Rect) -> None:
        """Draw the picture in the middle of the rectangle; covers the whole rectangle."""
        if self._frame is None:
            fill(canvas, rect, self._background)
            return
        size = Size.of(self._frame)
        place = rect.fit(size)
        if place != rect:
            fill(canvas, rect, self._background)
        if place.width == 0 or place.height == 0:
            return
        if place.size == size:
            place.view(canvas)[...] = self._frame
            return
        how = resampling(size, place.size, smooth=self._smooth)
        cv2.resize(self._frame, (place.width, place.height), dst=place.view(canvas), interpolation=how)
