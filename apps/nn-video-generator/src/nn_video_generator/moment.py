"""All that one frame shows, as plain data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rlviz_agents import Step

from nn_video_generator.network.layers import DiagramLayer, Reading


@dataclass(frozen=True, slots=True)
class Subject:
    """What stays the same through a clip.

    Attributes:
        game: for the title, such as `Breakout`.
        algo: in capitals, such as `PPO`.
        milestone: percent of the training after which the checkpoint was kept, for people: `50`, `12.5`.
        trained_steps: environment steps trained until then, or None where nothing says.
        learning_rate: as it is to be written (`2.5e-4`, `lin_2.5e-4`), or None where nothing says.
        actions: names of the actions.
        value_name: what `Moment.action_values` are: `probability` or `Q-value`.
        gamma: the discount of the returns.
        layers: of the diagram.
        steps_per_second: steps of the game in a second of the video.
        interventions: what acts besides the policy, such as `epsilon 0.05`; empty for nothing.
        choice: how the policy's action is taken: `sampled` or `greedy`.
        horizon: steps over which `Moment.followed` adds up; None: to the end of the episode.
    """

    game: str
    algo: str
    milestone: str
    trained_steps: int | None
    learning_rate: str | None
    actions: tuple[str, ...]
    value_name: str
    gamma: float
    layers: tuple[DiagramLayer, ...]
    steps_per_second: float
    interventions: tuple[str, ...]
    choice: str
    horizon: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """How fast the video is being made; measured, and so never the same twice.

    Attributes:
        frames_per_second: frames made in a second, lately.
        inference_ms: time of the network's pass for one observation, in milliseconds.
    """

    frames_per_second: float
    inference_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One step of the game with what the network made of it.

    Attributes:
        frame: number of the video's frame within the clip, from 0.
        progress: how much of the clip is over with this frame, 0 to 1.
        step: the played step; `step.action` is the executed action.
        episode: number of the game, from 1 (not of the life).
        reading: what the network did.
        action_values: float32 (A,), the probability of each action, or its Q-value (QR-DQN: quantile mean).
        value: the network's estimate: V(s), or the highest Q-value.
        entropy: of the policy in nats; None for a learner of Q-values, which has no distribution.
        followed: the discounted sum of the rewards that really followed until the episode's end (the rewards
            and episodes that the agent was trained on: clipped, and lives); None where the clip ends before
            it is known.
        heat: float32 (H, W) at the size of the observation, signed as chosen and not normalised; None without
            `--attention`.
        performance: None unless it is asked for.
    """

    frame: int
    progress: float
    step: Step
    episode: int
    reading: Reading
    action_values: NDArray[np.float32]
    value: float
    entropy: float | None
    followed: float | None
    heat: NDArray[np.float32] | None = None
    performance: Performance | None = None
