"""Lengths and font sizes for a frame of any size."""

from dataclasses import dataclass

from rlviz_overlay import DARK, Size, TextStyle

BASE = Size(960, 540)
"""The frame that all lengths are given for."""
LEAST_TEXT = 8
"""Font size in pixels below which a text is hard to read."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """How many pixels a length of a frame of BASE has.

    Attributes:
        unit: pixels that one pixel of a frame of BASE is.
    """

    unit: float

    @classmethod
    def of(cls, size: Size) -> "Pixels":
        """The lengths of frames of a size."""
        return cls(min(size.width / BASE.width, size.height / BASE.height))

    def __call__(self, length: float) -> int:
        """A length in pixels, at least one."""
        return max(1, round(length * self.unit))

    def text(self, height: float) -> int:
        """A font size in pixels, legible in small frames too."""
        return max(LEAST_TEXT, round(height * self.unit))

    def line(self, height: float) -> int:
        """Pixels that one line of a font size takes."""
        return TextStyle(self.text(height), DARK.text).line_height
