"""The frames of a drive that a person should look at: ranked, the worst as pictures and as ranges."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rlviz_overlay import one_thread
from rlviz_video import write_manifest

from donkey_gradcam.drawing.sheet import MOST
from donkey_gradcam.manifest import describe_ride
from donkey_gradcam.opening import Ride, Say, open_ride
from donkey_gradcam.ranking.orders import ORDERS, Order, Row, ranked
from donkey_gradcam.ranking.rank_outputs import RankPaths, figure_of, write_ranges, write_sheet, write_table
from donkey_gradcam.ranking.review import Review
from donkey_gradcam.ranking.tub_ranges import check_numbering
from donkey_gradcam.settings import DriveSettings, MapSettings, PilotSettings

LISTED = 5
"""Worst records that the console is told."""

STEADY_SCALES = ("typical", "frame", "fixed")
"""Scales that give a frame the same heat whatever comes before it."""


@dataclass(frozen=True, slots=True)
class RankSettings:
    """What the frames are ranked by, and where it goes.

    Attributes:
        by: one of ORDERS.
        top: how many of the worst are pictured, and are in the ranges.
        folder: output folder.
        name: base name of the outputs.
        ranges: also write the worst as ranges of records to this file, for donkeycar's tub cleaner.
        join: records at most this far apart share a range; 1 joins neighbours only.
        force: replace outputs that exist.

    Raises:
        ValueError: an order that there is not, or a number that ranks nothing.
    """

    by: str = "error"
    top: int = 24
    folder: Path = Path("output")
    name: str = "rank"
    ranges: Path | None = None
    join: int = 5
    force: bool = False

    def __post_init__(self) -> None:
        if self.by not in ORDERS:
            msg = f"--by {self.by}: choose one of {', '.join(ORDERS)}"
            raise ValueError(msg)
        if not 1 <= self.top <= MOST:
            msg = f"--top {self.top}: how many of the worst frames are pictured; give 1 to {MOST}"
            raise ValueError(msg)
        if self.join < 1:
            msg = f"--join {self.join}: how far apart records of one range may be; give 1 or more"
            raise ValueError(msg)
        if Path(self.name).name != self.name or not self.name:
            msg = f"--name {self.name!r}: give a plain name; --output_dir says where it goes"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a ranking left behind.

    Attributes:
        table: one row a frame, the worst first.
        sheet: the worst frames as pictures.
        manifest: how they were made.
        ranges: the worst as ranges of records, where asked.
        by: what was ranked by.
        frames: frames that were looked at.
        judged: frames among them that could be ranked.
        empty: frames without evidence of the chosen sign.
        worst: the worst frames' rows.
        interrupted: whether Ctrl-C ended it before its time.
    """

    table: Path
    sheet: Path
    manifest: Path
    ranges: Path | None
    by: str
    frames: int
    judged: int
    empty: int
    worst: tuple[Row, ...]
    interrupted: bool


def rank(
    drive: DriveSettings, pilot: PilotSettings, maps: MapSettings, settings: RankSettings, say: Say
) -> Ranked:
    """Rank the frames of a drive, and write the table, a sheet of the worst and the manifest.

    Args:
        drive: which pictures.
        pilot: which pilot.
        maps: what is explained and how it is shown; the road, for the order `outside`.
        settings: what is ranked by and where it goes.
        say: takes each line for the console.

    Raises:
        ValueError: a setting that does not fit, or a drive that cannot be ranked so.
        OSError: an input that cannot be read, or an output that exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first frame; later, what was seen is ranked.
    """
    _check_maps(maps, settings)
    paths = RankPaths.under(settings.folder, settings.name, settings.ranges)
    paths.check(force=settings.force)
    ride = open_ride(drive, pilot, maps, say)
    _check_drive(ride, settings)
    review = Review(ride, maps, ORDERS[settings.by], settings.top)
    interrupted = False
    try:
        with one_thread():
            review.look()
    except KeyboardInterrupt:
        if not review.rows:
            raise
        interrupted = True
    return _finish(review, settings, paths, say, interrupted=interrupted)


def _check_maps(maps: MapSettings, settings: RankSettings) -> None:
    """Refuse, before any work, what cannot be shown of frames that do not follow each other."""
    if settings.by == "outside" and not maps.road and maps.horizon is None:
        msg = "--by outside: say where the road is, with --road 'x,y x,y x,y ...' or --horizon ROW"
        raise ValueError(msg)
    if maps.heat_scale not in STEADY_SCALES:
        msg = (
            f"--heat-scale {maps.heat_scale} follows a drive, and the worst frames do not follow each other; "
            f"choose one of {', '.join(STEADY_SCALES)}"
        )
        raise ValueError(msg)
    if maps.smooth:
        msg = f"--smooth {maps.smooth:g}: the worst frames do not follow each other; leave it out"
        raise ValueError(msg)


def _check_drive(ride: Ride, settings: RankSettings) -> None:
    """Refuse, before the frames are looked at, a drive that lacks what is asked of it."""
    if settings.ranges is not None:
        check_numbering(ride.drive)
    if settings.by == "error" and ride.drive.kind in {"pictures", "video"}:
        raise ValueError(_nothing_to_rank(ride, settings))


def _nothing_to_rank(ride: Ride, settings: RankSettings) -> str:
    others = " or ".join(f"--by {name}" for name in ORDERS if name != settings.by)
    return (
        f"--by {settings.by}: no frame of {ride.drive.path} ({ride.drive.kind}) has "
        f"{ORDERS[settings.by].lacking}; give another drive, or {others}"
    )


def _finish(
    review: Review, settings: RankSettings, paths: RankPaths, say: Say, *, interrupted: bool
) -> Ranked:
    """Write everything, and say what was found."""
    rows = ranked(review.rows, review.order)
    judged = [row for row in rows if review.order.badness(row) is not None]
    if not judged:
        raise ValueError(_nothing_to_rank(review.ride, settings))
    made = Ranked(
        table=paths.table,
        sheet=paths.sheet,
        manifest=paths.manifest,
        ranges=paths.ranges,
        by=settings.by,
        frames=len(rows),
        judged=len(judged),
        empty=sum(row.empty for row in rows),
        worst=tuple(judged[: settings.top]),
        interrupted=interrupted,
    )
    for line in _findings(made, judged, review.order):
        say(line)
    write_table(paths.table, rows, len(judged), force=settings.force)
    write_sheet(paths.sheet, review, settings.by)
    if paths.ranges is not None:
        found = write_ranges(paths.ranges, review, made.worst, settings.join, paths.sheet)
        say(f"Ranges for donkeycar's tub cleaner saved to: {paths.ranges} ({found})")
    content = describe_ride(review.ride, review.maps)
    content |= {"rank": settings, "ranked_by": review.order.detail, "command": sys.argv}
    content |= {"frames": made.frames, "judged": made.judged, "interrupted": interrupted}
    write_manifest(paths.manifest, content, force=settings.force)
    for line in review.ride.problems.lines():
        say(f"Pictures: {line}")
    say(f"Table saved to: {paths.table}")
    say(f"Contact sheet saved to: {paths.sheet}")
    if interrupted:
        say(f"Interrupted: the first {made.frames} frames are ranked.")
    return made


def _findings(made: Ranked, judged: Sequence[Row], order: Order) -> Iterator[str]:
    """What the ranking shows, a line each."""
    chosen = (judged[0], judged[len(judged) // 2], judged[-1])
    worst, middle, best = (figure_of(row, made.by) for row in chosen)
    yield f"Ranked {made.judged} frames by {order.description}: worst {worst}, median {middle}, best {best}"
    if made.judged < made.frames:
        yield f"Not ranked: {made.frames - made.judged} frames without {order.lacking}"
    listed = ", ".join(f"{row.index} ({figure_of(row, made.by)})" for row in made.worst[:LISTED])
    yield f"Worst records: {listed}"
