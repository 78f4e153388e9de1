"""One number for a whole run: equal digests mean equal runs."""

import hashlib

from rlviz_agents.steps import Step


class RunDigest:
    """SHA-256 over the observations, actions, rewards and dones of the steps it is shown, in order.

    Frames are left out: they follow from the rest, and a run can be the same without being rendered.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def update(self, step: Step) -> None:
        """Take one more step in."""
        self._hash.update(step.observations.tobytes())
        self._hash.update(step.actions.astype("<i8").tobytes())
        self._hash.update(step.rewards.astype("<f4").tobytes())
        self._hash.update(step.dones.tobytes())

    def hexdigest(self) -> str:
        """The digest of the steps so far, 64 hexadecimal digits."""
        return self._hash.hexdigest()
