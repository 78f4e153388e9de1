"""What a ranking leaves behind: the table of all frames, the sheet and the ranges of the worst."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from rlviz_overlay import format_value
from rlviz_video import Timeline, check_output, manifest_path, whole_file

from donkey_gradcam.drawing.heat_picture import HeatPainter
from donkey_gradcam.drawing.panels import heat_legend
from donkey_gradcam.drawing.sheet import contact_sheet, tile
from donkey_gradcam.ranking.orders import Row, count_between, joined
from donkey_gradcam.ranking.review import Review
from donkey_gradcam.ranking.tub_ranges import ranges_text
from donkey_gradcam.render import canvas_spec

COLUMNS = (
    "rank", "index", "session", "user_angle", "pilot_angle",
    "error", "outside", "empty", "evidence_peak", "held",
)  # fmt: skip

_REMARKS = {"error": "error", "outside": "off the road", "empty": "evidence"}


@dataclass(frozen=True, slots=True)
class RankPaths:
    """Where the outputs of one ranking go."""

    table: Path
    sheet: Path
    manifest: Path
    ranges: Path | None

    @classmethod
    def under(cls, folder: Path, name: str, ranges: Path | None) -> "RankPaths":
        """`<name>.csv` and what belongs to it in one folder, the ranges where they were asked for."""
        table = folder / f"{name}.csv"
        return cls(table, folder / f"{name}.png", manifest_path(table), ranges)

    def check(self, *, force: bool) -> None:
        """Refuse outputs that exist before any work is done.

        Raises:
            OSError: one exists, or its folder cannot be made.
        """
        for path in (self.table, self.sheet, self.manifest, self.ranges):
            if path is not None:
                check_output(path, force=force)


def write_table(path: Path, rows: Sequence[Row], judged: int, *, force: bool) -> None:
    """Write all rows in the order given; those after the first `judged` have no rank."""
    with Timeline(path, COLUMNS, force=force) as table:
        for number, row in enumerate(rows, 1):
            values = asdict(row) | {"rank": number if number <= judged else None}
            for name in ("pilot_angle", "error", "outside", "evidence_peak"):  # as precise as the network is
                values[name] = None if values[name] is None else np.float32(values[name])
            table.write(values)


def write_sheet(path: Path, review: Review, by: str) -> None:
    """Write the pictures of the worst frames with their heat as PNG, the worst first."""
    order = review.order
    spec = canvas_spec(review.ride, review.maps)
    painter = HeatPainter(review.maps, spec.marked, spec.full_heat)
    tiles = [
        tile(item, painter, f"{number}. {_REMARKS[by]} {figure_of(row, by)}")
        for number, (row, item) in enumerate(review.worst.items(), 1)
    ]
    sheet = contact_sheet(
        tiles,
        f"{spec.title}: {len(tiles)} worst of {len(review.rows)} by {order.description}",
        notes="\n".join(filter(None, [f"ranked by: {order.detail}", *spec.notes, spec.marked.note])),
        legend=heat_legend(review.maps, painter.table, 1.0),
    )
    with whole_file(path) as part:
        Image.fromarray(sheet).save(part)


def write_ranges(path: Path, review: Review, worst: Sequence[Row], join: int, sheet: Path) -> str:
    """Write the ranges of the worst records.

    Args:
        path: where to.
        review: of a tub that `check_numbering` has not refused.
        worst: rows of the worst records.
        join: records at most this far apart share a range.
        sheet: where the worst can be looked at.

    Returns:
        What was written, in a few words.
    """
    order, indexes = review.order, [row.index for row in worst]
    ranges = joined(indexes, join)
    between = count_between(ranges, indexes)
    found = (
        f"ranges: {len(ranges)}; records: {sum(map(len, ranges))}, of which {between} lie between the worst"
    )
    notes = (
        f"The {len(indexes)} worst of {len(review.rows)} records by {order.description} ({order.detail}).",
        f"{found[0].upper()}{found[1:]}.",
        f"Records at most {join} apart share a range (--join 1: only neighbours do).",
        f"Look at {sheet.name} first: what is hard for this pilot may be what it should learn from.",
    )
    with whole_file(path) as part:
        part.write_text(ranges_text(review.ride.drive, path, ranges, notes), encoding="utf-8")
    return found


def figure_of(row: Row, by: str) -> str:
    """What a row is ranked by, for people."""
    if by == "error":
        return "–" if row.error is None else f"{row.error:.2f}"
    if by == "outside":
        return "–" if row.outside is None else f"{row.outside:.0%}"
    return "none" if row.empty else f"peak {format_value(row.evidence_peak, '.3g')}"
