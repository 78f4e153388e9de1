"""The run that the settings ask for, and the network that played it."""

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import numpy as np
from rlviz_agents import (
    AgentFiles,
    Run,
    RunOptions,
    deterministic_actions,
    find_agent,
    live_run,
    policy_heads,
    read_saved,
    read_spaces,
    recorded_run,
)
from rlviz_cam import Backend, open_backend

from breakout_gradcam.settings import AgentSettings, RunSettings


def locate(settings: AgentSettings) -> AgentFiles:
    """Find the agent's files."""
    return find_agent(
        settings.folder,
        settings.algo,
        settings.env,
        exp_id=settings.exp_id,
        load_best=settings.load_best,
        load_checkpoint=settings.load_checkpoint,
        load_last_checkpoint=settings.load_last_checkpoint,
        trust=settings.trust,
    )


def open_run(
    agent: AgentSettings, settings: RunSettings, recording: Path | None
) -> AbstractContextManager[Run]:
    """Open a recording if there is one, or else find the agent and get it ready to play.

    Raises:
        ValueError: the agent, its environment or the recording does not fit.
        OSError: the agent or the recording cannot be read.
    """
    if recording is not None:
        find = partial(locate, agent)
        return nullcontext(recorded_run(recording, find=find, device=agent.device, trust=agent.trust))
    files = locate(agent)
    check_images(files.model_path, read_spaces(read_saved(files.model_path)).shape)
    options = RunOptions(
        settings.n_timesteps,
        seed=settings.seed,
        deterministic=deterministic_actions(
            files.env_id, deterministic=settings.deterministic, stochastic=settings.stochastic
        ),
        n_envs=settings.n_envs,
        env_kwargs=agent.env_kwargs,
        no_render=settings.no_render,
    )
    return live_run(files, options, device=agent.device, trust=agent.trust)


def check_images(model: Path, shape: tuple[int, ...]) -> None:
    """Raise ValueError where an agent observes numbers in place of images."""
    if len(shape) != 3:
        message = (
            f"{model} observes numbers of shape {shape}, expected images (three axes); "
            "choose an agent that was trained on those"
        )
        raise ValueError(message)


def open_network(run: Run) -> tuple[Backend, tuple[str, ...]]:
    """Open a copy of a run's network (never the one that plays), with the names of its heads.

    Raises:
        ValueError: the agent observes no images.
    """
    shape = run.agent.observation_shape
    check_images(run.agent.files.model_path, shape)
    backend = open_backend(policy_heads(run.agent.model), input_shape=shape)
    return backend, tuple(backend.predict(np.zeros((1, *shape), np.uint8)))
