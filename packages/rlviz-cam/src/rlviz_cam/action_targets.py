"""From what a person asks of an agent ("LEFT rather than RIGHT") to the scalar that a map explains."""

from collections.abc import Sequence

from rlviz_cam.targets import Target

ACTION_HEADS = ("q", "quantiles", "logits")


def action_head(heads: Sequence[str]) -> str:
    """The head that scores the actions.

    Raises:
        ValueError: there is none.
    """
    for head in ACTION_HEADS:
        if head in heads:
            return head
    msg = f"the network has the heads {', '.join(heads)}; expected one of {', '.join(ACTION_HEADS)}"
    raise ValueError(msg)


def action_target(head: str, index: int | tuple[int, ...] | None) -> Target:
    """The action's own score: its Q-value, its quantile mean, or log pi(a|s)."""
    if head == "quantiles":
        return Target.quantile_mean(index)
    return Target.log_probability(index) if head == "logits" else Target.unit(index, head=head)


def agent_target(
    text: str, heads: Sequence[str], actions: Sequence[str], executed: tuple[int, ...]
) -> Target:
    """The target that `text` names, for one batch.

    Args:
        text: `action`, `advantage`, `value`, `contrast:A,B` or the name (or number) of an action.
        heads: the network's heads.
        actions: names of the actions, in their order.
        executed: executed action of each sample of the batch.

    Raises:
        ValueError: `text` names nothing the network or the game has.
    """
    head = action_head(heads)
    transform = "quantile_mean" if head == "quantiles" else "none"
    kind, _, names = text.partition(":")
    if text == "action":
        return action_target(head, executed)
    if text == "advantage":
        return Target(head=head, index=executed, minus="mean", transform=transform)
    if text == "value":
        # max Q is the value of a Q-learner's state; an actor-critic says it itself.
        return Target.value() if "value" in heads else action_target(head, None)
    if kind == "contrast" and names.count(",") == 1:
        one, other = (action_index(name, actions) for name in names.split(","))
        return Target(head=head, index=one, minus=other, transform=transform)
    return action_target(head, action_index(text, actions))


def action_index(name: str, actions: Sequence[str]) -> int:
    """Number of the action called `name` (any case), or `name` itself when it is a number.

    Raises:
        ValueError: no such action.
    """
    wanted = name.strip().upper()
    if wanted in actions:
        return actions.index(wanted)
    if wanted.isdigit() and int(wanted) < len(actions):
        return int(wanted)
    msg = (
        f"target '{name}': expected action, advantage, value, contrast:A,B or one of the actions "
        f"{', '.join(actions)}"
    )
    raise ValueError(msg)
