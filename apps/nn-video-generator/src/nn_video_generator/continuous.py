"""One video through all checkpoints, a title card and a chapter each."""

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from rlviz_overlay import Size
from rlviz_video import Chapter, MadeVideo, interrupts_deferred, progress

from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.clip import open_clip
from nn_video_generator.describe import describe_clip
from nn_video_generator.drawing.title_card import title_card
from nn_video_generator.made_with import made_with
from nn_video_generator.milestone import frames_in
from nn_video_generator.moment import Subject
from nn_video_generator.names import Paths
from nn_video_generator.outputs import Outputs
from nn_video_generator.settings import ClipSettings
from nn_video_generator.tally import Tally
from nn_video_generator.trained import TrainedRun

CARD_SECONDS = 2
"""Of a title card; a third of its chapter where that is less."""


@dataclass(frozen=True, slots=True)
class Part:
    """A checkpoint's part of the video.

    Attributes:
        checkpoint: who plays.
        subject: what is known of it.
        start: number of its first frame, which shows the title card.
        card: frames of the card, 1 or more.
        frames: frames of the game after it, 1 or more.
    """

    checkpoint: Checkpoint
    subject: Subject
    start: int
    card: int
    frames: int

    @property
    def end(self) -> int:
        """Number of the first frame after it."""
        return self.start + self.card + self.frames

    @property
    def title(self) -> str:
        """Of the chapter."""
        return f"{self.checkpoint.label} %"


@dataclass(frozen=True, slots=True)
class Continuous:
    """A video through several checkpoints that is to be made.

    Attributes:
        trained: the training.
        parts: who plays when.
        settings: how it is played and shown.
        paths: where it goes.
        force: whether existing files are replaced.
    """

    trained: TrainedRun
    parts: tuple[Part, ...]
    settings: ClipSettings
    paths: Paths
    force: bool

    @property
    def frames(self) -> int:
        """Frames of the video."""
        return sum(part.card + part.frames for part in self.parts)

    def deciding(self) -> dict[str, Any]:
        """All that the video follows from, in JSON values."""
        parts = [
            {"start": part.start, "card": part.card, "frames": part.frames}
            | made_with(self.trained, part.checkpoint, self.settings)
            for part in self.parts
        ]
        return {"parts": parts}


def divide(
    playing: Sequence[tuple[Checkpoint, Subject]], total: int, settings: ClipSettings
) -> tuple[Part, ...]:
    """Share the frames of a video among checkpoints, as evenly as whole frames allow.

    Args:
        playing: who plays, in order, one or more.
        total: frames of the video.
        settings: how it is shown.

    Raises:
        ValueError: fewer frames than a card and one of the game for each.
    """
    count = len(playing)
    if total < 2 * count:
        message = f"a video of {total} frames is too short for {count} checkpoints; give more --total-seconds"
        raise ValueError(message)
    longest = frames_in(CARD_SECONDS, settings.video)
    edges = pairwise(place * total // count for place in range(count + 1))
    parts: list[Part] = []
    for (checkpoint, subject), (start, end) in zip(playing, edges, strict=True):
        card = max(1, min(longest, (end - start) // 3))
        parts.append(Part(checkpoint, subject, start, card, end - start - card))
    return tuple(parts)


def make_continuous_video(asked: Continuous) -> MadeVideo:
    """Play the checkpoints one after the other, and write the video with its chapters.

    Returns:
        What was made; with `interrupted` after Ctrl-C.

    Raises:
        ValueError: a checkpoint, its environment or a setting does not fit.
        OSError: a checkpoint cannot be read, or an output exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first frame.
    """
    deciding = asked.deciding()
    actions = asked.parts[0].subject.actions
    chapters = [Chapter(part.title, part.start, part.end) for part in asked.parts]
    video = asked.settings.video
    outputs = Outputs(asked.paths, video, asked.frames, actions, chapters=chapters, force=asked.force)
    told: list[dict[str, Any]] = []
    interrupted = False
    try:
        with outputs, closing(_frames(asked, outputs, told)) as frames:
            for _ in progress(frames, asked.frames, asked.paths.video.stem):
                pass
    except KeyboardInterrupt:
        if not outputs.frames:
            raise
        interrupted = True
    content = {"kind": "continuous", "made_with": deciding, "chapters": told, "subject": told[-1]["subject"]}
    facts = {"chapters": ", ".join(one["chapter"] for one in told)} | {
        f"points at {one['chapter']}": f"{one['points']:g}" for one in told
    }
    return outputs.finish(content, facts, interrupted=interrupted)


def _card_lines(subject: Subject) -> tuple[str, ...]:
    steps = () if subject.trained_steps is None else (f"{subject.trained_steps:,} training steps",)
    return (f"{subject.milestone} % of the training", *steps)


def _frames(asked: Continuous, outputs: Outputs, told: list[dict[str, Any]]) -> Generator[None]:
    """Write every frame of the video; `told` gets what each chapter came to, the last one's so far too."""
    for part in asked.parts:
        subject, size = part.subject, Size(*asked.settings.video.size)
        title = f"{subject.game.upper()} - {subject.algo}"
        card = title_card(size, title, _card_lines(subject), progress=part.checkpoint.percent / 100)
        told.append({"chapter": part.title, "subject": asdict(subject), "points": 0.0})
        for _ in range(part.card):
            with interrupts_deferred():
                outputs.write_card(card, part.title)
            yield
        with (
            open_clip(asked.trained, part.checkpoint, asked.settings, part.frames) as clip,
            closing(clip.pictures()) as pictures,
        ):
            tally = Tally()
            try:
                for picture in pictures:
                    with interrupts_deferred():
                        outputs.write(picture, part.title)
                        tally = picture.tally
                    yield
            finally:  # a chapter that Ctrl-C has cut short is told too
                told[-1] = {"chapter": part.title} | describe_clip(clip, tally)
