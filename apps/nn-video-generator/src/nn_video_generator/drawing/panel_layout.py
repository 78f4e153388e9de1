"""Where everything is on a frame."""

from dataclasses import dataclass

from rlviz_overlay import Rect, Size

from nn_video_generator.drawing.facts import HeadPlaces
from nn_video_generator.drawing.pixels import Pixels
from nn_video_generator.drawing.policy import policy_columns
from nn_video_generator.moment import Subject


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a frame are; cards include their margins.

    Attributes:
        head: title and facts.
        facts: card of the facts.
        policy: card.
        value: card.
        extras: name of SHOWN -> card.
        diagram: of the network.
        game: right half.
    """

    head: HeadPlaces
    facts: Rect
    policy: Rect
    value: Rect
    extras: dict[str, Rect]
    diagram: Rect
    game: Rect


def places_of(size: Size, subject: Subject, show: frozenset[str]) -> Places:
    """Divide a frame: left half the panel, right half the game."""
    px = Pixels.of(size)
    panel, game = Rect.whole(size).columns(1, 1)
    rest = panel.inset(px(8), px(6))
    title, rest = rest.cut_top(px(22), gap=0)
    subtitle, rest = rest.cut_top(px.line(11))
    remark, rest = rest.cut_top(px.line(11) if subject.interventions else 0)
    facts, rest = rest.cut_top(px.line(10) + px.line(14) + px(6), gap=px(5))
    head = HeadPlaces(title, subtitle, remark, facts.inset(px(6), px(3)))
    policy, value, rest = _policy_and_value(rest, subject, px)
    extras, rest = _extras(rest, show, px)
    return Places(head, facts, policy, value, extras, rest, game)


def _extras(rest: Rect, show: frozenset[str], px: Pixels) -> tuple[dict[str, Rect], Rect]:
    """Reward and actions in one row, the speed below."""
    extras: dict[str, Rect] = {}
    charts = [name for name in ("reward", "actions") if name in show]
    if charts:
        row, rest = rest.cut_top(px.line(10) + px(42), gap=px(5))
        extras.update(zip(charts, row.columns(*[1] * len(charts), gap=px(5)), strict=True))
    if "performance" in show:
        extras["performance"], rest = rest.cut_top(px.line(10) + px(2), gap=px(5))
    return extras, rest


def _policy_and_value(rest: Rect, subject: Subject, px: Pixels) -> tuple[Rect, Rect, Rect]:
    """Side by side for few actions; for many the policy in columns above the chart."""
    columns = policy_columns(subject.actions)
    down = -(-len(subject.actions) // columns)
    has_entropy = subject.value_name == "probability"
    row = px.line(12) if columns == 1 else px.line(10)
    height = px.line(12) + px(13) + down * row + (px.line(11) + px(2) if has_entropy else 0)
    if columns == 1:
        both, rest = rest.cut_top(max(height, px(92)), gap=px(6))
        policy, value = both.columns(1.08, 1, gap=px(5))
        return policy, value, rest
    policy, rest = rest.cut_top(height, gap=px(5))
    value, rest = rest.cut_top(px(54), gap=px(6))
    return policy, value, rest
