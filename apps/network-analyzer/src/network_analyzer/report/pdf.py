"""A report as A4 sheets in a PDF, drawn by matplotlib's objects: no state of pyplot is touched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten, wrap
from typing import Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from rlviz_overlay import DARK, Color, Frame, Size, new_canvas

from network_analyzer.report.filter_report import FilterReport
from network_analyzer.report.tiles import PAGE, patch_tile, stimulus_tile
from network_analyzer.report.wording import (
    facts,
    figures,
    has_stimulus,
    legend,
    number,
    reached,
    state,
    title,
    unit,
)

WIDTH, HEIGHT = 297.0, 210.0
"""Of a sheet, in millimetres: A4, landscape."""
_MARGIN = 12.0
_LINE = 3.7
_ROW = 29.0
_TILE = 19.0
_STIMULUS_AT, _PATCHES_AT = 62.0, 96.0
_SMALL, _NORMAL, _LARGE = 6.5, 8.0, 15.0
_NAMES, _LETTERS, _TITLE = 52.0, 125, 85
"""Width of the column of names, in millimetres; letters of a line beside it, and of the title's lines."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, measured in millimetres from its upper left corner."""

    figure: Figure
    axes: Any

    @classmethod
    def blank(cls) -> "Sheet":
        """A page with nothing on it."""
        figure = Figure(figsize=(WIDTH / 25.4, HEIGHT / 25.4), facecolor=_rgb(PAGE))
        axes: Any = figure.add_axes((0, 0, 1, 1))  # pyright: ignore[reportUnknownMemberType] - matplotlib's
        axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
        axes.axis("off")
        return cls(figure, axes)

    def text(
        self, x: float, y: float, words: str, *, size: float = _NORMAL, color: Color = DARK.text
    ) -> None:
        """Write lines from their upper left corner on."""
        self.axes.text(x, y, words, fontsize=size, color=_rgb(color), va="top", parse_math=False)

    def rule(self, y: float) -> None:
        """Draw a line across the page."""
        self.axes.plot((_MARGIN, WIDTH - _MARGIN), (y, y), color=_rgb(DARK.rule), linewidth=0.4)

    def pictures(self, x: float, y: float, frames: Sequence[Frame], *, side: float, step: float) -> None:
        """Put pictures side by side, as one: each in the upper left corner of a square, on the same scale.

        Args:
            x: Left edge.
            y: Upper edge.
            frames: The pictures.
            side: Of the squares.
            step: From one square's left edge to the next one's.
        """
        largest = max(max(frame.shape[:2]) for frame in frames)
        pixels = largest / side
        lefts = [round(place * step * pixels) for place in range(len(frames))]
        strip = new_canvas(Size(lefts[-1] + largest, largest), PAGE)
        for left, frame in zip(lefts, frames, strict=True):
            height, width = frame.shape[:2]
            strip[:height, left : left + width] = frame
        extent = (x, x + strip.shape[1] / pixels, y + side, y)
        self.axes.imshow(strip, extent=extent, aspect="auto", interpolation="none")


def write_sheets(report: FilterReport, path: Path) -> None:
    """Write a report's pages.

    Args:
        report: The report.
        path: The PDF.

    Raises:
        OSError: It cannot be written.
    """
    document: Any = PdfPages(path, metadata={"Title": title(report), "CreationDate": None})
    with document as pages:
        for sheet in sheets(report):
            pages.savefig(sheet.figure, facecolor=sheet.figure.get_facecolor())


def sheets(report: FilterReport) -> Iterator[Sheet]:
    """Draw a report's pages, one at a time."""
    sheet = Sheet.blank()
    y = _head(sheet, report)
    page = 1
    for row in range(len(report.rows)):
        if y + _ROW > HEIGHT - 10:
            yield _numbered(sheet, report, page)
            sheet, page = Sheet.blank(), page + 1
            y = _columns(sheet, report, _MARGIN)
        _row(sheet, report, row, y)
        y += _ROW
    yield _numbered(sheet, report, page)


def _numbered(sheet: Sheet, report: FilterReport, page: int) -> Sheet:
    words = shorten(f"page {page}: {title(report)}", 200)
    sheet.text(_MARGIN, HEIGHT - 8, words, size=_SMALL, color=DARK.muted)
    return sheet


def _head(sheet: Sheet, report: FilterReport) -> float:
    """Draw what stands above the rows; return where these begin."""
    lines = wrap(title(report), _TITLE)
    sheet.text(_MARGIN, _MARGIN, "\n".join(lines), size=_LARGE)
    y = _named(sheet, facts(report), _MARGIN + 3 + 7 * len(lines), DARK.text)
    y = _named(sheet, {f"note {n}": note for n, note in enumerate(report.notes, 1)}, y, DARK.warning)
    y = _named(sheet, legend(report), y + 2, DARK.muted)
    return _columns(sheet, report, y + 3)


def _named(sheet: Sheet, named: Mapping[str, str], y: float, color: Color) -> float:
    """Draw names and values, long ones in several lines; return the next line's place."""
    for name, value in named.items():
        lines = wrap(value, _LETTERS)
        sheet.text(_MARGIN, y, name, color=DARK.muted)
        sheet.text(_MARGIN + _NAMES, y, "\n".join(lines), color=color)
        y += _LINE * len(lines)
    return y


def _columns(sheet: Sheet, report: FilterReport, y: float) -> float:
    """Draw the columns' names; return where the first row begins."""
    sheet.text(_MARGIN, y, f"{unit(report)}, activations", color=DARK.muted)
    if report.ascent is not None:
        sheet.text(_STIMULUS_AT, y, "preferred stimulus", color=DARK.muted)
    sheet.text(_patches_at(report), y, "highest in the pictures", color=DARK.muted)
    return y + 5


def _patches_at(report: FilterReport) -> float:
    return _STIMULUS_AT if report.ascent is None else _PATCHES_AT


def _row(sheet: Sheet, report: FilterReport, row: int, y: float) -> None:
    statistics = report.rows[row]
    sheet.rule(y)
    sheet.text(_MARGIN, y + 2, str(statistics.channel), size=11)
    sheet.text(_MARGIN, y + 8, state(report, row), color=DARK.warning)
    named = figures(statistics)
    sheet.text(_MARGIN + 14, y + 2, "\n".join(named), size=_SMALL, color=DARK.muted)
    sheet.text(_MARGIN + 30, y + 2, "\n".join(named.values()), size=_SMALL)
    _stimulus(sheet, report, row, y + 2)
    _patches(sheet, report, row, y + 2)


def _stimulus(sheet: Sheet, report: FilterReport, row: int, y: float) -> None:
    if report.ascent is None:
        return
    words = "\n".join(reached(report, row))
    if has_stimulus(report, row):
        tile = stimulus_tile(report.ascent.pictures[row], 128)
        sheet.pictures(_STIMULUS_AT, y, [tile], side=_TILE, step=_TILE)
        sheet.text(_STIMULUS_AT, y + _TILE + 1, words, size=_SMALL)
    else:
        sheet.text(_STIMULUS_AT, y, words, size=_SMALL, color=DARK.muted)


def _patches(sheet: Sheet, report: FilterReport, row: int, y: float) -> None:
    left, patches = _patches_at(report), report.patches[row]
    if not patches:
        sheet.text(left, y, "none: it answered to no picture", size=_SMALL, color=DARK.muted)
        return
    step = min((WIDTH - _MARGIN - left) / report.top, _TILE + 3)
    side, size = min(_TILE, step - 2), min(_SMALL, 0.6 * step)
    tiles = [patch_tile(patch) for patch in patches]
    sheet.pictures(left, y, tiles, side=side, step=step)
    for place, patch in enumerate(patches):
        words = f"{number(patch.activation)}\n#{patch.number}"
        sheet.text(left + place * step, y + side + 1, words, size=size)


def _rgb(color: Color) -> tuple[float, float, float]:
    red, green, blue = (level / 255 for level in color)
    return red, green, blue
