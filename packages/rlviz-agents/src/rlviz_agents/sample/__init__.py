"""The agent that comes with the library, and where it lies."""

from contextlib import AbstractContextManager
from importlib.resources import as_file, files
from pathlib import Path


def sample_agents() -> AbstractContextManager[Path]:
    """Lend the folder with the sample: a DQN of ours for Breakout after 300,000 steps, far from perfect.

    The folder is laid out as the zoo's training logs, for `find_agent(folder, "dqn",
    "BreakoutNoFrameskip-v4")`. It may be gone when the block is left.
    """
    return as_file(files("rlviz_agents") / "sample")
