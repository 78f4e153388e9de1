"""Networks made up for the diagram, and moments whose numbers are drawn from a seed."""

from collections.abc import Sequence

import numpy as np
from nn_video_generator.moment import Moment, Subject
from nn_video_generator.network.layers import DiagramLayer, Edges, Reading
from rlviz_agents import Step

ATARI = ("NOOP", "FIRE", "RIGHT", "LEFT")
ALL_ACTIONS = (
    *("NOOP", "FIRE", "UP", "RIGHT", "LEFT", "DOWN", "UPRIGHT", "UPLEFT", "DOWNRIGHT", "DOWNLEFT"),
    *("UPFIRE", "RIGHTFIRE", "LEFTFIRE", "DOWNFIRE"),
    *("UPRIGHTFIRE", "UPLEFTFIRE", "DOWNRIGHTFIRE", "DOWNLEFTFIRE"),
)


def network(
    convs: Sequence[tuple[int, int]],
    dense: Sequence[int],
    actions: int,
    observed: tuple[int, ...] = (4, 84, 84),
) -> tuple[DiagramLayer, ...]:
    """A network of convolutions (maps, side) and dense layers, with policy and value."""
    layers = [DiagramLayer("", "Input", "input", observed, 0)]
    for number, (maps, side) in enumerate(convs, 1):
        layers.append(
            DiagramLayer(f"conv{number}", f"Conv {number}", "conv", (maps, side, side), len(layers))
        )
    for number, units in enumerate(dense, 1):
        layers.append(DiagramLayer(f"dense{number}", f"Dense {number}", "dense", (units,), len(layers)))
    last = len(layers)
    layers.append(DiagramLayer("policy", "Policy", "output", (actions,), last))
    layers.append(DiagramLayer("value", "Value", "output", (1,), last))
    return tuple(layers)


def branches(actions: int = 2) -> tuple[DiagramLayer, ...]:
    """Separate networks of policy and value on four numbers."""
    inner = [
        DiagramLayer(f"{kind}{column}", f"{kind} dense {column}", "dense", (64,), column)
        for column in (1, 2)
        for kind in ("Policy", "Value")
    ]
    outputs = [
        DiagramLayer("p", "Policy", "output", (actions,), 3),
        DiagramLayer("v", "Value", "output", (1,), 3),
    ]
    return (DiagramLayer("", "Input", "input", (4,), 0), *inner, *outputs)


NATURE = network([(32, 20), (64, 9), (64, 7)], [512], 4)


def subject(
    layers: tuple[DiagramLayer, ...] = NATURE, actions: Sequence[str] = ATARI, **other: object
) -> Subject:
    """What stays the same through a clip of PPO in Breakout."""
    chosen = {
        "game": "Breakout",
        "algo": "PPO",
        "milestone": "50",
        "trained_steps": 500_000,
        "learning_rate": "2.5e-4",
        "value_name": "probability",
        "gamma": 0.99,
        "steps_per_second": 15.0,
        "interventions": (),
        "choice": "sampled",
        **other,
    }
    return Subject(actions=tuple(actions), layers=layers, **chosen)


def reading(layers: Sequence[DiagramLayer], seed: int = 0, *, edges: Sequence[Edges] = ()) -> Reading:
    """Activations of 0 and above, pictures of levels, and the edges that are given."""
    random = np.random.default_rng(seed)
    activations = [
        random.integers(0, 256, layer.shape).astype(np.float32)
        if layer.kind == "input"
        else random.uniform(0.2, 1, layer.shape).astype(np.float32)
        for layer in layers
    ]
    return Reading(tuple(activations), tuple(edges), {})


def moment(
    about: Subject, seed: int = 0, *, executed: int = 0, likely: int | None = None, **other: object
) -> Moment:
    """A moment in which all but the given is drawn from a seed; `likely` is the executed one if left out."""
    random = np.random.default_rng(seed)
    values = random.uniform(0.1, 0.4, len(about.actions)).astype(np.float32)
    values[executed if likely is None else likely] = 0.5
    step = Step(
        index=seed,
        observations=np.zeros((1, 1), np.float32),
        actions=np.array([executed]),
        chosen="sampled",
        rewards=np.zeros(1, np.float32),
        unclipped_rewards=np.zeros(1),
        scores=np.array([42.0]),
        lives_left=np.array([3]),
        dones=np.array([False]),
        frame=np.full((210, 160, 3), 200, np.uint8),
        rams=None,
    )
    chosen = {
        "frame": 10,
        "progress": 0.25,
        "step": step,
        "episode": 2,
        "reading": reading(about.layers, seed),
        "value": 1.5,
        "entropy": 0.7,
        "followed": 1.0,
        **other,
    }
    return Moment(
        action_values=values / values.sum() if about.value_name == "probability" else values, **chosen
    )
