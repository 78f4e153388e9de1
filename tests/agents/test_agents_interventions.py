"""What acts besides the policy acts as asked, says so, and leaves everything else as it was."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from rlviz_agents import Interventions, RunDigest, RunOptions, Step, find_agent, live_run
from rlviz_agents.interventions import Intervener
from rlviz_agents.trace import generator_states

ENV = "BreakoutNoFrameskip-v4"
FIRE = 1
pytestmark = pytest.mark.torch


@pytest.fixture
def run(zoo: Path) -> Callable[..., list[Step]]:
    """Play an agent; returns its steps."""

    def run(
        interventions: Interventions | None, n: int = 40, *, algo: str = "ppo", deterministic: bool = False
    ) -> list[Step]:
        options = RunOptions(n, seed=5, deterministic=deterministic, interventions=interventions)
        with live_run(find_agent(zoo, algo, ENV), options, device="cpu") as played:
            return list(played)

    return run


def digest(steps: list[Step]) -> str:
    running = RunDigest()
    for step in steps:
        running.update(step)
    return running.hexdigest()


@pytest.mark.parametrize("interventions", [Interventions(), Interventions(seed=9)])
@pytest.mark.parametrize("algo", ["ppo", "dqn"])
def test_interventions_that_do_nothing_give_the_same_run(
    run: Callable[..., list[Step]], algo: str, interventions: Interventions
):
    plain, same = run(None, algo=algo), run(interventions, algo=algo)
    assert digest(plain) == digest(same)
    assert [step.chosen for step in plain] == [step.chosen for step in same]


def test_an_epsilon_of_one_draws_every_action(run: Callable[..., list[Step]]):
    steps = run(Interventions(epsilon=1), 400)
    assert {step.chosen for step in steps} == {"random"}
    counts = Counter(step.action for step in steps)
    assert set(counts) == {0, 1, 2, 3}
    # 400 draws of 4 actions: 100 each, standard deviation 8.7.
    assert all(abs(count - 100) < 5 * 8.7 for count in counts.values())


def test_epsilon_is_the_share_of_random_steps(run: Callable[..., list[Step]]):
    steps = run(Interventions(epsilon=0.25), 400, deterministic=True)
    chosen = Counter(step.chosen for step in steps)
    assert set(chosen) == {"random", "greedy"}
    assert abs(chosen["random"] - 100) < 5 * 8.7


def test_steps_that_are_not_random_execute_the_policys_action(run: Callable[..., list[Step]], zoo: Path):
    import torch
    from rlviz_agents import load_agent, policy_heads

    heads = policy_heads(load_agent(find_agent(zoo, "dqn", ENV), device="cpu").model)
    steps = run(Interventions(epsilon=0.5), algo="dqn", deterministic=True)
    best = heads(torch.as_tensor(np.stack([step.observation for step in steps])))["q"].argmax(1).tolist()
    pairs = [
        (step.action, wanted) for step, wanted in zip(steps, best, strict=True) if step.chosen == "greedy"
    ]
    assert len(pairs) > 5
    assert all(action == wanted for action, wanted in pairs)


def test_random_actions_depend_on_their_own_seed_alone(run: Callable[..., list[Step]]):
    first, again, other = (
        [step.action for step in run(Interventions(epsilon=1, seed=seed))] for seed in (1, 1, 2)
    )
    assert first == again != other


def test_the_policys_own_random_numbers_are_those_of_the_run_without(run: Callable[..., list[Step]]):
    states: list[str] = []
    for interventions in (None, Interventions(epsilon=1)):
        run(interventions, 20)
        states.append(generator_states())
    assert states[0] == states[1]


def test_fire_is_pressed_at_the_first_step_of_every_episode(run: Callable[..., list[Step]]):
    steps = run(Interventions(epsilon=1, fire_on_reset=True), 200)
    starts = [True, *(step.done for step in steps[:-1])]
    assert sum(starts) > 3
    assert [step.chosen == "forced" for step in steps] == starts
    assert all(step.action == FIRE for step, start in zip(steps, starts, strict=True) if start)


def test_fire_alone_leaves_the_other_steps_to_the_policy(run: Callable[..., list[Step]]):
    steps = run(Interventions(fire_on_reset=True), 20, deterministic=True)
    assert [step.chosen for step in steps[:3]] == ["forced", "greedy", "greedy"]


def test_fire_in_a_game_that_has_none_names_the_actions():
    with pytest.raises(ValueError, match="the actions are: NOOP, UP, DOWN; leave it out"):
        Intervener(Interventions(fire_on_reset=True), ("NOOP", "UP", "DOWN"))


def test_only_the_environments_whose_episode_begins_press_fire():
    intervener = Intervener(Interventions(fire_on_reset=True), ("NOOP", "FIRE", "LEFT"))
    wanted = np.array([0, 2, 0])
    second, how_second = intervener.apply(wanted, "sampled", np.array([False, True, False]))
    first, how_first = intervener.apply(wanted, "sampled", np.array([True, False, False]))
    assert (second.tolist(), how_second) == ([0, FIRE, 0], "sampled")
    assert (first.tolist(), how_first) == ([FIRE, 2, 0], "forced")
    assert wanted.tolist() == [0, 2, 0]


@pytest.mark.parametrize("epsilon", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_named(epsilon: float):
    with pytest.raises(ValueError, match="is no share of the steps; give a number from 0 to 1"):
        Interventions(epsilon=epsilon)


def test_a_negative_seed_is_named():
    with pytest.raises(ValueError, match="seed -1 of the interventions is negative"):
        Interventions(seed=-1)


@pytest.mark.parametrize(
    ("interventions", "said"),
    [(None, None), (Interventions(0.1, seed=3), {"epsilon": 0.1, "fire_on_reset": False, "seed": 3})],
)
def test_the_header_says_what_acts_besides_the_policy(
    zoo: Path, interventions: Interventions | None, said: dict | None
):
    options = RunOptions(1, interventions=interventions)
    with live_run(find_agent(zoo, "ppo", ENV), options, device="cpu") as played:
        assert played.header["interventions"] == said
