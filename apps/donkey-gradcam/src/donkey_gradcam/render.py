"""The loop: a drive in, a video out; reading and explaining overlap with drawing and encoding."""

import sys
from contextlib import closing

from rlviz_cam import select_evidence
from rlviz_overlay import one_thread
from rlviz_video import MadeVideo, interrupts_deferred, prefetch, progress, write_manifest

from donkey_gradcam.drawing.canvas import CanvasSpec, PilotCanvas
from donkey_gradcam.drawing.heat_picture import Marked
from donkey_gradcam.explain import describe_target
from donkey_gradcam.manifest import describe_ride
from donkey_gradcam.opening import Ride, Say, open_ride
from donkey_gradcam.outputs import Outputs, Paths
from donkey_gradcam.pilots import Reading
from donkey_gradcam.settings import DriveSettings, MapSettings, OutputSettings, PilotSettings

FRAMES_AHEAD = 64


def render_video(
    drive: DriveSettings, pilot: PilotSettings, maps: MapSettings, output: OutputSettings, say: Say
) -> MadeVideo:
    """Make the video of a pilot on a drive, with timeline and manifest.

    Args:
        drive: which pictures.
        pilot: which pilot.
        maps: what is explained and how it is shown.
        output: where it goes.
        say: takes each line for the console.

    Raises:
        ValueError: a setting that does not fit, or an input that is not what it should be.
        OSError: an input that cannot be read, or an output that exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first frame; later, what there is becomes the result.
    """
    paths = Paths.under(output.folder, output.video_name)
    paths.check(output)
    ride = open_ride(drive, pilot, maps, say)
    canvas = PilotCanvas(canvas_spec(ride, maps), maps, output)
    outputs = Outputs(paths, output, canvas.size, ride.regions.names)
    interrupted = False
    try:
        with one_thread(), outputs:
            _draw_all(ride, maps, canvas, outputs)
    except KeyboardInterrupt:
        if not outputs.frames:
            raise
        interrupted = True
    return _finish(ride, maps, output, outputs, say, interrupted=interrupted)


def canvas_spec(ride: Ride, maps: MapSettings) -> CanvasSpec:
    """What never changes on the frames of a ride's video."""
    pilot, explainer, regions = ride.pilot, ride.explainer, ride.regions
    heads = explainer.backend.heads()

    def bins(reading: Reading | None) -> int:
        return heads[reading.head][0] if reading is not None and reading.unit is None else 0

    throttle_bins = bins(pilot.throttle)
    return CanvasSpec(
        title=ride.model_path.name,
        pilot=pilot.type,
        marked=Marked(regions.size, regions.excluded, regions.road),
        target=describe_target(maps.target, pilot),
        notes=_notes(ride, maps),
        shares=regions.names,
        steps=pilot.steps or 1,
        angle_bins=bins(pilot.angle),
        throttle_bins=throttle_bins,
        throttle_range=pilot.throttle.step * throttle_bins if pilot.throttle and throttle_bins else 1.0,
        full_heat=ride.tuning.full_heat,
        field=explainer.field,
    )


def _notes(ride: Ride, maps: MapSettings) -> tuple[str, ...]:
    tuning, field = ride.tuning, ride.explainer.field
    (rows, columns), (height, width), pixels = field.cells, field.size, field.pixels
    agreement = ""
    if maps.placement == "auto":
        measured = tuning.agreement
        agreement = ", not measurable" if measured is None else f", r = {measured:.2f} with occlusion"
    return (
        f"{maps.method} of {describe_target(maps.target, ride.pilot)}, at {ride.explainer.layer.name}",
        f"placement {tuning.placement}{agreement}",
        f"{rows}x{columns} cells, each sees {height}x{width} of {pixels[0]}x{pixels[1]} pixels",
    )


def _draw_all(ride: Ride, maps: MapSettings, canvas: PilotCanvas, outputs: Outputs) -> None:
    shares = ride.regions.shares(ride.explainer.placer)
    with closing(prefetch(ride.explained(), FRAMES_AHEAD)) as explained:
        for item in progress(explained, ride.frames, "Explaining"):
            evidence = select_evidence(item.map, maps.evidence)
            found = shares(evidence)
            # A frame is whole or not there. And OpenCV 5's Python bindings crash when Ctrl-C comes while they
            # look for the overload that their arguments fit.
            with interrupts_deferred():
                outputs.write(item, canvas.draw(item, found), evidence, found)


def _finish(
    ride: Ride, maps: MapSettings, output: OutputSettings, outputs: Outputs, say: Say, *, interrupted: bool
) -> MadeVideo:
    """Write the manifest and say what was made."""
    outputs.save_maps(ride.explainer.layer.name, ride.explainer.target.describe())
    paths = outputs.paths
    content = describe_ride(ride, maps)
    content |= {"command": sys.argv, "frames": outputs.frames, "interrupted": interrupted}
    write_manifest(paths.manifest, content | {"output": output}, force=output.force)
    for line in ride.problems.lines():
        say(f"Pictures: {line}")
    for line in outputs.summary():
        say(line)
    say(f"Video saved to: {paths.video}")
    if interrupted:
        say(f"Interrupted: the video holds the first {outputs.frames} frames.")
    facts = {
        "pilot": f"{ride.pilot.type}, {ride.model_path.name}",
        "frames": str(outputs.frames),
        "explained": f"{maps.method} of {describe_target(maps.target, ride.pilot)}",
        "agreement with occlusion": "not measured"
        if ride.tuning.agreement is None
        else f"{ride.tuning.agreement:.2f} (noise 0, perfect 1), placement {ride.tuning.placement}",
        "manifest": paths.manifest.name,
    }
    return MadeVideo(paths.video, paths.timeline, paths.manifest, outputs.frames, interrupted, facts)
