"""One frame of the Grad-CAM video: the game with its heat, and beside it what the agent thought."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay import (
    BOLD,
    DARK,
    SCALES,
    BarChart,
    Frame,
    KeyValues,
    Label,
    Layout,
    Legend,
    LineChart,
    Panel,
    Paragraph,
    Picture,
    Rect,
    Size,
    Smoother,
    TextStyle,
    blend,
    colormap,
    draw_box,
    format_value,
    make_scale,
    resize_heatmap,
)

from breakout_gradcam.explain import Explained, Explainer
from breakout_gradcam.settings import MapSettings

CANVAS = Size(840, 630)
_PANEL_WIDTH, _MARGIN, _GAP = 360, 14, 10
_CHART_SECONDS, _FEW_ACTIONS = 10, 8


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a frame goes into the timeline beside the picture.

    Attributes:
        frame: uint8 (630, 840, 3), RGB; drawn over by the next.
        heat_peak: highest value of the normalised heat, 0 to 1.
        episode: number of the episode (a life, for Atari), from 1.
    """

    frame: Frame
    heat_peak: float
    episode: int


class GameCanvas:
    """Draws the frames of one run in order; scale and smoothing begin anew at each episode.

    Args:
        title: name of the game and of the algorithm.
        actions: names of the actions.
        fps: frames per second of the video.
        n_envs: environments that the run's frames show as tiles; the first is drawn.
        explainer: what is explained; its placement may still be open until the first frame.
        settings: how it is shown.
    """

    def __init__(
        self,
        title: str,
        actions: Sequence[str],
        fps: float,
        n_envs: int,
        explainer: Explainer,
        settings: MapSettings,
    ) -> None:
        self._actions = tuple(actions)
        self._n_envs = n_envs
        self._explainer = explainer
        self._settings = settings
        self._signed = settings.evidence == "signed"
        self._table = colormap("diverging" if self._signed else settings.colormap)
        self._scale = make_scale(settings.scale, settings.scale_value)
        self._smoother = Smoother(settings.smooth)
        self._episode, self._new_episode = 0, True
        self._picture = Picture()
        self._message = Label("", TextStyle(20, DARK.text, BOLD, DARK.outline), align="center")
        self._action = Label("", TextStyle(30, DARK.accent, BOLD), background=DARK.panel)
        self._chosen = Label("", TextStyle(13, DARK.muted), background=DARK.panel)
        limits = (0.0, 1.0) if explainer.value_name == "probability" else None
        digits = ".2f" if limits else "#.3g"
        self._bars = BarChart(actions, limits=limits, value_format=digits, text_height=14)
        self._facts = KeyValues(("score", "lives", "episode", "step"))
        self._value = LineChart(window=max(2, round(_CHART_SECONDS * fps)), value_format="#.3g")
        self._title = title
        self._canvas: Frame | None = None
        self._layout = self._make_layout()

    def draw(self, item: Explained) -> Shown:
        """Draw the next frame."""
        heat = self._heat(item)
        step = item.step
        self._picture.update(self._game(item, heat))
        self._message.update(self._remark(item))
        self._action.update(self._actions[step.action])
        self._chosen.update(self._choice(item))
        self._bars.update(item.action_values.tolist(), highlighted=step.action)
        lives = "-" if step.lives is None else step.lives
        self._facts.update(f"{step.score:g}", lives, self._episode, step.index)
        self._value.update(item.value)
        canvas = self._canvas = self._make_base() if self._canvas is None else self._canvas
        self._layout.draw(canvas)
        if self._settings.show_field:
            self._draw_field(canvas, item)
        self._new_episode = step.done
        return Shown(canvas, float(np.abs(heat).max()), self._episode)

    def _heat(self, item: Explained) -> NDArray[np.float32]:
        if self._new_episode:
            self._episode += 1
            self._smoother.reset()
            if SCALES[self._settings.scale].resets_each_episode:
                self._scale.reset()
        return self._scale(self._smoother(item.heat))

    def _game(self, item: Explained, heat: NDArray[np.float32]) -> Frame:
        picture = self._background(item)
        return blend(picture, resize_heatmap(heat, Size.of(picture)), self._table, signed=self._signed)

    def _background(self, item: Explained) -> Frame:
        if self._settings.background == "observation":
            newest = item.step.observation[-1]
            return np.repeat(newest[:, :, None], 3, axis=2)
        return first_tile(item.step.frame, self._n_envs)

    def _draw_field(self, canvas: Frame, item: Explained) -> None:
        """Frame the pixels that the map's strongest cell sees."""
        field = self._explainer.field
        y, x = np.unravel_index(int(np.abs(item.map).argmax()), item.map.shape)
        box = field.box((int(y), int(x)))
        seen = Rect(box.left, box.top, box.right - box.left, box.bottom - box.top)
        place = self._layout.rects["game"].fit(Size.of(self._background(item)))
        whole = Size(field.pixels[1], field.pixels[0])
        draw_box(canvas, place.project(seen, whole), DARK.text, thickness=2, outline=DARK.outline)

    def _remark(self, item: Explained) -> str:
        evidence = self._settings.evidence
        if np.any(item.heat):
            return ""
        return (
            "No evidence in this layer" if evidence in {"absolute", "signed"} else f"No {evidence} evidence"
        )

    def _choice(self, item: Explained) -> str:
        """How the action came about, and by how much it led (or was behind) the best other one."""
        others = np.delete(item.action_values, item.step.action)
        if not others.size:
            return item.step.chosen
        margin = float(item.action_values[item.step.action] - others.max())
        return f"{item.step.chosen}, {format_value(margin, '+.3f')} to the next"

    def _make_layout(self) -> Layout:
        """What changes from frame to frame."""
        layout = Layout(CANVAS)
        right, game = Rect.whole(CANVAS).cut_right(_PANEL_WIDTH)
        layout.place("game", game, self._picture)
        layout.place("remark", game.inset(16).cut_bottom(40)[0], self._message)
        rects = panel_rects(right.inset(_MARGIN), len(self._actions))
        action, chosen = rects["action"].inset(12, 8).cut_top(38)
        layout.place("action", action, self._action)
        layout.place("chosen", chosen, self._chosen)
        bodies = {
            "bars": Panel(self._bars, title=f"{self._explainer.value_name} of each action".capitalize()),
            "facts": Panel(self._facts),
            "value": Panel(self._value, title=f"State value, last {_CHART_SECONDS} s"),
        }
        for name in bodies.keys() & rects.keys():
            layout.place(name, rects[name], bodies[name])
        return layout

    def _make_base(self) -> Frame:
        """What never changes, drawn once when the placement is known."""
        layout = Layout(CANVAS)
        right, _ = Rect.whole(CANVAS).cut_right(_PANEL_WIDTH)
        rects = panel_rects(right.inset(_MARGIN), len(self._actions))
        evidence, full = self._settings.evidence, SCALES[self._settings.scale].full_heat
        if self._signed:
            legend, ends = Legend(self._table, low="against", middle="none", high="for"), f", full at {full}"
        else:
            legend, ends = Legend(self._table, low="none", high=full), ""
        layout.place("title", rects["title"], Label(self._title, TextStyle(20, DARK.text, BOLD)))
        layout.place("card", rects["action"], Panel(Label("", TextStyle(12, DARK.muted))))
        layout.place("legend", rects["legend"], Panel(legend, title=f"Heat: {evidence} evidence{ends}"))
        layout.place("notes", rects["notes"], Paragraph(self._notes(), TextStyle(12, DARK.muted)))
        canvas = layout.new_canvas()
        layout.draw(canvas)
        return canvas

    def _notes(self) -> str:
        explainer, settings, field = self._explainer, self._settings, self._explainer.field
        target = "the executed action" if settings.target == "action" else settings.target
        measured = ""
        if settings.placement == "auto":
            agreement = explainer.agreement
            measured = " · not measurable" if agreement is None else f" · r = {agreement:.2f} with occlusion"
        (h, w), (fh, fw), (height, width) = field.cells, field.size, field.pixels
        return (
            f"{settings.method} of {target} at {explainer.layer.name}\n"
            f"placement {explainer.placement}{measured}\n"
            f"{h}x{w} cells, each sees {fh}x{fw} of {height}x{width} pixels"
        )


def panel_rects(column: Rect, actions: int) -> dict[str, Rect]:
    """The right column from top to bottom; many actions take the room of the value's chart."""
    rects: dict[str, Rect] = {}
    rects["title"], rest = column.cut_top(28, _GAP)
    rects["action"], rest = rest.cut_top(72, _GAP)
    rects["notes"], rest = rest.cut_bottom(50, _GAP)
    rects["legend"], rest = rest.cut_bottom(68, _GAP)
    if actions <= _FEW_ACTIONS:
        rects["value"], rest = rest.cut_bottom(104, _GAP)
    rects["facts"], rects["bars"] = rest.cut_bottom(60, _GAP)
    return rects


def first_tile(frame: Frame, n_envs: int) -> Frame:
    """The first environment's picture out of a frame that tiles `n_envs` of them (SB3's `tile_images`)."""
    down = ceil(sqrt(n_envs))
    across = ceil(n_envs / down)
    return np.ascontiguousarray(frame[: frame.shape[0] // down, : frame.shape[1] // across])


def game_name(env_id: str) -> str:
    """`Breakout` for `BreakoutNoFrameskip-v4` or `ALE/Breakout-v5`."""
    return re.sub(r"(NoFrameskip|Deterministic)?-v\d+$", "", env_id.rpartition("/")[2])
