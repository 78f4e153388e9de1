"""What a report says: the same words and numbers on the page and on paper."""

from collections.abc import Mapping
from math import isfinite

from rlviz_cam import Box
from rlviz_overlay import format_value

from network_analyzer.report.filter_report import FilterReport, grid_of
from network_analyzer.report.patches import Patch
from network_analyzer.report.statistics import ChannelStatistics
from network_analyzer.views import features_in

DEAD, SILENT = "dead", "silent"
"""States of a channel that answered to no picture."""


def number(value: float) -> str:
    """An activation in three digits."""
    return format_value(value, ".3g") if isfinite(value) else "none"


def share(value: float | None) -> str:
    """A share in percent; a dash where there can be none. Only exactly 0 and 1 are 0 % and 100 %."""
    if value is None:
        return "–"
    if 0 < value < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if 0.999 < value < 1 else f"{100 * value:.3g} %"


def unit(report: FilterReport) -> str:
    """What the rows are: channels of a convolution, units of a dense layer."""
    return "channel" if report.layer.is_spatial else "unit"


def title(report: FilterReport) -> str:
    """Whose report it is."""
    return f"{report.network} · {report.layer.name}"


def facts(report: FilterReport) -> Mapping[str, str]:
    """What stands above the rows, by name."""
    layer, field = report.layer, report.field
    shape = " × ".join(str(size) for size in layer.output_shape)
    after = f", after {layer.taken_after}" if layer.taken_after else ", no nonlinearity behind it"
    if layer.nonlinearity and layer.nonlinearity not in str(layer.taken_after):
        after += f" ({layer.nonlinearity})"
    found = {
        "layer": f"{layer.kind}, {shape}{after}",
        "inputs": report.inputs,
        "pictures": f"{report.seen:,} of {report.pictures}",
        f"{unit(report)}s": _counts(report),
    }
    if field is not None:
        size, picture, jump = (f"{one[0]} × {one[1]}" for one in (field.size, field.pixels, field.jump))
        found["receptive field"] = f"{size} of {picture} px (rows × columns), one every {jump} px"
    if report.ascent is not None and report.recipe is not None:
        height, width = report.ascent.sizes[-1]
        found["stimuli"] = f"gradient ascent, {report.recipe.parameterisation}, {height} × {width} px, "
        found["stimuli"] += f"{report.recipe.steps} steps at the first size, seed {report.seed}"
    return found


def _counts(report: FilterReport) -> str:
    """How many rows there are, and how many of them are dead or silent."""
    states = [state(report, row) for row in range(len(report.rows))]
    whole = features_in(report.layer)
    shown = f"{len(states)}" if len(states) == whole else f"{len(states)} of {whole} are shown"
    silent = f" and {states.count(SILENT)} silent on these pictures" if SILENT in states else ""
    return f"{shown}, of which {states.count(DEAD)} dead{silent}"


def figures(row: ChannelStatistics) -> Mapping[str, str]:
    """What stands in a row, by name."""
    found = {"mean": number(row.mean), "deviation": number(row.deviation)}
    if row.zero_share is None:
        found["lowest"] = number(row.lowest)
    found["highest"] = number(row.highest)
    if row.zero_share is not None:
        found["zero"] = share(row.zero_share)
    return found | {"saturated": share(row.saturated_share)}


def state(report: FilterReport, row: int) -> str:
    """`dead`, `silent`, or nothing: whether a row answered to no picture, and to no stimulus either."""
    if not report.rows[row].dead:
        return ""
    return SILENT if has_stimulus(report, row) else DEAD


def reached(report: FilterReport, row: int) -> tuple[str, str]:
    """What a row's stimulus comes to, and what plain noise does; or why there is none."""
    ascent = report.ascent
    if ascent is None:
        return "not looked for", ""
    if ascent.dead[row]:
        return ("none: dead", "") if report.rows[row].dead else ("none found", "noise does not move it")
    return f"score {number(float(ascent.scores[row]))}", f"noise {number(float(ascent.noise[row]))}"


def has_stimulus(report: FilterReport, row: int) -> bool:
    """Whether there is a stimulus to show."""
    return report.ascent is not None and not bool(report.ascent.dead[row])


def place(patch: Patch) -> str:
    """Where a patch was cut from, in full."""
    box = patch.box
    where = f"{patch.picture}, rows {box.top} to {box.bottom - 1}, columns {box.left} to {box.right - 1}"
    return f"{where}, cell {patch.cell}" if patch.cell else where


def legend(report: FilterReport) -> Mapping[str, str]:
    """What the names of the figures mean."""
    layer = report.layer
    cells = " over all cells" if grid_of(layer) else ""
    rectified = report.rows[0].zero_share is not None
    listed = "mean, deviation, highest" if rectified else "mean, deviation, lowest, highest"
    found = {listed: f"of the activations{cells} of all pictures"}
    if rectified:
        found["zero"] = f"share of activations that are exactly 0, behind the {layer.nonlinearity}"
    half = "share of activations beyond 0.99 of the nonlinearity's half range"
    found["saturated"] = f"{half}; – where it has no bounds"
    found |= _states(report)
    if report.ascent is not None:
        scored = f"mean activation{cells}" if cells else "activation"
        if layer.nonlinearity == "softmax":
            scored = "the value before the softmax"
        found["score, noise"] = f"{scored} for the stimulus shown, and the highest of that for plain noise"
    found["patches"] = _patches(report)
    if report.frames > 1:
        order = "row by row in the network's order (a stack of frames: the oldest first)"
        found["frames"] = f"an input is {report.frames} pictures, {order}"
    if any(_leaves(patch) for patches in report.patches for patch in patches):
        found["squares"] = "lie outside the picture"
    return found


def _leaves(patch: Patch) -> bool:
    """Whether a part of a patch lies outside its picture."""
    box, inside = patch.box, patch.inside
    return inside != Box(0, 0, box.bottom - box.top, box.right - box.left)


def _patches(report: FilterReport) -> str:
    """What the patches are."""
    sees = "what that cell sees" if report.field is not None else "the whole picture"
    if report.field is not None and report.layer.steps is not None:
        sees += " of the picture of its time step"
    shown = f"the {report.top} highest activations, at most one per picture, and {sees}"
    return f"{shown}; below: activation and the picture's place in the set, from #0"


def _states(report: FilterReport) -> Mapping[str, str]:
    """What dead and silent mean."""
    nothing = "never above 0 on any" if report.rows[0].zero_share is not None else "the same on all"
    found = f"{nothing} of these pictures"
    if report.ascent is None:
        return {DEAD: found}
    return {DEAD: f"{found}, and no stimulus changes that", SILENT: f"{found}, but a stimulus wakes it"}
