"""From played steps to moments: what the network did at each step that is shown, a batch at a time."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rlviz_agents import Step
from rlviz_cam import action_values, entropies, state_values

from nn_video_generator.attention import Attention
from nn_video_generator.moment import Moment, Performance
from nn_video_generator.network.reader import NetworkReader
from nn_video_generator.pace import Pace
from nn_video_generator.tally import Tally, Tallying

BATCH = 32
"""Observations of one pass of the network."""

_LATELY = 60
"""Frames that the speed shown is measured over."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A step with what is known of it before the network is asked.

    Attributes:
        step: the played step.
        frames: numbers of the video's frames that show it, one or more.
        followed: the return that followed; None where it is not known.
        tally: what the clip came to with this step.
    """

    step: Step
    frames: range
    followed: float | None
    tally: Tally


def shown_steps(steps: Iterable[tuple[Step, float | None]], pace: Pace) -> Iterator[Shown]:
    """Those of the steps that the clip's frames show, up to the last frame."""
    tallying = Tallying()
    for step, followed in steps:
        tally = tallying.update(step)
        if frames := pace.frames_of(step.index):
            yield Shown(step, frames, followed, tally)
        if step.index + 1 == pace.steps:
            return


class Explainer:
    """Reads the network for the steps that are shown, in order.

    Args:
        reader: of a copy of the network that does not play.
        pace: of the clip.
        attention: makes the heat over the game, or None for none.
        is_timed: whether the moments say how fast they are made.
    """

    def __init__(
        self, reader: NetworkReader, pace: Pace, attention: Attention | None, *, is_timed: bool
    ) -> None:
        self._reader = reader
        self._pace = pace
        self._attention = attention
        self._is_timed = is_timed
        self._made: deque[tuple[float, int]] = deque(maxlen=_LATELY)

    def stream(self, shown: Iterable[Shown]) -> Iterator[tuple[Moment, Shown]]:
        """Give each shown step as a moment."""
        shown = iter(shown)
        while batch := list(islice(shown, BATCH)):
            yield from self._explain(batch)

    def _explain(self, batch: Sequence[Shown]) -> Iterator[tuple[Moment, Shown]]:
        observations = np.stack([one.step.observation for one in batch])
        start = time.perf_counter()
        readings = self._reader.read(observations)
        inference_ms = 1000 * (time.perf_counter() - start) / len(batch)
        outputs = {head: np.stack([one.outputs[head] for one in readings]) for head in readings[0].outputs}
        values, states, entropy = action_values(outputs), state_values(outputs), entropies(outputs)
        heat = self._heat(batch, observations)
        for place, one in enumerate(batch):
            moment = Moment(
                frame=one.frames.start,
                progress=(one.frames.start + 1) / self._pace.frames,
                step=one.step,
                episode=one.tally.episode,
                reading=readings[place],
                action_values=values[place],
                value=float(states[place]),
                entropy=None if entropy is None else float(entropy[place]),
                followed=one.followed,
                heat=None if heat is None else heat[place],
                performance=self._performance(one.frames.start, inference_ms) if self._is_timed else None,
            )
            yield moment, one

    def _heat(self, batch: Sequence[Shown], observations: NDArray[np.generic]) -> NDArray[np.float32] | None:
        if self._attention is None:
            return None
        return self._attention(observations, [one.step.action for one in batch])

    def _performance(self, frame: int, inference_ms: float) -> Performance:
        """What the speed was over the frames made lately."""
        self._made.append((time.perf_counter(), frame))
        (first_time, first), (last_time, last) = self._made[0], self._made[-1]
        rate = (last - first) / (last_time - first_time) if last > first else 0.0
        return Performance(rate, inference_ms)
