"""The return that followed each step, against its definition."""

from dataclasses import replace

import numpy as np
import pytest
from nn_video_generator.returns import MOST_STEPS, NEGLIGIBLE, Horizon, followed_returns, horizon
from rlviz_agents import Step

BLANK = Step(
    index=0,
    observations=np.zeros((1, 2), np.float32),
    actions=np.zeros(1, np.int64),
    chosen="greedy",
    rewards=np.zeros(1, np.float32),
    unclipped_rewards=np.zeros(1),
    scores=np.zeros(1),
    lives_left=np.full(1, -1),
    dones=np.zeros(1, np.bool_),
    frame=np.zeros((2, 2, 3), np.uint8),
    rams=None,
)


def steps_of(rewards, ends=()):
    """Steps with these rewards; those at `ends` end an episode."""
    return [
        replace(BLANK, index=i, rewards=np.array([reward], np.float32), dones=np.array([i in ends]))
        for i, reward in enumerate(rewards)
    ]


def returns_of(steps, ahead):
    return [followed for _, followed in followed_returns(iter(steps), ahead)]


def test_a_whole_episode_has_the_returns_of_the_definition():
    rewards = [1, 0, 0, 2, -1]
    expected = [sum(0.9**k * r for k, r in enumerate(rewards[t:])) for t in range(5)]
    assert returns_of(steps_of(rewards, {4}), Horizon(0.9, 500)) == pytest.approx(expected)


def test_rewards_of_the_next_episode_do_not_count():
    found = returns_of(steps_of([1, 1, 5, 5], {1, 3}), Horizon(1.0, 500))
    assert found == [2, 1, 10, 5]


def test_what_the_end_of_the_run_hides_is_not_known():
    assert returns_of(steps_of([1, 1, 1, 1]), Horizon(0.9, 3)) == [pytest.approx(2.71)] * 2 + [None] * 2


def test_every_step_is_passed_through_in_order():
    steps = steps_of([0] * 20, {5, 6, 19})
    assert [step.index for step, _ in followed_returns(iter(steps), Horizon(0.99, 4))] == list(range(20))


def test_no_more_steps_wait_than_the_horizon():
    taken = []

    def steps():
        for step in steps_of([0] * 50):
            taken.append(step.index)
            yield step

    for step, _ in followed_returns(steps(), Horizon(0.9, 7)):
        assert len(taken) - step.index <= 7 or taken[-1] == 49


def test_what_lies_beyond_the_horizon_is_negligible_or_told():
    near = horizon(0.99)
    assert near.steps == 299
    assert not near.is_cut
    assert 0.99**near.steps <= NEGLIGIBLE < 0.99 ** (near.steps - 1)
    far = horizon(0.999)
    assert far.steps == MOST_STEPS
    assert far.is_cut
    assert horizon(0).steps == 1
    assert horizon(1).is_cut


@pytest.mark.parametrize("gamma", [-0.1, 1.1, float("nan")])
def test_a_discount_that_is_none_is_refused(gamma):
    with pytest.raises(ValueError, match="give a number from 0 to 1"):
        horizon(gamma)
