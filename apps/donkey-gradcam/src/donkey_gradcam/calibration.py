"""How far can this pilot's maps be trusted: every method, evidence and placement against occlusion."""

from dataclasses import replace

from rlviz_cam import METHODS, Calibration, calibrate

from donkey_gradcam.feed import batch_of
from donkey_gradcam.opening import Say, open_ride, sample_moments
from donkey_gradcam.settings import DriveSettings, MapSettings, PilotSettings

EVIDENCES = ("positive", "absolute")


def calibrate_pilot(
    drive: DriveSettings, pilot: PilotSettings, maps: MapSettings, frames: int, say: Say
) -> Calibration:
    """Measure all of `METHODS` on frames sampled evenly from a drive.

    Args:
        drive: which pictures.
        pilot: which pilot.
        maps: target and layer; everything else is measured in all its values.
        frames: how many frames to sample, at least 1.
        say: takes each line for the console.

    Raises:
        ValueError: a setting that does not fit.
        OSError: an input that cannot be read.
    """
    if frames < 1:
        msg = f"--frames {frames}: nothing can be measured; give 1 or more"
        raise ValueError(msg)
    ride = open_ride(drive, pilot, replace(maps, placement="stretch", heat_scale="clip"), say)
    sample = sample_moments(ride.drive, ride.sight, ride.explainer, drive, frames)
    say(f"Measuring on {len(sample)} frames")
    explainer = ride.explainer
    return calibrate(
        explainer.backend,
        batch_of(sample, ride.pilot),
        explainer.target,
        layer=explainer.layer.name,
        methods=tuple(METHODS),
        evidences=EVIDENCES,
    )
