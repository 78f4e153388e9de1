"""A replay under way: which picture is shown, what is on it, what a key changes. No window in here."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
from rlviz_overlay import Frame, Size

from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.drawing.replay_canvas import ReplayCanvas
from deepracer_analyzer.opening import Replay
from deepracer_analyzer.settings import ViewSettings
from deepracer_analyzer.simulation.keys import press
from deepracer_analyzer.simulation.moments import Moments
from deepracer_analyzer.simulation.state import State
from deepracer_analyzer.simulation.view import View

SHORT = {
    "hud": "rows by the speed in the picture",
    "ocr": "rows by the speed in the picture (OCR)",
    "lap starts": "rows guessed from lap starts and pauses",
    "frame = row": "not matched: row i on picture i",
}
"""How the rows were found, as the strip below the picture has room for."""


class Session:
    """An evaluation's video with its log on top, at any picture, in any order.

    `frame(i)` depends on log, video and view alone: playing, jumping and stepping back show the same picture.
    `press` takes the keys of the window; `run` opens it.

    Args:
        replay: Log and video in step.
        view: How it looks at first.

    Attributes:
        replay: Log and video in step.
        state: Where it is and what it shows.
    """

    def __init__(self, replay: Replay, view: ViewSettings) -> None:
        self.replay = replay
        self._moments = Moments(replay.run.log, replay.sync)
        self._canvas = ReplayCanvas(
            replay.run.log,
            replay.run.space,
            size=view.size,
            components=replay.components,
            video_size=replay.video_size,
            note=SHORT[replay.sync.method] if replay.video else "no video: each picture is a row",
            track=replay.run.track,
            video_rate=float(replay.frame_rate),
        )
        shown = View(
            action_space=view.action_space,
            heatmap=view.heatmap,
            annotations=view.annotations,
            attenuation=view.attenuation,
            gaussian_size=view.gaussian_size,
            colormap=view.colormap,
            frame_rate=round(replay.frame_rate),
        )
        self.state = State(frames=len(self._moments), view=shown)

    @property
    def size(self) -> Size:
        """Of the pictures, with the reward charts beside the video."""
        return self._canvas.size

    @property
    def total_frame_count(self) -> int:
        """How many pictures there are: the video's, or the log's rows where there is no video."""
        return self.state.frames

    @property
    def frame_number(self) -> int:
        """The picture that is shown, from 0."""
        return self.state.frame_number

    @frame_number.setter
    def frame_number(self, frame: int) -> None:
        self.state = self.state.at(frame)

    @property
    def pause(self) -> bool:
        """Whether the replay stands."""
        return self.state.pause

    @property
    def quit(self) -> bool:
        """Whether the user has had enough."""
        return self.state.quit

    @property
    def record_simulation(self) -> bool:
        """Whether what is shown is recorded."""
        return self.state.recording

    @property
    def evaluation_df(self) -> pd.DataFrame:
        """The log's rows; columns as in `logs.schema.COLUMNS`."""
        return self.replay.run.log.frame

    @property
    def title(self) -> str:
        """What a window is called."""
        return self.replay.title

    @property
    def recording_folder(self) -> Path:
        """Where recordings go."""
        return self.replay.recording_folder

    def press(self, key: str) -> None:
        """Do what a key does; see `simulation.keys.KEYS`."""
        self.state = press(self.state, key)

    def advance(self) -> None:
        """Show the next picture, unless it stands or is at the end."""
        if not self.state.pause:
            self.state = self.state.at(self.state.frame_number + 1)

    def moment(self, frame: int, view: View | None = None) -> Moment:
        """Which row a picture shows, and which rows count."""
        return self._moments.at(frame, (view or self.state.view).cleared)

    def frame(self, number: int | None = None, view: View | None = None) -> Frame:
        """One picture, uint8 (H, W, 3), RGB.

        Args:
            number: Which, from 0; None: the one that is shown.
            view: What is shown, and how; None: as the keys have left it.

        Raises:
            IndexError: There is no such picture.
            ValueError: The video is damaged there.
        """
        number = self.state.frame_number if number is None else number
        if not 0 <= number < self.total_frame_count:
            msg = f"no picture {number}; there are 0 to {self.total_frame_count - 1}"
            raise IndexError(msg)
        video = self.replay.video
        return self.draw(None if video is None else video.frame(number), number, view)

    def draw(self, picture: Frame | None, number: int, view: View | None = None) -> Frame:
        """The same with the video's picture at hand: for loops that decode ahead."""
        view = view or self.state.view
        return self._canvas.draw(picture, self.moment(number, view), view)

    def _repr_png_(self) -> bytes:
        """The picture that is shown, for a notebook's cell."""
        import cv2

        picture = cv2.cvtColor(self.frame(), cv2.COLOR_RGB2BGR)
        return cv2.imencode(".png", picture)[1].tobytes()

    def run(self) -> int:
        """Play it in a window until the user quits; the exit status."""
        from deepracer_analyzer.playing.window import play

        self.state = replace(self.state, quit=False)
        return play(self)
