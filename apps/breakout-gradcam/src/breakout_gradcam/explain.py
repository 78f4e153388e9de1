"""From played steps to maps, in batches and in order: what each decision looked at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray
from rlviz_agents import Step
from rlviz_cam import (
    Backend,
    CamExtractor,
    Placer,
    Target,
    action_value_name,
    action_values,
    agent_target,
    choose_placement,
    receptive_field,
    select_evidence,
    state_values,
)

from breakout_gradcam.settings import MapSettings

BATCH = 32
CALIBRATION_STEPS, CALIBRATION_FRAMES = 256, 32


@dataclass(frozen=True, slots=True)
class Explained:
    """One step and what its decision rested on.

    Attributes:
        step: the played step.
        map: float32 (h, w), signed and un-normalised, one value a cell of the layer.
        heat: float32 (H, W) at the size of the observation: the chosen evidence, placed, un-normalised.
        action_values: float32 (actions,): Q-values, quantile means, or probabilities.
        value: the state's value: V(s), or the highest of the action values of a Q-learner.
        target_score: the scalar that the map explains.
    """

    step: Step
    map: NDArray[np.float32]
    heat: NDArray[np.float32]
    action_values: NDArray[np.float32]
    value: float
    target_score: float


class Explainer:
    """Makes the maps of a run; `placement` and `agreement` say where heat is drawn, and how well.

    Args:
        backend: the network, a copy that does not play.
        heads: names of its outputs.
        actions: names of the actions.
        settings: what is explained.

    Raises:
        ValueError: a setting names nothing the network or the game has.
    """

    def __init__(
        self, backend: Backend, heads: Sequence[str], actions: Sequence[str], settings: MapSettings
    ) -> None:
        agent_target(settings.target, heads, actions, (0,))
        self._backend = backend
        self._heads = tuple(heads)
        self._actions = tuple(actions)
        self._settings = settings
        try:
            self._extractor = CamExtractor(backend, settings.layer, method=settings.method)
        except ModuleNotFoundError as error:
            msg = f"{error} (for this tool: uv tool install './apps/breakout-gradcam[grad-cam]')"
            raise ModuleNotFoundError(msg) from error
        self.layer = backend.layer(self._extractor.layer)
        self.field = receptive_field(backend, self.layer.name)
        self.value_name = action_value_name(heads)
        self.agreement: float | None = None
        self.calibrated_on = 0
        self.placement = settings.placement
        self._placer = None if settings.placement == "auto" else Placer(settings.placement, self.field)

    def stream(self, steps: Iterable[Step]) -> Iterator[Explained]:
        """Explain steps in order, a batch at a time; the first steps choose the placement when it is `auto`.

        Args:
            steps: the run's steps; at most 256 are held at once.
        """
        steps = iter(steps)
        if self._placer is None:
            first = list(islice(steps, CALIBRATION_STEPS))
            if first:
                self._choose_placement(first)
            steps = chain(_drain(first), steps)
        while batch := list(islice(steps, BATCH)):
            yield from self.explain(batch)

    def explain(self, steps: Sequence[Step]) -> Iterator[Explained]:
        """Explain one batch of steps.

        Raises:
            ValueError: a map or an output is not finite; the message names the step.
        """
        if self._placer is None:
            msg = "the placement is not chosen yet; use stream(), or settings with a placement by name"
            raise ValueError(msg)
        target = self.target(steps)
        try:
            result = self._extractor(observations(steps), target)
        except ValueError as error:
            msg = f"steps {steps[0].index} to {steps[-1].index}: {error}"
            raise ValueError(msg) from error
        heat = self._placer(select_evidence(result.maps, self._settings.evidence))
        values, states = action_values(result.outputs), state_values(result.outputs)
        for i, step in enumerate(steps):
            yield Explained(
                step, result.maps[i], heat[i], values[i], float(states[i]), float(result.scores[i])
            )

    def target(self, steps: Sequence[Step]) -> Target:
        """The target of one batch of steps."""
        executed = tuple(step.action for step in steps)
        return agent_target(self._settings.target, self._heads, self._actions, executed)

    def _choose_placement(self, steps: Sequence[Step]) -> None:
        sample = spread(steps, CALIBRATION_FRAMES)
        found = choose_placement(
            self._backend,
            observations(sample),
            self.target(sample),
            layer=self.layer.name,
            method=self._settings.method,
            evidence=self._settings.evidence,
        )
        self.placement, self.agreement, self.calibrated_on = found.placement, found.agreement, found.frames
        self._placer = Placer(self.placement, self.field)


def observations(steps: Sequence[Step]) -> NDArray[np.uint8]:
    """What the network received, uint8 (N, C, H, W)."""
    return np.stack([step.observation for step in steps])


def spread(steps: Sequence[Step], count: int) -> list[Step]:
    """At most `count` of the steps, evenly spread from the first to the last."""
    places = np.linspace(0, len(steps) - 1, min(count, len(steps))).round().astype(int)
    return [steps[place] for place in places]


def _drain(steps: list[Step]) -> Iterator[Step]:
    """Give the steps away one by one, so that their memory is freed as they are used."""
    steps.reverse()
    while steps:
        yield steps.pop()
