"""What one step of a run is: plain arrays, from a live environment or from a recording."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Chosen = Literal["greedy", "sampled", "random", "forced"]
"""How an action came about: the policy's best, drawn from its distribution, epsilon's random one, or pressed
whatever the policy wants."""


class GameState(NamedTuple):
    """Where a game stands, from below every wrapper that clips, skips or cuts.

    Attributes:
        score: sum of the unclipped rewards since the game really began anew (not since the last life).
        total: sum of the unclipped rewards since the environment was made.
        lives: lives left, or -1 where the environment does not say.
        ram: uint8 (128,) console memory, or None where there is none.
    """

    score: float
    total: float
    lives: int
    ram: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of all environments; the singular properties speak of the first one, which is explained.

    All that describes a situation (observations, frame, scores, lives, memory) is from *before* the step.

    Attributes:
        index: number of the step, from 0.
        observations: what the network received: uint8 (E, C, H, W) of images; (E, k) of numbers, of the
            environment's own type.
        actions: int64 (E,), what was executed.
        chosen: how the actions came about; `forced` where the first environment's was.
        rewards: float32 (E,), as the wrapped environment gives them (Atari: clipped to -1, 0, 1).
        unclipped_rewards: float64 (E,), change of the game's points, a restart within the step included.
        scores: float64 (E,), the game's unclipped score.
        lives_left: int64 (E,), -1 where the environment does not say.
        dones: bool (E,), whether the step ended an episode (Atari: a life).
        frame: uint8 (H', W', 3) RGB, rendered before the step; the environments tiled into one picture.
        rams: uint8 (E, M), the consoles' memory, or None where there is none.
    """

    index: int
    observations: NDArray[Any]
    actions: NDArray[np.int64]
    chosen: Chosen
    rewards: NDArray[np.float32]
    unclipped_rewards: NDArray[np.float64]
    scores: NDArray[np.float64]
    lives_left: NDArray[np.int64]
    dones: NDArray[np.bool_]
    frame: NDArray[np.uint8]
    rams: NDArray[np.uint8] | None

    @property
    def observation(self) -> NDArray[Any]:
        """What the network received of the first environment: uint8 (C, H, W), or numbers (k,)."""
        return self.observations[0]

    @property
    def action(self) -> int:
        """The action executed in the first environment."""
        return int(self.actions[0])

    @property
    def reward(self) -> float:
        """The first environment's reward, as the agent was trained on it."""
        return float(self.rewards[0])

    @property
    def unclipped_reward(self) -> float:
        """The points that the step brought in the first environment."""
        return float(self.unclipped_rewards[0])

    @property
    def score(self) -> float:
        """The first environment's unclipped score before the step."""
        return float(self.scores[0])

    @property
    def lives(self) -> int | None:
        """The first environment's lives before the step, or None where it does not say."""
        return int(self.lives_left[0]) if self.lives_left[0] >= 0 else None

    @property
    def done(self) -> bool:
        """Whether the step ended the first environment's episode."""
        return bool(self.dones[0])

    @property
    def ram(self) -> NDArray[np.uint8] | None:
        """The first environment's console memory before the step: uint8 (M,)."""
        return None if self.rams is None else self.rams[0]


@dataclass(frozen=True, slots=True, eq=False)
class FinalState:
    """What there is after the last step: the video's last frame, and where the games stand.

    Attributes:
        frame: uint8 (H', W', 3) RGB.
        scores: float64 (E,), the games' unclipped scores.
        lives_left: int64 (E,), -1 where the environment does not say.
        rams: uint8 (E, M), or None where there is none.
    """

    frame: NDArray[np.uint8]
    scores: NDArray[np.float64]
    lives_left: NDArray[np.int64]
    rams: NDArray[np.uint8] | None


def stack_states(
    states: list[GameState],
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any] | None]:
    """Turn the states of E environments into arrays: scores, totals, lives, memory."""
    rams = [state.ram for state in states if state.ram is not None]
    return (
        np.array([state.score for state in states], dtype=np.float64),
        np.array([state.total for state in states], dtype=np.float64),
        np.array([state.lives for state in states], dtype=np.int64),
        np.stack(rams) if len(rams) == len(states) else None,
    )
