"""Where steps come from: an agent that plays now, or a recording of one that did."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rlviz_agents import (
    Agent,
    AgentFiles,
    Recording,
    Rollout,
    Step,
    deterministic_actions,
    find_agent,
    load_agent,
    make_env,
    play,
    policy_heads,
    read_recording,
    run_header,
)
from rlviz_cam import Backend, open_backend

from breakout_gradcam.settings import AgentSettings, RunSettings


@dataclass(frozen=True, slots=True)
class Run:
    """Steps to be taken once, and what is known of them beforehand.

    Attributes:
        agent: the agent that plays or played.
        steps: the steps, in order; iterate once.
        header: what a recording of this run says of it (`rlviz_agents.run_header`).
        live: whether the steps are played now.
    """

    agent: Agent
    steps: Rollout | Recording
    header: Mapping[str, Any]
    live: bool

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the actions."""
        return tuple(self.header["action_names"])

    @property
    def n_timesteps(self) -> int:
        """Steps that were asked for."""
        return int(self.header["n_timesteps"])

    @property
    def final_frame(self) -> NDArray[np.uint8] | None:
        """Frame after the last step, uint8 (H, W, 3); None for a recording that a crash has cut off."""
        if isinstance(self.steps, Recording) and not self.steps.complete:
            return None
        return self.steps.final_frame

    def open_network(self) -> tuple[Backend, tuple[str, ...]]:
        """Open a copy of the network (never the one that plays), with the names of its heads."""
        shape = self.agent.observation_shape
        backend = open_backend(policy_heads(self.agent.model), input_shape=shape)
        return backend, tuple(backend.predict(np.zeros((1, *shape), np.uint8)))


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
        return nullcontext(recorded_run(recording, agent))
    return live_run(locate(agent), agent, settings)


@contextmanager
def live_run(files: AgentFiles, settings: AgentSettings, run: RunSettings) -> Generator[Run]:
    """Make environments and agent as `rl_zoo3.record_video` does, in its order; nothing is played yet.

    Raises:
        ValueError: the agent or its environment does not fit.
        OSError: the agent cannot be read.
    """
    env = make_env(
        files,
        n_envs=run.n_envs,
        seed=run.seed,
        env_kwargs=settings.env_kwargs,
        no_render=run.no_render,
        trust=settings.trust,
    )
    with closing(env):
        agent = load_agent(files, env, seed=run.seed, device=settings.device, trust=settings.trust)
        deterministic = deterministic_actions(
            files.env_id, deterministic=run.deterministic, stochastic=run.stochastic
        )
        header = run_header(
            agent,
            env,
            n_timesteps=run.n_timesteps,
            seed=run.seed,
            deterministic=deterministic,
            env_kwargs=settings.env_kwargs,
        )
        yield Run(agent, play(agent, env, run.n_timesteps, deterministic=deterministic), header, live=True)


def recorded_run(path: Path, settings: AgentSettings) -> Run:
    """Open a recording, and the network of the agent that played it; neither environment nor model steps.

    The agent's file is taken from where it was then; when it is not there any more, `settings` find it.

    Raises:
        ValueError: the file is no recording, or the agent's file is another one now.
        OSError: the recording or the agent cannot be read.
    """
    recording = read_recording(path)
    header = recording.header
    agent = load_agent(_files_of(header, settings), device=settings.device, trust=settings.trust)
    if agent.sha256 != header["model_sha256"]:
        message = (
            f"{path} was played by another model than {agent.files.model_path} is now (SHA-256 "
            f"{header['model_sha256'][:12]}, not {agent.sha256[:12]}); restore that model"
        )
        raise ValueError(message)
    return Run(agent, recording, header, live=False)


def _files_of(header: Mapping[str, Any], settings: AgentSettings) -> AgentFiles:
    model = Path(header["model"])
    if not model.is_file():
        try:
            return locate(settings)
        except FileNotFoundError as error:
            message = f"the recording's agent is not at {model} any more, and not where -f points to: {error}"
            raise FileNotFoundError(message) from error
    return AgentFiles(
        model_path=model,
        name_prefix=header["name_prefix"],
        log_path=model.parent,
        stats_path=None,
        algo=header["algo"],
        env_id=header["env_id"],
        exp_id=header["exp_id"],
        hyperparams={},
        env_kwargs={},
    )
