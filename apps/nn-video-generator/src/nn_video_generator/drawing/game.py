"""The game, as large as has room, with heat over it where that is asked for."""

from dataclasses import dataclass, field

import numpy as np
from rlviz_overlay import (
    DARK,
    Blender,
    Frame,
    Normalizer,
    Rect,
    Size,
    Table,
    TextStyle,
    TypicalPeak,
    draw_text,
    fill,
    measure_text,
    resize_heatmap,
)
from rlviz_overlay.opencv import cv2

from nn_video_generator.drawing.pixels import Pixels
from nn_video_generator.moment import Moment


@dataclass(frozen=True, slots=True, eq=False)
class HeatStyle:
    """How attention is drawn over the game.

    Attributes:
        table: colours, uint8 (256, 3), RGB, as `rlviz_overlay.colormap` gives them.
        meaning: what the heat is, in a few words: `Grad-CAM of the executed action, Conv 3`.
        signed: whether it has both signs.
        scale: what full heat is.
        full_heat: what that means, in two or three words.
    """

    table: Table
    meaning: str
    signed: bool = False
    scale: Normalizer = field(default_factory=TypicalPeak)
    full_heat: str = "1.5 x typical peak"


class GameView:
    """Draws the game of one moment after another.

    Args:
        place: where; what the game leaves free is the background's.
        px: lengths.
        attention: how heat is drawn; None for none.
    """

    def __init__(self, place: Rect, px: Pixels, attention: HeatStyle | None) -> None:
        self._attention = attention
        self._legend = None
        if attention is not None:
            self._legend, place = place.cut_bottom(2 * px.line(11) + px(4))
            self._blend = Blender(attention.table, signed=attention.signed)
        self._place = place
        self._text_height = px.text(11)
        self._picture: Frame | None = None

    def draw_base(self, canvas: Frame) -> None:
        """Draw the key to the heat, in place."""
        if self._attention is None or self._legend is None:
            return
        heat, style = self._attention, TextStyle(self._text_height, DARK.muted, min_height=7)
        meaning, row = self._legend.inset(self._text_height, 1).cut_top(style.line_height)
        draw_text(canvas, f"heat: {heat.meaning}", meaning, style)
        low, high = ("against", "for") if heat.signed else ("none", heat.full_heat)
        gap = self._text_height // 2
        left, rest = row.cut_left(measure_text(low, style).width, gap=gap)
        right, bar = rest.cut_right(measure_text(high, style).width, gap=gap)
        draw_text(canvas, low, left, style)
        draw_text(canvas, high, right, style)
        bar = bar.inset(0, max(1, bar.height // 4))
        bar.view(canvas)[...] = cv2.resize(heat.table[None], (bar.width, 1), interpolation=cv2.INTER_LINEAR)

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw game and heat, in place.

        Raises:
            ValueError: there is no heat, but attention was asked for.
        """
        picture = moment.step.frame
        if self._attention is not None:
            picture = self._heated(picture, moment)
        rows = self._changed(picture, canvas)
        self._picture = picture
        size = Size.of(picture)
        place = self._place.fit(size)
        view = place.view(canvas)
        if place.width < 2 * size.width:
            how = cv2.INTER_AREA if place.width < size.width else cv2.INTER_LINEAR
            cv2.resize(picture, (place.width, place.height), dst=view, interpolation=how)
            return
        # Across first, then whole rows at a time: half the price of both at once.
        rows_of = np.arange(place.height) * size.height // place.height
        first, last = np.searchsorted(rows_of, rows)
        part = picture[rows[0] : rows[1]]
        if len(part):
            wide = cv2.resize(part, (place.width, len(part)), interpolation=cv2.INTER_NEAREST)
            view[first:last] = wide[rows_of[first:last] - rows[0]]

    def _changed(self, picture: Frame, canvas: Frame) -> tuple[int, int]:
        """First row that is new, and the row after the last: most of a game stands still."""
        before = self._picture
        if before is None or before.shape != picture.shape:
            fill(canvas, self._place, DARK.background)
            return 0, len(picture)
        rows = np.flatnonzero((before != picture).reshape(len(picture), -1).any(axis=1))
        return (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)

    def _heated(self, picture: Frame, moment: Moment) -> Frame:
        heat = self._attention
        if heat is None or moment.heat is None:
            message = f"frame {moment.frame}: attention is to be drawn, but the moment has no heat; give one"
            raise ValueError(message)
        return self._blend(picture, resize_heatmap(heat.scale(moment.heat), Size.of(picture)))
