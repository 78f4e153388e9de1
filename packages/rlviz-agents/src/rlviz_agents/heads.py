"""A policy as a plain network with named outputs, for whoever wants to look inside."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm
    from torch import nn


def policy_heads(model: "BaseAlgorithm") -> "nn.Module":
    """Copy a policy's network into a module whose forward returns named outputs.

    The module is a deep copy in evaluation mode; the model that plays is not touched, now or later. Its
    forward takes observations (N, C, H, W), uint8 or float with values 0 to 255, or (N, k) of a policy that
    sees numbers, and applies SB3's own preprocessing. The layers keep the names that they have in SB3's
    network, such as `features_extractor.cnn.4`.

    Args:
        model: a DQN, QR-DQN, PPO or A2C whose observations are a Box.

    Returns:
        DQN: `{"q": (N, actions)}`. QR-DQN: `{"quantiles": (N, quantiles, actions)}`.
        PPO, A2C: `{"logits": (N, actions), "value": (N, 1)}`, the logits not normalised; for actions that are
        numbers `mean` in place of `logits`, the mean of each.

    Raises:
        TypeError: another kind of model.
    """
    from rlviz_agents import head_modules

    return head_modules.copy_heads(model.policy)
