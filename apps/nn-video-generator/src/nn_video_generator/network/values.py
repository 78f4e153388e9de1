"""What the outputs say: the value of each action, the state's value, the policy's entropy."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Target

Outputs = Mapping[str, NDArray[np.float32]]
"""Output -> of N states: `logits` (N, A) and `value` (N, 1), `q` (N, A), or `quantiles` (N, quantiles, A)."""

ValueName = Literal["probability", "Q-value"]

_NAMES: Mapping[str, ValueName] = {"logits": "probability", "q": "Q-value", "quantiles": "Q-value"}


def action_head(outputs: Mapping[str, object]) -> str:
    """Name the output that the action comes from: `logits`, `q` or `quantiles`.

    Raises:
        ValueError: there is none of them: the actions are numbers, or it is no network of an agent.
    """
    for head in _NAMES:
        if head in outputs:
            return head
    message = (
        f"the network has no output for each action, but: {', '.join(outputs)}; "
        f"give an agent with actions to choose from, with one of: {', '.join(_NAMES)}"
    )
    raise ValueError(message)


def value_name(outputs: Mapping[str, object]) -> ValueName:
    """What `action_values` are, for people."""
    return _NAMES[action_head(outputs)]


def action_values(outputs: Outputs) -> NDArray[np.float32]:
    """The probability of each action, or its Q-value (of quantiles their mean), float32 (N, A).

    The quantiles' mean is the expected return: Dabney et al., "Distributional Reinforcement Learning with
    Quantile Regression", AAAI 2018, section 3.1. arXiv:1710.10044
    """
    head = action_head(outputs)
    if head == "quantiles":
        return Target.quantile_mean().units(outputs)
    return np.exp(Target.log_probability().units(outputs)) if head == "logits" else outputs[head]


def state_values(outputs: Outputs) -> NDArray[np.float32]:
    """The network's estimate of each state, float32 (N,): V(s), or the highest Q-value."""
    return outputs["value"][:, 0] if "value" in outputs else action_values(outputs).max(axis=1)


def entropies(outputs: Outputs) -> NDArray[np.float32] | None:
    """The entropy of the policy at each state in nats, float32 (N,), from 0 to ln A.

    H = -sum p ln p; an action of probability 0 adds nothing. None for a learner of Q-values, which has no
    distribution.
    """
    if action_head(outputs) != "logits":
        return None
    logarithms = Target.log_probability().units(outputs)
    return np.maximum(-(np.exp(logarithms) * logarithms).sum(axis=1), 0)
