"""Which values a reward chart shows from bottom to top: the same at every row of the log."""

from dataclasses import dataclass

import numpy as np
from rlviz_overlay import Limits

from deepracer_analyzer.views import Floats

_FLATTENED = 4.0
"""How many times wider than ordinary values all values are, for the rare ones to be cut off."""

_LEAST, _MOST = 0.01, 999.5e6
_UNITS = ((999.5e3, 1e6, "M"), (999.5, 1e3, "k"), (0.0, 1.0, ""))
"""From which size on which unit is written, and what it is."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a chart shows.

    Attributes:
        limits: Values at the bottom and the top.
        lowest: The lowest value, where it lies below; else None.
        highest: The highest value, where it lies above; else None.
    """

    limits: Limits
    lowest: float | None = None
    highest: float | None = None

    @property
    def note(self) -> str:
        """What is cut off, in words; nothing where nothing is."""
        ends = (("lowest", self.lowest), ("highest", self.highest))
        cut = [f"{name} {short(value)}" for name, value in ends if value is not None]
        return f"cut off: {', '.join(cut)}" if cut else ""


def span_of(values: Floats) -> Span:
    """All values; but where rare ones would flatten the others, what 98 of 100 take and half of that more.

    Args:
        values: Of the whole log, any shape; those that are not finite do not count.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return Span((0.0, 1.0))
    lowest, highest = float(known.min()), float(known.max())
    if lowest == highest:
        return Span((lowest - (abs(lowest) or 1) / 2, highest + (abs(highest) or 1) / 2))
    low, high = (float(value) for value in np.percentile(known, (1, 99)))
    if high - low <= 0 or highest - lowest <= _FLATTENED * (high - low):
        return Span((lowest, highest))
    margin = (high - low) / 2
    low, high = max(lowest, low - margin), min(highest, high + margin)
    return Span((low, high), lowest if lowest < low else None, highest if highest > high else None)


def joined(spans: list[Span]) -> Span:
    """What a chart shows that has the values of several."""
    low, high = min(span.limits[0] for span in spans), max(span.limits[1] for span in spans)
    lowest = min((span.lowest for span in spans if span.lowest is not None), default=low)
    highest = max((span.highest for span in spans if span.highest is not None), default=high)
    return Span((low, high), lowest if lowest < low else None, highest if highest > high else None)


def short(value: float) -> str:
    """A number in six signs or seven: −12.3, 1.23k, 35.1M, −0.058 or 3e−5."""
    size = abs(value)
    if size >= _MOST or 0 < size < _LEAST:
        return scientific(value, 0)
    divisor, unit = next((divisor, unit) for least, divisor, unit in _UNITS if size >= least)
    return f"{value / divisor:{'.3g' if size >= 0.1 else '.2g'}}{unit}".replace("-", "−")


def scientific(value: float, digits: int) -> str:
    """A number times a power of ten, such as 7.7e−4 with one digit after the point."""
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")
