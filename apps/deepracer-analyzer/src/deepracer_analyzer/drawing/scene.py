"""A picture without its reward charts: the video, or the track, with action space and variables."""

from dataclasses import dataclass

from rlviz_overlay import Frame, Picture, Size

from deepracer_analyzer.drawing.layout import arrange
from deepracer_analyzer.drawing.logged import Logged
from deepracer_analyzer.drawing.moment import Moment
from deepracer_analyzer.drawing.polar import Polar
from deepracer_analyzer.drawing.strip import Strip
from deepracer_analyzer.drawing.telemetry import TelemetryPicture
from deepracer_analyzer.drawing.variables import (
    CAR,
    LAP,
    SIMULATION,
    Variables,
    car_values,
    lap_values,
    simulation_values,
)
from deepracer_analyzer.simulation.view import View
from deepracer_analyzer.views import ActionSpace, Track


@dataclass(frozen=True, slots=True)
class Subject:
    """What is replayed.

    Attributes:
        logged: The log's columns.
        space: What the model could choose from.
        track: Where the car drove, for pictures without a video; None draws what it drove.
        note: How pictures and rows were matched.
        video_rate: Frames a second of the video.
    """

    logged: Logged
    space: ActionSpace
    track: Track | None
    note: str
    video_rate: float


class Scene:
    """Draws what lies over the video, or the track where there is no video.

    Args:
        subject: What is replayed.
        size: Of the picture with its strip.
        video: Of the video's pictures; None where there is no video.
    """

    def __init__(self, subject: Subject, size: Size, video: Size | None) -> None:
        self._logged = subject.logged
        self.places = places = arrange(size, video)
        self._video = Picture(smooth=True)
        self._telemetry = None if video else TelemetryPicture(subject.logged, subject.track, places)
        self._polar = Polar(subject.logged, subject.space, places.polar.size, places.unit)
        self._car = Variables("Car variables", CAR, places.car.size, places.unit)
        self._lap = Variables("Lap variables", LAP, places.lap.size, places.unit)
        self._simulation = Variables("Simulation variables", SIMULATION, places.simulation.size, places.unit)
        self._strip = Strip(places, subject.note, subject.video_rate)

    def draw(self, canvas: Frame, frame: Frame | None, moment: Moment, view: View) -> None:
        """Draw everything, in place.

        Args:
            canvas: uint8 (H, W, 3), RGB, of the picture's size.
            frame: The video's picture; None for the track.
            moment: Which picture and which row it is.
            view: What is shown, and how.
        """
        if frame is not None:
            self._video.update(frame)
            self._video.draw(canvas, self.places.video)
        elif self._telemetry is not None:
            self._telemetry.draw(canvas, moment)
        hottest = None
        if view.action_space:
            hottest = self._polar.draw(canvas, self.places.polar, moment, view)
        if view.annotations:
            self._draw_variables(canvas, moment.row if moment.known else None, view, hottest)
        self._strip.draw(canvas, moment, view)

    def _draw_variables(self, canvas: Frame, row: int | None, view: View, hottest: float | None) -> None:
        places = self.places
        self._car.draw(canvas, places.car, car_values(self._logged, row))
        self._lap.draw(canvas, places.lap, lap_values(self._logged, row))
        self._simulation.draw(canvas, places.simulation, simulation_values(view, hottest))
