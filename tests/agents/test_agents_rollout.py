"""A rollout shows what happened, and does nothing else."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rlviz_agents import RunDigest, Step, find_agent, load_agent, make_env, play, policy_heads

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


@pytest.fixture
def run(zoo: Path) -> Any:
    """Play an agent; returns its steps, the rollout and the agent."""
    envs = []

    def run(
        algo: str = "dqn", n: int = 12, *, deterministic: bool = False, seed: int = 0, **attributes: Any
    ) -> Any:
        files = find_agent(zoo, algo, ENV)
        env = make_env(files, seed=seed)
        envs.append(env)
        agent = load_agent(files, env, seed=seed, device="cpu")
        for name, value in attributes.items():
            setattr(agent.model, name, value)
        rollout = play(agent, env, n, deterministic=deterministic)
        return list(rollout), rollout, agent

    yield run
    for env in envs:
        env.close()


def digest(steps: list[Step]) -> str:
    running = RunDigest()
    for step in steps:
        running.update(step)
    return running.hexdigest()


def test_there_is_one_frame_more_than_steps(run: Callable[..., Any]):
    steps, rollout, _ = run(n=5)
    frames = [*(step.frame for step in steps), rollout.final_frame]
    assert [frame.shape for frame in frames] == [(210, 160, 3)] * 6
    assert all(frame.flags.c_contiguous and frame.dtype == np.uint8 for frame in frames)


@pytest.mark.parametrize("n", [0, 1])
def test_no_steps_and_one_step_are_played(run: Callable[..., Any], n: int):
    steps, rollout, _ = run(n=n)
    assert (len(steps), len(rollout), rollout.final_frame.shape) == (n, n, (210, 160, 3))


def test_a_negative_number_of_steps_is_refused(run: Callable[..., Any]):
    with pytest.raises(ValueError, match="-1 steps"):
        run(n=-1)


def test_a_run_is_played_once(run: Callable[..., Any]):
    _, rollout, _ = run(n=1)
    with pytest.raises(ValueError, match="has been played"):
        iter(rollout)


def test_a_run_that_has_not_begun_has_no_frame(dqn_files):
    env = make_env(dqn_files)
    rollout = play(load_agent(dqn_files, env), env, 1, deterministic=True)
    with pytest.raises(ValueError, match="has not begun"):
        _ = rollout.final_frame
    env.close()


def test_equal_seeds_give_equal_runs_and_others_do_not(run: Callable[..., Any]):
    first, again, other = (digest(run(seed=seed)[0]) for seed in (3, 3, 4))
    assert first == again != other


def test_one_action_changes_the_digest(make_step: Callable[..., Step]):
    import dataclasses

    steps = [make_step(index) for index in range(3)]
    changed = [*steps[:2], dataclasses.replace(steps[2], actions=steps[2].actions + 1)]
    assert digest(steps) != digest(changed)


def test_the_observation_is_what_the_network_received(run: Callable[..., Any]):
    import torch

    steps, _, agent = run(deterministic=True)
    q = policy_heads(agent.model)(torch.as_tensor(np.stack([step.observation for step in steps])))["q"]
    assert q.argmax(1).tolist() == [step.action for step in steps]


def test_the_newest_of_the_stacked_frames_shows_the_rendered_one(run: Callable[..., Any]):
    steps, _, _ = run(n=8)
    assert steps[-1].observation.shape == (4, 84, 84)
    # The network sees the brightest of two frames, so nothing of the rendered one can be darker there.
    import cv2

    for step in steps[4:]:
        grey = cv2.cvtColor(step.frame, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (84, 84), interpolation=cv2.INTER_AREA)
        assert (step.observation[-1].astype(int) >= small.astype(int) - 1).all()


@pytest.mark.parametrize(("rate", "chosen"), [(0.0, "greedy"), (1.0, "random")])
@pytest.mark.parametrize("algo", ["dqn", "qrdqn"])
def test_random_actions_are_told_from_greedy_ones(
    run: Callable[..., Any], algo: str, rate: float, chosen: str
):
    steps, _, _ = run(algo, exploration_rate=rate)
    assert {step.chosen for step in steps} == {chosen}


@pytest.mark.parametrize("algo", ["dqn", "ppo", "a2c", "qrdqn"])
def test_deterministic_actions_are_greedy(run: Callable[..., Any], algo: str):
    assert {step.chosen for step in run(algo, n=4, deterministic=True)[0]} == {"greedy"}


@pytest.mark.parametrize("algo", ["ppo", "a2c"])
def test_actions_of_a_stochastic_policy_are_sampled(run: Callable[..., Any], algo: str):
    assert {step.chosen for step in run(algo, n=4)[0]} == {"sampled"}


def test_the_model_has_no_hook_left_after_a_run(run: Callable[..., Any]):
    _, _, agent = run(n=2)
    assert not agent.model.policy.q_net._forward_pre_hooks


def test_the_model_has_no_hook_left_after_a_run_given_up(dqn_files):
    env = make_env(dqn_files)
    agent = load_agent(dqn_files, env)
    steps: Any = iter(play(agent, env, 9, deterministic=True))
    next(steps)
    steps.close()
    policy: Any = agent.model.policy
    assert not policy.q_net._forward_pre_hooks
    env.close()


@pytest.fixture
def game(run: Callable[..., Any]) -> Any:
    """Two hundred random steps: points, lost lives, a lost game and the beginning of another."""
    return run(n=200, seed=1, exploration_rate=1.0)[0]


def test_scores_and_lives_are_those_before_the_step(game: Any):
    assert (game[0].score, game[0].lives) == (0, 5)
    assert sum(step.unclipped_reward for step in game) > 0
    for before, after in pairwise(game):
        if after.lives <= before.lives:  # the same game goes on
            assert after.score == before.score + before.unclipped_reward


def test_another_game_begins_without_points(game: Any):
    begun = [after for before, after in pairwise(game) if after.lives > before.lives]
    assert [(step.score, step.lives) for step in begun] == [(0, 5)]


def test_a_lost_life_ends_an_episode(game: Any):
    lost = [before.index for before, after in pairwise(game) if after.lives != before.lives]
    assert len(lost) > 5
    assert lost == [step.index for step in game[:-1] if step.done]


def test_the_consoles_memory_goes_with_the_step(run: Callable[..., Any]):
    steps, _, _ = run(n=3)
    assert [(step.ram.shape, step.ram.dtype) for step in steps] == [((128,), np.uint8)] * 3


@pytest.mark.slow
def test_two_environments_are_tiled_into_one_frame(zoo: Path):
    files = find_agent(zoo, "dqn", ENV)
    env = make_env(files, n_envs=2)
    agent = load_agent(files, env)
    (step,) = play(agent, env, 1, deterministic=False)
    env.close()
    assert step.frame.shape == (420, 160, 3)
    assert step.observations.shape == (2, 4, 84, 84)
    assert (step.actions.shape, step.rewards.shape, step.dones.shape) == ((2,), (2,), (2,))
    assert step.rams is not None
    assert step.rams.shape == (2, 128)
