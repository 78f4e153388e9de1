"""Named heads are SB3's own outputs, of a copy."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rlviz_agents import find_agent, load_agent, policy_heads

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


@pytest.fixture
def observations() -> Any:
    import torch

    return torch.as_tensor(np.random.default_rng(0).integers(0, 256, (3, 4, 84, 84), np.uint8))


@pytest.fixture
def model(zoo: Path) -> Callable[[str], Any]:
    return lambda algo: load_agent(find_agent(zoo, algo, ENV), device="cpu").model


def test_q_is_what_dqn_computes(model: Callable[[str], Any], observations: Any):
    dqn = model("dqn")
    assert policy_heads(dqn)(observations)["q"].equal(dqn.policy.q_net(observations))


def test_quantiles_are_what_qrdqn_computes(model: Callable[[str], Any], observations: Any):
    qrdqn = model("qrdqn")
    heads = policy_heads(qrdqn)(observations)
    assert heads["quantiles"].shape == (3, 5, 4)
    assert heads["quantiles"].equal(qrdqn.policy.quantile_net(observations))


def holder(policy: Any) -> Any:
    """All that is needed of a model."""
    return SimpleNamespace(policy=policy)


def check_actor_critic(policy: Any, observations: Any) -> None:
    heads = policy_heads(holder(policy))(observations)
    log_probabilities = policy.get_distribution(observations).distribution.logits
    assert heads["logits"].log_softmax(1).allclose(log_probabilities, atol=1e-6)
    assert heads["value"].equal(policy.predict_values(observations))
    assert heads["value"].shape == (3, 1)


@pytest.mark.parametrize("algo", ["ppo", "a2c"])
def test_logits_and_value_are_what_actor_and_critic_compute(model: Callable, observations: Any, algo: str):
    check_actor_critic(model(algo).policy, observations)


def test_an_actor_and_a_critic_with_an_extractor_each_keep_their_own(new_model: Callable, observations: Any):
    policy = new_model("ppo", policy_kwargs={"share_features_extractor": False}).policy
    check_actor_critic(policy, observations)
    names = {name for name, _ in policy_heads(holder(policy)).named_children()}
    assert {"pi_features_extractor", "vf_features_extractor"} <= names


def test_the_copy_shares_nothing_with_the_model(model: Callable[[str], Any]):
    dqn = model("dqn")
    playing = {parameter.data_ptr() for parameter in dqn.policy.parameters()}
    assert not playing & {parameter.data_ptr() for parameter in policy_heads(dqn).parameters()}


def test_layers_keep_the_names_of_sb3(model: Callable[[str], Any]):
    import torch

    for algo in ("dqn", "qrdqn", "ppo", "a2c"):
        modules = dict(policy_heads(model(algo)).named_modules())
        assert isinstance(modules["features_extractor.cnn.4"], torch.nn.Conv2d)


def test_bytes_and_floats_of_the_same_values_give_the_same_outputs(
    model: Callable[[str], Any], observations: Any
):
    heads = policy_heads(model("dqn"))
    assert heads(observations)["q"].equal(heads(observations.float())["q"])


def test_the_heads_are_in_evaluation_mode(model: Callable[[str], Any]):
    assert not any(module.training for module in policy_heads(model("ppo")).modules())


def test_another_kind_of_policy_is_refused():
    import torch

    with pytest.raises(TypeError, match="Linear has no named outputs"):
        policy_heads(holder(torch.nn.Linear(1, 1)))


def test_numbers_go_in_as_they_are():
    import torch
    from stable_baselines3 import DQN

    dqn: Any = DQN("MlpPolicy", "CartPole-v1", buffer_size=1, device="cpu")
    seen = torch.tensor([[0.5, -300.0, 0.01, 2.0]])
    assert policy_heads(dqn)(seen)["q"].equal(dqn.policy.q_net(seen))


def test_actions_that_are_numbers_are_given_by_their_mean():
    import torch
    from stable_baselines3 import PPO

    ppo: Any = PPO("MlpPolicy", "Pendulum-v1", device="cpu", seed=0)
    seen = torch.tensor([[0.5, -0.5, 3.0]])
    heads = policy_heads(ppo)(seen)
    assert heads["mean"].equal(ppo.policy.get_distribution(seen).distribution.mean)
    assert set(heads) == {"mean", "value"}
