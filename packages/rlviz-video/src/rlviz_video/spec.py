"""What a video is made of: its size, its exact frame rate, and frames that fit it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Frame: TypeAlias = NDArray[np.uint8]
"""One picture: uint8 (height, width, 3), RGB."""

_LARGEST_TERM = 2**31 - 1  # the codec keeps both terms of a rate as signed 32-bit numbers


def frame_rate(value: int | float | str | Fraction) -> Fraction:
    """Give the exact frame rate that a number or a text names.

    Args:
        value: Frames per second: `30`, `29.97` (2997/100), `"30000/1001"` or a Fraction.
            A float means the decimal number it is printed as, not its binary expansion.

    Raises:
        ValueError: `value` is not a number above 0 that a video file can hold.
    """
    try:
        rate = Fraction(repr(float(value)) if isinstance(value, float) else value)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0 or max(rate.numerator, rate.denominator) > _LARGEST_TERM:
        message = f"frame rate {value!r} is not usable; give a number above 0, for example 30 or 30000/1001"
        raise ValueError(message)
    return rate


@dataclass(frozen=True, slots=True)
class VideoSpec:
    """The size and the frame rate that all frames of one video share.

    Attributes:
        width: Pixels in a row.
        height: Rows.
        fps: Frames per second, exact.

    Raises:
        ValueError: A size or the rate is not above 0.
        TypeError: `fps` is not a Fraction.
    """

    width: int
    height: int
    fps: Fraction

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            message = f"a video of {self.width}x{self.height} pixels has no picture; both must be 1 or more"
            raise ValueError(message)
        if not isinstance(self.fps, Fraction):  # pyright: ignore[reportUnnecessaryIsInstance]
            message = f"fps must be a Fraction, got {self.fps!r}; use frame_rate({self.fps!r})"
            raise TypeError(message)
        frame_rate(self.fps)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one frame: (height, width, 3)."""
        return (self.height, self.width, 3)


def check_frame(frame: Frame, shape: tuple[int, ...], index: int) -> None:
    """Refuse a frame that is not a uint8 RGB picture of the given shape.

    Args:
        frame: The frame to be written.
        shape: What is expected: (height, width, 3).
        index: The frame's number in the video, for the message.

    Raises:
        TypeError: The frame is not a uint8 array.
        ValueError: The frame has another shape.
    """
    if not isinstance(frame, np.ndarray):  # pyright: ignore[reportUnnecessaryIsInstance]
        message = f"frame {index} is a {type(frame).__name__}; expected a uint8 array of shape {shape}"
        raise TypeError(message)
    if frame.dtype != np.uint8:
        message = f"frame {index} has dtype {frame.dtype}; expected uint8 with values 0 to 255"
        raise TypeError(message)
    if frame.shape != shape:
        message = f"frame {index} has shape {frame.shape}; expected (height, width, 3) = {shape}"
        raise ValueError(message)
