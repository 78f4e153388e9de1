"""A scale for activations: the brightest is a high percentile of late, so that it moves slowly."""

import numpy as np

from rlviz_overlay.normalize import FloatMap, divide


class RunningPercentile:
    """By a percentile of what is not zero, of late: an outlier is clipped instead of darkening the rest.

    Of every so manieth map x the percentile q of |x|, where x is not 0, is taken into a geometric mean:
    log p[n] = d[n] * log p[n-1] + (1 - d[n]) * log q[n], d[n] = min(n / (n + 1), 2 ** (-every / half_life)),
    n counted from 0. At first all count the same, then those of late. In between the scale stands still: what
    does not change in a video keeps its very brightness. Maps of nothing do not count.
    """

    def __init__(self, percentile: float = 99, half_life: float = 90, every: int = 6) -> None:
        """A scale that has seen nothing.

        Args:
            percentile: Of the values that are not zero, above 0 to 100.
            half_life: Maps after which what was seen counts half, above 0.
            every: Maps from one that is measured to the next, 1 or more; until one was something, 1.

        Raises:
            ValueError: A number outside these.
        """
        if not (0 < percentile <= 100 and 0 < half_life < np.inf and every >= 1):
            msg = (
                f"percentile {percentile}, half-life {half_life}, every {every}; "
                "give a percentile above 0 to 100, a half-life above 0, and every 1 or more maps"
            )
            raise ValueError(msg)
        self._percentile = percentile
        self._decay = 0.5 ** (every / half_life)
        self._every = every
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._log_mean = 0.0
        self._seen = 0
        self._wait = 0

    @property
    def peak(self) -> float:
        """The value that is full brightness now; 0 before the first map of something."""
        return float(np.exp(self._log_mean)) if self._seen else 0.0

    def __call__(self, raw: FloatMap) -> FloatMap:
        """Values of raw's shape over the scale, clipped to [-1, 1]."""
        if self._wait == 0 or not self._seen:
            self._learn(raw)
            self._wait = self._every
        self._wait -= 1
        return np.clip(divide(raw, self.peak), -1, 1)

    def _learn(self, raw: FloatMap) -> None:
        strengths = np.abs(raw[raw != 0])
        if not strengths.size:
            return
        # np.percentile's own method, linear, without its price for small maps.
        place = (strengths.size - 1) * self._percentile / 100
        below, above = int(place), min(int(place) + 1, strengths.size - 1)
        strengths.partition((below, above))
        value = float(strengths[below] + (place - below) * (strengths[above] - strengths[below]))
        if not np.isfinite(strengths[above:]).all():
            msg = f"a map of shape {raw.shape} with values that are not finite; only finite maps can be shown"
            raise ValueError(msg)
        kept = min(self._seen / (self._seen + 1), self._decay)
        self._log_mean = kept * self._log_mean + (1 - kept) * float(np.log(value))
        self._seen += 1
