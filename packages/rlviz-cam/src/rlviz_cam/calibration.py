"""Which map, evidence and placement tell the truth about a network: agreement with occlusion on a sample."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.base import Array, Backend, Inputs, automatic_layer
from rlviz_cam.evidence import select_evidence
from rlviz_cam.extractor import CamExtractor
from rlviz_cam.geometry import ReceptiveField, receptive_field
from rlviz_cam.methods import METHODS, CamMethod
from rlviz_cam.occlusion import PatchGrid, occlusion
from rlviz_cam.placement import PLACEMENTS, Placer
from rlviz_cam.targets import Target

CONTROL = "random"
"""Method name of the control rows: normal noise in place of the map."""


class NoEffectError(ValueError):
    """Covering parts of the image changes the score on none of the frames: there is nothing to agree with."""


@dataclass(frozen=True, slots=True)
class Covering:
    """How patches of the image are covered to calibrate against.

    The default patch is a seventh of the image's shorter side (12 of 84 pixels: one cell of NatureCNN's last
    grid), half overlapping, filled with each frame's own mean: the constant that keeps least of the patch
    and needs no background.

    Attributes:
        patch: Edge of the square patch in pixels; ``None`` for a seventh of the image's shorter side.
        stride: Distance between patches in pixels; ``None`` for half a patch.
        fill: What covers, see :func:`occlusion`.
    """

    patch: int | None = None
    stride: int | None = None
    fill: str | float | Array = "mean"

    def steps(self, pixels: tuple[int, int]) -> tuple[int, int]:
        """Return patch and stride for an image of height and width ``pixels``."""
        patch = max(1, min(pixels) // 7) if self.patch is None else self.patch
        return patch, (max(1, patch // 2) if self.stride is None else self.stride)


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """How well one way of drawing a map agrees with occlusion.

    Attributes:
        method: Method's name, or :data:`CONTROL`.
        evidence: Which part of the map is shown.
        placement: Where it is drawn.
        agreement: Mean over frames of Pearson's correlation, over patches, between the mean heat in a patch
            and the absolute effect of covering it (for ``signed`` evidence: the signed effect), in [-1, 1].
        spread: Standard error of that mean over the frames; 0 for a single frame.
    """

    method: str
    evidence: str
    placement: str
    agreement: float
    spread: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """All rows of one calibration, and how it was done.

    Attributes:
        rows: One per method (the control last), evidence and placement.
        layer: The layer explained.
        target: The score explained, in words.
        frames: Number of frames compared; frames on which covering changes nothing do not count.
        patch: Edge of the patches, in pixels.
        stride: Distance between patches, in pixels.
    """

    rows: tuple[CalibrationRow, ...]
    layer: str
    target: str
    frames: int
    patch: int
    stride: int

    def best(self, method: str | None = None, evidence: str | None = None) -> CalibrationRow:
        """Return the row that agrees best, among those of a method and an evidence choice; never a control.

        Raises:
            ValueError: When no row is left to choose from.
        """
        rows = [
            row
            for row in self.rows
            if row.method == method or (method is None and row.method != CONTROL)
            if evidence in {None, row.evidence}
        ]
        if not rows:
            there_are = sorted({f"{row.method} {row.evidence}" for row in self.rows})
            msg = f"nothing was calibrated for {method} {evidence}; there are: {', '.join(there_are)}"
            raise ValueError(msg)
        return max(rows, key=lambda row: row.agreement)

    def table(self) -> str:
        """Return the rows as lines of text: one line per method and evidence, one column per placement."""
        placements = list(dict.fromkeys(row.placement for row in self.rows))
        lines = [f"{'method':<14}{'evidence':<10}" + "".join(f"{name:>9}" for name in placements)]
        for method, evidence in dict.fromkeys((row.method, row.evidence) for row in self.rows):
            own = {
                r.placement: r.agreement for r in self.rows if (r.method, r.evidence) == (method, evidence)
            }
            lines.append(f"{method:<14}{evidence:<10}" + "".join(f"{own[name]:>9.2f}" for name in placements))
        return "\n".join(lines)

    def report(self) -> str:
        """Return the table for a console, with what it means and the best row."""
        best = self.best()
        choice = f"--method {best.method} --evidence {best.evidence} --placement {best.placement}"
        return (
            f"Agreement of {self.layer} with occlusion, {self.frames} frames: mean correlation between the "
            f"heat\nin {self.patch}x{self.patch} px patches and the effect of covering them. "
            "1 is perfect, 0 is none;\n"
            f"`{CONTROL}` is a map of noise: what does not beat it shows nothing.\n\n{self.table()}\n\n"
            f"Best: {choice} ({best.agreement:.2f} ± {best.spread:.2f})"
        )


def calibrate(
    backend: Backend,
    inputs: Inputs,
    target: Target,
    *,
    layer: str | None = None,
    methods: Sequence[str | CamMethod] = tuple(METHODS),
    evidences: Sequence[str] = ("positive", "absolute"),
    placements: Sequence[str] = PLACEMENTS,
    covering: Covering = Covering(),
) -> Calibration:
    """Measure every method, evidence choice and placement against occlusion.

    Of image sequences a patch is covered in every step, and the chosen evidence is summed over the steps
    before it is compared.

    Args:
        backend: The network.
        inputs: The sample of frames, (N, C, H, W) or (N, T, C, H, W), spread over a run: neighbouring frames
            tell little more than one.
        target: The score explained.
        layer: Layer's name; by default the last spatial convolution on the way to the target's head.
        methods: Names of methods, or functions of a record.
        evidences: Names out of :data:`rlviz_cam.EVIDENCE`.
        placements: Names out of :data:`rlviz_cam.PLACEMENTS`.
        covering: With what patches the image is covered.

    Raises:
        NoEffectError: When covering changes nothing on any frame.
        ValueError: When something asked for does not exist or fit.
    """
    layer = automatic_layer(backend, target.resolve(backend.heads())) if layer is None else layer
    extractors = [CamExtractor(backend, layer, method=method) for method in methods]
    field = receptive_field(backend, layer)
    patch, stride = covering.steps(field.pixels)
    effects = occlusion(backend, inputs, target, patch=patch, stride=stride, fill=covering.fill)
    flat = effects.reshape(len(effects), -1)
    counted = np.ptp(np.abs(flat), axis=1) > 0
    if not counted.any():
        msg = "covering patches changes the score on none of the frames; give other frames, target or fill"
        raise NoEffectError(msg)
    grid = PatchGrid.over(field.pixels, patch=patch, stride=stride)
    patches = {name: _patch_operator(name, field, grid) for name in placements}
    maps = {extractor.method: extractor(inputs, target).maps for extractor in extractors}
    noise = np.random.default_rng(0).standard_normal((len(flat), *field.cells), dtype=np.float32)
    rows: list[CalibrationRow] = []
    for method, made in [*maps.items(), (CONTROL, noise)]:
        for evidence in evidences:
            shown = select_evidence(made, evidence)[counted]
            shown = shown.sum(axis=1) if shown.ndim == 4 else shown
            measured = flat[counted] if evidence == "signed" else np.abs(flat[counted])
            for placement, (by, bx) in patches.items():
                heat = np.matmul(np.matmul(by, shown), bx.T).reshape(len(shown), -1)
                each = _correlations(heat, measured)
                spread = float(each.std(ddof=1) / len(each) ** 0.5) if len(each) > 1 else 0.0
                rows.append(CalibrationRow(method, evidence, placement, float(each.mean()), spread))
    return Calibration(tuple(rows), layer, target.describe(), int(counted.sum()), patch, stride)


@dataclass(frozen=True, slots=True)
class PlacementChoice:
    """A placement that was measured.

    Attributes:
        placement: Name of the placement that agrees best with occlusion; the first of :data:`PLACEMENTS` when
            covering changed nothing, so that nothing could be measured.
        agreement: Its mean correlation with occlusion, or ``None``.
        frames: Number of frames that it was measured on, 0 when covering changed nothing.
    """

    placement: str
    agreement: float | None
    frames: int


def choose_placement(
    backend: Backend, inputs: Inputs, target: Target, *, layer: str, method: str | CamMethod, evidence: str
) -> PlacementChoice:
    """Choose where the maps of one method and evidence are drawn, by their agreement with occlusion.

    Args:
        backend: The network.
        inputs: A sample of frames, spread over a run.
        target: The score explained.
        layer: Layer's name.
        method: Name of a method, or a function of a record.
        evidence: Name out of :data:`rlviz_cam.EVIDENCE`.

    Raises:
        ValueError: When something asked for does not exist or fit.
    """
    # Patches side by side: twice the frames say more, at half the price, than patches that overlap.
    patch, _ = Covering().steps(backend.input_size)
    try:
        table = calibrate(
            backend,
            inputs,
            target,
            layer=layer,
            methods=(method,),
            evidences=(evidence,),
            covering=Covering(patch=patch, stride=patch),
        )
    except NoEffectError:  # an answer too, which the caller has to show
        return PlacementChoice(PLACEMENTS[0], None, 0)
    best = table.best()
    return PlacementChoice(best.placement, best.agreement, table.frames)


def _patch_operator(
    placement: str, field: ReceptiveField, grid: PatchGrid
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the operators from cells to the mean heat in each patch: (gy, h) and (gx, w)."""
    by, bx = grid.mean_matrices(field.pixels)
    ry, rx = Placer(placement, field).matrices
    return by @ ry, bx @ rx


def _correlations(heat: NDArray[np.float32], effect: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return Pearson's correlation of each row, (N,); 0 where the heat is flat, as it says nothing."""
    x = heat.astype(np.float64) - heat.mean(axis=1, keepdims=True, dtype=np.float64)
    y = effect.astype(np.float64) - effect.mean(axis=1, keepdims=True, dtype=np.float64)
    norms = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    flat = np.ptp(heat, axis=1) <= 1e-6 * np.abs(heat).max(axis=1)
    return np.where(flat, 0.0, (x * y).sum(axis=1) / np.where(flat, 1.0, norms))
