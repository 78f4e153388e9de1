"""Several pilots over the same drive: side by side on a video, and in a table."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rlviz_overlay import one_thread
from rlviz_video import write_manifest

from donkey_gradcam.comparing.compare_outputs import CompareOutputs
from donkey_gradcam.comparing.compare_table import pairs_table, pilots_table, remarks
from donkey_gradcam.comparing.contest import Contest
from donkey_gradcam.comparing.scores import PairScore, PilotScore
from donkey_gradcam.drawing.comparison_canvas import MOST_PILOTS, ComparisonCanvas
from donkey_gradcam.manifest import describe_ride
from donkey_gradcam.opening import Ride, Say, open_ride
from donkey_gradcam.outputs import Paths
from donkey_gradcam.regions import THIRDS
from donkey_gradcam.settings import DriveSettings, MapSettings, OutputSettings, PilotSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """Which pilots are compared.

    Attributes:
        models: 2 to 4 files or folders; the same one may come twice.
        layers: for each model the name of a layer, one name for all, or nothing for each one's own.
        types: the same for donkeycar's pilot types.

    Raises:
        ValueError: too few or too many of them.
    """

    models: tuple[Path, ...]
    layers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.models)
        if not 2 <= count <= MOST_PILOTS:
            msg = f"compare takes 2 to {MOST_PILOTS} models and got {count}; name them after the command"
            raise ValueError(msg)
        for option, given in (("--layer", self.layers), ("--type", self.types)):
            if len(given) not in {0, 1, count}:
                msg = (
                    f"{option} is given {len(given)} times for {count} models; give it once for all, or once "
                    "for each in their order"
                )
                raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison left behind.

    Attributes:
        video: the MP4.
        timeline: one row a frame; pilots are numbered from 1, as they were given.
        manifest: how it was made, with the scores.
        frames: frames in the video.
        interrupted: whether Ctrl-C ended it before its time.
        pilots: each pilot's score, in the order given.
        pairs: each pair's.
        remarks: what must be known to read the scores.
    """

    video: Path
    timeline: Path
    manifest: Path
    frames: int
    interrupted: bool
    pilots: tuple[PilotScore, ...]
    pairs: tuple[PairScore, ...]
    remarks: tuple[str, ...]

    def table(self) -> str:
        """The scores as lines of text."""
        known = tuple(self.pilots[0].shares)
        parts = [name for name in known if name not in THIRDS] if "road" in known else known
        tables = (pilots_table(self.pilots, parts), pairs_table(self.pairs), "\n".join(self.remarks))
        return "\n\n".join(filter(None, tables))


def compare(
    compared: CompareSettings,
    drive: DriveSettings,
    pilot: PilotSettings,
    maps: MapSettings,
    output: OutputSettings,
    say: Say,
) -> Compared:
    """Make the side-by-side video of several pilots on a drive, with timeline, manifest and table.

    Args:
        compared: which pilots.
        drive: which pictures.
        pilot: how all of them are opened; its model is not used.
        maps: what is explained and how it is shown.
        output: where it goes.
        say: takes each line for the console.

    Raises:
        ValueError: a setting that does not fit, or an input that is not what it should be.
        OSError: an input that cannot be read, or an output that exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first frame; later, what there is becomes the result.
    """
    if output.save_maps is not None:
        msg = "--save-maps keeps the maps of one pilot; use the command video for each"
        raise ValueError(msg)
    paths = Paths.under(output.folder, output.video_name)
    paths.check(output)
    contest = Contest(_open_rides(compared, drive, pilot, maps, say), maps)
    canvas = ComparisonCanvas(contest.spec(), maps, output)
    outputs = CompareOutputs(paths, output, canvas.size, len(contest.rides), contest.regions.names)
    interrupted = False
    try:
        with one_thread(), outputs:
            contest.run(canvas, outputs)
    except KeyboardInterrupt:
        if not outputs.frames:
            raise
        interrupted = True
    return _finish(contest, output, outputs, say, interrupted=interrupted)


def _open_rides(
    compared: CompareSettings, drive: DriveSettings, pilot: PilotSettings, maps: MapSettings, say: Say
) -> list[Ride]:
    """Each pilot on the drive, which is the same for all and said once."""
    count = len(compared.models)
    rides: list[Ride] = []

    def say_of_pilot(line: str) -> None:
        if not rides or not line.startswith("Drive: "):
            say(line)

    layers = _for_each(compared.layers, count, maps.layer)
    types = _for_each(compared.types, count, pilot.type)
    for model, layer, kind in zip(compared.models, layers, types, strict=True):
        opened = replace(pilot, model_path=model, type=kind)
        rides.append(open_ride(drive, opened, replace(maps, layer=layer), say_of_pilot))
    return rides


def _for_each(given: Sequence[T], count: int, otherwise: T) -> Sequence[T]:
    return given if len(given) == count else [given[0] if given else otherwise] * count


def _finish(
    contest: Contest, output: OutputSettings, outputs: CompareOutputs, say: Say, *, interrupted: bool
) -> Compared:
    """Write the manifest and say what was found."""
    paths, scores = outputs.paths, contest.scores
    made = Compared(
        video=paths.video,
        timeline=paths.timeline,
        manifest=paths.manifest,
        frames=outputs.frames,
        interrupted=interrupted,
        pilots=scores.pilots,
        pairs=scores.pairs,
        remarks=tuple(remarks(scores.pilots, scores.pairs, outputs.frames)),
    )
    _write_manifest(made, contest, output)
    for line in contest.rides[0].problems.lines():
        say(f"Pictures: {line}")
    say(f"{made.frames} frames compared; the last columns are shares of the evidence\n\n{made.table()}\n")
    say(f"Video saved to: {made.video}")
    if interrupted:
        say(f"Interrupted: the video holds the first {made.frames} frames.")
    return made


def _write_manifest(made: Compared, contest: Contest, output: OutputSettings) -> None:
    """What holds for all pilots once, and each one's model, maps and score in their order."""
    described = [describe_ride(ride, contest.maps) for ride in contest.rides]
    content = {key: value for key, value in described[0].items() if key not in {"model", "maps"}}
    content["pilots"] = [
        {"model": one["model"], "maps": one["maps"], "score": score}
        for one, score in zip(described, made.pilots, strict=True)
    ]
    content |= {"pairs": made.pairs, "remarks": made.remarks, "output": output, "command": sys.argv}
    content |= {"frames": made.frames, "interrupted": made.interrupted}
    write_manifest(made.manifest, content, force=output.force)
