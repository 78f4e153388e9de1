"""Outlined lines of text, ready to be mixed into a picture: made once, kept while they are in use."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rlviz_overlay.opencv import cv2
from rlviz_overlay.prints import Print
from rlviz_overlay.theme import Color

Coverage = NDArray[np.uint8]
"""How much of each pixel a letter covers: uint8 (H, W), 0 to 255."""


class KeptPrints:
    """The prints used last, by what they were made from, in a bounded amount of memory.

    Args:
        budget: Bytes that may be kept.
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._prints: OrderedDict[object, Print] = OrderedDict()
        self._lock = threading.Lock()
        self.nbytes = 0

    def get(self, key: object, make: Callable[[], Print]) -> Print:
        """The print of a key: the one that is kept, else a new one, for which old ones may be dropped."""
        with self._lock:
            found = self._prints.get(key)
            if found is not None:
                self._prints.move_to_end(key)
                return found
        made = make()
        with self._lock:
            if key not in self._prints and made.nbytes <= self._budget:
                self._prints[key] = made
                self.nbytes += made.nbytes
                while self.nbytes > self._budget:
                    self.nbytes -= self._prints.popitem(last=False)[1].nbytes
        return made


def outlined(letters: Coverage, reach: int, color: Color, outline: Color) -> Print:
    """Letters over eight copies of themselves, each moved by some pixels, in another colour.

    Args:
        letters: Coverage (H, W), empty within `reach` pixels of its border.
        reach: Pixels that the copies are moved.
        color: Of the letters.
        outline: Of the copies.
    """
    free = np.float32(1) - letters * np.float32(1 / 255)
    # What none of the nine covers: the copies are at -reach, 0 and reach in both directions.
    beside = free.copy()
    beside[:, reach:] *= free[:, :-reach]
    beside[:, :-reach] *= free[:, reach:]
    uncovered = beside.copy()
    uncovered[reach:] *= beside[:-reach]
    uncovered[:-reach] *= beside[reach:]
    kept = (np.float32(255) * uncovered + np.float32(0.5)).astype(np.uint8)
    added = cv2.add(
        cv2.applyColorMap(255 - letters - kept, _tints(outline)), cv2.applyColorMap(letters, _tints(color))
    )
    return Print(np.asarray(cv2.merge([kept] * 3), np.uint8), np.asarray(added, np.uint8))


@lru_cache(maxsize=256)
def _tints(color: Color) -> NDArray[np.uint8]:
    """A colour from nothing to all of it, uint8 (256, 1, 3)."""
    return np.rint(np.linspace(0, 1, 256)[:, None, None] * np.array(color)).astype(np.uint8)
