"""Several pilots on the same frame, side by side: where each looks, how each steers, and who errs."""

from collections.abc import Sequence
from dataclasses import dataclass

from rlviz_cam import ReceptiveField
from rlviz_overlay import (
    BOLD,
    DARK,
    Frame,
    Gauge,
    Label,
    Layout,
    Panel,
    Paragraph,
    Picture,
    Rect,
    Series,
    Size,
    TextStyle,
    TraceChart,
    draw_text,
    elide_middle,
    fill,
    format_value,
    measure_text,
)

from donkey_gradcam.drawing.canvas_layout import (
    GAP,
    MARGIN,
    NARROWEST,
    PAD,
    Arrangement,
    Row,
    even,
    middle,
    note_style,
    notes_height,
    place_rows,
    rows_height,
)
from donkey_gradcam.drawing.heat_picture import FIELD_NOTE, HeatPainter, Marked, check_field
from donkey_gradcam.drawing.panels import SIDES, drivers, heat_legend, steering_chart
from donkey_gradcam.settings import MapSettings, OutputSettings
from donkey_gradcam.views import Explained

MOST_PILOTS = 4
_COLUMN, _SMALL = 320, 110


@dataclass(frozen=True, slots=True)
class ComparisonSpec:
    """What never changes during a video.

    Attributes:
        title: what is compared on what.
        names: of the pilots, such as their files'; 2 to 4.
        marked: size of the camera's picture, and what is marked on it.
        notes: how the heat was made, a line each.
        full_heats: for each pilot the map's value of full heat, None for scales that find their own.
        fields: for each pilot what the cells of the explained layer see; needed to show it.
    """

    title: str
    names: tuple[str, ...]
    marked: Marked
    notes: tuple[str, ...] = ()
    full_heats: tuple[float | None, ...] = ()
    fields: tuple[ReceptiveField | None, ...] = ()


class _Column:
    """One pilot: its heat, and its steering beside the person's.

    Args:
        painter: of its heat.
        places: where everything is.
        number: of the column, from 0.
        fps: frames a second.
    """

    def __init__(self, painter: HeatPainter, places: Arrangement, number: int, fps: float) -> None:
        self.painter = painter
        self._places, self._number = places, number
        series = drivers(user=True)
        px = places.px
        self._remark = Label("", TextStyle(px(12), DARK.text, BOLD), background=DARK.background)
        self._error = Label("", TextStyle(px(13), DARK.text, BOLD), background=DARK.background)
        self._gauge = Gauge([line.color for line in series], ends=SIDES, text_height=px(12))
        self._steering: TraceChart = steering_chart(series, self._body("steering").size, fps, places.unit)

    def place(self, layout: Layout) -> None:
        """Put everything but the picture into a layout."""
        layout.place(self._name("remark"), self._rect("remark"), self._remark)
        layout.place(self._name("error"), self._rect("error"), self._error)
        layout.place(self._name("gauge"), self._body("gauge"), self._gauge)
        layout.place(self._name("steering"), self._body("steering"), self._steering)

    def draw_cards(self, canvas: Frame) -> None:
        """Draw what never changes, in place."""
        for name in ("gauge", "steering"):
            self._card().draw(canvas, self._rect(name))

    def draw_heat(self, canvas: Frame, picture: Frame, item: Explained, error: float | None) -> None:
        """Draw the picture with heat, in place, and set what the layout's next draw shows."""
        heat = self.painter.heat(item)
        shown = self.painter.at(heat[-1], Size.of(picture))
        painted = self.painter.paint(picture, shown, out=self._rect("heat").view(canvas))
        self.painter.frame_field(painted, item)
        if self.painter.new_session:
            self._steering.cut()
        angles = (item.pilot.angle, item.view.record.user.angle)
        self._gauge.update(*angles)
        self._steering.update(*angles)
        self._remark.update(self.painter.remark(item, shown))
        self._error.update("mean steering error " + ("–" if error is None else format_value(error, ".3f")))

    def _card(self) -> Panel:
        px = self._places.px
        return Panel(Label("", TextStyle(px(12), DARK.muted)), text_height=px(12), padding=px(PAD))

    def _body(self, name: str) -> Rect:
        return self._card().body_rect(self._rect(name))

    def _rect(self, name: str) -> Rect:
        return self._places.rects[self._name(name)]

    def _name(self, name: str) -> str:
        return f"{name} {self._number}"


class ComparisonCanvas:
    """Draws the frames of one comparison in order.

    Args:
        spec: what never changes.
        maps: how heat is shown.
        output: how large the pictures are, and how many a second.

    Attributes:
        size: of the frames; width and height are even.

    Raises:
        ValueError: fewer than 2 pilots or more than 4, not one full heat and field for each, or a region
            outside the picture.
    """

    def __init__(self, spec: ComparisonSpec, maps: MapSettings, output: OutputSettings) -> None:
        painters = _painters(spec, maps)
        self._shown_at = Size(spec.marked.size.width * output.scale, spec.marked.size.height * output.scale)
        field = FIELD_NOTE if maps.show_field else ""
        notes = "\n".join(filter(None, [*spec.notes, spec.marked.note, field]))
        self._places = _arrange(self._shown_at, len(spec.names), notes)
        self.size = self._places.size
        self._columns = [
            _Column(painter, self._places, number, output.fps) for number, painter in enumerate(painters)
        ]
        px = self._places.px
        self._camera, self._enlarged = Picture(smooth=True), Picture(smooth=True)
        self._now = Label("", TextStyle(px(13), DARK.text, BOLD), background=DARK.background)
        self._layout = self._make_layout()
        self._canvas = self._layout.new_canvas()
        self._picture = self._canvas[: self._shown_at.height, : self._shown_at.width].copy()
        self._draw_base(spec, heat_legend(maps, painters[0].table, self._places.unit), notes)

    def draw(self, items: Sequence[Explained], errors: Sequence[float | None]) -> Frame:
        """Draw the next frame.

        Args:
            items: the same view, as each pilot explains it.
            errors: each pilot's mean steering error so far; None where the person's steering is not known.

        Returns:
            uint8 (H, W, 3), RGB; drawn over by the next.
        """
        view = items[0].view
        index, held = view.record.index, view.held
        height = self._places.px(13)
        if held:
            self._now.update(f"picture of record {index}: {held}", TextStyle(height, DARK.warning, BOLD))
        else:
            self._now.update(f"record {index}", TextStyle(height, DARK.text, BOLD))
        self._camera.update(view.frame)
        self._enlarged.update(view.frame)
        self._enlarged.draw(self._picture, Rect.whole(self._shown_at))
        for column, item, error in zip(self._columns, items, errors, strict=True):
            column.draw_heat(self._canvas, self._picture, item, error)
        self._layout.draw(self._canvas)
        return self._canvas

    def _make_layout(self) -> Layout:
        layout = Layout(self.size)
        layout.place("now", self._places.rects["now"], self._now)
        layout.place("camera", self._places.rects["camera"], self._camera)
        for column in self._columns:
            column.place(layout)
        return layout

    def _draw_base(self, spec: ComparisonSpec, legend: Panel, notes: str) -> None:
        canvas, rects, px = self._canvas, self._places.rects, self._places.px
        draw_text(canvas, spec.title, rects["title"], TextStyle(px(15), DARK.text, BOLD, min_height=px(11)))
        name_style = TextStyle(px(14), DARK.text, BOLD)
        for number, (name, column) in enumerate(zip(spec.names, self._columns, strict=True)):
            rect = rects[f"name {number}"]
            draw_text(canvas, elide_middle(name, rect.width, name_style), rect, name_style)
            column.draw_cards(canvas)
        legend.draw(canvas, rects["legend"])
        draw_key(canvas, rects["key"], drivers(user=True), TextStyle(px(12), DARK.muted))
        Paragraph(notes, note_style(self._places.unit)).draw(canvas, rects["notes"])


def draw_key(canvas: Frame, rect: Rect, series: Sequence[Series], style: TextStyle) -> None:
    """Draw what the colours of lines mean, in place: a mark and a name for each, from the left."""
    side, rest = style.height * 2 // 3, rect
    for line in series:
        mark, rest = rest.cut_left(side, style.height // 3)
        fill(canvas, Rect(mark.x, rect.y + (rect.height - side) // 2, mark.width, side), line.color)
        name, rest = rest.cut_left(measure_text(line.name, style).width, style.height)
        draw_text(canvas, line.name, name, style)


def _painters(spec: ComparisonSpec, maps: MapSettings) -> list[HeatPainter]:
    """One for each pilot.

    Raises:
        ValueError: see `ComparisonCanvas`.
    """
    count = len(spec.names)
    if not 2 <= count <= MOST_PILOTS:
        msg = f"{count} pilots to compare; give 2 to {MOST_PILOTS}"
        raise ValueError(msg)
    check_field(maps, spec.fields)
    full_heats, fields = spec.full_heats or (None,) * count, spec.fields or (None,) * count
    if not len(full_heats) == len(fields) == count:
        given = f"{len(full_heats)} values of full heat and {len(fields)} fields"
        msg = f"{given} for {count} pilots; give one of both for each"
        raise ValueError(msg)
    pairs = zip(full_heats, fields, strict=True)
    return [HeatPainter(maps, spec.marked, full_heat, field) for full_heat, field in pairs]


def _arrange(picture: Size, count: int, notes: str) -> Arrangement:
    """A column for each pilot; below them the camera's picture in small, the legend and the notes."""
    unit = max(1.0, picture.width / _COLUMN)
    gap, margin = round(GAP * unit), round(MARGIN * unit)
    least = -(-(NARROWEST - 2 * margin - (count - 1) * gap) // count)
    column = max(picture.width, least)
    content = count * column + (count - 1) * gap
    small = Rect(0, 0, content // 3, round(_SMALL * unit)).fit(picture).size
    beside = content - small.width - gap
    below = [
        Row(("legend",), 58),
        Row(("key",), 16, after=4),
        Row(("notes",), exact=notes_height(notes, beside, unit)),
    ]
    rows = [
        Row(("title", "now"), 22, after=4),
        Row(_names("name", count), 18, after=2),
        Row(_names("remark", count), 16, after=3),
        Row(_names("heat", count), exact=picture.height),
        Row(_names("gauge", count), 44),
        Row(_names("error", count), 18, after=4),
        Row(_names("steering", count), 88),
        Row(("below",), exact=max(small.height, rows_height(below, unit))),
    ]
    height = rows_height(rows, unit)
    rects = place_rows(Rect(margin, margin, content, height), rows, unit)
    for name in _names("heat", count):
        rects[name] = middle(rects[name], picture)
    camera, rest = rects.pop("below").cut_left(small.width, gap)
    rects |= {"camera": camera.cut_top(small.height)[0]} | place_rows(rest, below, unit)
    return Arrangement(even(content + 2 * margin, height + 2 * margin), unit, rects)


def _names(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name} {number}" for number in range(count))
