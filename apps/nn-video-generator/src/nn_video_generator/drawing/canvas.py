"""One frame of the video: the panel with the living network, and the game beside it."""

from collections.abc import Sequence

from rlviz_overlay import DARK, Frame, Normalizer, Rect, Size, fill, new_canvas

from nn_video_generator.drawing.diagram import Diagram
from nn_video_generator.drawing.entropy import EntropyRow
from nn_video_generator.drawing.facts import Head
from nn_video_generator.drawing.game import GameView, HeatStyle
from nn_video_generator.drawing.history import ActionStrip, RewardChart, Speed
from nn_video_generator.drawing.panel_layout import places_of
from nn_video_generator.drawing.pixels import Pixels
from nn_video_generator.drawing.policy import PolicyTable, policy_columns
from nn_video_generator.drawing.value_chart import ValueChart
from nn_video_generator.moment import Moment, Subject


class ActivityCanvas:
    """Draws the moments of one clip in order, on one canvas.

    Args:
        size: of the frames; left half the panel, right half the game.
        subject: what stays the same through the clip.
        show: any of `settings.SHOWN`.
        attention: how the heat is drawn over the game; None for none.
        scales: what full brightness is, one a layer of the diagram; None: a running percentile of each layer.
    """

    def __init__(
        self,
        size: Size,
        subject: Subject,
        *,
        show: frozenset[str] = frozenset(),
        attention: HeatStyle | None = None,
        scales: Sequence[Normalizer] | None = None,
    ) -> None:
        self.places = places = places_of(size, subject, show)
        px = Pixels.of(size)
        text = px.text
        self._head = Head(subject, places.head, (text(17), text(11), text(10), text(14)))
        policy = places.policy.inset(px(7), px(5))
        self._entropy = None
        if subject.value_name == "probability":
            row, policy = policy.cut_bottom(px.line(11), gap=px(2))
            self._entropy = EntropyRow(len(subject.actions), row, text(11))
        columns = policy_columns(subject.actions)
        self._policy = PolicyTable(subject, policy, text(12 if columns == 1 else 10), columns)
        self._value = ValueChart(subject, places.value.inset(px(7), px(5)), text(11))
        self._game = GameView(places.game, px, attention)
        self.diagram = Diagram(subject, places.diagram, px, scales)
        self._extras = self._make_extras(subject, px)
        self._canvas = self._base(size)

    def draw(self, moment: Moment) -> Frame:
        """Draw a step.

        Returns:
            uint8 (H, W, 3), RGB: the same canvas each time, drawn over by the next.

        Raises:
            ValueError: attention was asked for, and the moment has no heat.
        """
        canvas = self._canvas
        self._head.draw(canvas, moment)
        self._policy.draw(canvas, moment)
        if self._entropy is not None and moment.entropy is not None:
            self._entropy.draw(canvas, moment.entropy)
        self._value.draw(canvas, moment)
        for extra in self._extras:
            extra.draw(canvas, moment)
        self.diagram.draw(canvas, moment)
        self._game.draw(canvas, moment)
        return canvas

    def repeat(self, moment: Moment) -> Frame:
        """Show the step that was drawn last for one more frame of the video.

        Returns:
            The canvas, in which only the frame's number, the progress and the pulse are new.
        """
        self._head.draw_progress(self._canvas, moment)
        self.diagram.draw_pulse(self._canvas, moment)
        return self._canvas

    def tile(self, layer: int, unit: int) -> Rect:
        """Where a unit of the diagram is on the canvas.

        Args:
            layer: index in the subject's layers.
            unit: of the layer.

        Raises:
            ValueError: there is no such unit.
        """
        return self.diagram.blocks[layer].tile(unit)

    def _make_extras(self, subject: Subject, px: Pixels) -> list[RewardChart | ActionStrip | Speed]:
        height = px.text(10)
        made: list[RewardChart | ActionStrip | Speed] = []
        for name, card in self.places.extras.items():
            inner = card.inset(px(7), 0 if name == "performance" else px(3))
            if name == "reward":
                made.append(RewardChart(inner, height))
            elif name == "actions":
                made.append(ActionStrip(subject, inner, height))
            else:
                made.append(Speed(inner, height))
        return made

    def _base(self, size: Size) -> Frame:
        """A canvas with what never changes."""
        canvas = new_canvas(size, DARK.background)
        places = self.places
        for card in (places.facts, places.policy, places.value, *places.extras.values()):
            fill(canvas, card, DARK.panel)
        parts = (
            self._head,
            self._policy,
            self._entropy,
            self._value,
            self._game,
            self.diagram,
            *self._extras,
        )
        for part in parts:
            if part is not None and not isinstance(part, Speed):
                part.draw_base(canvas)
        return canvas
