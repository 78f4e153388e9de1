"""How far can this agent's maps be trusted: every method, evidence and placement against occlusion."""

from collections.abc import Callable
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from rlviz_agents import Run
from rlviz_cam import METHODS, Calibration, agent_target, calibrate

from breakout_gradcam.explain import observations
from breakout_gradcam.runs import open_network, open_run
from breakout_gradcam.settings import AgentSettings, MapSettings, OutputSettings, RunSettings

EVIDENCES = ("positive", "absolute")


def calibrate_agent(
    agent: AgentSettings,
    settings: RunSettings,
    maps: MapSettings,
    output: OutputSettings,
    frames: int,
    say: Callable[[str], None],
) -> Calibration:
    """Play (or read) a run and measure all of `METHODS` on frames sampled evenly from it.

    Args:
        agent: which agent.
        settings: how it is played.
        maps: target and layer; everything else is measured in all its values.
        output: its `from_recording` names a recording to read instead of playing.
        frames: how many frames to sample, at least 1.
        say: takes each line for the console.

    Raises:
        ValueError: a setting that does not fit.
        OSError: an input that cannot be read.
    """
    if frames < 1:
        msg = f"--frames {frames}: nothing can be measured; give 1 or more"
        raise ValueError(msg)
    with open_run(agent, settings, output.from_recording) as run:
        wanted = sampled(run.n_timesteps, frames)
        say(f"Sampling {wanted.sum()} of {run.n_timesteps} steps of {run.agent.files.model_path}")
        return _calibrate(run, wanted, maps)


def _calibrate(run: Run, wanted: NDArray[np.bool_], maps: MapSettings) -> Calibration:
    backend, heads = open_network(run)
    steps = list(compress(run, wanted))
    target = agent_target(maps.target, heads, run.actions, tuple(step.action for step in steps))
    return calibrate(
        backend, observations(steps), target, layer=maps.layer, methods=tuple(METHODS), evidences=EVIDENCES
    )


def sampled(n_timesteps: int, frames: int) -> NDArray[np.bool_]:
    """Which steps are sampled, bool (n_timesteps,): at most `frames`, evenly spread from first to last."""
    wanted = np.zeros(n_timesteps, np.bool_)
    wanted[np.linspace(0, n_timesteps - 1, min(frames, n_timesteps)).round().astype(int)] = True
    return wanted
