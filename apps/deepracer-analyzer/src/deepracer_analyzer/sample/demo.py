"""The demo: a page with the replay of a lap that the app drives itself, made on this machine."""

from collections.abc import Callable
from pathlib import Path

from rlviz_video import write_page

from deepracer_analyzer.opening import open_replay
from deepracer_analyzer.render import render_video
from deepracer_analyzer.sample.lap import SAMPLE, write_sample
from deepracer_analyzer.settings import (
    RenderSettings,
    RewardSettings,
    SourceSettings,
    SyncSettings,
    ViewSettings,
)
from deepracer_analyzer.simulation.session import Session

REWARDS = {
    "Speed": "{speed}**2",
    "Progress": "({progress}/{steps})*100",
    "Penalize off_track": "(-20 if {episode_status}=='off_track' else 0)",
}
"""The reward parts that the original tool's documents take as their example."""


def make_demo(folder: Path, frames: int, *, force: bool, say: Callable[[str], None]) -> Path:
    """Drive two laps into a model folder, replay them, and write a page that plays it.

    Args:
        folder: Where `model`, the video and `index.html` go.
        frames: Pictures to draw, 15 a second; both laps have 488.
        force: Replace what is there.
        say: Takes each line for the console.

    Returns:
        The page.

    Raises:
        ValueError: `frames` is below 1.
        OSError: An output exists or cannot be written.
        KeyboardInterrupt: Ctrl-C; the page then shows what was made until then.
    """
    model = write_sample(folder / "model", frames, force=force, say=say)
    replay = open_replay(
        SourceSettings(model=model, tracks=model / "tracks"),
        SyncSettings(folder=folder),
        RewardSettings(components=REWARDS),
        say,
    )
    settings = RenderSettings(output=folder / "deepracer-analyzer.mp4", force=force)
    made = render_video(Session(replay, ViewSettings()), settings, say)
    page = write_page(
        folder,
        made.video,
        title="deepracer-analyzer",
        caption="A DeepRacer evaluation in step with its log: what the model chose from and what it chose, "
        "how fast the car was, and the parts of a reward as they add up.",
        facts=made.facts,
        sample=SAMPLE,
    )
    if made.interrupted:
        raise KeyboardInterrupt
    return page
