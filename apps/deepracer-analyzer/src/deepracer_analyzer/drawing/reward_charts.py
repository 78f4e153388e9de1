"""The reward's parts beside the video: a chart for each, one for all together, and the final reward."""

import numpy as np
from rlviz_overlay import (
    BOLD,
    DARK,
    Color,
    Frame,
    Rect,
    Series,
    Size,
    TextStyle,
    draw_text,
    fill,
    measure_text,
)

from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.drawing.reward_chart import Content, RewardChart
from deepracer_analyzer.drawing.reward_layout import STEPS, arrange_charts
from deepracer_analyzer.drawing.reward_limits import joined, span_of
from deepracer_analyzer.views import Components, Floats

COLORS: tuple[Color, ...] = (
    (96, 165, 250),
    (244, 114, 182),
    (250, 204, 21),
    (167, 139, 250),
    (34, 211, 238),
    (248, 113, 113),
    (163, 230, 53),
    (214, 180, 140),
    (129, 140, 248),
    (232, 121, 249),
)
"""Of the parts, in order, again from the first where there are more."""

_MARK_EVERY = 25
_TEXT = 11


class RewardCharts:
    """Draws the parts at a moment: the last steps of the episode up to its row, newest at the right.

    Args:
        components: The parts over the whole log.
        logged: The log's columns.
        height: Pixels of the panel.
        unit: Pixels for each pixel of 640x500.

    Attributes:
        size: Of the panel.
    """

    def __init__(self, components: Components, logged: Logged, height: int, unit: float) -> None:
        self._normalization = components.normalization
        self._steps = logged.steps
        layout = arrange_charts(len(components.names), height, unit)
        self.size: Size = layout.size
        self._title = layout.title
        height = max(6, round(_TEXT * unit))
        # Texts that are too long are rather cut than made smaller.
        self._style = TextStyle(height, DARK.muted, min_height=height - 1)
        places = (*layout.parts, layout.together, layout.final)
        contents = _contents(components)
        ends = ["−0.00", *(end for content in contents for end in content.ends)]
        self._charts = [
            RewardChart(
                content,
                place,
                self._style,
                ends_width=max(measure_text(end, self._style).width for end in ends),
                names_a_line=layout.names_a_line,
            )
            for content, place in zip(contents, places, strict=True)
        ]

    def draw_base(self, canvas: Frame, rect: Rect) -> None:
        """Draw what never changes, once, onto the canvas that is copied for each picture."""
        panel = rect.view(canvas)
        fill(panel, Rect.whole(rect.size), DARK.panel)
        style = TextStyle(self._style.height + 1, DARK.text, BOLD, min_height=6)
        taken = draw_text(panel, "Reward components", self._title, style)
        about = f"last {STEPS} steps"
        if self._normalization != "none":
            about += f", normalised by {self._normalization}"
        draw_text(panel, about, self._title.cut_left(taken.width, self._style.height // 2)[1], self._style)
        for chart in self._charts:
            chart.draw_base(panel)

    def draw(self, canvas: Frame, rect: Rect, moment: Moment) -> None:
        """Draw lines and newest values over the base, in place."""
        panel = rect.view(canvas)
        first = max(moment.episode_from, moment.row - STEPS + 1)
        rows = slice(first, moment.row + 1) if moment.known else slice(0, 0)
        steps = self._steps[rows]
        marks = np.flatnonzero(steps % _MARK_EVERY == 0).tolist()
        for chart in self._charts:
            chart.draw(panel, rows, marks)
            chart.draw_axis(panel, steps, marks)


def _contents(components: Components) -> list[Content]:
    """A chart for each part, one for all together, and one for the final reward."""
    series = [Series(name, COLORS[number % len(COLORS)]) for number, name in enumerate(components.names)]
    values = [_known(part) for part in components.values]
    spans = [span_of(part) for part in values]
    parts = [
        Content(one.name, about if about != one.name else "", (one,), part[:, None], span)
        for one, about, part, span in zip(series, components.expressions, values, spans, strict=True)
    ]
    together = Content("All reward components", "", tuple(series), np.stack(values, axis=1), joined(spans))
    total = _known(components.total)
    final = Content("Final reward", "", (Series("", DARK.text),), total[:, None], span_of(total))
    return [*parts, together, final]


def _known(values: Floats) -> Floats:
    """The values with NaN for those that are infinite: a chart cannot show them."""
    return np.where(np.isfinite(values), values, np.nan)
