"""The sample of each framework: a small network of ours, and pictures that it knows."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.util import find_spec

import numpy as np

from network_analyzer.opened import Opened
from network_analyzer.opening import open_network, open_path

AGENT_STEPS = 600
"""Steps that the sample agent plays; every third one is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A network with pictures that it knows.

    Attributes:
        about: What it is, "Sample: ...".
        opened: The network.
        pictures: What it is shown: levels (N, C, H, W), or a folder of pictures.
        reference: One of them.
        convolutions: The layers that are shown, the first one first.
    """

    about: str
    opened: Opened
    pictures: object
    reference: object
    convolutions: tuple[str, ...]


@contextmanager
def open_sample() -> Generator[Sample]:
    """Open the sample of the framework that is installed here; the Atari agent where both are.

    Raises:
        ModuleNotFoundError: Neither is installed.
    """
    if find_spec("rlviz_agents") is not None:
        with _atari_agent() as sample:
            yield sample
    elif find_spec("tensorflow") is not None:
        with _donkey_pilot() as sample:
            yield sample
    else:
        message = "the sample needs a framework; install network-analyzer[keras] or network-analyzer[agents]"
        raise ModuleNotFoundError(message)


@contextmanager
def _donkey_pilot() -> Generator[Sample]:
    with as_file(files("network_analyzer") / "sample") as folder:
        frames = folder / "frames"
        yield _sample(
            "Sample: a small DonkeyCar pilot of ours on a track that a program drew.",
            open_path(folder / "pilot.h5"),
            frames,
            sorted(frames.iterdir())[20],
        )


@contextmanager
def _atari_agent() -> Generator[Sample]:
    from rlviz_agents import find_agent, load_agent, make_env, play, sample_agents

    with sample_agents() as folder:
        found = find_agent(folder, "dqn", "BreakoutNoFrameskip-v4")
        with closing(make_env(found, seed=1)) as env:
            agent = load_agent(found, env, seed=1)
            run = play(agent, env, AGENT_STEPS, deterministic=False)
            seen = np.stack([step.observation for step in run if step.index % 3 == 0])
        yield _sample(
            "Sample: a DQN of ours after 300,000 training steps; it plays far from perfectly.",
            open_network(agent.model, name="breakout-dqn"),
            seen,
            seen[len(seen) // 2],
        )


def _sample(about: str, opened: Opened, pictures: object, reference: object) -> Sample:
    convolutions = tuple(info.name for info in opened.backend.layers() if info.kind == "conv")
    return Sample(about, opened, pictures, reference, convolutions)
