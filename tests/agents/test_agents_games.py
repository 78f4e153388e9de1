"""People count games, not lives."""

import dataclasses
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rlviz_agents import AgentFiles, GameCounter, RunOptions, Step, agent_file, find_agent, live_run

BREAKOUT = "BreakoutNoFrameskip-v4"


@pytest.fixture
def numbers(make_step: Callable[..., Step]) -> Callable[..., list[int]]:
    """The game of each step, given the lives before it and whether it ended an episode."""

    def count(*steps: tuple[int, bool]) -> list[int]:
        counter = GameCounter()
        return [
            counter.update(
                dataclasses.replace(
                    make_step(index), lives_left=np.array([lives, 0]), dones=np.array([done, False])
                )
            )
            for index, (lives, done) in enumerate(steps)
        ]

    return count


def test_a_lost_life_goes_on_with_the_same_game(numbers: Callable[..., list[int]]):
    assert numbers((5, False), (5, True), (4, False), (4, True), (3, False)) == [1, 1, 1, 1, 1]


def test_the_last_life_ends_the_game(numbers: Callable[..., list[int]]):
    assert numbers((2, True), (1, False), (1, True), (5, False), (5, True), (4, True)) == [1, 1, 1, 2, 2, 2]


def test_a_game_cut_off_with_all_its_lives_is_over(numbers: Callable[..., list[int]]):
    assert numbers((5, False), (5, True), (5, False)) == [1, 1, 2]


def test_a_game_cut_off_with_a_few_lives_is_over(numbers: Callable[..., list[int]]):
    assert numbers((5, False), (3, True), (5, False)) == [1, 1, 2]


def test_lives_that_fall_within_an_episode_are_of_one_game(numbers: Callable[..., list[int]]):
    assert numbers((3, False), (2, False), (1, True), (3, False)) == [1, 1, 1, 2]


def test_without_lives_every_episode_is_a_game(numbers: Callable[..., list[int]]):
    assert numbers((0, False), (0, True), (0, False), (0, True), (0, False)) == [1, 1, 2, 2, 3]


def test_where_lives_are_not_known_every_episode_is_a_game(numbers: Callable[..., list[int]]):
    assert numbers((-1, True), (-1, True), (-1, False)) == [1, 2, 3]


def played(files: AgentFiles, n: int) -> list[Step]:
    options = RunOptions(n, seed=1, deterministic=False)
    with live_run(files, options, device="cpu") as run:
        return list(run)


def games(steps: Sequence[Step]) -> list[int]:
    counter = GameCounter()
    return [counter.update(step) for step in steps]


@pytest.mark.torch
def test_a_new_game_of_breakout_has_no_points_and_all_lives(zoo: Path):
    steps = played(find_agent(zoo, "ppo", BREAKOUT), 400)
    numbered = list(zip(steps, games(steps), strict=True))
    begun = [step for (_, before), (step, game) in pairwise(numbered) if game > before]
    assert len(begun) > 1
    assert [(step.score, step.lives) for step in begun] == [(0, 5)] * len(begun)
    assert sum(step.done for step in steps) > 3 * len(begun)
    assert numbered[-1][1] == len(begun) + 1


def untrained(path: Path, env_id: str, **env_kwargs: Any) -> AgentFiles:
    """An agent that observes numbers, saved by itself."""
    import ale_py
    import gymnasium
    from stable_baselines3 import A2C

    gymnasium.register_envs(ale_py)
    A2C("MlpPolicy", gymnasium.make(env_id, **env_kwargs), device="cpu").save(path)
    return dataclasses.replace(agent_file(path), env_id=env_id, env_kwargs=env_kwargs)


@pytest.mark.torch
def test_every_fall_of_the_pole_is_a_game(tmp_path: Path):
    pytest.importorskip("pygame")
    steps = played(untrained(tmp_path / "a.zip", "CartPole-v1"), 100)
    falls = np.cumsum([step.done for step in steps])
    assert falls[-1] > 2
    assert games(steps) == [1, *(falls[:-1] + 1)]


@pytest.mark.torch
def test_a_game_of_pong_goes_to_twenty_one(tmp_path: Path):
    steps = played(untrained(tmp_path / "a.zip", "ALE/Pong-v5", obs_type="ram"), 1200)
    last = dict(zip(games(steps), steps, strict=True))
    assert len(last) > 1
    assert (last[1].lives, last[1].done) == (0, True)
    points = [step.unclipped_reward for step in steps[: last[1].index + 1]]
    assert points.count(-1) == 21
