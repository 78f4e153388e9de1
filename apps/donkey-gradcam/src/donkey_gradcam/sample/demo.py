"""The demo: a page with the sample pilot's video on a drawn track, made on this machine."""

from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from rlviz_video import progress, write_page

from donkey_gradcam.render import render_video
from donkey_gradcam.sample.sample_drive import RATE, drive_track
from donkey_gradcam.sample.sample_tub import write_tub
from donkey_gradcam.settings import DriveSettings, MapSettings, OutputSettings, PilotSettings

SAMPLE = "Sample: a track that this program draws, and a small pilot of ours trained on ten others like it."

SEED = 7
"""Of the demo's track; the pilot was not trained on it."""


def make_demo(folder: Path, frames: int, *, force: bool, say: Callable[[str], None]) -> Path:
    """Draw a drive into a tub, show what the pilot of this package looks at, and write a page that plays it.

    Args:
        folder: where `tub`, the video and `index.html` go.
        frames: pictures to draw, 20 a second; a lap has about 340.
        force: replace what is there.
        say: takes each line for the console.

    Returns:
        The page.

    Raises:
        ValueError: `frames` is below 1.
        OSError: an output exists or cannot be written.
        KeyboardInterrupt: Ctrl-C; the page then shows what was made until then.
    """
    if frames < 1:
        msg = f"{frames} frames: there is nothing to show; give 1 or more"
        raise ValueError(msg)
    say(SAMPLE)
    drive = progress(drive_track(frames, SEED), frames, "Drawing the track")
    write_tub(folder / "tub", drive, about=f"a drawn track, seed {SEED}; no car was there", force=force)
    with as_file(files("donkey_gradcam") / "sample" / "pilot.h5") as pilot:
        made = render_video(
            DriveSettings(data_path=folder / "tub"),
            PilotSettings(model_path=pilot),
            MapSettings(),
            OutputSettings(folder=folder, video_name="donkey-gradcam", fps=RATE, force=force),
            say,
        )
    page = write_page(
        folder,
        made.video,
        title="donkey-gradcam",
        caption="A DonkeyCar pilot on a tub: the camera's picture with what its last convolution looked at, "
        "and its steering and throttle beside the driver's.",
        facts=made.facts,
        sample=SAMPLE,
    )
    if made.interrupted:
        raise KeyboardInterrupt
    return page
