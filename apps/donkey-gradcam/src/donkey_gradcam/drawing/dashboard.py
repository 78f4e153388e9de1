"""Everything on the pilot's canvas but the pictures: gauge, lines, bins, shares, numbers and notes."""

from collections.abc import Mapping
from dataclasses import dataclass

from rlviz_cam import ReceptiveField
from rlviz_overlay import (
    BOLD,
    DARK,
    Drawable,
    Frame,
    Gauge,
    Label,
    Layout,
    Panel,
    Paragraph,
    Size,
    TextStyle,
    draw_text,
    elide_middle,
    format_value,
    measure_text,
)

from donkey_gradcam.drawing.canvas_layout import PAD, Arrangement, note_style
from donkey_gradcam.drawing.heat_picture import Marked
from donkey_gradcam.drawing.panels import (
    SIDES,
    Bins,
    SharesPanel,
    drivers,
    steering_chart,
    throttle_chart,
)
from donkey_gradcam.settings import OutputSettings
from donkey_gradcam.views import Command, Explained


@dataclass(frozen=True, slots=True)
class CanvasSpec:
    """What never changes during a video.

    Attributes:
        title: name of the model's file.
        pilot: its type.
        marked: size of the camera's picture, and what is marked on it.
        target: what is explained, in a few words.
        notes: how the heat was made, a line each.
        shares: the parts of the picture whose share of the evidence is shown.
        steps: pictures that a decision rests on.
        angle_bins: bins of a categorical pilot's steering, or 0.
        throttle_bins: the same for its throttle.
        throttle_range: the throttle of a bin after the last.
        full_heat: the map's value of full heat, for the scales that need one.
        field: what the cells of the explained layer see; needed to show it.
    """

    title: str
    pilot: str
    marked: Marked
    target: str
    notes: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()
    steps: int = 1
    angle_bins: int = 0
    throttle_bins: int = 0
    throttle_range: float = 1.0
    full_heat: float | None = None
    field: ReceptiveField | None = None


class Dashboard:
    """What the pilot did, drawn around its pictures.

    Args:
        spec: what never changes.
        output: frame rate, and whether the person's commands are drawn.
        places: where everything is.
    """

    def __init__(self, spec: CanvasSpec, output: OutputSettings, places: Arrangement) -> None:
        self._spec, self._places = spec, places
        self._user = output.draw_user_input
        series, unit = drivers(user=self._user), places.unit
        chart = self._body_size("steering"), output.fps, unit
        colors = [line.color for line in series]
        self._gauge = Gauge(colors, ends=SIDES, text_height=places.px(12))
        self._steering = steering_chart(series, *chart)
        self._throttle = throttle_chart(series, *chart)
        self._shares = SharesPanel(spec.shares, unit) if spec.shares else None
        self._angles = Bins(spec.angle_bins, (-1.0, 1.0), SIDES, unit) if spec.angle_bins else None
        self._throttles = self._throttle_bins(unit)
        style = TextStyle(places.px(13), DARK.text, BOLD)
        self._record = Label("", style, background=DARK.background)
        self._score = Label("", style, background=DARK.background)
        self._layout = self._make_layout()

    def update(self, item: Explained, shares: Mapping[str, float | None], *, new_session: bool) -> None:
        """Set what the next draw shows."""
        if new_session:
            self._steering.cut()
            self._throttle.cut()
        pilot, user = item.pilot, item.view.record.user
        angles, throttles = self._pair(pilot.angle, user.angle), self._pair(pilot.throttle, user.throttle)
        self._gauge.update(*angles)
        self._steering.update(*angles)
        self._throttle.update(*throttles)
        self._record.update(f"record {item.view.record.index}")
        self._score.update(f"score {format_value(item.score, '#.3g')}")
        if self._shares:
            self._shares.update(shares)
        shown = user if self._user else Command()
        if self._angles and item.angle_bins is not None:
            self._angles.update(item.angle_bins, shown.angle)
        if self._throttles and item.throttle_bins is not None:
            self._throttles.update(item.throttle_bins, shown.throttle)

    def draw(self, canvas: Frame) -> None:
        """Draw what changes, in place."""
        self._layout.draw(canvas)

    def draw_base(self, canvas: Frame, legend: Panel, notes: str) -> None:
        """Draw what never changes, in place: title, cards, the heat's key and the notes."""
        rects = self._places.rects
        self._draw_title(canvas)
        for name in self._cards():
            self._card(name).draw(canvas, rects[name])
        legend.draw(canvas, rects["legend"])
        Paragraph(notes, note_style(self._places.unit)).draw(canvas, rects["notes"])

    def _draw_title(self, canvas: Frame) -> None:
        """Draw the model's name, shortened if need be, and the pilot's type after it."""
        px, kind = self._places.px, f"{self._spec.pilot} pilot"
        name, small = TextStyle(px(15), DARK.text, BOLD), TextStyle(px(12), DARK.muted)
        rect, gap = self._places.rects["title"], px(4)
        room = rect.cut_right(measure_text(kind, small).width, gap)[1]
        taken = draw_text(canvas, elide_middle(self._spec.title, room.width, name), room, name)
        draw_text(canvas, kind, rect.cut_left(taken.width, gap)[1], small)

    def _pair(self, pilot: float | None, user: float | None) -> tuple[float | None, ...]:
        return (pilot, user) if self._user else (pilot,)

    def _throttle_bins(self, unit: float) -> Bins | None:
        bins = self._spec.throttle_bins
        if not bins:
            return None
        last = self._spec.throttle_range * (bins - 1) / bins
        return Bins(bins, (0.0, last), ("0", f"{last:.2g}"), unit)

    def _cards(self) -> dict[str, Drawable]:
        """What is drawn inside a card of its own, by the card's name."""
        there: dict[str, Drawable | None] = {
            "gauge": self._gauge,
            "shares": self._shares,
            "steering": self._steering,
            "throttle": self._throttle,
            "angle bins": self._angles,
            "throttle bins": self._throttles,
        }
        return {name: drawable for name, drawable in there.items() if drawable is not None}

    def _make_layout(self) -> Layout:
        layout = Layout(self._places.size)
        record, score = self._places.rects["now"].columns(1, 1)
        layout.place("record", record, self._record)
        layout.place("score", score, self._score)
        for name, drawable in self._cards().items():
            layout.place(name, self._card(name).body_rect(self._places.rects[name]), drawable)
        return layout

    def _body_size(self, name: str) -> Size:
        return self._card(name).body_rect(self._places.rects[name]).size

    def _card(self, name: str) -> Panel:
        titles = {
            "angle bins": "Probability of each steering bin",
            "throttle bins": "Probability of each throttle bin",
        }
        px = self._places.px
        empty = Label("", TextStyle(px(12), DARK.muted))
        return Panel(empty, title=titles.get(name, ""), text_height=px(12), padding=px(PAD))
