"""A picture of the replay: the video with the action space, the variables and the reward's parts."""

from rlviz_overlay import DARK, Frame, Rect, Size, new_canvas

from deepracer_analyzer.drawing.help import HelpMenu
from deepracer_analyzer.drawing.layout import HEIGHT
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.drawing.recording import draw_recording
from deepracer_analyzer.drawing.reward_charts import RewardCharts
from deepracer_analyzer.drawing.scene import Scene, Subject
from deepracer_analyzer.simulation.keys import KEYS
from deepracer_analyzer.simulation.view import View
from deepracer_analyzer.views import ActionSpace, Components, Log, Track

__all__ = ["ReplayCanvas", "draw_recording"]


class ReplayCanvas:
    """Draws the pictures of a replay; each depends on its arguments alone, and on none that was drawn before.

    Args:
        log: What was logged.
        space: What the model could choose from.
        size: Width and height of the picture with its strip, in pixels; reward charts come beside it.
        components: The reward's parts; None shows none.
        video_size: Of the video's pictures; None where there is no video.
        note: How pictures and rows were matched.
        track: Where the car drove, for pictures without a video.
        video_rate: Frames a second of the video.

    Attributes:
        size: Of the pictures, with the reward charts.
    """

    def __init__(
        self,
        log: Log,
        space: ActionSpace,
        *,
        size: tuple[int, int] = (640, 500),
        components: Components | None = None,
        video_size: Size | None = None,
        note: str = "",
        track: Track | None = None,
        video_rate: float = 15.0,
    ) -> None:
        self._picture = Rect(0, 0, *size)
        self._unit = self._picture.height / HEIGHT
        logged = Logged.of(log)
        self._charts: RewardCharts | None = None
        if components is not None and components.names:
            self._charts = RewardCharts(components, logged, self._picture.height, self._unit)
        beside = self._charts.size.width if self._charts else 0
        self._panel = Rect(self._picture.width, 0, beside, self._picture.height)
        self.size: Size = Size(self._panel.right, self._picture.height)
        self._base = self._make_base()
        self._help: HelpMenu | None = None
        self._subject = Subject(logged, space, track, note, video_rate)
        self._scenes: dict[Size | None, Scene] = {}
        self._scene(video_size)

    def draw(self, frame: Frame | None, moment: Moment, view: View) -> Frame:
        """One picture, uint8 (H, W, 3), RGB; a new array.

        Args:
            frame: The video's picture, uint8 (h, w, 3), RGB, not changed; None draws the track and the car.
            moment: Which picture and which row it is.
            view: What is shown, and how.
        """
        canvas = self._base.copy()
        scene = self._scene(None if frame is None else Size.of(frame))
        scene.draw(self._picture.view(canvas), frame, moment, view)
        if self._charts is not None:
            self._charts.draw(canvas, self._panel, moment)
        if view.help:
            self._menu().draw(canvas, Rect.whole(self.size))
        return canvas

    def _make_base(self) -> Frame:
        """What is below everything: it is copied for each picture."""
        base = new_canvas(self.size, DARK.background)
        if self._charts is not None:
            self._charts.draw_base(base, self._panel)
        base.flags.writeable = False
        return base

    def _scene(self, video: Size | None) -> Scene:
        if video not in self._scenes:
            self._scenes[video] = Scene(self._subject, self._picture.size, video)
        return self._scenes[video]

    def _menu(self) -> HelpMenu:
        if self._help is None:
            self._help = HelpMenu([(key.name, key.meaning) for key in KEYS], self.size, self._unit)
        return self._help
