"""When the next picture is due."""

import time
from collections.abc import Callable

_LATE_SECONDS = 1.0
"""Whoever is later than this was stopped (a sleeping computer, a held window) and does not catch up."""


class Pacer:
    """Counts the pictures that are due since the last one was: delays do not add up.

    Args:
        now: A clock in seconds that never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last = now()

    def restart(self) -> None:
        """Count from now: after a pause or a jump."""
        self._last = self._now()

    def remaining(self, rate: float) -> float:
        """Seconds until the next picture is due, 0 or more.

        Args:
            rate: Pictures a second.
        """
        return max(0.0, self._last + 1 / rate - self._now())

    def due(self, rate: float) -> int:
        """Take the pictures that are due now; 0 when none is yet.

        Args:
            rate: Pictures a second.
        """
        late = self._now() - self._last
        if late > max(_LATE_SECONDS, 2 / rate):
            self.restart()
            return 1
        pictures = int(late * rate + 1e-6)
        self._last += pictures / rate
        return pictures
