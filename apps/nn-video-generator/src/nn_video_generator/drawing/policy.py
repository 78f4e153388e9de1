"""Every action with its probability or Q-value: the most likely in yellow, the executed one marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rlviz_overlay import (
    BOLD,
    DARK,
    REGULAR,
    Color,
    Frame,
    NumberText,
    Rect,
    TextStyle,
    TypicalPeak,
    draw_text,
    fill,
    format_value,
    measure_text,
    new_canvas,
)
from rlviz_overlay.opencv import cv2

from nn_video_generator.drawing.palette import EXECUTED, LIKELY
from nn_video_generator.moment import Moment, Subject

_LEAST_BAR = 10
"""Pixels below which a bar says nothing, and is left out."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Where the parts of an action's row are."""

    name: Rect
    bar: Rect
    value: Rect
    advantage: Rect


class PolicyTable:
    """Draws the policy of one moment after another.

    Args:
        subject: what is shown.
        place: where; covered wholly.
        text_height: font size in pixels.
        columns: in how many columns the actions stand.
    """

    def __init__(self, subject: Subject, place: Rect, text_height: int, columns: int) -> None:
        self._names = subject.actions
        self._is_probability = subject.value_name == "probability"
        self._height = text_height
        self._place = place
        header = TextStyle(text_height, DARK.muted, BOLD, min_height=7)
        self._header_style = header
        self._header, body = place.cut_top(header.line_height, gap=max(1, text_height // 5))
        row = body.height // -(-len(self._names) // columns)
        self._rows = self._arranged(body, columns, min(row, header.line_height))
        self._chosen, _ = self._header.cut_right(round(0.55 * self._header.width))
        self._scale = TypicalPeak()
        self._name = cache(self._make_name)
        self._how = cache(self._make_chosen)
        value_height = min(text_height, self._rows[0].value.height - 2)
        self._plain, self._yellow = (
            NumberText(
                TextStyle(max(7, value_height), color, weight, min_height=6), DARK.panel, align="right"
            )
            for color, weight in ((DARK.text, REGULAR), (LIKELY, BOLD))
        )

    def draw_base(self, canvas: Frame) -> None:
        """Draw the heading, in place."""
        name = "Policy: probability" if self._is_probability else "Q, Q − mean"
        draw_text(canvas, name, self._header.cut_right(self._chosen.width)[1], self._header_style)

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw names, bars and values, in place."""
        values = moment.action_values
        likely, executed = int(values.argmax()), moment.step.action
        self._chosen.view(canvas)[...] = self._how(moment.step.chosen)
        advantages = values - values.mean()
        lengths = values if self._is_probability else self._scale(advantages)
        for index, row in enumerate(self._rows):
            is_likely = index == likely
            row.name.view(canvas)[...] = self._name(index, index == executed, is_likely)
            self._draw_bar(canvas, row.bar, float(lengths[index]), LIKELY if is_likely else DARK.bar)
            numbers = self._yellow if is_likely else self._plain
            if self._is_probability:
                numbers.draw(canvas, f"{values[index]:.3f}", row.value)
            else:
                numbers.draw(canvas, format_value(float(values[index]), ".3f"), row.value)
                numbers.draw(canvas, format_value(float(advantages[index]), "+.3f"), row.advantage)

    def _draw_bar(self, canvas: Frame, track: Rect, length: float, color: Color) -> None:
        if not track.width:
            return
        fill(canvas, track, DARK.track)
        if self._is_probability:
            fill(canvas, track.cut_left(round(length * track.width))[0], color)
            return
        middle = track.x + track.width // 2
        reach = round(length * (track.width // 2))
        fill(canvas, Rect(min(middle, middle + reach), track.y, abs(reach), track.height), color)
        fill(canvas, Rect(middle, track.y, 1, track.height), DARK.muted)

    def _arranged(self, body: Rect, columns: int, height: int) -> list[_Row]:
        """The rows column by column, each column as wide as its names; what is left over is for the bars."""
        style = TextStyle(min(self._height, max(7, height - 3)), DARK.text, BOLD)
        sample = "0.000" if self._is_probability else "−0.000" if columns > 1 else "−00.000"
        value = measure_text(sample, style).width
        advantage = 0 if self._is_probability else measure_text("+0.000", style).width
        gap, down = style.height // 3, -(-len(self._names) // columns)
        parts = [self._names[start : start + down] for start in range(0, len(self._names), down)]
        names = [style.height + max(measure_text(name, style).width for name in part) for part in parts]
        free = body.width - sum(names) - len(parts) * (value + advantage + gap) - 2 * gap * (len(parts) - 1)
        bar = max(0, free // len(parts))
        rows: list[_Row] = []
        x = body.x
        for name, part in zip(names, parts, strict=True):
            room = min(name, body.width // len(parts) - value - advantage) if free < 0 else name
            for number in range(len(part)):
                y = body.y + number * height
                track = Rect(x + room + gap, y, bar if bar >= _LEAST_BAR else 0, height)
                end = x + room + bar + gap + value
                rows.append(
                    _Row(
                        Rect(x, y, room, height),
                        track.inset(0, max(1, height // 5)),
                        Rect(end - value, y, value, height),
                        Rect(end, y, advantage, height),
                    )
                )
            x += room + bar + gap + value + advantage + 2 * gap
        return rows

    def _make_name(self, index: int, executed: bool, likely: bool) -> Frame:
        """A name with its marker, uint8 (H, W, 3)."""
        size = self._rows[index].name.size
        picture = new_canvas(size, DARK.panel)
        style = TextStyle(min(self._height, max(7, size.height - 3)), DARK.text, REGULAR, min_height=7)
        marker, text = Rect.whole(size).cut_left(style.height)
        if executed:
            draw_marker(picture, marker)
        color = LIKELY if likely else EXECUTED if executed else DARK.text
        style = TextStyle(style.height, color, BOLD if executed or likely else REGULAR, min_height=7)
        draw_text(picture, self._names[index], text, style)
        return picture

    def _make_chosen(self, chosen: str) -> Frame:
        """How the executed action came about, uint8 (H, W, 3)."""
        picture = new_canvas(self._chosen.size, DARK.panel)
        style = TextStyle(self._height, EXECUTED, min_height=7)
        whole = Rect.whole(self._chosen.size)
        text = draw_text(
            picture, f"executed: {chosen}", whole.cut_left(style.height)[1], style, align="right"
        )
        draw_marker(picture, Rect(text.x - style.height, 0, style.height, whole.height))
        return picture


def draw_marker(canvas: Frame, rect: Rect) -> None:
    """Draw the executed action's mark, a triangle, in the middle of a rectangle, in place."""
    side = max(2, min(rect.width, rect.height) // 3)
    x, y = rect.x + rect.width // 2 - side // 2, rect.y + rect.height // 2
    corners = np.array([[x, y - side], [x + round(1.4 * side), y], [x, y + side]], np.int32)
    cv2.fillConvexPoly(canvas, corners, EXECUTED, cv2.LINE_AA)


def policy_columns(actions: Sequence[str]) -> int:
    """In how many columns the actions stand: one for few."""
    count = len(actions)
    return 1 if count <= 6 else 2 if count <= 10 else 3
