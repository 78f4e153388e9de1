"""What an action looked at: maps of the network that is shown, for the heat over the game."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import (
    Backend,
    CamExtractor,
    Placer,
    agent_target,
    choose_placement,
    receptive_field,
    select_evidence,
)

from nn_video_generator.settings import MapSettings


class Attention:
    """Makes heat for steps in order, a batch at a time.

    Attributes:
        settings: what is explained.
        layer: name of the layer that the maps are made of.
        placement: where a cell's heat is drawn; with `auto` known after the first batch, which it is measured
            on.
        agreement: mean correlation with occlusion on that batch; None where none was measured.

    Args:
        backend: the network, a copy that does not play.
        actions: names of the actions.
        settings: what is explained and how it is shown.

    Raises:
        ValueError: a setting names nothing that the network or the game has, or the network has no maps.
    """

    def __init__(self, backend: Backend, actions: Sequence[str], settings: MapSettings) -> None:
        self._backend = backend
        self._heads = tuple(backend.heads())
        self._actions = tuple(actions)
        self.settings = settings
        agent_target(settings.target, self._heads, self._actions, (0,))
        self._extractor = CamExtractor(backend, settings.layer, method=settings.method)
        self._field = receptive_field(backend, self._extractor.layer)
        self.layer = self._extractor.layer
        self.placement = settings.placement
        self.agreement: float | None = None

    def __call__(self, observations: NDArray[np.generic], executed: Sequence[int]) -> NDArray[np.float32]:
        """The chosen evidence, placed and not normalised: float32 (N, H, W) at the observations' size.

        Args:
            observations: uint8 (N, C, H, W).
            executed: the executed action of each.
        """
        target = agent_target(self.settings.target, self._heads, self._actions, tuple(executed))
        evidence, method = self.settings.evidence, self.settings.method
        if self.placement == "auto":
            found = choose_placement(
                self._backend, observations, target, layer=self.layer, method=method, evidence=evidence
            )
            self.placement, self.agreement = found.placement, found.agreement
        maps = self._extractor(observations, target).maps
        return Placer(self.placement, self._field)(select_evidence(maps, evidence))
