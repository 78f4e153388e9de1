"""The return that really followed each step: known a little later, so steps wait until it is."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from rlviz_agents import Step

NEGLIGIBLE = 0.05
"""Weight below which rewards that are further away are left out."""

MOST_STEPS = 500
"""Steps that wait at most: they are held in memory, 130 kB each of an Atari game."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far one looks ahead for the return of a step.

    Attributes:
        gamma: the discount.
        steps: rewards that are added up at most.
    """

    gamma: float
    steps: int

    @property
    def is_cut(self) -> bool:
        """Whether rewards beyond the horizon would still count."""
        return self.gamma**self.steps > NEGLIGIBLE


def horizon(gamma: float) -> Horizon:
    """Look ahead until what follows is negligible, or for as many steps as may wait.

    Args:
        gamma: the discount, 0 to 1.

    Raises:
        ValueError: a discount that is none.
    """
    if not 0 <= gamma <= 1:
        message = f"a discount (gamma) of {gamma:g}; give a number from 0 to 1"
        raise ValueError(message)
    if gamma in {0, 1}:
        return Horizon(gamma, 1 if gamma == 0 else MOST_STEPS)
    return Horizon(gamma, min(MOST_STEPS, ceil(log(NEGLIGIBLE) / log(gamma))))


def followed_returns(steps: Iterable[Step], ahead: Horizon) -> Iterator[tuple[Step, float | None]]:
    """Pass the steps through, each with the discounted sum of the rewards that followed it.

    G_t = sum over k >= 0 of gamma^k r_(t+k), up to the end of the episode or the horizon (Sutton & Barto,
    "Reinforcement Learning", 2nd ed., eq. 3.8). Rewards and episodes are those that the agent was trained on.

    Yields:
        The step, and its return; None where the steps end before it is known.
    """
    waiting: deque[Step] = deque()
    for step in steps:
        waiting.append(step)
        if step.done:
            episode = [one.reward for one in waiting]
            for place in range(len(episode)):
                yield waiting.popleft(), _discounted(episode[place:], ahead.gamma)
        elif len(waiting) == ahead.steps:
            rewards = [one.reward for one in waiting]
            yield waiting.popleft(), _discounted(rewards, ahead.gamma)
    while waiting:
        yield waiting.popleft(), None


def _discounted(rewards: Sequence[float], gamma: float) -> float:
    return float(np.asarray(rewards) @ gamma ** np.arange(len(rewards)))
