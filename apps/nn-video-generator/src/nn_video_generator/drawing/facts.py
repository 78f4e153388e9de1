"""The head of the panel: what is shown, and where in it we are."""

from dataclasses import dataclass

from rlviz_overlay import BOLD, DARK, Frame, NumberText, Rect, TextStyle, draw_text, measure_text

from nn_video_generator.moment import Moment, Subject


@dataclass(frozen=True, slots=True)
class HeadPlaces:
    """Where the parts of the head are.

    Attributes:
        title: of the video.
        subtitle: below it.
        remark: what acts besides the policy; empty where nothing does.
        facts: names and values.
    """

    title: Rect
    subtitle: Rect
    remark: Rect
    facts: Rect


class Head:
    """Draws title and facts of one moment after another.

    Args:
        subject: what is shown.
        places: where.
        text_heights: font sizes in pixels of title, subtitle, names and values.
    """

    def __init__(self, subject: Subject, places: HeadPlaces, text_heights: tuple[int, int, int, int]) -> None:
        title, subtitle, name, value = text_heights
        self._subject = subject
        self._places = places
        self._title = TextStyle(title, DARK.text, BOLD, min_height=8)
        self._subtitle = TextStyle(subtitle, DARK.muted, min_height=7)
        self._remark = TextStyle(subtitle, DARK.warning, BOLD, min_height=7)
        self._name = TextStyle(name, DARK.muted, min_height=7)
        self._names = ("Frame", "Progress", "Ep Reward", "Episode", "Lives", "Checkpoint")
        widths = (0.95, 0.95, 0.95, 0.8, 0.6, 1.9)
        self._cells = [
            cell.cut_top(self._name.line_height)
            for cell in places.facts.columns(*widths, gap=max(2, name // 3))
        ]
        self._value = NumberText(TextStyle(value, DARK.text, BOLD, min_height=7), DARK.panel)
        self._percent = NumberText(self._subtitle, DARK.background)
        self._before = "Post-Training Evaluation | Progress: "
        start = measure_text(self._before, self._subtitle).width - 2 * self._subtitle.margin
        self._progress = places.subtitle.cut_left(start)[1]
        self._after = "" if subject.learning_rate is None else f" | lr={subject.learning_rate}"

    def draw_base(self, canvas: Frame) -> None:
        """Draw what never changes, in place."""
        subject, places = self._subject, self._places
        title = f"{subject.game.upper()} - {subject.algo} Neural Activity Viewer"
        draw_text(canvas, title, places.title, self._title)
        draw_text(canvas, self._before, places.subtitle, self._subtitle)
        if subject.interventions:
            text = f"Acts besides the policy: {', '.join(subject.interventions)}"
            draw_text(canvas, text, places.remark, self._remark)
        for name, (place, _) in zip(self._names, self._cells, strict=True):
            draw_text(canvas, name, place, self._name)
        self._value.draw(canvas, _checkpoint(subject), self._cells[-1][1])

    def draw(self, canvas: Frame, moment: Moment) -> None:
        """Draw the values that change from step to step, in place."""
        step = moment.step
        lives = "–" if step.lives is None else str(step.lives)
        values = (f"{step.score:,g}".replace("-", "−"), f"{moment.episode:,}", lives)
        for value, (_, place) in zip(values, self._cells[2:5], strict=True):
            self._value.draw(canvas, value, place)
        self.draw_progress(canvas, moment)

    def draw_progress(self, canvas: Frame, moment: Moment) -> None:
        """Draw the values that change from frame to frame, in place."""
        self._percent.draw(canvas, f"{moment.progress:.1%}{self._after}", self._progress)
        self._value.draw(canvas, f"{moment.frame:,}", self._cells[0][1])
        self._value.draw(canvas, f"{moment.progress:.2%}", self._cells[1][1])


def _checkpoint(subject: Subject) -> str:
    """The milestone with its steps: `50% · 500k steps`."""
    if subject.trained_steps is None:
        return f"{subject.milestone}%"
    return f"{subject.milestone}% · {short_count(subject.trained_steps)} steps"


def short_count(number: int) -> str:
    """A number of steps, short but exact to three figures: `500k`, `1.25M`."""
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return str(number)
