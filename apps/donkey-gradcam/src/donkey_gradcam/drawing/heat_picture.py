"""Heat on the camera's picture: smoothed, scaled, hidden where it is not wanted, and blended."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import ReceptiveField, select_evidence
from rlviz_overlay import (
    DARK,
    SCALES,
    Blender,
    ExcludedRegions,
    Outline,
    Rect,
    Size,
    Smoother,
    Table,
    colormap,
    draw_box,
    make_scale,
    resize_heatmap,
)

from donkey_gradcam.settings import MapSettings
from donkey_gradcam.views import Explained, Frame

Heat = NDArray[np.float32]

FIELD_NOTE = "White frame: what the strongest cell sees."

OUTLINES = {
    "excluded": ("Grey frame: no heat is shown inside.", DARK.muted),
    "road": ("White line: the road.", DARK.text),
}
"""What each outline means, and its colour."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What is marked on the camera's picture, in its own pixels.

    Attributes:
        size: of the picture.
        excluded: where heat is hidden.
        road: corners of a polygon, or nothing.
    """

    size: Size
    excluded: ExcludedRegions = field(default_factory=ExcludedRegions)
    road: Sequence[tuple[float, float]] = ()

    @property
    def note(self) -> str:
        """What the outlines on the picture mean; empty when there are none."""
        there = {"excluded": self.excluded.regions, "road": self.road}
        return " ".join(text for name, (text, _) in OUTLINES.items() if there[name])


def check_field(settings: MapSettings, fields: Sequence[ReceptiveField | None]) -> None:
    """Refuse to show fields of which one is not known.

    Raises:
        ValueError: see above.
    """
    if settings.show_field and (not fields or None in fields):
        msg = "--show-field: what the layer's cells see is not known here; leave it out"
        raise ValueError(msg)


class HeatPainter:
    """Paints heat on the pictures of one drive; what is remembered begins anew at each session.

    Equal maps give equal heat, but for the scales that follow the drive and for smoothing, both chosen.

    Args:
        settings: how heat is shown.
        marked: what is marked on the camera's picture.
        full_heat: the map's value of full heat, for the scales that need one.
        field: what the cells of the explained layer see; None where that is not to be shown.

    Raises:
        ValueError: a setting names nothing there is, or a region lies outside the picture.
    """

    def __init__(
        self,
        settings: MapSettings,
        marked: Marked,
        full_heat: float | None = None,
        field: ReceptiveField | None = None,
    ) -> None:
        self.signed = settings.evidence == "signed"
        self.table: Table = colormap("diverging" if self.signed else settings.colormap)
        self.marked = marked
        self.new_session = True
        self._evidence = settings.evidence
        self._field = field if settings.show_field else None
        self._resets = SCALES[settings.heat_scale].resets_each_episode
        self._scale = make_scale(settings.heat_scale, full_heat)
        self._smoother = Smoother(settings.smooth)
        self._session: str | None = None
        self._begun = False
        self._hidden = marked.excluded.mask(marked.size) if marked.excluded.regions else None
        self._visible: dict[Size, Heat] = {}
        self._outlines: dict[Size, tuple[Outline, ...]] = {}
        self._blenders: dict[Size, Blender] = {}

    def heat(self, item: Explained) -> Heat:
        """The next frame's heat, in [0, 1] or [-1, 1]: float32 (steps, H, W), the newest last."""
        session = item.view.record.session
        self.new_session = not self._begun or session != self._session
        if self.new_session:
            self._smoother.reset()
            if self._resets:
                self._scale.reset()
        self._session, self._begun = session, True
        steps = item.heat.reshape(-1, *item.heat.shape[-2:])
        return self._scale(self._smoother(steps))

    def restart(self) -> None:
        """Forget the frames before, as at a new session: the next one stands for itself."""
        self._begun = False

    def at(self, heat: Heat, size: Size) -> Heat:
        """One step's heat at the size of a picture, none in the excluded regions: float32 (height, width)."""
        resized = resize_heatmap(heat, size)
        if self._hidden is not None:
            resized *= self._visible_at(size)
        return resized

    def paint(self, picture: Frame, heat: Heat, *, outlined: bool = True, out: Frame | None = None) -> Frame:
        """The picture with heat of the same size over it, and the outlines of what is marked.

        Args:
            picture: uint8 (height, width, 3); not changed.
            heat: from `at`.
            outlined: whether the outlines are drawn.
            out: uint8 (height, width, 3) that is written to; None: a new array.
        """
        painted = self._blender_at(Size.of(picture))(picture, heat, out=out)
        if outlined:
            for outline in self._outlines_at(Size.of(picture)):
                outline.draw(painted)
        return painted

    def frame_field(self, picture: Frame, item: Explained) -> None:
        """Frame the pixels that the strongest cell of the shown evidence sees, in place, where asked for.

        Args:
            picture: uint8 (height, width, 3); the whole picture of the newest step.
            item: what it shows.
        """
        field = self._field
        if field is None:
            return
        newest = item.map.reshape(-1, *item.map.shape[-2:])[-1]
        strength = np.abs(select_evidence(newest, self._evidence))
        if not strength.any():
            return
        y, x = np.unravel_index(int(strength.argmax()), strength.shape)
        box = field.box((int(y), int(x)))
        seen = Rect(box.left, box.top, box.right - box.left, box.bottom - box.top)
        place = Rect.whole(Size.of(picture)).project(seen, Size(field.pixels[1], field.pixels[0]))
        thickness = 2 * max(1, round(Size.of(picture).width / 640))
        draw_box(picture, place, DARK.text, thickness=thickness, outline=DARK.outline)

    def remark(self, item: Explained, shown: Heat) -> str:
        """What explains an empty picture; empty for one with heat.

        Args:
            item: what is shown.
            shown: its heat, as it is shown.
        """
        if not np.any(item.heat[-1] if item.heat.ndim == 3 else item.heat):
            general = self._evidence in {"absolute", "signed"}
            return "No evidence in this layer" if general else f"No {self._evidence} evidence"
        if self._hidden is not None and not np.any(shown):
            return "All evidence lies in excluded regions"
        return ""

    def _blender_at(self, size: Size) -> Blender:
        """A blender for each size, since it keeps memory of that size."""
        if size not in self._blenders:
            self._blenders[size] = Blender(self.table, signed=self.signed)
        return self._blenders[size]

    def _visible_at(self, size: Size) -> Heat:
        if self._hidden is not None and size not in self._visible:
            rows = np.arange(size.height) * self._hidden.shape[0] // size.height
            columns = np.arange(size.width) * self._hidden.shape[1] // size.width
            self._visible[size] = (~self._hidden[rows][:, columns]).astype(np.float32)
        return self._visible[size]

    def _outlines_at(self, size: Size) -> tuple[Outline, ...]:
        if size not in self._outlines:
            whole, camera = Rect.whole(size), self.marked.size
            frames = [
                _corners(whole.project(camera_part, camera))
                for camera_part in map(Rect.whole(camera).clip, self.marked.excluded.regions)
            ]
            zoom = np.array([size.width / camera.width, size.height / camera.height])
            road = [[(x * zoom[0], y * zoom[1]) for x, y in self.marked.road]] if self.marked.road else []
            thickness = max(1, round(size.width / 640))
            self._outlines[size] = tuple(
                Outline(lines, OUTLINES[name][1], size, thickness=thickness)
                for name, lines in (("excluded", frames), ("road", road))
                if lines
            )
        return self._outlines[size]


def _corners(rect: Rect) -> list[tuple[float, float]]:
    """The outermost pixels of a rectangle."""
    right, bottom = rect.right - 1, rect.bottom - 1
    return [(rect.x, rect.y), (right, rect.y), (right, bottom), (rect.x, bottom)]
