"""What the network is given at each moment of a drive: pictures in a row, vectors, the pilot's own memory."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Backend

from donkey_gradcam.pilots import Pilot
from donkey_gradcam.views import Frame, View

_SCALED = (np.arange(256) * (1 / 255)).astype(np.float32)
"""Each byte as donkeycar scales it: times 1/255 in double precision, then single."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One view and everything the network is given with it.

    Attributes:
        view: the newest picture.
        pictures: uint8 (h, w, c), or (steps, h, w, c) with the newest last.
        vector: float32 (k,) for the input beside the pictures, or None.
        earlier: the camera's pictures of the earlier steps, oldest first.
    """

    view: View
    pictures: NDArray[np.uint8]
    vector: NDArray[np.float32] | None
    earlier: tuple[Frame, ...]


class Feed:
    """Turns views, in order, into what the network is given; what is remembered ends with a session.

    As donkeycar drives: a pilot of several steps is first given copies of the first picture, a pilot with
    memory first zeros and then its own commands.

    Args:
        pilot: what is fed.
        backend: the network; asked for each command of a pilot that remembers.
    """

    def __init__(self, pilot: Pilot, backend: Backend) -> None:
        self._pilot = pilot
        self._backend = backend
        self._views: deque[View] = deque(maxlen=pilot.steps or 1)
        self._memory = np.zeros(pilot.vector.size if pilot.vector else 0, np.float32)

    def __call__(self, view: View) -> Moment:
        """What the network is given at the next record.

        Raises:
            ValueError: the record lacks numbers that the pilot takes.
        """
        if self._views and self._views[-1].record.session != view.record.session:
            self._views.clear()
            self._memory = np.zeros_like(self._memory)
        self._views.append(view)
        while len(self._views) < (self._pilot.steps or 1):
            self._views.append(view)
        moment = Moment(view, self._pictures(), self._vector(view), self._earlier())
        if self._pilot.remembers:
            self._remember(moment)
        return moment

    def _pictures(self) -> NDArray[np.uint8]:
        seen = [one.seen for one in self._views]
        return np.stack(seen) if self._pilot.steps else seen[0]

    def _earlier(self) -> tuple[Frame, ...]:
        return tuple(one.frame for one in self._views)[:-1]

    def _vector(self, view: View) -> NDArray[np.float32] | None:
        vector = self._pilot.vector
        if vector is None:
            return None
        if vector.keys is None:
            return self._memory
        return vector.read(view.record.index, view.record.values)

    def _remember(self, moment: Moment) -> None:
        (command,) = self._pilot.commands(self._backend.predict(batch_of([moment], self._pilot)))
        self._memory = np.array([*self._memory[2:], command.angle, command.throttle], np.float32)


def batch_of(
    moments: Sequence[Moment], pilot: Pilot
) -> NDArray[np.float32] | Mapping[str, NDArray[np.float32]]:
    """The inputs of a batch: pictures in [0, 1], float32 (N, c, h, w) or (N, steps, c, h, w), by name."""
    pictures = np.moveaxis(_SCALED[np.stack([moment.pictures for moment in moments])], -1, -3)
    if pilot.vector is None:
        return pictures
    vectors = np.stack([moment.vector for moment in moments if moment.vector is not None])
    return {pilot.image_input: pictures, pilot.vector.name: vectors}
