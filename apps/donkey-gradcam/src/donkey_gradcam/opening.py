"""A drive and a pilot, opened and put together: what every command begins with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from rlviz_cam import find_model, open_model_file
from rlviz_overlay import Size, Smoother, check_scale
from rlviz_video.command import native_stderr_held

from donkey_gradcam.drives.config import read_config
from donkey_gradcam.drives.drive import Drive, Every, nothing_to_see, open_drive, views
from donkey_gradcam.drives.pictures import PictureError
from donkey_gradcam.drives.problems import Problems
from donkey_gradcam.drives.sight import Sight
from donkey_gradcam.explain import SAMPLE, Explainer, Tuning, describe_target
from donkey_gradcam.feed import Feed, Moment
from donkey_gradcam.pilots import DEFAULT_THROTTLE_RANGE, Pilot, pilot_of
from donkey_gradcam.regions import Regions
from donkey_gradcam.settings import DriveSettings, MapSettings, PilotSettings
from donkey_gradcam.views import Explained, View

Say = Callable[[str], None]
"""Takes each line for the console."""


@dataclass(frozen=True, slots=True)
class Ride:
    """A pilot on a drive, ready to be explained.

    Attributes:
        drive: the records and pictures.
        settings: which of them.
        model_path: the pilot's file.
        pilot: how the network is fed and read.
        sight: what is done to a picture before the network receives it.
        explainer: what makes the maps; tuned.
        tuning: what was measured on a sample of the drive.
        regions: the named parts of the camera's picture.
        problems: what was wrong with the drive; complete when all was read.
    """

    drive: Drive
    settings: DriveSettings
    model_path: Path
    pilot: Pilot
    sight: Sight
    explainer: Explainer
    tuning: Tuning
    regions: Regions
    problems: Problems = field(default_factory=Problems)

    @property
    def frames(self) -> int | None:
        """How many frames will be shown, when that is known."""
        settings = self.settings
        count = self.drive.count_between(settings.start, settings.end)
        if count is None:
            return settings.max_frames
        shown = -(-count // settings.stride)
        return shown if settings.max_frames is None else min(shown, settings.max_frames)

    def explained(self, *, read_all: bool = False) -> Iterator[Explained]:
        """Every frame that is to be shown, in order.

        Args:
            read_all: read also what is neither shown nor remembered by the pilot. Which picture is the first,
                and which is held where one is missing, is then the same for every pilot.
        """
        settings, stride, drive = self.settings, self.settings.stride, self.drive
        if not (read_all or self.pilot.run_up):
            drive, stride = Every(drive, stride), 1
        shown = settings.max_frames
        needed = None if shown is None else (shown - 1) * stride + 1
        seen = islice(views(drive, self.sight, settings, self.problems), needed)
        return islice(self.explainer.stream(seen, stride), shown)


def open_ride(
    drive_settings: DriveSettings, pilot_settings: PilotSettings, maps: MapSettings, say: Say
) -> Ride:
    """Open a drive and a pilot, and tune the maps on a sample of the drive.

    Args:
        drive_settings: which pictures.
        pilot_settings: which pilot.
        maps: what is explained.
        say: takes what a person should know.

    Raises:
        OSError: something cannot be read.
        ValueError: something is not what it should be, or a setting does not fit.
    """
    # What is quick to refuse comes first: the model takes seconds.
    check_scale(maps.heat_scale, maps.scale_value)
    Smoother(maps.smooth)
    config = read_config(drive_settings.config) if drive_settings.config else None
    drive = open_drive(drive_settings.data_path)
    regions = Regions(maps, _frame_size(drive, drive_settings))
    model_path = find_model(pilot_settings.model_path)
    with native_stderr_held():
        backend = open_model_file(model_path, trust=pilot_settings.trust, device=pilot_settings.device)
    pilot = pilot_of(backend, pilot_settings.type, pilot_settings.throttle_range, config)
    explainer = Explainer(backend, pilot, maps)
    sight = Sight(config, pilot.image_shape)
    tuning = explainer.tune(sample_moments(drive, sight, explainer, drive_settings))
    ride = Ride(drive, drive_settings, model_path, pilot, sight, explainer, tuning, regions)
    guessed_range = config is None and pilot_settings.throttle_range is None
    for line in _remarks(ride, guessed_range=guessed_range):
        say(line)
    return ride


def sample_moments(
    drive: Drive, sight: Sight, explainer: Explainer, settings: DriveSettings, count: int = SAMPLE
) -> list[Moment]:
    """Moments spread evenly over what is shown of a drive; a pilot that remembers gets a run-up to each.

    Pictures that cannot be used are passed over.

    Args:
        drive: the drive.
        sight: what is done to a picture.
        explainer: whose pilot is fed.
        settings: which records.
        count: how many moments at most.

    Raises:
        ValueError: no picture can be used.
    """
    length = _length(drive, settings)
    wanted = set(np.linspace(0, length - 1, min(count, length)).round().astype(int).tolist())
    run_up = explainer.pilot.run_up
    needed = {place for last in wanted for place in range(max(0, last - run_up), last + 1)}
    moments: list[Moment] = []
    feed = Feed(explainer.pilot, explainer.backend)
    before = -1
    for place, record in enumerate(islice(drive.records(settings.start, settings.end), length)):
        if place not in needed:
            continue
        if place != before + 1:
            feed = Feed(explainer.pilot, explainer.backend)
        before = place
        try:
            frame = drive.read(record)
        except PictureError:
            continue
        moment = feed(View(record, frame, sight(frame)))
        if place in wanted:
            moments.append(moment)
    if not moments:
        msg = f"none of the {len(wanted)} pictures sampled from {drive.path} can be used; give a better range"
        raise ValueError(msg)
    return moments


def _frame_size(drive: Drive, settings: DriveSettings) -> Size:
    """The size of the first picture that can be used, which all frames will have.

    Raises:
        ValueError: there is none.
    """
    error: PictureError | None = None
    for record in drive.records(settings.start, settings.end):
        try:
            return Size.of(drive.read(record))
        except PictureError as problem:
            error = error or problem
    raise ValueError(nothing_to_see(drive, settings, error))


def _length(drive: Drive, settings: DriveSettings) -> int:
    """How many records are shown; for a video that does not say its length, the first ones."""
    length = drive.count_between(settings.start, settings.end)
    shown = None if settings.max_frames is None else (settings.max_frames - 1) * settings.stride + 1
    if length is None:
        return shown or FRAMES_OF_UNKNOWN
    return length if shown is None else min(length, shown)


FRAMES_OF_UNKNOWN = 256
"""Frames from which the sample is taken when a video does not say how long it is."""


def _remarks(ride: Ride, *, guessed_range: bool) -> Iterator[str]:
    """What a person should know before the work begins.

    Args:
        ride: the pilot on its drive.
        guessed_range: whether nobody said how fast a categorical pilot's last bin is.
    """
    explainer, tuning = ride.explainer, ride.tuning
    yield f"Pilot: {ride.pilot.type}, {ride.model_path}"
    yield f"Drive: {ride.drive.kind}, {ride.drive.path}" + (
        f" ({ride.drive.note})" if ride.drive.note else ""
    )
    if ride.sight.note:
        yield f"Pictures: {ride.sight.note}"
    throttle = ride.pilot.throttle
    if throttle is not None and throttle.unit is None and guessed_range:
        yield (
            f"Throttle range: {DEFAULT_THROTTLE_RANGE}, as in the configs that donkeycar makes; "
            "--config or --throttle-range says otherwise"
        )
    layer = explainer.layer
    shape = "x".join(str(n) for n in layer.output_shape)
    yield f"Explaining {describe_target(explainer.settings.target, ride.pilot)}, at {layer.name} ({shape})"
    if explainer.finer:
        height, width = explainer.field.cells
        yield (
            f"The map has only {height}x{width} cells; --layer {explainer.finer} has more and looks less deep"
        )
    if tuning.agreement is not None:
        measured = f"r = {tuning.agreement:.2f} with occlusion on {tuning.frames} frames"
        yield f"Placement {tuning.placement}: {measured}"
