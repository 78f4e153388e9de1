"""A run as one value, wherever its steps come from: an agent that plays now, or a recording of one."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rlviz_agents.environment import deterministic_actions, make_env
from rlviz_agents.header import run_header
from rlviz_agents.interventions import Interventions
from rlviz_agents.loading import Agent, load_agent
from rlviz_agents.recording import Recording, read_recording
from rlviz_agents.rollout import Rollout, play
from rlviz_agents.steps import Step
from rlviz_agents.zoo import AgentFiles


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How an agent is played.

    Attributes:
        n_timesteps: number of steps, 0 or more.
        seed: of all random generators and of the environments.
        deterministic: whether the policy's best action is always taken; None for what the zoo does
            (`deterministic_actions`).
        n_envs: number of environments; more than one run in processes of their own.
        env_kwargs: arguments of the environment, over those of the training.
        no_render: as in the zoo; frames can be rendered all the same.
        interventions: what acts besides the policy; None for nothing.
    """

    n_timesteps: int
    seed: int = 0
    deterministic: bool | None = None
    n_envs: int = 1
    env_kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    no_render: bool = False
    interventions: Interventions | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Steps to be taken once, and what is known of them beforehand.

    Attributes:
        agent: the agent that plays or played.
        steps: the steps, in order; iterate once.
        header: what a recording of this run says of it (`run_header`).
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


@contextmanager
def live_run(
    files: AgentFiles, options: RunOptions, *, device: str = "auto", trust: bool = False
) -> Generator[Run]:
    """Make environments and agent as `rl_zoo3.record_video` does, in its order; nothing is played yet.

    Leaving the block closes the environments.

    Args:
        files: the agent.
        options: how it is played.
        device: `auto`, `cpu` or `cuda`.
        trust: run code that the agent's files hold.

    Raises:
        ValueError: the agent or its environment does not fit.
        OSError: the agent cannot be read, or an environment's process died.
    """
    env = make_env(
        files,
        n_envs=options.n_envs,
        seed=options.seed,
        env_kwargs=options.env_kwargs,
        no_render=options.no_render,
        trust=trust,
    )
    with closing(env):
        agent = load_agent(files, env, seed=options.seed, device=device, trust=trust)
        deterministic = options.deterministic
        if deterministic is None:
            deterministic = deterministic_actions(files.env_id)
        header = run_header(
            agent,
            env,
            n_timesteps=options.n_timesteps,
            seed=options.seed,
            deterministic=deterministic,
            env_kwargs=options.env_kwargs,
            interventions=options.interventions,
        )
        steps = play(
            agent,
            env,
            options.n_timesteps,
            deterministic=deterministic,
            interventions=options.interventions,
        )
        yield Run(agent, steps, header, live=True)


def recorded_run(
    path: Path | str,
    *,
    find: Callable[[], AgentFiles] | None = None,
    device: str = "auto",
    trust: bool = False,
) -> Run:
    """Open a recording, and the network of the agent that played it; neither environment nor model steps.

    The agent's file is taken from where it was then.

    Args:
        path: the recording.
        find: finds the agent's files where its model is not there any more; None to give up then.
        device: `auto`, `cpu` or `cuda`.
        trust: run code that the agent's files hold.

    Raises:
        ValueError: the file is no recording, or the agent's file is another one now.
        OSError: the recording or the agent cannot be read.
    """
    recording = read_recording(path)
    header = recording.header
    agent = load_agent(_files_of(header, find), device=device, trust=trust)
    if agent.sha256 != header["model_sha256"]:
        message = (
            f"{path} was played by another model than {agent.files.model_path} is now (SHA-256 "
            f"{header['model_sha256'][:12]}, not {agent.sha256[:12]}); restore that model"
        )
        raise ValueError(message)
    return Run(agent, recording, header, live=False)


def _files_of(header: Mapping[str, Any], find: Callable[[], AgentFiles] | None) -> AgentFiles:
    """The files of the agent that a recording's header names."""
    model = Path(header["model"])
    if not model.is_file():
        gone = f"the recording's agent is not at {model} any more"
        if find is None:
            message = f"{gone}; restore that file"
            raise FileNotFoundError(message)
        try:
            return find()
        except FileNotFoundError as error:
            message = f"{gone}, and not where -f points to: {error}"
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
