"""The span of values that a chart shows, and how values are written."""

from collections.abc import Sequence

import numpy as np

Limits = tuple[float, float]
"""Lower and higher value at the ends of an axis."""


class Axis:
    """The span of an axis: given, or grown to whatever was seen so far (causal: it never shrinks)."""

    def __init__(self, limits: Limits | None = None, *, with_zero: bool = False) -> None:
        """An axis with these limits; None: it follows the values.

        Args:
            limits: A lower and a higher finite number, or None.
            with_zero: Whether an axis that follows the values holds zero too.

        Raises:
            ValueError: The limits are not a lower and a higher number.
        """
        if limits is not None and not (np.isfinite(limits).all() and limits[0] < limits[1]):
            msg = f"limits {limits}; give a lower and a higher number, or None to follow the values"
            raise ValueError(msg)
        self._given = limits
        self._start: tuple[float, ...] = (0.0,) if with_zero else ()
        self._seen = self._start

    def include(self, values: Sequence[float]) -> None:
        """Widen the span to these values, unless its limits were given."""
        if self._given is None:
            known = (*self._seen, *values)
            self._seen = (min(known), max(known)) if known else ()

    def reset(self) -> None:
        """Forget what was seen."""
        self._seen = self._start

    @property
    def limits(self) -> Limits:
        """Lower and higher value, never the same."""
        if self._given is not None:
            return self._given
        low, high = (self._seen[0], self._seen[-1]) if self._seen else (0.0, 1.0)
        if low < high:
            return low, high
        return (0.0, 1.0) if low == 0 else (low - abs(low) / 2, low + abs(low) / 2)

    def fraction(self, value: float) -> float:
        """Where the value is: 0 at the lower limit, 1 at the higher, clipped to them."""
        low, high = self.limits
        return min(1.0, max(0.0, (value - low) / (high - low)))


def format_value(value: float, spec: str) -> str:
    """The value by Python's format, with a real minus sign, none before a zero, and no point at the end."""
    text = format(value, spec)
    if text.startswith("-") and not any(sign in "123456789" for sign in text):
        text = text[1:]
    return text.replace("-", "−").removesuffix(".")
