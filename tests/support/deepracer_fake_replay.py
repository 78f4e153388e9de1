"""A replay whose pictures are their own state in black and white, to be read back from a screenshot.

`python -m deepracer_fake_replay FOLDER FRAMES` plays it in a window.
"""

import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.simulation.keys import press
from deepracer_analyzer.simulation.state import State
from deepracer_analyzer.simulation.view import View
from rlviz_overlay import Frame, Size

BITS = 12
CELL = 16
FIELDS = (
    "frame_number", "action_space", "heatmap", "annotations", "help", "attenuation", "gaussian_size",
    "colormap", "cleared", "frame_rate",
)  # fmt: skip
"""One row of cells each, from the top."""


class FakeReplay:
    """A replay of coloured pictures; pictures in `damaged` cannot be read."""

    title = "fake: vidéo.mp4"

    def __init__(self, folder: Path, frames: int = 600, size: tuple[int, int] = (640, 500)) -> None:
        self.recording_folder = folder
        self.size = Size(*size)
        self.state = State(frames=frames)
        self.damaged: set[int] = set()
        self.drawn: list[int] = []

    def press(self, key: str) -> None:
        self.state = press(self.state, key)

    def advance(self) -> None:
        if not self.state.pause:
            self.state = self.state.at(self.state.frame_number + 1)

    def moment(self, frame: int) -> Moment:
        return Moment(frame, self.state.frames, frame)

    def frame(self) -> Frame:
        number = self.state.frame_number
        if number in self.damaged:
            raise ValueError(f"frame {number} is damaged")
        self.drawn.append(number)
        return picture(number, self.state.view, self.size)


def picture(number: int, view: View, size: Size = Size(640, 500)) -> Frame:  # noqa: B008 - frozen
    canvas = np.full((size.height, size.width, 3), (60, 90, 160), np.uint8)
    for row, value in enumerate(_values(number, view).values()):
        for bit in range(BITS):
            canvas[row * CELL : (row + 1) * CELL, bit * CELL : (bit + 1) * CELL] = 255 * (value >> bit & 1)
    return canvas


def read(shown: Frame) -> dict[str, int]:
    """What a picture shows: its number and its view."""
    centres = slice(CELL // 2, None, CELL)
    bits = shown[centres, centres, 0][: len(FIELDS), :BITS] > 127
    return {name: int(row @ (1 << np.arange(BITS))) for name, row in zip(FIELDS, bits, strict=True)}


def _values(number: int, view: View) -> dict[str, int]:
    fields = asdict(view) | {
        "frame_number": number,
        "cleared": 0 if view.cleared is None else 1 + view.cleared,
    }
    return {
        name: round(100 * fields[name]) if name == "attenuation" else int(fields[name]) for name in FIELDS
    }


if __name__ == "__main__":
    from deepracer_analyzer.playing.window import play

    raise SystemExit(play(FakeReplay(Path(sys.argv[1]), int(sys.argv[2]))))
