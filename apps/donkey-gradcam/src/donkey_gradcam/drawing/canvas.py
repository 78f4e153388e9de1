"""One frame of the pilot's video: the camera's picture, the same with heat, and what the pilot did."""

from collections.abc import Mapping
from dataclasses import dataclass

from rlviz_overlay import (
    BOLD,
    DARK,
    Frame,
    Label,
    Layout,
    Panel,
    Picture,
    Size,
    TextStyle,
    resize_frame,
)
from rlviz_overlay.opencv import cv2

from donkey_gradcam.drawing.canvas_layout import PAD, Parts, arrange
from donkey_gradcam.drawing.dashboard import CanvasSpec, Dashboard
from donkey_gradcam.drawing.heat_picture import FIELD_NOTE, Heat, HeatPainter, check_field
from donkey_gradcam.drawing.panels import heat_legend
from donkey_gradcam.settings import MapSettings, OutputSettings
from donkey_gradcam.views import Explained

__all__ = ["MOST_EARLIER", "CanvasSpec", "PilotCanvas", "Shown"]

MOST_EARLIER = 6
"""Pictures of earlier steps that are shown beside the newest."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a frame goes into the timeline beside the picture.

    Attributes:
        frame: uint8 (H, W, 3), RGB; drawn over by the next.
        heat_mean: mean strength of the heat as it is shown, 0 to 1.
        heat_peak: highest strength of it.
    """

    frame: Frame
    heat_mean: float
    heat_peak: float


class PilotCanvas:
    """Draws the frames of one video in order; lines, scale and smoothing begin anew at each session.

    Args:
        spec: what never changes.
        maps: how heat is shown.
        output: how large the pictures are, how many a second, and whether the person's commands are drawn.

    Attributes:
        size: of the frames; width and height are even.

    Raises:
        ValueError: the field is to be shown and not given, or a region lies outside the picture.
    """

    def __init__(self, spec: CanvasSpec, maps: MapSettings, output: OutputSettings) -> None:
        check_field(maps, [spec.field])
        self._painter = HeatPainter(maps, spec.marked, spec.full_heat, spec.field)
        camera = spec.marked.size
        self._shown_at = Size(camera.width * output.scale, camera.height * output.scale)
        field = FIELD_NOTE if maps.show_field else ""
        notes = "\n".join(filter(None, [*spec.notes, spec.marked.note, field]))
        self._earlier = min(MOST_EARLIER, spec.steps - 1)
        bins = bool(spec.angle_bins or spec.throttle_bins)
        self._places = arrange(self._shown_at, Parts(notes, bins=bins, earlier=self._earlier))
        self.size = self._places.size
        self._dashboard = Dashboard(spec, output, self._places)
        self._about = f"Heat: {spec.target}"
        self._camera = Picture(smooth=True)
        self._thumbs = tuple(Picture(background=DARK.panel) for _ in range(self._earlier))
        self._captions = tuple(Label("", self._caption_style(), background=DARK.background) for _ in "ch")
        self._layout = self._make_layout()
        self._canvas = self._layout.new_canvas()
        legend = heat_legend(maps, self._painter.table, self._places.unit)
        self._dashboard.draw_base(self._canvas, legend, notes)
        self._draw_earlier_card(spec.steps)

    def draw(self, item: Explained, shares: Mapping[str, float | None]) -> Shown:
        """Draw the next frame.

        Args:
            item: what was seen, done and explained.
            shares: share of the evidence in each part of the picture, in [0, 1]; None where there is none.
        """
        steps = self._painter.heat(item)
        heat = self._painter.at(steps[-1], self._shown_at)
        self._update_captions(item, heat)
        self._update_thumbs(item, steps)
        self._dashboard.update(item, shares, new_session=self._painter.new_session)
        self._camera.update(item.view.frame)
        self._layout.draw(self._canvas)
        camera, shown = (self._places.rects[name].view(self._canvas) for name in ("camera", "heat"))
        self._painter.paint(camera, heat, out=shown)
        self._painter.frame_field(shown, item)
        self._dashboard.draw(self._canvas)
        total, peak = cv2.norm(heat, cv2.NORM_L1), cv2.norm(heat, cv2.NORM_INF)
        return Shown(self._canvas, total / heat.size, peak)

    def _update_captions(self, item: Explained, heat: Heat) -> None:
        plain = self._caption_style()
        held, remark = item.view.held, self._painter.remark(item, heat)
        warning = TextStyle(plain.height, DARK.warning, BOLD)
        camera, about = self._captions
        if held:
            camera.update(f"picture of record {item.view.record.index}: {held}", warning)
        else:
            camera.update("Camera", plain)
        if remark:
            about.update(remark, TextStyle(plain.height, DARK.text, BOLD))
        else:
            about.update(self._about, plain)

    def _update_thumbs(self, item: Explained, steps: Heat) -> None:
        """The newest of the earlier pictures, each with the heat of its own step."""
        if not self._earlier:
            return
        size = self._places.rects["earlier 0"].size
        pairs = list(zip(item.earlier, steps[:-1], strict=False))[-self._earlier :]
        for thumb, (frame, heat) in zip(self._thumbs, pairs, strict=False):
            small = resize_frame(frame, size, smooth=True)
            thumb.update(self._painter.paint(small, self._painter.at(heat, size), outlined=False))

    def _make_layout(self) -> Layout:
        rects, layout = self._places.rects, Layout(self.size)
        layout.place("camera", rects["camera"], self._camera)
        for name, caption in zip(("camera caption", "heat caption"), self._captions, strict=True):
            layout.place(name, rects[name], caption)
        for number, thumb in enumerate(self._thumbs):
            layout.place(f"earlier {number}", rects[f"earlier {number}"], thumb)
        return layout

    def _draw_earlier_card(self, steps: int) -> None:
        if not self._earlier:
            return
        px = self._places.px
        whole = f"of {steps - 1} " if steps - 1 > self._earlier else ""
        title = f"{self._earlier} {whole}earlier pictures with the heat of their own, the oldest to the left"
        card = Panel(Label("", self._caption_style()), title=title, text_height=px(12), padding=px(PAD))
        card.draw(self._canvas, self._places.rects["earlier"])

    def _caption_style(self) -> TextStyle:
        return TextStyle(self._places.px(12), DARK.muted)
