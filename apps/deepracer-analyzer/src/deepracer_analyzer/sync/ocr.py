"""Reading the speed with tesseract: a check of the digit reader, and what is left for unknown HUDs."""

import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from rlviz_video import Luma, LumaVideo, progress

from deepracer_analyzer.sync.hud import Strips
from deepracer_analyzer.views import Floats

COLUMN = 240
"""Crops that are read by one call."""

_CROP_HEIGHT = 36
_SEARCH_HEIGHT = 960
"""Pixels to which a crop, or a whole picture, is enlarged: tesseract reads digits of 28 pixels best."""

_MARGIN = 8
_STROKE = 9
"""Pixels that no stroke of a digit is wide."""

_FAINTEST = 80
_PAPER = 255
_SEARCHED = 8
_FEWEST_FOUND = 3
_NEAR = 6
"""Pixels by which the same text may be found elsewhere in another picture."""

_SPEED = re.compile(r"\d{1,3}\.\d\d")
_DIGITS_ONLY = "--psm 6 -c tessedit_char_whitelist=0123456789."


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture, in its own pixels."""

    left: int
    top: int
    width: int
    height: int

    def cut(self, luma: Luma) -> Luma:
        """The part of a picture uint8 (H, W), a copy; less where it reaches over the border."""
        top, left = max(0, self.top), max(0, self.left)
        return luma[top : self.top + self.height, left : self.left + self.width].copy()


def check_tesseract() -> None:
    """Make sure that tesseract can be called.

    Raises:
        OSError: Its program or its Python package is not installed.
    """
    missing: list[str] = []
    if shutil.which("tesseract") is None:
        missing.append("the program tesseract (Debian, Ubuntu: apt-get install tesseract-ocr)")
    try:
        import pytesseract  # noqa: F401 # pyright: ignore[reportMissingTypeStubs, reportUnusedImport]
    except ImportError:
        missing.append("the package pytesseract (pip install 'deepracer-analyzer[ocr]')")
    if missing:
        msg = f"reading the speed with OCR needs {' and '.join(missing)}"
        raise OSError(msg)


def read_column(crops: Sequence[NDArray[np.uint8]]) -> Floats:
    """Read the speed in each crop, `COLUMN` of them by one call.

    Args:
        crops: uint8 (h, w) each, all of one size: bright text on dark, the digits nearly as high as the crop.

    Returns:
        float64 (len(crops),), m/s; NaN where no number like `12.34` was read.

    Raises:
        OSError: Tesseract is not installed.
    """
    check_tesseract()
    speeds = np.full(len(crops), np.nan)
    for start in range(0, len(crops), COLUMN):
        part = crops[start : start + COLUMN]
        scale = max(1, round(_CROP_HEIGHT / part[0].shape[0]))
        papers = [_paper(crop, scale) for crop in part]
        height = papers[0].shape[0]
        words: dict[int, str] = {}
        for word in _recognize(np.concatenate(papers), _DIGITS_ONLY):
            line = (word.box.top + word.box.height // 2) // height
            words[line] = words.get(line, "") + word.text
        for line, text in words.items():
            if _SPEED.fullmatch(text) and line < len(papers):
                speeds[start + line] = float(text)
    return speeds


def agreement(strips: Strips, shown: Floats) -> tuple[float, int]:
    """The share of pictures in which tesseract reads the same speed, and how many were compared.

    Args:
        strips: uint8 (F, 18, 54), see `hud.Place.cut`.
        shown: float64 (F,), what the digit reader read; NaN where nothing, and a number somewhere.

    Raises:
        OSError: Tesseract is not installed.
    """
    readable = np.flatnonzero(np.isfinite(shown))
    sample = readable[np.linspace(0, len(readable) - 1, min(COLUMN, len(readable))).astype(np.intp)]
    read = read_column(list(strips[sample]))
    return float((np.abs(read - shown[sample]) < 0.005).mean()), len(sample)


def find_speed(video: LumaVideo) -> Box | None:
    """Search the lower left quarter of some pictures for a number like `12.34`.

    Args:
        video: The video; read from its start.

    Returns:
        Where the number stands, with room around it; None where it was not found in three pictures at the
        same place.

    Raises:
        OSError: Tesseract is not installed.
    """
    check_tesseract()
    stride = max(1, video.frames // _SEARCHED)
    found: list[Box] = []
    for _, luma in islice(video.lumas(), stride // 2, None, stride):
        top = luma.shape[0] // 2
        scale = max(1, round(_SEARCH_HEIGHT / luma.shape[0]))
        for word in _recognize(_paper(luma[top:, : luma.shape[1] // 2], scale), "--psm 11"):
            speed = _SPEED.match(word.text)
            if speed is not None:
                left, above, height = (
                    place // scale for place in (word.box.left, word.box.top, word.box.height)
                )
                width = round(word.box.width * len(speed[0]) / len(word.text)) // scale
                found.append(Box(left - _MARGIN // scale, top + above - _MARGIN // scale, width, height))
    return _usual(found)


def read_box(video: LumaVideo, box: Box) -> Floats:
    """Read the speed at one place in every picture: float64 (F,), m/s; NaN where nothing was read.

    Args:
        video: The video; read from its start.
        box: The place.

    Raises:
        OSError: Tesseract is not installed.
    """
    speeds = np.full(video.frames, np.nan)
    pictures = iter(progress(video.lumas(), video.frames, "Reading the speed with OCR"))
    while part := [(number, box.cut(luma)) for number, luma in islice(pictures, COLUMN)]:
        speeds[[number for number, _ in part]] = read_column([crop for _, crop in part])
    return speeds


def search_speed(path: Path) -> Floats | None:
    """Find the speed in the pictures of a video with another HUD, and read it; None where there is none.

    Args:
        path: The video.

    Raises:
        OSError: Tesseract is not installed, or the video cannot be read.
    """
    with LumaVideo(path) as video:
        box = find_speed(video)
        return None if box is None else read_box(video, box)


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    box: Box


def _recognize(paper: NDArray[np.uint8], config: str) -> Iterable[_Word]:
    """Every word that tesseract finds on a page."""
    import pytesseract  # pyright: ignore[reportMissingTypeStubs]

    tesseract = cast("Any", pytesseract)
    found = tesseract.image_to_data(paper, config=config, output_type=tesseract.Output.DICT)
    table = cast("dict[str, list[Any]]", found)
    for text, *box in zip(*(table[name] for name in ("text", "left", "top", "width", "height")), strict=True):
        if str(text).strip():
            yield _Word(str(text).strip(), Box(*box))


def _paper(picture: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    """Thin bright strokes as black on white paper with a margin; whatever lies behind them is gone.

    Args:
        picture: uint8 (h, w).
        scale: By how much it is enlarged.
    """
    large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    around = cv2.getStructuringElement(cv2.MORPH_RECT, (_STROKE * scale, _STROKE * scale))
    strokes = cv2.morphologyEx(large, cv2.MORPH_TOPHAT, around)
    ink = np.where(strokes > max(float(strokes.max()), _FAINTEST) / 2, np.uint8(0), np.uint8(_PAPER))
    return np.pad(ink, _MARGIN, constant_values=_PAPER)


def _usual(found: list[Box]) -> Box | None:
    """The place at which most of the words lie, with a digit's room around it."""
    best: list[Box] = []
    for one in found:
        near = [other for other in found if abs(other.left - one.left) + abs(other.top - one.top) <= _NEAR]
        best = max(best, near, key=len)
    if len(best) < _FEWEST_FOUND:
        return None
    height = round(median(box.height for box in best))
    width = max(box.width for box in best)
    left, top = (round(median(places)) for places in zip(*((b.left, b.top) for b in best), strict=True))
    room = max(2, height // 4)
    return Box(left - room, top - room // 2, width + 2 * room, height + 2 * (room // 2))
