"""The demo: videos and page of a training of ours, made on this machine."""

from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

from nn_video_generator.page import write_run_page
from nn_video_generator.produce import make_milestone_videos
from nn_video_generator.settings import ClipSettings, OutputSettings, PlaySettings, VideoSettings
from nn_video_generator.trained import from_zoo

SAMPLE = (
    "Sample: a PPO of ours for Breakout after 100,000 and after 500,000 of 1,000,000 training steps; "
    "it plays far from perfectly."
)

_STEPS_PER_SECOND = 15  # of Breakout, each four frames of the game's 60


def make_demo(folder: Path, n_timesteps: int, *, force: bool, say: Callable[[str], None]) -> int:
    """Make a video of each of the sample's two checkpoints, and the page that shows them.

    Args:
        folder: where the videos and `index.html` go.
        n_timesteps: steps of the game in each video.
        force: replace what is there.
        say: takes each line for the console.

    Returns:
        The exit status: 0, 1 (a video failed), 130 (Ctrl-C; the page then shows what was made until then).

    Raises:
        ValueError: fewer than one step.
        OSError: an output exists or cannot be written.
    """
    if n_timesteps < 1:
        message = f"--n-timesteps {n_timesteps}: there is nothing to show; give 1 or more"
        raise ValueError(message)
    say(SAMPLE)
    video = VideoSettings(clip_seconds=n_timesteps / _STEPS_PER_SECOND, show=frozenset({"actions"}))
    settings = ClipSettings(PlaySettings(seed=5), video)
    with as_file(files("nn_video_generator") / "sample") as agents:
        trained = from_zoo(agents / "ppo" / "BreakoutNoFrameskip-v4_1")
        report = make_milestone_videos(trained, settings, OutputSettings(folder, force=force), say)
    write_run_page(folder, sample=SAMPLE)
    return report.status
