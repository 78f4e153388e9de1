"""A set of pictures as the network takes them, in batches, never all at once."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import without_color

from network_analyzer.input_pictures import Levels
from network_analyzer.opened import Opened
from network_analyzer.references import Reference, reference_of
from network_analyzer.report.sources import Source, open_source

BATCH = 48
"""Pictures of one pass: as many as a Keras model computes at once, however few it is given."""
_PASS_BYTES = 256_000_000
_TOLD = 3


@dataclass(frozen=True, slots=True, eq=False)
class PictureBatch:
    """Some pictures of a set, in order.

    Attributes:
        names: Of each picture: a file's name, `frame 12`, `step 12`.
        levels: uint8 (N, C, H, W) or (N, T, C, H, W), colours as red, green, blue.
        inputs: The same as the network takes it, by input name.
    """

    names: tuple[str, ...]
    levels: Levels
    inputs: Mapping[str, NDArray[Any]]


class PictureSet:
    """Pictures, brought to the network's size and given in batches; every iteration reads them anew.

    A picture that cannot be read is passed over and told in `notes`; so is the rest of a file that is damaged
    from some place on.

    Args:
        source: Where the pictures are.
        opened: The network that takes them.

    Attributes:
        name: What a person calls the set.
        kind: `pictures`, `tub`, `recording`, `video` or `array`.
        count: Number of pictures, broken ones among them; None where only reading all of them tells.
        frames: How many pictures one input of the network is shown as: one per step over time, and one per
            channel where there are neither 1 nor 3.
        overlap: Whether the pictures follow each other and one input is made of several: each is the newest
            of one input, and in the next ones too.
        batches: Number of batches; None where that is not known.
        seen: How many were given so far in the newest iteration.
    """

    def __init__(self, source: Source, opened: Opened) -> None:
        self.name, self.kind, self.count = source.name, source.kind, source.count
        self._steps, self._channels = _depth(opened)
        self.frames = self._steps * self._channels
        self.overlap = source.follows and self.frames > 1 and 1 in {self._steps, self._channels}
        self._batch_size = _batch_size(opened)
        self.batches = None if self.count is None else ceil(self.count / self._batch_size)
        self.seen = 0
        self._source = source
        self._opened = opened
        self._problems: list[str] = []
        self._done: Counter[str] = Counter()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to the pictures given so far and which could not be read, one sentence each."""
        told = [self._source.note] if self._source.note else []
        told += [
            note if count == self.seen else f"{note} ({count} of {self.seen} pictures)"
            for note, count in self._done.most_common(_TOLD)
        ]
        if len(self._done) > _TOLD:
            told.append(f"and {len(self._done) - _TOLD} more such changes")
        if self._problems:
            listed = "; ".join(self._problems[:_TOLD]) + ("; ..." if len(self._problems) > _TOLD else "")
            told.append(f"{len(self._problems)} could not be read: {listed}")
        return tuple(told)

    def __iter__(self) -> Iterator[PictureBatch]:
        """Give the pictures in batches.

        Raises:
            OSError: The set cannot be read.
            ValueError: No picture can be read, or one does not fit the network.
        """
        named = self._named()
        while several := list(islice(named, self._batch_size)):
            yield _batch(several)

    def references(self) -> Iterator[Reference]:
        """Give the pictures one by one.

        Raises:
            OSError: The set cannot be read.
            ValueError: No picture can be read, or one does not fit the network.
        """
        return (reference for _, reference in self._named())

    def _named(self) -> Iterator[tuple[str, Reference]]:
        self.seen = 0
        self._problems.clear()
        self._done.clear()
        for name, picture in self._samples():
            reference = reference_of(self._opened, picture)
            self._done.update(reference.notes)
            self.seen += 1
            yield name, reference
        if not self.seen:
            why = f"; the first: {self._problems[0]}" if self._problems else ""
            msg = f"{self.name} has no picture that can be read{why}"
            raise ValueError(msg)

    def _samples(self) -> Iterator[tuple[str, object]]:
        """Give pictures; of a source whose pictures follow each other, the newest ones that make an input."""
        depth = self.frames if self.overlap else 1
        window: deque[NDArray[Any]] = deque(maxlen=depth)
        for name, picture in self._readable():
            if depth == 1:
                yield name, picture
                continue
            newest = np.asarray(picture)
            if self._channels > 1:
                newest = without_color(newest)[:, :, 0]
            if window and window[0].shape != newest.shape:
                window.clear()
            window.append(newest)
            self._done[f"{depth} pictures that follow each other make one input, the newest one last"] += 1
            yield name, np.stack([window[0]] * (depth - len(window)) + list(window))

    def _readable(self) -> Iterator[tuple[str, object]]:
        """Read picture after picture; what cannot be read is noted."""
        items = self._source.read()
        while True:
            try:
                name, read = next(items)
            except StopIteration:
                return
            except (OSError, ValueError) as error:
                self._problems.append(f"what follows picture {self.seen} ({error})")
                return
            try:
                picture = read()
            except (OSError, ValueError) as error:
                self._problems.append(str(error))
            else:
                yield name, picture


def picture_set(given: object, opened: Opened) -> PictureSet:
    """Make a set of pictures for a network.

    Args:
        given: A picture file, a folder of pictures, a tub, a recorded rollout (`.arrow`), a video; or
            pictures in an array (N, ...) or a list, each as `reference_of` takes one.
        opened: The network.

    Raises:
        OSError: Nothing is there, or it cannot be read.
        ValueError: It holds no pictures.
        TypeError: It is nothing that could hold pictures.
        ModuleNotFoundError: A recording is given and rlviz-agents is not installed.
    """
    numbers = all(len(shape) == 1 for shape in opened.backend.inputs().values())
    return PictureSet(open_source(given, numbers=numbers), opened)


def _batch(named: Sequence[tuple[str, Reference]]) -> PictureBatch:
    samples = [one.inputs for _, one in named]
    return PictureBatch(
        tuple(name for name, _ in named),
        np.stack([one.levels for _, one in named]),
        {name: np.concatenate([one[name] for one in samples]) for name in samples[0]},
    )


def _depth(opened: Opened) -> tuple[int, int]:
    """Return how many steps over time a network takes, and how many grey frames as one picture's channels."""
    shapes = [shape for shape in opened.backend.inputs().values() if len(shape) in {3, 4}]
    if len(shapes) != 1:
        return 1, 1
    *steps, channels, _, _ = shapes[0]
    return (steps[0], 1) if steps else (1, 1 if channels in {1, 3} else channels)


def _batch_size(opened: Opened) -> int:
    """Return how many pictures a pass takes: one where the activations of many would fill the memory."""
    largest = max((4 * prod(layer.output_shape) for layer in opened.backend.layers()), default=0)
    return BATCH if BATCH * largest <= _PASS_BYTES else 1
