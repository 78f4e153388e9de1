"""From a drive to maps, in batches and in order: what each command of the pilot rested on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import (
    Backend,
    CamExtractor,
    CamResult,
    PlacementChoice,
    Placer,
    automatic_layer,
    choose_placement,
    receptive_field,
    select_evidence,
)
from rlviz_overlay import SCALES, typical_peak

from donkey_gradcam.feed import Feed, Moment, batch_of
from donkey_gradcam.pilots import Pilot
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.targets import parse_target
from donkey_gradcam.views import Explained, View

BATCH, PICTURES_A_BATCH = 48, 96
SAMPLE = 32
"""Moments of a drive that choose the placement and the heat's scale."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was measured on a sample of the drive before the video began.

    Attributes:
        placement: where heat is drawn.
        agreement: mean correlation with occlusion of maps so placed, or None when it was not measured.
        frames: moments it was measured on.
        full_heat: map value that is full heat, or None for a scale that finds its own.
    """

    placement: str
    agreement: float | None = None
    frames: int = 0
    full_heat: float | None = None


class Explainer:
    """Makes the maps of a pilot's drive.

    Args:
        backend: the network.
        pilot: how it is fed and read.
        settings: what is explained.

    Attributes:
        layer: the layer of which maps are made.
        field: what its cells see.
        target: the scalar explained.

    Raises:
        ValueError: a setting names nothing the network has.
    """

    def __init__(self, backend: Backend, pilot: Pilot, settings: MapSettings) -> None:
        self.backend = backend
        self.pilot = pilot
        self.settings = settings
        heads = backend.heads()
        self.target = parse_target(settings.target, pilot, heads)
        head = self.target.resolve(heads)
        path = backend.path(head)
        name = settings.layer or automatic_layer(backend, head)
        if name not in path and name in {layer.name for layer in backend.layers()}:
            there_are = ", ".join(one for one in path if backend.layer(one).is_spatial)
            msg = f"--layer {name}: {head} is not computed from it; choose one of: {there_are}"
            raise ValueError(msg)
        self._extractor = CamExtractor(backend, name, method=settings.method)
        self.layer = backend.layer(name)
        self.field = receptive_field(backend, name)
        self.finer = self._finer_layer(path)
        self.batch = max(1, min(BATCH, PICTURES_A_BATCH // (pilot.steps or 1)))
        self._placer: Placer | None = None

    @property
    def placer(self) -> Placer:
        """From cells to pixels of the network's input; known once `tune` has run."""
        if self._placer is None:
            msg = "the placement is not chosen yet; call tune() first"
            raise ValueError(msg)
        return self._placer

    def tune(self, sample: Sequence[Moment]) -> Tuning:
        """Measure on a sample what the settings leave open: the placement, and what full heat is.

        Args:
            sample: moments spread over the drive.
        """
        settings = self.settings
        found = PlacementChoice(settings.placement, None, 0)
        if settings.placement == "auto":
            found = choose_placement(
                self.backend,
                batch_of(sample, self.pilot),
                self.target,
                layer=self.layer.name,
                method=settings.method,
                evidence=settings.evidence,
            )
        self._placer = Placer(found.placement, self.field)
        full_heat = settings.scale_value
        if SCALES[settings.heat_scale].measured:
            heat = [self.heat(self.maps(batch).maps) for batch in _batches(iter(sample), self.batch)]
            full_heat = typical_peak(np.concatenate(heat))
        return Tuning(found.placement, found.agreement, found.frames, full_heat)

    def stream(self, views: Iterable[View], stride: int = 1) -> Iterator[Explained]:
        """Explain every `stride`-th view in order, a batch at a time; the pilot is fed with all of them."""
        feed = Feed(self.pilot, self.backend)
        moments = (feed(view) for view in views)
        for batch in _batches(islice(moments, 0, None, stride), self.batch):
            yield from self.explain(batch)

    def explain(self, batch: Sequence[Moment]) -> Iterator[Explained]:
        """Explain one batch.

        Raises:
            ValueError: a map or an output is not finite; the message names the records.
        """
        made = self.maps(batch)
        heat = self.heat(made.maps)
        pilot = self.pilot
        commands = pilot.commands(made.outputs)
        angles = pilot.angle.bins(made.outputs)
        throttles = pilot.throttle.bins(made.outputs) if pilot.throttle else None
        for i, moment in enumerate(batch):
            yield Explained(
                view=moment.view,
                pilot=commands[i],
                map=made.maps[i],
                heat=heat[i],
                score=float(made.scores[i]),
                angle_bins=None if angles is None else angles[i],
                throttle_bins=None if throttles is None else throttles[i],
                earlier=moment.earlier,
            )

    def maps(self, batch: Sequence[Moment]) -> CamResult:
        """The raw maps and outputs of a batch."""
        # A sample alone is computed in another order than one among several, and its last bits differ: a
        # drive's last frame is to have the heat of any equal frame before it.
        several = batch if len(batch) > 1 else [*batch, *batch]
        try:
            made = self._extractor(batch_of(several, self.pilot), self.target)
        except ValueError as error:
            first, last = batch[0].view.record.index, batch[-1].view.record.index
            msg = f"records {first} to {last}: {error}"
            raise ValueError(msg) from error
        own = slice(len(batch))
        outputs = {head: values[own] for head, values in made.outputs.items()}
        return CamResult(made.maps[own], outputs, made.scores[own])

    def heat(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """The chosen evidence, placed: (N, h, w) -> (N, H, W), and the same with steps."""
        shown = select_evidence(maps, self.settings.evidence)
        placed = self.placer(shown.reshape(-1, *shown.shape[-2:]))
        return placed.reshape(*shown.shape[:-2], *placed.shape[-2:])

    def _finer_layer(self, path: Sequence[str]) -> str | None:
        """The last layer on the path with more cells than the one chosen, where that one has few."""
        height, width = self.field.cells
        if height * width >= FEW_CELLS:
            return None
        sizes = {name: self.backend.layer(name) for name in path}
        finer = [
            name
            for name, one in sizes.items()
            if one.is_spatial and one.output_shape[-2] * one.output_shape[-1] > height * width
        ]
        return finer[-1] if finer else None


FEW_CELLS = 40
"""A grid of fewer cells is called coarse: KerasCategorical's last one has 3 x 6."""


def describe_target(text: str, pilot: Pilot) -> str:
    """What is explained, in a few words for a picture."""
    bins = {"steering": pilot.angle, "throttle": pilot.throttle}.get(text)
    if bins is None:
        return text
    return f"{text}, strongest bin" if bins.unit is None else f"{text}, in the direction it has"


def _batches(moments: Iterator[Moment], size: int) -> Iterator[list[Moment]]:
    while batch := list(islice(moments, size)):
        yield batch
