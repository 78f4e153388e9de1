"""The demo: a page with the sample agent's video, made on this machine."""

from collections.abc import Callable
from pathlib import Path

from rlviz_agents import sample_agents
from rlviz_video import write_page

from breakout_gradcam.render import record
from breakout_gradcam.settings import AgentSettings, MapSettings, OutputSettings, RunSettings

SAMPLE = "Sample: a DQN of ours after 300,000 training steps; it plays far from perfectly."


def make_demo(folder: Path, n_timesteps: int, *, force: bool, say: Callable[[str], None]) -> Path:
    """Record the agent that comes with rlviz-agents and write a page that plays it.

    Args:
        folder: where the videos and `index.html` go.
        n_timesteps: steps to record.
        force: replace what is there.
        say: takes each line for the console.

    Returns:
        The page.

    Raises:
        OSError: an output exists or cannot be written.
        KeyboardInterrupt: Ctrl-C; the page then shows what was recorded until then.
    """
    say(SAMPLE)
    with sample_agents() as agents:
        made = record(
            AgentSettings(folder=agents),
            RunSettings(n_timesteps=n_timesteps, seed=1),
            MapSettings(),
            OutputSettings(folder=folder, force=force),
            say,
        )
    page = write_page(
        folder,
        made.paths.gradcam,
        title="breakout-gradcam",
        caption="An Atari agent as rl_zoo3.record_video records it, with what its last convolution looked "
        "at, the action it took and what it expected of each.",
        facts={
            "steps": str(made.steps),
            "game score": f"{made.game_score:g}",
            "run digest": made.digest[:16],
            "manifest": made.paths.manifest.name,
        },
        sample=SAMPLE,
    )
    if made.interrupted:
        raise KeyboardInterrupt
    return page
