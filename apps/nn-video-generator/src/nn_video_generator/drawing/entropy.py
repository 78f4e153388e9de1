"""How undecided the policy is, beside how undecided it could be."""

from math import log

from rlviz_overlay import DARK, Frame, NumberText, Rect, TextStyle, draw_text, fill, measure_text


class EntropyRow:
    """One line: a bar from 0 to the entropy of a policy that takes every action as often, and the number.

    Args:
        actions: number of the actions.
        place: where; covered wholly.
        text_height: font size in pixels.
    """

    def __init__(self, actions: int, place: Rect, text_height: int) -> None:
        self._most = log(actions)
        style = TextStyle(text_height, DARK.muted, min_height=7)
        self._style = style
        self._name, rest = place.cut_left(measure_text("entropy", style).width, gap=text_height // 3)
        ends = f"of {self._most:.3f} nats"
        self._ends = ends
        self._end, rest = rest.cut_right(measure_text(ends, style).width)
        number = TextStyle(text_height, DARK.text, min_height=7)
        self._value, bar = rest.cut_right(measure_text("0.000", number).width, gap=text_height // 3)
        self._bar = bar.inset(0, max(1, round(0.3 * bar.height)))
        self._number = NumberText(number, DARK.panel, align="right")

    def draw_base(self, canvas: Frame) -> None:
        """Draw what never changes, in place."""
        draw_text(canvas, "entropy", self._name, self._style)
        draw_text(canvas, self._ends, self._end, self._style)

    def draw(self, canvas: Frame, entropy: float) -> None:
        """Draw bar and number, in place; the entropy in nats."""
        fill(canvas, self._bar, DARK.track)
        share = min(1.0, max(0.0, entropy / self._most)) if self._most else 0.0
        fill(canvas, self._bar.cut_left(round(share * self._bar.width))[0], DARK.muted)
        self._number.draw(canvas, f"{entropy:.3f}", self._value)
