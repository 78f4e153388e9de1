"""Rectangles on a canvas, and how a canvas is split into them."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""A picture: uint8 (H, W, 3), RGB."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels, both at least 0."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            msg = f"a size of {self.width}x{self.height} pixels; give a width and a height of 0 or more"
            raise ValueError(msg)

    @classmethod
    def of(cls, frame: NDArray[np.generic]) -> "Size":
        """The size of a picture or map of shape (H, W) or (H, W, channels)."""
        return cls(int(frame.shape[1]), int(frame.shape[0]))


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle of whole pixels: x to the right and y down from the canvas's top left corner."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            msg = (
                f"a rectangle of {self.width}x{self.height} pixels at ({self.x}, {self.y}); "
                "give a width and a height of 0 or more"
            )
            raise ValueError(msg)

    @classmethod
    def whole(cls, size: Size) -> "Rect":
        """The rectangle that covers a canvas of this size."""
        return cls(0, 0, size.width, size.height)

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    @property
    def right(self) -> int:
        """First column to the right of the rectangle."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below the rectangle."""
        return self.y + self.height

    def inset(self, horizontal: int, vertical: int | None = None) -> "Rect":
        """The rectangle less a margin on every side; a margin that is too large leaves an empty middle.

        Args:
            horizontal: Pixels off the left and off the right.
            vertical: Pixels off the top and off the bottom; the same as horizontal when left out.
        """
        dx = min(horizontal, self.width // 2)
        dy = min(horizontal if vertical is None else vertical, self.height // 2)
        return Rect(self.x + dx, self.y + dy, self.width - 2 * dx, self.height - 2 * dy)

    def columns(self, *weights: float, gap: int = 0) -> tuple["Rect", ...]:
        """Split from left to right in proportion to the weights, with gap pixels between neighbours.

        The columns and gaps fill the rectangle to the pixel.

        Raises:
            ValueError: No weight, a weight of 0 or less, or gaps wider than the rectangle.
        """
        edges = _edges(self.width, weights, gap)
        return tuple(Rect(self.x + start, self.y, length, self.height) for start, length in edges)

    def rows(self, *weights: float, gap: int = 0) -> tuple["Rect", ...]:
        """Split from top to bottom in proportion to the weights, with gap pixels between neighbours.

        Raises:
            ValueError: No weight, a weight of 0 or less, or gaps higher than the rectangle.
        """
        edges = _edges(self.height, weights, gap)
        return tuple(Rect(self.x, self.y + start, self.width, length) for start, length in edges)

    def cut_left(self, width: int, gap: int = 0) -> tuple["Rect", "Rect"]:
        """The leftmost width pixels, and what is right of them after the gap (as far as there is room)."""
        width = min(width, self.width)
        rest = min(self.width, width + gap)
        return (
            Rect(self.x, self.y, width, self.height),
            Rect(self.x + rest, self.y, self.width - rest, self.height),
        )

    def cut_right(self, width: int, gap: int = 0) -> tuple["Rect", "Rect"]:
        """The rightmost width pixels, and what is left of them before the gap."""
        width = min(width, self.width)
        rest = max(0, self.width - width - gap)
        return (
            Rect(self.right - width, self.y, width, self.height),
            Rect(self.x, self.y, rest, self.height),
        )

    def cut_top(self, height: int, gap: int = 0) -> tuple["Rect", "Rect"]:
        """The topmost height pixels, and what is below them after the gap."""
        height = min(height, self.height)
        rest = min(self.height, height + gap)
        return (
            Rect(self.x, self.y, self.width, height),
            Rect(self.x, self.y + rest, self.width, self.height - rest),
        )

    def cut_bottom(self, height: int, gap: int = 0) -> tuple["Rect", "Rect"]:
        """The lowest height pixels, and what is above them before the gap."""
        height = min(height, self.height)
        rest = max(0, self.height - height - gap)
        return (
            Rect(self.x, self.bottom - height, self.width, height),
            Rect(self.x, self.y, self.width, rest),
        )

    def fit(self, size: Size) -> "Rect":
        """The largest rectangle of this size's aspect ratio that fits, centred.

        Raises:
            ValueError: The size is empty, so it has no aspect ratio.
        """
        if size.width == 0 or size.height == 0:
            msg = f"a picture of {size.width}x{size.height} pixels has no aspect ratio; give a larger one"
            raise ValueError(msg)
        if self.width * size.height <= self.height * size.width:
            width, height = self.width, round(self.width * size.height / size.width)
        else:
            width, height = round(self.height * size.width / size.height), self.height
        return Rect(self.x + (self.width - width) // 2, self.y + (self.height - height) // 2, width, height)

    def contains(self, other: "Rect") -> bool:
        """Whether the other rectangle lies wholly inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def clip(self, other: "Rect") -> "Rect":
        """The part of the other rectangle that lies inside this one; empty when there is none."""
        left, top = (min(max(other.x, self.x), self.right), min(max(other.y, self.y), self.bottom))
        right, bottom = (min(max(other.right, left), self.right), min(max(other.bottom, top), self.bottom))
        return Rect(left, top, right - left, bottom - top)

    def project(self, part: "Rect", size: Size) -> "Rect":
        """Where a part of a picture of this size lies when the picture fills this rectangle.

        Args:
            part: In the picture's own pixels; it may reach over the picture's edge.
            size: Of the picture, not empty.
        """
        x = [round(place * self.width / size.width) for place in (part.x, part.right)]
        y = [round(place * self.height / size.height) for place in (part.y, part.bottom)]
        return Rect(self.x + x[0], self.y + y[0], x[1] - x[0], y[1] - y[0])

    def view(self, canvas: Frame) -> Frame:
        """The canvas's pixels in the rectangle: a view, so that writing to it changes the canvas.

        Raises:
            ValueError: The rectangle reaches outside the canvas.
        """
        height, width = canvas.shape[:2]
        if self.x < 0 or self.y < 0 or self.right > width or self.bottom > height:
            msg = (
                f"{self} reaches outside the canvas of {width}x{height} pixels; "
                "make the layout for the canvas's own size"
            )
            raise ValueError(msg)
        return canvas[self.y : self.bottom, self.x : self.right]


def _edges(total: int, weights: tuple[float, ...], gap: int) -> list[tuple[int, int]]:
    """Start and length of each part, so that parts and gaps sum to total."""
    if not weights or min(weights) <= 0:
        msg = f"weights {weights}; give one number above 0 for each part"
        raise ValueError(msg)
    room = total - gap * (len(weights) - 1)
    if room < 0 or gap < 0:
        msg = (
            f"{len(weights)} parts with gaps of {gap} pixels do not fit into {total} pixels; use smaller gaps"
        )
        raise ValueError(msg)
    ends = [round(room * part / sum(weights)) for part in accumulate(weights)]
    starts = [0, *ends[:-1]]
    pairs = zip(starts, ends, strict=True)
    return [(start + number * gap, end - start) for number, (start, end) in enumerate(pairs)]
