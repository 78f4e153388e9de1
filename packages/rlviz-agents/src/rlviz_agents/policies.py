"""Rebuild from their names the classes that SB3 pickles: policies, optimizers, activations, extractors."""

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rlviz_agents.saved import SavedAgent

if TYPE_CHECKING:
    from stable_baselines3.common.policies import BasePolicy

_CLASS = re.compile(r"<class '([\w.]+)'>")


class NoOptimizer:
    """Stands where a policy keeps its optimizer: who only plays needs none.

    PyTorch's optimizers bring its compiler with them: a second of importing and 100 MB, for nothing.
    """

    def __init__(self, *_: object, **__: object) -> None:
        """Take an optimizer's arguments, and drop them."""

    def load_state_dict(self, *_: object, **__: object) -> None:
        """Take an optimizer's saved state, and drop it."""


def policy_class(path: Path, algo: str, name: str | None) -> "type[BasePolicy]":
    """Look a policy up by its dotted name among those that the algorithm itself offers.

    Raises:
        ValueError: it is none of them (or, with name None, the file held a program instead of a name).
    """
    from rl_zoo3.utils import ALGOS

    offered = {f"{cls.__module__}.{cls.__qualname__}": cls for cls in ALGOS[algo].policy_aliases.values()}
    if name not in offered:
        found = "code" if name is None else name
        message = (
            f"{path} has {found} for its policy, expected one of {algo}'s own: {', '.join(sorted(offered))}; "
        )
        raise ValueError(message + "check --algo, or pass trust=True (--trust) to run what the file holds")
    return offered[name]


def policy_kwargs(saved: SavedAgent, algo: str) -> dict[str, Any]:
    """Read the arguments of the policy from plain JSON; classes are looked up by name.

    Raises:
        ValueError: an argument that is not the policy's, or a class that is not on the list.
    """
    if not saved.data.get("policy_kwargs"):
        return {}
    from rl_zoo3.utils import ALGOS

    known = inspect.signature(ALGOS[algo].policy_aliases["CnnPolicy"]).parameters
    arguments = saved.beside("policy_kwargs")
    arguments.pop("device", None)  # SB3 drops it as well
    for name in arguments:
        if name not in known or name in ("observation_space", "action_space", "lr_schedule"):
            message = f"{saved.path} has the policy argument {name!r}, which {algo} does not know; "
            raise ValueError(message + "pass trust=True (--trust) to run what the file holds")
    return {name: _class_or_plain(saved, name, value) for name, value in arguments.items()}


def _class_or_plain(saved: SavedAgent, argument: str, value: object) -> object:
    """The class that a text such as `<class 'torch.optim.adam.Adam'>` names, or the value itself."""
    if not argument.endswith(("_class", "_fn")):
        return value
    match = _CLASS.fullmatch(str(value))
    offered = _classes()
    if match is None or match[1] not in offered:
        message = (
            f"{saved.path} has the policy argument {argument}={value}, expected a class of PyTorch or SB3; "
        )
        raise ValueError(message + "pass trust=True (--trust) to run what the file holds")
    return offered[match[1]]


def _classes() -> dict[str, type]:
    """The classes that policy arguments may name, by the dotted name that `str(class)` shows."""
    from stable_baselines3.common import torch_layers
    from stable_baselines3.common.sb2_compat.rmsprop_tf_like import RMSpropTFLike
    from torch import nn, optim

    activations = (
        nn.ReLU,
        nn.Tanh,
        nn.ELU,
        nn.GELU,
        nn.LeakyReLU,
        nn.SELU,
        nn.SiLU,
        nn.Sigmoid,
        nn.Softplus,
        nn.Mish,
    )
    optimizers = (optim.Adam, optim.AdamW, optim.RMSprop, optim.SGD, optim.Adamax, optim.NAdam, RMSpropTFLike)
    extractors = (torch_layers.NatureCNN, torch_layers.FlattenExtractor, torch_layers.CombinedExtractor)
    return {f"{cls.__module__}.{cls.__qualname__}": cls for cls in (*activations, *optimizers, *extractors)}
