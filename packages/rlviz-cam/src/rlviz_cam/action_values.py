"""What an agent's outputs say: the value of each action, the state's value, the policy's entropy."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.action_targets import action_head, action_target

Outputs = Mapping[str, NDArray[np.float32]]
"""Head -> of N states: `logits` (N, A) and `value` (N, 1), `q` (N, A), or `quantiles` (N, quantiles, A)."""

ValueName = Literal["probability", "Q-value"]


def action_value_name(heads: Sequence[str]) -> ValueName:
    """What ``action_values`` are, for people.

    Raises:
        ValueError: When no head scores the actions.
    """
    return "probability" if action_head(heads) == "logits" else "Q-value"


def action_values(outputs: Outputs) -> NDArray[np.float32]:
    """Return the probability of each action, or its Q-value (of quantiles their mean), (N, A) float32.

    The quantiles' mean is the expected return: Dabney et al., "Distributional Reinforcement Learning with
    Quantile Regression", AAAI 2018, section 3. arXiv:1710.10044

    Raises:
        ValueError: When no head scores the actions.
    """
    head = action_head(tuple(outputs))
    units = action_target(head, None).units(outputs)
    return np.exp(units) if head == "logits" else units


def state_values(outputs: Outputs) -> NDArray[np.float32]:
    """Return the network's estimate of each state, (N,) float32: V(s), or the highest Q-value."""
    return outputs["value"][:, 0] if "value" in outputs else action_values(outputs).max(axis=1)


def entropies(outputs: Outputs) -> NDArray[np.float32] | None:
    """Return the entropy of the policy at each state in nats, (N,) float32, from 0 to ln A.

    H = -sum p ln p, where p is 0 too. ``None`` for a learner of Q-values, which has no distribution.

    Raises:
        ValueError: When no head scores the actions.
    """
    head = action_head(tuple(outputs))
    if head != "logits":
        return None
    logarithms = action_target(head, None).units(outputs)
    return np.maximum(-(np.exp(logarithms) * logarithms).sum(axis=1), np.float32(0))
