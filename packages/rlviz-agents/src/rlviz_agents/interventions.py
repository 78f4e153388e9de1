"""What may act besides the policy, and only if it is asked for: random actions, and FIRE to start a game."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rlviz_agents.steps import Chosen


@dataclass(frozen=True, slots=True)
class Interventions:
    """What acts in place of the policy; as it stands here, nothing does.

    Attributes:
        epsilon: share of the steps whose actions are drawn at random, all actions alike; 0 to 1.
        fire_on_reset: whether FIRE is pressed at the first step of every episode (Atari: of every life).
        seed: of the generator that draws; it is one of its own, so that no other draws differ.

    Raises:
        ValueError: a share that is none, or a negative seed.
    """

    epsilon: float = 0.0
    fire_on_reset: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.epsilon <= 1:
            message = f"epsilon {self.epsilon:g} is no share of the steps; give a number from 0 to 1"
            raise ValueError(message)
        if self.seed < 0:
            message = f"seed {self.seed} of the interventions is negative; give 0 or more"
            raise ValueError(message)


class Intervener:
    """Changes the actions of a run as its interventions say, step after step.

    Args:
        interventions: what acts.
        actions: names of the actions.

    Raises:
        ValueError: FIRE is to be pressed, and there is none.
    """

    def __init__(self, interventions: Interventions, actions: Sequence[str]) -> None:
        self._epsilon = interventions.epsilon
        self._n_actions = len(actions)
        self._generator = np.random.default_rng(interventions.seed)
        self._fire: int | None = None
        if interventions.fire_on_reset:
            if "FIRE" not in actions:
                message = f"FIRE cannot be pressed, the actions are: {', '.join(actions)}; leave it out"
                raise ValueError(message)
            self._fire = actions.index("FIRE")

    def apply(
        self, actions: NDArray[np.int64], chosen: Chosen, starts: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], Chosen]:
        """Change the actions of one step, or leave them; what is given is not changed.

        Args:
            actions: int64 (E,), of the policy.
            chosen: how they came about.
            starts: bool (E,), which environments' episodes begin with this step.

        Returns:
            The actions to execute, and how they came about; `forced` where the first environment's is.
        """
        if self._epsilon and self._generator.random() < self._epsilon:
            actions, chosen = self._generator.integers(self._n_actions, size=len(actions)), "random"
        if self._fire is not None and starts.any():
            actions = np.where(starts, self._fire, actions)
            chosen = "forced" if starts[0] else chosen
        return actions, chosen
