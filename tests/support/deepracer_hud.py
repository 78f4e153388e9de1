"""Logs with known speeds, and small videos whose HUD shows them before a striped wall that passes by."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from deepracer_analyzer.sync.glyphs import STROKES, draw_strokes
from deepracer_analyzer.views import Lap, Log
from numpy.typing import NDArray
from rlviz_overlay.opencv import cv2
from rlviz_video import H264Sink, VideoSpec

TOP = 423
PAUSE = 20
"""Rows that the car stands after leaving the track."""

_WALL = np.random.default_rng(11).integers(20, 220, (1, 1500)).repeat(24, 0).repeat(8, 1)


def make_log(
    rows: int = 160, *, seed: int = 5, resets: Sequence[int] = (), laps: int = 1
) -> tuple[Log, list[Lap]]:
    """A log with another speed in each row; at each reset the car leaves the track and stands `PAUSE` rows.

    Args:
        rows: How many.
        seed: Of the speeds.
        resets: First rows off the track.
        laps: Episodes of the same length.
    """
    speed = np.round(np.random.default_rng(seed).uniform(0.3, 3.9, rows), 2)
    speed[0] = 0
    status = np.full(rows, "in_progress", object)
    for row in resets:
        status[row : row + PAUSE] = "pause"
        status[row] = "off_track"
        speed[row + 1 : row + PAUSE] = 0
    episode = np.arange(rows) * laps // rows
    seconds = np.arange(rows) / 15
    frame = pd.DataFrame(
        {
            "episode": episode,
            "steps": np.arange(1.0, rows + 1),
            "X": np.cumsum(speed / 15),
            "Y": np.zeros(rows),
            "yaw": np.zeros(rows),
            "tstamp": seconds,
            "episode_status": status,
            "speed": speed,
        }
    )
    ends: list[int] = (np.flatnonzero(np.append(np.diff(episode), 1)) + 1).tolist()
    bounds = zip([0, *ends[:-1]], ends, strict=True)
    made = [Lap(i, a, b, 0, "log", 100, True, 0, 0, b - a, 2, 4, 0) for i, (a, b) in enumerate(bounds)]
    return Log(frame, "made up", "B", f"digest {seed} {rows}"), made


def speeds_of(log: Log) -> NDArray[np.float64]:
    """m/s of each row."""
    return log.frame["speed"].to_numpy(np.float64)


def texts_of(log: Log, rows: Sequence[int] | NDArray[np.intp]) -> list[str]:
    """What the HUD says in pictures of these rows; `00.00` before the log."""
    speed = speeds_of(log)
    return [f"{speed[row] if row >= 0 else 0:05.2f}" for row in rows]


def draw_speed(
    canvas: NDArray[np.uint8], text: str, *, top: int = TOP, font: Literal["ours", "other"] = "ours"
) -> None:
    """Write a speed on a dark box as the HUD of a 640x480 picture does.

    Args:
        canvas: uint8 (480, 640, 3).
        text: Such as `02.34`; a longer one has its point behind the third digit.
        top: First row of the digits' cells.
        font: The digits that the app draws, or those of OpenCV's font, whose zero has a stroke through it.
    """
    canvas[top - 5 : top + 20, :130] = canvas[top - 5 : top + 20, :130] // 5
    whole = text.index(".")
    lefts = [10 + 12 * i for i in range(whole)] + [10 + 12 * i for i in range(whole, len(text))]
    lefts[whole + 1 :] = [14 + 12 * whole + 12 * i for i in range(len(text) - whole - 1)]
    for sign, left in zip(text, lefts, strict=True):
        if sign == ".":
            canvas[top + 13 : top + 15, left + 1 : left + 3] = 220
        elif font == "other":
            cv2.putText(canvas, sign, (left - 1, top + 15), (255, 255, 255), cv2.FontFace("sans"), 20, 300)
        else:
            ink = _ink(int(sign))
            cell = canvas[top : top + 18, left : left + 12]
            cell[:] = np.where(ink > 60, ink, np.minimum(cell, ink + 12))


@cache
def _ink(digit: int) -> NDArray[np.uint8]:
    return np.round(255 * draw_strokes(STROKES[digit], 12)).astype(np.uint8)[..., None]


def picture(
    text: str, *, moved: float = 0, top: int = TOP, font: Literal["ours", "other"] = "ours"
) -> NDArray[np.uint8]:
    """One picture, uint8 (480, 640, 3), RGB.

    Args:
        text: What the HUD says; nothing where it is empty.
        moved: Pixels that the wall has passed by.
        top: First row of the digits' cells.
        font: See `draw_speed`.
    """
    start = round(moved) % (_WALL.shape[1] - 640)
    wall = np.tile(_WALL[:, start : start + 640], (20, 1))[:480]
    canvas = np.repeat(wall[..., None], 3, axis=2).astype(np.uint8)
    if text:
        draw_speed(canvas, text, top=top, font=font)
    return canvas


def write_video(
    path: Path,
    texts: Sequence[str],
    *,
    moves: Sequence[float] | None = None,
    size: tuple[int, int] = (640, 480),
    top: int = TOP,
    font: Literal["ours", "other"] = "ours",
    noise: float = 0,
    fps: int = 15,
) -> Path:
    """Encode one picture for each text.

    Args:
        path: The video.
        texts: What the HUD says in each picture; empty for a picture without one.
        moves: m/s at which the wall passes by, for each picture; what the text says where left out.
        size: Width and height that the pictures are scaled to.
        top: First row of the digits' cells, at 640x480.
        font: See `draw_speed`.
        noise: Standard deviation of what is added to every pixel.
        fps: Frames a second.
    """
    chance, moved = np.random.default_rng(2), 0.0
    with H264Sink(path, VideoSpec(*size, Fraction(fps)), crf=23, force=True) as sink:
        for number, text in enumerate(texts):
            moved += 6 * (float(text or 0) if moves is None else moves[number])
            canvas = picture(text, moved=moved, top=top, font=font)
            if noise:
                grain = chance.normal(0, noise, (480, 640, 1))
                canvas = np.clip(canvas + grain, 0, 255).astype(np.uint8)
            if size != (640, 480):
                canvas = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)
            sink.write(np.ascontiguousarray(canvas))
    return path
