"""The moments of a drive at which a pilot in training is watched, and what the pilot makes of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from rlviz_cam import open_backend
from rlviz_overlay import Size

from donkey_gradcam.drives.config import read_config
from donkey_gradcam.drives.drive import Drive, open_drive
from donkey_gradcam.drives.pictures import PictureError
from donkey_gradcam.drives.sight import Sight
from donkey_gradcam.explain import Explainer, describe_target
from donkey_gradcam.feed import Feed, Moment
from donkey_gradcam.pilots import pilot_of
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.views import Explained, View

Glimpse = tuple[View, ...]
"""A moment that is watched, last, and before it those that a pilot with memory needs to arrive at it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A pilot in training, and the moments at which it is watched.

    Attributes:
        explainer: what makes the maps, with the weights that the network has at that time.
        glimpses: the moments, in driving order; read once, so that the drive may be away later.
        about: what is explained, in one line.
        notes: what a person should know before the training begins, a line each.
    """

    explainer: Explainer
    glimpses: tuple[Glimpse, ...]
    about: str
    notes: tuple[str, ...]

    @property
    def camera(self) -> Size:
        """Size of the camera's pictures."""
        return Size.of(self.glimpses[0][-1].frame)

    def explained(self) -> list[Explained]:
        """What the pilot, as it is now, makes of each moment.

        Raises:
            ValueError: a map or an output is not finite.
        """
        explainer, moments, found = self.explainer, list[Moment](), list[Explained]()
        for glimpse in self.glimpses:
            feed = Feed(explainer.pilot, explainer.backend)  # what a pilot remembers is its own doing: anew
            moments.append([feed(view) for view in glimpse][-1])
        for start in range(0, len(moments), explainer.batch):
            found += explainer.explain(moments[start : start + explainer.batch])
        return found


def watch(
    model: object, data_path: Path, frames: int, maps: MapSettings, type_name: str, config_path: Path | None
) -> Watched:
    """Open a model that is going to be trained and read the moments at which it will be watched.

    Args:
        model: of tf_keras or Keras 3, on TensorFlow; left as it is.
        data_path: a drive.
        frames: how many moments, spread evenly over the drive.
        maps: what is explained; its placement is not `auto`.
        type_name: a donkeycar pilot type, or `auto`.
        config_path: a donkeycar config, or None.

    Raises:
        OSError: the drive or the config cannot be read.
        TypeError: the model is none of Keras.
        ValueError: something is not what it should be, or a setting does not fit.
    """
    config = read_config(config_path) if config_path else None
    drive = open_drive(data_path)
    backend = open_backend(model)
    # The scale is each strip's own, so that nothing is left for the explainer to measure.
    explainer = Explainer(
        backend, pilot_of(backend, type_name, config=config), replace(maps, heat_scale="fixed")
    )
    explainer.tune(())
    sight = Sight(config, explainer.pilot.image_shape)
    glimpses = read_glimpses(drive, sight, explainer.pilot.run_up, frames)
    pilot, layer = explainer.pilot, explainer.layer
    shape = "x".join(str(n) for n in layer.output_shape)
    what = f"{maps.method} of {describe_target(maps.target, pilot)}"
    about = f"{what}, at {layer.name} ({shape}), {maps.evidence} evidence"
    return Watched(explainer, glimpses, about, tuple(_notes(explainer, sight, about)))


def read_glimpses(drive: Drive, sight: Sight, run_up: int, frames: int) -> tuple[Glimpse, ...]:
    """Read the middle of each of so many equally long parts of a drive, fewer where it has fewer records.

    A picture that cannot be used is left out.

    Args:
        drive: the drive.
        sight: what is done to a picture before the network receives it.
        run_up: records before each that are read too.
        frames: how many moments.

    Raises:
        OSError: a file of the drive cannot be read.
        ValueError: the drive does not say how long it is, or none of the pictures can be used.
    """
    length = drive.count
    if length is None:
        msg = f"{drive.path} does not say how many frames it has; give a tub or a folder of pictures to watch"
        raise ValueError(msg)
    count = min(frames, length)
    last = [(2 * part + 1) * length // (2 * count) for part in range(count)]
    needed = {place for end in last for place in range(end - run_up, end + 1)}
    seen: dict[int, View] = {}
    error: PictureError | None = None
    for place, record in enumerate(islice(drive.records(), last[-1] + 1)):
        if place not in needed:
            continue
        try:
            frame = drive.read(record)
        except PictureError as problem:
            error = error or problem
            continue
        seen[place] = View(record, frame, sight(frame))
    if not seen.keys() & set(last):
        msg = f"none of the {count} pictures of {drive.path} that were to be watched can be used: {error}"
        raise ValueError(msg)
    return tuple(
        tuple(seen[place] for place in range(end - run_up, end + 1) if place in seen)
        for end in last
        if end in seen
    )


def _notes(explainer: Explainer, sight: Sight, about: str) -> Iterator[str]:
    yield f"Watching a {explainer.pilot.type} pilot in training: {about}"
    if sight.note:
        yield f"Pictures: {sight.note}"
    if explainer.finer:
        height, width = explainer.field.cells
        finer = f"layer={explainer.finer!r} has more and looks less deep"
        yield f"The map has only {height}x{width} cells; {finer}"
