"""Pilots over the same drive in lock step: explained, drawn, scored and written a frame at a time."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rlviz_cam import select_evidence
from rlviz_video import interrupts_deferred, prefetch, progress

from donkey_gradcam.comparing.compare_outputs import CompareOutputs
from donkey_gradcam.comparing.scores import Contestant, Scoreboard
from donkey_gradcam.drawing.comparison_canvas import ComparisonCanvas, ComparisonSpec
from donkey_gradcam.drawing.heat_picture import Marked
from donkey_gradcam.explain import describe_target
from donkey_gradcam.opening import Ride
from donkey_gradcam.settings import MapSettings
from donkey_gradcam.views import Explained

FRAMES_AHEAD = 32


class Contest:
    """Runs several rides over the same drive.

    Args:
        rides: of 2 to 4 pilots, on the same drive with the same settings of it.
        maps: what is explained and how it is shown; each ride's own layer is its explainer's.

    Attributes:
        names: what the pilots are called, each differently.
        regions: parts of the picture.
        scores: of the frames so far.
    """

    def __init__(self, rides: Sequence[Ride], maps: MapSettings) -> None:
        self.rides, self.maps = rides, maps
        self.names = pilot_names([ride.model_path for ride in rides])
        self.regions = rides[0].regions
        contestants = [
            Contestant(
                name,
                ride.pilot.type,
                ride.explainer.layer.name,
                ride.tuning.placement,
                ride.tuning.agreement,
            )
            for name, ride in zip(self.names, rides, strict=True)
        ]
        self.scores = Scoreboard(contestants, self.regions.size)

    def spec(self) -> ComparisonSpec:
        """What never changes on the frames of the video."""
        drive = self.rides[0].drive
        return ComparisonSpec(
            title=f"{len(self.rides)} pilots on {drive.path.name}",
            names=self.names,
            marked=Marked(self.regions.size, self.regions.excluded, self.regions.road),
            notes=tuple(self._notes()),
            full_heats=tuple(ride.tuning.full_heat for ride in self.rides),
            fields=tuple(ride.explainer.field for ride in self.rides),
        )

    def _notes(self) -> Iterator[str]:
        for name, ride in zip(self.names, self.rides, strict=True):
            agreement = ride.tuning.agreement
            measured = "" if agreement is None else f", r = {agreement:.2f} with occlusion"
            target = describe_target(self.maps.target, ride.pilot)
            yield (
                f"{name}: {self.maps.method} of {target}, at {ride.explainer.layer.name}, "
                f"placement {ride.tuning.placement}{measured}"
            )
        if self.maps.heat_scale != "fixed":
            yield "Full heat is each pilot's own: colours compare places, not strengths."

    def run(self, canvas: ComparisonCanvas, outputs: CompareOutputs) -> None:
        """Draw, score and write every frame.

        Raises:
            KeyboardInterrupt: Ctrl-C; the frames before are scored and written.
        """
        shares = [self.regions.shares(ride.explainer.placer) for ride in self.rides]
        with closing(prefetch(in_step(self.rides), FRAMES_AHEAD)) as together:
            for items in progress(together, self.rides[0].frames, "Comparing"):
                found = [
                    share(select_evidence(item.map, self.maps.evidence))
                    for share, item in zip(shares, items, strict=True)
                ]
                with interrupts_deferred():  # a frame is whole or not there
                    agreements = self.scores.add(items, found)
                    frame = canvas.draw(items, self.scores.steering_errors)
                    outputs.write(frame, items, found, agreements)


def in_step(rides: Sequence[Ride]) -> Iterator[tuple[Explained, ...]]:
    """The same frames as each pilot has them, in order."""
    yield from zip(*(ride.explained(read_all=True) for ride in rides), strict=True)


def pilot_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """The files' names with as much of their folders as tells them apart; the same file is numbered."""
    parts = [path.absolute().parts for path in paths]
    longest = max(map(len, parts))
    for depth in range(1, longest + 1):
        names = ["/".join(part[-depth:]) for part in parts]
        if len(set(names)) == len(set(parts)):
            break
    else:
        names = [str(path) for path in paths]
    return tuple(
        f"{name} ({names[:place].count(name) + 1})" if names.count(name) > 1 else name
        for place, name in enumerate(names)
    )
