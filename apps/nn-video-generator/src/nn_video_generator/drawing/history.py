"""What can be shown besides: the episode's reward, recent actions, and how fast the video is made."""

import numpy as np
from rlviz_overlay import (
    BOLD,
    DARK,
    Frame,
    NumberText,
    Rect,
    ScrollingChart,
    Series,
    TextStyle,
    draw_text,
    fill,
    format_value,
    measure_text,
)

from nn_video_generator.drawing.palette import EXECUTED, mixed
from nn_video_generator.moment import Moment, Subject

REWARD = DARK.text
_LEGIBLE = 8


class RewardChart:
    """Draws the episode's reward over time, one moment after another.

    Args:
        place: where; covered wholly.
        text_height: font size in pixels.
    """

    def __init__(self, place: Rect, text_height: int) -> None:
        self._style = TextStyle(text_height, DARK.muted, BOLD, min_height=7)
        self._header, self._plot = place.cut_top(self._style.line_height)
        self._chart = ScrollingChart((Series("reward", REWARD),), step=1, text_height=max(7, text_height - 2))
        self._number = NumberText(
            TextStyle(text_height, DARK.text, BOLD, min_height=7), DARK.panel, align="right"
        )
        self._value = self._header.cut_right(self._header.width // 3)[0]
        self._episode = 0

    def draw_base(self, canvas: Frame) -> None:
        """Draw the title, in place."""
        draw_text(canvas, "Episode reward", self._header, self._style)

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw chart and newest value, in place."""
        if moment.episode != self._episode:
            self._chart.cut()
            self._episode = moment.episode
        self._chart.update(moment.step.score)
        self._chart.draw(canvas, self._plot)
        self._number.draw(canvas, format_value(moment.step.score, ",g"), self._value)


class ActionStrip:
    """Draws which actions were executed lately: a lane each, newest at the right.

    Args:
        subject: what is shown.
        place: where; covered wholly.
        text_height: font size in pixels.
    """

    def __init__(self, subject: Subject, place: Rect, text_height: int) -> None:
        self._actions = subject.actions
        self._style = TextStyle(text_height, DARK.muted, BOLD, min_height=7)
        self._header, body = place.cut_top(self._style.line_height)
        self._lane = max(1, body.height // len(self._actions))
        self._named = self._lane >= _LEGIBLE
        names = TextStyle(max(7, min(text_height, self._lane - 1)), DARK.muted, min_height=6)
        self._names_style = names
        width = max(measure_text(name, names).width for name in self._actions)
        self._names, self._strip = body.cut_left(width if self._named else 0, gap=text_height // 3)
        height = self._lane * len(self._actions)
        self._step = max(2, text_height // 4)
        self._picture = np.empty((height, self._strip.width, 3), np.uint8)
        self._picture[...] = DARK.track
        self._newest = self._header.cut_right(self._header.width // 2)[0]

    def draw_base(self, canvas: Frame) -> None:
        """Draw title and names, in place."""
        draw_text(canvas, "Executed actions", self._header, self._style)
        for number, name in enumerate(self._actions if self._named else ()):
            lane = Rect(self._names.x, self._names.y + number * self._lane, self._names.width, self._lane)
            draw_text(canvas, name, lane, self._names_style)

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw the lanes, in place."""
        picture, step, action = self._picture, self._step, moment.step.action
        picture[:, :-step] = picture[:, step:].copy()
        column = Rect(picture.shape[1] - step, 0, step, picture.shape[0])
        fill(picture, column, mixed(DARK.rule, 0.5, DARK.track) if moment.step.done else DARK.track)
        top = action * self._lane
        fill(picture, Rect(column.x, top, step, max(1, self._lane - 1)), EXECUTED)
        self._strip.cut_top(len(picture))[0].view(canvas)[...] = picture
        if not self._named:
            fill(canvas, self._newest, DARK.panel)
            style = TextStyle(self._style.height, EXECUTED, BOLD, min_height=7)
            draw_text(canvas, self._actions[action], self._newest, style, align="right")


class Speed:
    """Draws how fast the video is being made, one moment after another.

    Args:
        place: where; covered wholly.
        text_height: font size in pixels.
    """

    def __init__(self, place: Rect, text_height: int) -> None:
        self._place = place
        self._style = TextStyle(text_height, DARK.muted, min_height=7)

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw both numbers, in place."""
        speed = moment.performance
        if speed is None:
            text = "making: not measured"
        else:
            rate, inference = speed.frames_per_second, speed.inference_ms
            text = f"making: {rate:.1f} frames/s, inference {inference:.2f} ms an observation"
        fill(canvas, self._place, DARK.panel)
        draw_text(canvas, text, self._place, self._style)
