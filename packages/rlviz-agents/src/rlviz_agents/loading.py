# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and infos open.)
"""Load a trained agent through SB3's own `load`, without running anything that its file holds.

SB3 is given a zip that we write in memory: the weights as they are (read with `weights_only`), and beside
them only fields that we have built ourselves from plain JSON. The network is then made, seeded and filled by
SB3 itself, so that the same random numbers are drawn as in `rl_zoo3.record_video`.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rlviz_agents.generators import generators_kept
from rlviz_agents.saved import SavedAgent, pickled_name, read_saved
from rlviz_agents.saved_spaces import SavedSpaces, check_fits, read_spaces
from rlviz_agents.zoo import AgentFiles, check_algorithm

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm
    from stable_baselines3.common.vec_env import VecEnv

_OFF_POLICY = ("dqn", "qrdqn")


@dataclass(frozen=True, slots=True, eq=False)
class Agent:
    """A loaded agent.

    Attributes:
        files: where it came from.
        model: the SB3 algorithm.
        sha256: of the model file, in hexadecimal.
        observation_shape: (C, H, W), what the network receives; (k,) of one that sees numbers.
        n_actions: number of actions.
    """

    files: AgentFiles
    model: "BaseAlgorithm"
    sha256: str
    observation_shape: tuple[int, ...]
    n_actions: int


def load_agent(
    files: AgentFiles,
    env: "VecEnv | None" = None,
    *,
    seed: int | None = 0,
    device: str = "auto",
    trust: bool = False,
) -> Agent:
    """Load an agent, and seed all generators, as `rl_zoo3.record_video` does.

    Args:
        files: what `find_agent` has found, or `agent_file` has read.
        env: the environments it is to play, or None to use only its network.
        seed: of all generators, set just before the network is made; None leaves them as they are, for who
            only looks into the network.
        device: `auto`, `cpu` or `cuda`.
        trust: unpickle what the file holds, as SB3 does by default.

    Raises:
        OSError: the file cannot be read.
        ValueError: there is no such device here; or the file is damaged, holds what is more than data, is no
            agent that sees images or numbers, does not fit the environment, or has weights that are no
            numbers.
    """
    check_algorithm(files.algo)
    _check_device(device)
    saved = read_saved(files.model_path)
    spaces = read_spaces(saved)
    if env is not None:
        check_fits(saved, spaces, env)
    # Dummy sizes, as in record_video: no memory is needed to play.
    keywords: dict[str, Any] = {"seed": seed}
    if files.algo in _OFF_POLICY:
        keywords.update(buffer_size=1, optimize_memory_usage=False)
    fields = _as_record_video() if trust else _own_fields(saved, files.algo, spaces, env)
    with generators_kept() if seed is None else nullcontext():
        model = _load(saved, files.algo, fields, env=env, device=device, trust=trust, keywords=keywords)
    _check_finite(saved, model)
    return Agent(files, model, saved.sha256, spaces.shape, spaces.n_actions)


def _check_device(device: str) -> None:
    """Raise ValueError for a device that is not here; SB3 would quietly take the CPU."""
    import torch

    if device == "auto":
        return
    try:
        kind = torch.device(device).type
    except RuntimeError:
        kind = ""
    if kind not in ("cpu", "cuda"):
        message = f"device {device!r} is not known; choose auto, cpu or cuda"
        raise ValueError(message)
    if kind == "cuda" and not torch.cuda.is_available():
        message = f"device {device!r} was asked for, but there is no CUDA device here; use 'cpu' or 'auto'"
        raise ValueError(message)


def _load(
    saved: SavedAgent,
    algo: str,
    fields: Mapping[str, Any],
    *,
    env: "VecEnv | None",
    device: str,
    trust: bool,
    keywords: Mapping[str, Any],
) -> "BaseAlgorithm":
    """Call SB3's `load`; its many ways to fail become one ValueError."""
    from pickle import UnpicklingError

    from rl_zoo3.utils import ALGOS

    source = str(saved.path) if trust else _clean_zip(saved, fields)
    try:
        return ALGOS[algo].load(source, env=env, device=device, custom_objects=dict(fields), **keywords)
    except UnpicklingError as error:
        message = f"the weights in {saved.path} hold more than tensors; they are not loaded"
        raise ValueError(message) from error
    except (RuntimeError, KeyError, TypeError, AttributeError, AssertionError, EOFError) as error:
        cause = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        message = f"{saved.path} does not load as {algo} ({cause}); check --algo and the file"
        raise ValueError(message) from error


def _clean_zip(saved: SavedAgent, fields: Mapping[str, Any]) -> io.BytesIO:
    """Pack the weights again, with a `data` entry of names alone: no pickle is left in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data", json.dumps(dict.fromkeys(fields)))
        for name, content in saved.weights.items():
            archive.writestr(f"{name}.pth", content)
    buffer.seek(0)
    return buffer


def _as_record_video() -> dict[str, Any]:
    """The custom objects that `rl_zoo3.record_video` gives; all other pickles are run."""
    return {"learning_rate": 0.0, "lr_schedule": _zero, "clip_range": _zero}


def _own_fields(saved: SavedAgent, algo: str, own: SavedSpaces, env: "VecEnv | None") -> dict[str, Any]:
    """Build every field that SB3 gets; what is not here keeps the default of the algorithm's class."""
    from gymnasium import spaces

    from rlviz_agents.policies import NoOptimizer, policy_class, policy_kwargs

    arguments = policy_kwargs(saved, algo)
    arguments.pop("optimizer_kwargs", None)
    fields = {
        **_as_record_video(),
        "policy_class": policy_class(saved.path, algo, pickled_name(saved, "policy_class")),
        "policy_kwargs": {**arguments, "optimizer_class": NoOptimizer},
        "observation_space": own.observation_space(env),
        "action_space": spaces.Discrete(own.n_actions),
        "n_envs": 1,
        "verbose": 0,
    }
    if algo in _OFF_POLICY:
        return {**fields, "exploration_rate": _exploration_rate(saved)}
    return {**fields, "n_steps": 1}  # the rollout buffer, which nothing is collected into


def _exploration_rate(saved: SavedAgent) -> float:
    """The share of random actions that the training had come down to."""
    rate: object = saved.data.get("exploration_rate")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        message = f"{saved.path} has exploration_rate {rate!r}, expected a number from 0 to 1"
        raise ValueError(message)
    return float(rate)


def _check_finite(saved: SavedAgent, model: "BaseAlgorithm") -> None:
    """Raise ValueError when a weight is NaN or infinite: every output would be meaningless."""
    for name, parameter in model.policy.named_parameters():
        if not bool(parameter.isfinite().all()):
            message = (
                f"{saved.path} has weights that are no finite numbers in {name!r}; the training diverged"
            )
            raise ValueError(message)


def _zero(_: float) -> float:
    """Learning rate and clip range of an agent that no longer learns."""
    return 0.0
