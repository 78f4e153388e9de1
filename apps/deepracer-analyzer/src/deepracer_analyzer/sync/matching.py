"""A log and its video in step: the speed in the pictures first, then what is left where it cannot be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from deepracer_analyzer.sync.alignment import EXACT, Alignment, align
from deepracer_analyzer.sync.footage import Footage, watch
from deepracer_analyzer.sync.glyphs import drawn_glyphs
from deepracer_analyzer.sync.hud import Strips
from deepracer_analyzer.sync.lap_starts import estimate_delay, rows_with_delay
from deepracer_analyzer.sync.notes import describe_after, describe_alignment, percent
from deepracer_analyzer.sync.ocr import agreement, check_tesseract, search_speed
from deepracer_analyzer.sync.reading import Reading, learn, read_strips
from deepracer_analyzer.sync.step_odds import expected_odds, find_breaks, measured_odds
from deepracer_analyzer.views import Floats, Lap, Log, Rows, Sync

READER_VERSION = 1
"""Changes whenever the same log and video may give other rows."""

Say = Callable[[str], None]

_ROUNDS = 4
_SURE = 0.95
_FIT_TO_LEARN = 0.25
_DRIVING = 0.1
"""m/s above which a picture tells rows apart."""

_SAME = 0.0205
_LEAST_AGREEMENT = 0.1
_FEWEST_DRIVING = 10
_FEWEST_READ = 0.3
_CLEAR = 0.75
"""Median fit above which what was read stands in the pictures, whatever the log says."""

_ESTIMATED = 0.5
"""Confidence of a delay that was estimated and fits best alone."""

_LIKELY_RATES = (0.25, 4.0)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is to be matched."""

    log: Log
    speed: Floats
    seconds: Floats
    breaks: Rows
    footage: Footage

    def align(self, shown: Floats, before: Alignment | None = None) -> Alignment:
        """Align what the pictures show, with the steps that an earlier alignment found."""
        rows = len(self.speed)
        if before is not None:
            return align(shown, self.speed, measured_odds(rows, self.breaks, before.rows))
        return align(shown, self.speed, expected_odds(rows, self.breaks, self._rows_per_frame()))

    def _rows_per_frame(self) -> float:
        steps = np.diff(self.seconds)
        steps = steps[steps > 0]
        if not len(steps):
            return 1.0
        rate = 1 / (float(np.median(steps)) * self.footage.rate)
        low, high = _LIKELY_RATES
        return rate if low <= rate <= high else 1.0

    def agreement(self, shown: Floats, found: Alignment) -> float | None:
        """Share of the pictures in which the car drives whose row has their speed.

        None where it drives in too few to tell. For another run's video it is next to nothing, for a log of
        one lap of three a third.
        """
        driving = shown > _DRIVING
        if driving.sum() < _FEWEST_DRIVING:
            return None
        speed = np.where(found.rows >= 0, self.speed[found.rows], np.nan)
        return float((np.abs(shown - speed) <= _SAME)[driving].mean())


def match_video(log: Log, laps: Sequence[Lap], video: Path, *, say: Say, check_ocr: bool = False) -> Sync:
    """Find the row that each picture of a video shows.

    The speed in the HUD is read and aligned to the log; where the HUD is not a known one, OCR searches for a
    speed; where nothing can be read, the delay is estimated from when the car moves and stands; and where
    that tells nothing, picture i shows row i. Each step that was not possible is said.

    Args:
        log: The log; its column `speed` is what the pictures show.
        laps: Its laps.
        video: The video.
        say: Takes each line for the console.
        check_ocr: Whether tesseract shall read a sample too; how far both agree is said.

    Raises:
        OSError: The video cannot be read, or the check was asked for and tesseract is not installed.
        ValueError: It is not a video, no picture of it can be read, or the log has no row.
    """
    if check_ocr:
        check_tesseract()
    frame = log.frame
    if not len(frame):
        msg = f"{log.source} has no rows to match a video with; give a log with at least one"
        raise ValueError(msg)
    footage = watch(video)
    if footage.damaged:
        say(
            f"Video: {footage.damaged:,} of {footage.frames:,} pictures are damaged; "
            "their rows follow from the others"
        )
    speed, seconds = (frame[name].to_numpy(np.float64) for name in ("speed", "tstamp"))
    case = _Case(log, speed, seconds, find_breaks(log, laps), footage)
    return _by_hud(case, say, check_ocr=check_ocr) or _by_ocr(case, say) or _by_motion(case, say)


def frame_is_row(log: Log, frames: int, why: str = "nothing was measured") -> Sync:
    """Row i on picture i, as the original does; pictures after the log's end stay on its last row.

    Args:
        log: The log.
        frames: The number of pictures.
        why: Why nothing better is known, for the note.

    Raises:
        ValueError: The log has no row.
    """
    rows = len(log.frame)
    if not rows:
        msg = f"{log.source} has no rows to show; give a log with at least one"
        raise ValueError(msg)
    note = f"picture i is shown with row i: {why}"
    if frames > rows:
        note += f"; {describe_after(frames - rows)}"
    shown = np.minimum(np.arange(frames), rows - 1).astype(np.intp)
    return Sync(shown, np.zeros(frames), "frame = row", note, np.full(frames, np.nan))


def _by_hud(case: _Case, say: Say, *, check_ocr: bool) -> Sync | None:
    footage = case.footage
    if footage.place is None:
        width, height = footage.size
        say(f"Sync: no known HUD with a speed in the pictures ({width}x{height})")
        return None
    reading = read_strips(footage.strips, drawn_glyphs())
    reading, found = _learn_and_read(case, reading, case.align(reading.shown))
    if check_ocr:
        _check(footage.strips, reading.shown, say)
    where = f"the speed was read in {{read:,}} of {{frames:,}} pictures ({footage.place.layout.name} HUD)"
    sync = _accept(case, reading.shown, case.align(reading.shown, found), "hud", where, say)
    if sync is not None and sync.method != "hud" and np.median(reading.fit) < _CLEAR:
        return _by_ocr(case, say) or sync
    return sync


def _check(strips: Strips, shown: Floats, say: Say) -> None:
    """Say how often tesseract reads the same."""
    if not np.isfinite(shown).any():
        say("Sync: no picture shows a speed that could be checked with OCR")
        return
    share, count = agreement(strips, shown)
    say(f"Sync: tesseract reads the same speed in {percent(share)} of {count} pictures")


def _learn_and_read(case: _Case, reading: Reading, found: Alignment) -> tuple[Reading, Alignment]:
    """Read with the digits of the video itself, which the log's speeds tell, as long as that gets better."""
    strips, glyphs = case.footage.strips, drawn_glyphs()
    for _ in range(_ROUNDS):
        speeds = np.where(found.rows >= 0, case.speed[found.rows], np.nan)
        sure = (found.confidence >= _SURE) & (reading.fit >= _FIT_TO_LEARN) & np.isfinite(speeds)
        glyphs = learn(strips, np.nan_to_num(speeds), sure, glyphs)
        learned = read_strips(strips, glyphs)
        before, after = (int((np.abs(one.shown - speeds) <= EXACT).sum()) for one in (reading, learned))
        if after < before:
            break
        reading = learned
        if after == before:
            break
        found = case.align(reading.shown)
    return reading, found


def _by_ocr(case: _Case, say: Say) -> Sync | None:
    footage = case.footage
    try:
        shown = search_speed(footage.path)
    except OSError as error:
        say(f"Sync: {error}")
        return None
    if shown is None:
        say("Sync: OCR found no speed in the lower left of the pictures")
        return None
    first = case.align(shown)
    where = "the speed was read by OCR in {read:,} of {frames:,} pictures"
    return _accept(case, shown, case.align(shown, first), "ocr", where, say)


def _accept(
    case: _Case, shown: Floats, found: Alignment, method: Literal["hud", "ocr"], where: str, say: Say
) -> Sync | None:
    """The alignment; row i on picture i where the log has other speeds, None where too little was read."""
    read = np.isfinite(shown)
    where = where.format(read=int(read.sum()), frames=len(shown))
    if read.mean() < _FEWEST_READ:
        say(f"Sync: {where}; too few")
        return None
    agreed = case.agreement(shown, found)
    if agreed is not None and agreed < _LEAST_AGREEMENT:
        why = (
            f"the speeds in the pictures are not those of the log (the same in {percent(agreed)} of "
            "the pictures in which it drives); is the video of another run?"
        )
        return replace(frame_is_row(case.log, len(shown), why), shown=shown)
    note = f"{where}; {describe_alignment(found, len(case.speed))}"
    return Sync(found.rows, np.round(found.confidence, 4), method, note, shown)


def _by_motion(case: _Case, say: Say) -> Sync:
    frames = case.footage.frames
    delay = estimate_delay(case.footage.motion, case.speed)
    if delay is None or not delay.decisive:
        say("Sync: when the pictures move does not tell how they trail the log")
        return frame_is_row(
            case.log, frames, "no speed could be read, and the pictures' motion does not help"
        )
    found, after = rows_with_delay(frames, len(case.speed), delay.lag)
    confidence = np.full(frames, round(_ESTIMATED / delay.as_good, 4))
    confidence[frames - after :] = 0
    note = (
        f"no speed could be read: the picture trails the log by about {delay.lag} rows, estimated from when "
        f"the car moves and stands (correlation {delay.correlation:.2f})"
    )
    if after:
        note += f"; {describe_after(after)}"
    return Sync(found, confidence, "lap starts", note, np.full(frames, np.nan))
