"""Where everything is on the canvas: below the pictures, or beside them where they are small."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rlviz_overlay import DARK, Rect, Size, TextStyle, wrap_text

NARROWEST = 640
"""Width of the smallest canvas; on a wider one texts and gaps grow with it."""

PAD = 7
"""Pixels on the narrowest canvas between a card's edge and what is in it."""

MARGIN, GAP = 4, 8
"""Pixels on the narrowest canvas around everything, and between neighbours."""

_COLUMN, _STRIP = 184, 432
_MOST_NOTES = 9
_TITLE, _SMALL_HEIGHT = 18, 84


@dataclass(frozen=True, slots=True)
class Parts:
    """What there is to be shown beside the pictures.

    Attributes:
        notes: how the heat was made.
        bins: whether the pilot chooses between bins.
        earlier: pictures of earlier steps.
    """

    notes: str = ""
    bins: bool = False
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Names and their rectangles on a canvas.

    Attributes:
        size: of the canvas; width and height are even.
        unit: how many times larger than on the narrowest canvas texts and gaps are.
        rects: name -> where.
    """

    size: Size
    unit: float
    rects: Mapping[str, Rect]

    def px(self, pixels: float) -> int:
        """A length on the narrowest canvas, on this one."""
        return round(pixels * self.unit)


@dataclass(frozen=True, slots=True)
class Row:
    """Names side by side.

    Attributes:
        names: from left to right, equally wide.
        height: pixels on the narrowest canvas.
        exact: pixels on any canvas, more.
        after: pixels to the next row, on the narrowest canvas.
        grows: whether room to spare goes to this row.
    """

    names: tuple[str, ...]
    height: float = 0
    exact: int = 0
    after: float = GAP
    grows: bool = False


def arrange(picture: Size, parts: Parts) -> Arrangement:
    """The arrangement for pictures of this displayed size."""
    pair = 2 * picture.width + GAP
    content = NARROWEST - 2 * MARGIN
    arrangement = _below(picture, parts) if pair > 0.94 * content else _beside(picture, parts)
    rects = dict(arrangement.rects)
    for name in ("camera", "heat"):
        rects[name] = middle(rects[name], picture)
    if parts.earlier:
        rects |= _earlier(rects["earlier"], picture, parts.earlier, arrangement.unit)
    return replace(arrangement, rects=rects)


def note_style(unit: float) -> TextStyle:
    """How the notes are written."""
    return TextStyle(round(11 * unit), DARK.muted)


def notes_height(notes: str, width: int, unit: float) -> int:
    """Room for all lines of the notes, up to a limit."""
    style = note_style(unit)
    lines = len(wrap_text(notes, max(1, width), style)) if notes else 0
    return min(lines, _MOST_NOTES) * style.line_height


def rows_height(rows: Sequence[Row], unit: float) -> int:
    """Pixels that the rows take."""
    heights = [_row_height(row, unit) for row in rows]
    return sum(heights) + sum(round(row.after * unit) for row in rows[:-1])


def place_rows(rect: Rect, rows: Sequence[Row], unit: float) -> dict[str, Rect]:
    """Each name's rectangle, from the top; rows that grow share what is left of the height."""
    spare = max(0, rect.height - rows_height(rows, unit))
    growing = sum(row.grows for row in rows)
    gap = round(GAP * unit)
    rects: dict[str, Rect] = {}
    rest = rect
    for row in rows:
        height = _row_height(row, unit) + (spare // growing if row.grows else 0)
        line, rest = rest.cut_top(height, round(row.after * unit))
        rects |= dict(zip(row.names, line.columns(*[1] * len(row.names), gap=gap), strict=True))
    return rects


def even(width: int, height: int) -> Size:
    """The size, one more where it is odd: video has one colour for two by two pixels."""
    return Size(width + width % 2, height + height % 2)


def middle(rect: Rect, picture: Size) -> Rect:
    """A rectangle of the picture's own size, in the middle of one that is not smaller."""
    x, y = (rect.width - picture.width) // 2, (rect.height - picture.height) // 2
    return Rect(rect.x + x, rect.y + y, picture.width, picture.height)


def _below(picture: Size, parts: Parts) -> Arrangement:
    """Two pictures side by side, and two columns of panels under them."""
    unit = max(1.0, (2 * picture.width + GAP) / (NARROWEST + GAP))
    gap, margin = round(GAP * unit), round(MARGIN * unit)
    content = max(NARROWEST - 2 * margin, 2 * picture.width + gap)
    notes = notes_height(parts.notes, (content - gap) // 2, unit)
    rows = [
        Row(("title", "now"), 22, after=4),
        Row(("camera caption", "heat caption"), 16, after=3),
        Row(("camera", "heat"), exact=picture.height),
        Row(("gauge", "shares"), 48),
        Row(("steering", "throttle"), 88),
        *_optional_rows(parts, picture, content, unit),
        Row(("notes", "legend"), exact=max(notes, round(58 * unit))),
    ]
    height = rows_height(rows, unit)
    rects = place_rows(Rect(margin, margin, content, height), rows, unit)
    return Arrangement(even(content + 2 * margin, height + 2 * margin), unit, rects)


def _beside(picture: Size, parts: Parts) -> Arrangement:
    """Two pictures with the notes below them, and the panels to the right."""
    column = max(_COLUMN, picture.width)
    strip = max(_STRIP, NARROWEST - 2 * MARGIN - GAP - column)
    pictures = [
        Row(("camera caption",), 16, after=3),
        Row(("camera",), exact=picture.height),
        Row(("heat caption",), 16, after=3),
        Row(("heat",), exact=picture.height),
        Row(("notes",), exact=notes_height(parts.notes, column, 1.0)),
    ]
    panels = [
        Row(("gauge",), 44),
        Row(("shares",), 48),
        Row(("steering",), 84, grows=True),
        Row(("throttle",), 84, grows=True),
        *_optional_rows(parts, picture, strip, 1.0),
        Row(("legend",), 58),
    ]
    header = Row(("title", "now"), 22)
    height = max(rows_height(pictures, 1.0), rows_height(panels, 1.0))
    whole = Rect(MARGIN, MARGIN, column + GAP + strip, 22 + GAP + height)
    top, rest = whole.cut_top(22, GAP)
    left, right = rest.cut_left(column, GAP)
    rects: dict[str, Rect] = {}
    for rect, rows in ((top, [header]), (left, pictures), (right, panels)):
        rects |= place_rows(rect, rows, 1.0)
    return Arrangement(even(whole.right + MARGIN, whole.bottom + MARGIN), 1.0, rects)


def _optional_rows(parts: Parts, picture: Size, width: int, unit: float) -> list[Row]:
    rows: list[Row] = []
    if parts.bins:
        rows.append(Row(("angle bins", "throttle bins"), 92))
    if parts.earlier:
        small = _small(picture, parts.earlier, width, unit)
        rows.append(Row(("earlier",), _TITLE + 2 * PAD, exact=small.height))
    return rows


def _small(picture: Size, count: int, width: int, unit: float) -> Size:
    """Size of the pictures of earlier steps in a card of this width."""
    gap = round(PAD * unit)
    room = Rect(0, 0, (width - (count + 1) * gap) // count, round(_SMALL_HEIGHT * unit))
    return room.fit(picture).size


def _earlier(card: Rect, picture: Size, count: int, unit: float) -> dict[str, Rect]:
    """The pictures of earlier steps in their card, below its title, the oldest to the left."""
    gap, size = round(PAD * unit), _small(picture, count, card.width, unit)
    top = card.bottom - gap - size.height
    lefts = [card.x + gap + number * (size.width + gap) for number in range(count)]
    return {f"earlier {n}": Rect(left, top, size.width, size.height) for n, left in enumerate(lefts)}


def _row_height(row: Row, unit: float) -> int:
    return row.exact + round(row.height * unit)
