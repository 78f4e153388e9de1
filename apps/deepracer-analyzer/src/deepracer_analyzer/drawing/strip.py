"""The strip below the video: how it is known which row is shown, where the replay is, and how far."""

from dataclasses import replace

from rlviz_overlay import DARK, Frame, TextStyle, draw_text, fill

from deepracer_analyzer.drawing.colors import SPEED
from deepracer_analyzer.drawing.layout import Arrangement
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.simulation.view import View

SURE = 0.5
"""Below this confidence a row is a guess, and said to be one."""

KEYS = "H (help) | Q (quit)"


class Strip:
    """Draws the strip at a moment.

    Args:
        places: Where its parts are.
        note: How pictures and rows were matched.
        video_rate: Frames a second at which the replay has the speed of the drive.
    """

    def __init__(self, places: Arrangement, note: str, video_rate: float) -> None:
        self._places = places
        self._note = note
        self._video_rate = video_rate
        height = max(6, round(0.56 * places.strip.height))
        self._style = TextStyle(height, DARK.text, min_height=max(6, round(0.85 * height)))

    def draw(self, canvas: Frame, moment: Moment, view: View) -> None:
        """Draw the texts, if they are wanted, and the bar, in place."""
        places = self._places
        fill(canvas, places.bar, DARK.track)
        fill(canvas, replace(places.bar, width=progress_width(places.bar.width, moment)), SPEED)
        if view.annotations:
            note, color = self._remark(moment)
            draw_text(canvas, note, places.note, replace(self._style, color=color))
            footnote = footnote_text(moment, view, self._video_rate)
            draw_text(canvas, footnote, places.footnote, self._style, align="right")

    def _remark(self, moment: Moment) -> tuple[str, tuple[int, int, int]]:
        """What is said of the row, and in which colour."""
        if not moment.known:
            return "this picture is from before the log", DARK.warning
        if moment.confidence < SURE:
            return f"the row is a guess: {self._note}" if self._note else "the row is a guess", DARK.warning
        return self._note, DARK.muted


def footnote_text(moment: Moment, view: View, video_rate: float) -> str:
    """Where the replay is, and which keys matter."""
    row = f"Row {moment.row}" if moment.known else "no row"
    faster = view.frame_rate / video_rate
    return f"FPS {view.frame_rate} ({faster:.1f}x) | Frame {moment.frame} | {row} | {KEYS}"


def progress_width(width: int, moment: Moment) -> int:
    """Pixels of the bar that are green: none at the first picture, all at the last."""
    return round(width * moment.frame / max(1, moment.frames - 1))
