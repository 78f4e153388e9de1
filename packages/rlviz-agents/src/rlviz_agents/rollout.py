# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and infos open.)
"""Play an agent with the same calls, in the same order, as `rl_zoo3.record_video`, as a stream of steps."""

import contextlib
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rlviz_agents.environment import action_names, check_drawing
from rlviz_agents.interventions import Intervener, Interventions
from rlviz_agents.loading import Agent
from rlviz_agents.steps import Chosen, FinalState, Step, stack_states

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv


class Rollout:
    """A run in progress: iterate over it once to take the steps.

    Between the policy's choice and the environment's step the forward pass is noticed, and interventions act
    where they were asked for; nothing else happens there, so whatever is done with a step cannot change the
    run. The environment is rendered once a step, and once at the end; `rl_zoo3.record_video` renders it
    twice, and rendering has no effect on it.
    """

    def __init__(
        self,
        agent: Agent,
        env: "VecEnv",
        n_timesteps: int,
        *,
        deterministic: bool,
        interventions: Interventions | None = None,
    ) -> None:
        if n_timesteps < 0:
            message = f"{n_timesteps} steps cannot be taken; give 0 or more"
            raise ValueError(message)
        check_drawing(env)
        self._agent = agent
        self._env = env
        self._n_timesteps = n_timesteps
        self._deterministic = deterministic
        self._intervener = Intervener(interventions or Interventions(), action_names(env))
        self._started = False
        self._final: FinalState | None = None

    def __len__(self) -> int:
        """The number of steps that were asked for."""
        return self._n_timesteps

    def __iter__(self) -> Iterator[Step]:
        """Reset the environments and take the steps.

        Raises:
            ValueError: the rollout was iterated before; a run is played once.
        """
        if self._started:
            message = (
                "this rollout has been played; make another environment, agent and rollout to play again"
            )
            raise ValueError(message)
        self._started = True
        return self._play()

    @property
    def final(self) -> FinalState:
        """What there is after the last step taken: the last frame of the video, scores, lives.

        Raises:
            ValueError: the rollout has not begun.
        """
        if self._final is None:
            message = "this rollout has not begun; iterate over it first"
            raise ValueError(message)
        return self._final

    @property
    def final_frame(self) -> NDArray[np.uint8]:
        """Frame after the last step taken, uint8 (H, W, 3): a video has one frame more than steps."""
        return self.final.frame

    def _play(self) -> Generator[Step]:
        """The loop of record_video, with what it saw and did handed out after each step."""
        env, model = self._env, self._agent.model
        with _NetworkWatch(self._agent) as watch:
            seen: Any = env.reset()
            starts = np.ones((env.num_envs,), dtype=bool)
            state, total = self._look()
            for index in range(self._n_timesteps):
                wanted, _ = model.predict(seen, None, starts, deterministic=self._deterministic)
                chosen = watch.chosen(deterministic=self._deterministic)
                actions, chosen = self._intervener.apply(np.asarray(wanted, np.int64), chosen, starts)
                observations = self._as_network_sees(seen)
                seen, rewards, dones, _ = env.step(actions)
                starts = dones
                before, before_total = state, total
                state, total = self._look()
                yield Step(
                    index=index,
                    observations=observations,
                    actions=actions,
                    chosen=chosen,
                    rewards=np.asarray(rewards, dtype=np.float32),
                    unclipped_rewards=total - before_total,
                    scores=before.scores,
                    lives_left=before.lives_left,
                    dones=np.asarray(dones, dtype=np.bool_),
                    frame=before.frame,
                    rams=before.rams,
                )

    def _look(self) -> tuple[FinalState, NDArray[np.float64]]:
        """Render, and ask how the games stand: the situation and the points so far."""
        frame = self._env.render()
        if not isinstance(frame, np.ndarray) or frame.dtype != np.uint8:
            message = f"the environment renders {type(frame).__name__}, expected RGB; make it by make_env"
            raise ValueError(message)
        scores, totals, lives, rams = stack_states(self._env.env_method("game_state"))
        self._final = FinalState(np.ascontiguousarray(frame), scores, lives, rams)
        return self._final, totals

    def _as_network_sees(self, seen: NDArray[Any]) -> NDArray[Any]:
        """A copy of the observations, images with the channels where the network has them: (E, C, H, W)."""
        if seen.shape[1:] != self._agent.observation_shape:
            seen = seen.transpose(0, 3, 1, 2)
        return np.array(seen, order="C")


def play(
    agent: Agent,
    env: "VecEnv",
    n_timesteps: int,
    *,
    deterministic: bool,
    interventions: Interventions | None = None,
) -> Rollout:
    """Play an agent in its environments for a number of steps.

    For the same run as `rl_zoo3.record_video --seed S`: `make_env(files, seed=S)`, then
    `load_agent(files, env, seed=S)`, then this, in that order and with nothing between that draws random
    numbers.

    Args:
        agent: loaded with this very env.
        env: made by `make_env`; the caller closes it.
        n_timesteps: number of steps, 0 or more.
        deterministic: take the policy's best action (see `deterministic_actions` for the zoo's default).
        interventions: what acts besides the policy; None for nothing. The policy is asked at every step all
            the same, so that its own random numbers stay those of the run without.

    Raises:
        ValueError: a negative number of steps, or FIRE is to be pressed in a game that has none.
        ModuleNotFoundError: what the environment draws itself with is not installed.
    """
    return Rollout(agent, env, n_timesteps, deterministic=deterministic, interventions=interventions)


class _NetworkWatch(contextlib.AbstractContextManager["_NetworkWatch"]):
    """Notices whether the network was asked at all; DQN's random actions come about without it."""

    def __init__(self, agent: Agent) -> None:
        policy: Any = agent.model.policy
        self._samples = agent.files.algo in ("ppo", "a2c")
        self._network = {"dqn": "q_net", "qrdqn": "quantile_net"}.get(agent.files.algo)
        self._module = None if self._network is None else getattr(policy, self._network)
        self._asked = False

    def __enter__(self) -> "_NetworkWatch":
        self._handle = None if self._module is None else self._module.register_forward_pre_hook(self._notice)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._handle is not None:
            self._handle.remove()

    def chosen(self, *, deterministic: bool) -> Chosen:
        """How the actions of the `predict` just made came about."""
        asked, self._asked = self._asked, False
        if self._samples:
            return "greedy" if deterministic else "sampled"
        return "greedy" if asked else "random"

    def _notice(self, *_: object) -> None:
        self._asked = True
