# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and infos open.)
"""The networks behind `policy_heads`; imports PyTorch and is imported only when they are asked for."""

import copy

import torch
from gymnasium import spaces
from sb3_contrib.qrdqn.policies import QRDQNPolicy
from stable_baselines3.common.policies import ActorCriticPolicy, BaseModel
from stable_baselines3.common.preprocessing import is_image_space
from stable_baselines3.dqn.policies import DQNPolicy
from torch import nn


def copy_heads(policy: nn.Module) -> nn.Module:
    """Make the module with named outputs for a policy; see `rlviz_agents.heads.policy_heads`."""
    if isinstance(policy, DQNPolicy):
        return _QHeads(policy).eval()
    if isinstance(policy, QRDQNPolicy):
        return _QuantileHeads(policy).eval()
    if isinstance(policy, ActorCriticPolicy):
        return _ActorCriticHeads(policy).eval()
    message = (
        f"a {type(policy).__name__} has no named outputs; expected the policy of a DQN, QR-DQN, PPO or A2C"
    )
    raise TypeError(message)


def _pixel_scale(model: BaseModel) -> float:
    """What SB3's preprocessing divides observations by."""
    return 255.0 if model.normalize_images and is_image_space(model.observation_space) else 1.0


class _QHeads(nn.Module):
    """DQN: one value per action."""

    def __init__(self, policy: DQNPolicy) -> None:
        super().__init__()
        network = copy.deepcopy(policy.q_net)
        self._scale = _pixel_scale(network)
        self.features_extractor = network.features_extractor
        self.q_net = network.q_net

    def forward(self, observations: torch.Tensor) -> dict[str, torch.Tensor]:
        features = self.features_extractor(observations.float() / self._scale)
        return {"q": self.q_net(features)}


class _QuantileHeads(nn.Module):
    """QR-DQN: the quantiles of each action's return; their mean is its value."""

    def __init__(self, policy: QRDQNPolicy) -> None:
        super().__init__()
        network = copy.deepcopy(policy.quantile_net)
        self._scale = _pixel_scale(network)
        self._shape = (-1, network.n_quantiles, int(network.action_space.n))
        self.features_extractor = network.features_extractor
        self.quantile_net = network.quantile_net

    def forward(self, observations: torch.Tensor) -> dict[str, torch.Tensor]:
        features = self.features_extractor(observations.float() / self._scale)
        return {"quantiles": self.quantile_net(features).view(*self._shape)}


class _ActorCriticHeads(nn.Module):
    """PPO and A2C: what the actor computes and the critic's value, from one extractor or from one each."""

    def __init__(self, policy: ActorCriticPolicy) -> None:
        super().__init__()
        # One deepcopy for all parts, so that what is shared stays shared.
        parts = (policy.pi_features_extractor, policy.vf_features_extractor, policy.mlp_extractor)
        actor, critic, mlp, action_net, value_net = copy.deepcopy(
            (*parts, policy.action_net, policy.value_net)
        )
        self._scale = _pixel_scale(policy)
        self._actor = "mean" if isinstance(policy.action_space, spaces.Box) else "logits"
        self._shared = actor is critic
        if self._shared:
            self.features_extractor = actor
        else:
            self.pi_features_extractor = actor
            self.vf_features_extractor = critic
        self.mlp_extractor = mlp
        self.action_net = action_net
        self.value_net = value_net

    def forward(self, observations: torch.Tensor) -> dict[str, torch.Tensor]:
        pixels = observations.float() / self._scale
        if self._shared:
            actor = critic = self.features_extractor(pixels)
        else:
            actor, critic = self.pi_features_extractor(pixels), self.vf_features_extractor(pixels)
        return {
            self._actor: self.action_net(self.mlp_extractor.forward_actor(actor)),
            "value": self.value_net(self.mlp_extractor.forward_critic(critic)),
        }
