"""A model's zip by itself, outside the zoo's folders: the file says which algorithm it is of."""

from pathlib import Path

from rlviz_agents.saved import SavedAgent, pickled_name, read_saved
from rlviz_agents.zoo import ALGORITHMS, AgentFiles

_POLICIES = {"stable_baselines3.dqn.policies": "dqn", "sb3_contrib.qrdqn.policies": "qrdqn"}
"""Modules whose policies only one algorithm has."""

_ACTOR_CRITICS = "stable_baselines3.common.policies"
_OF_PPO = frozenset({"clip_range", "n_epochs", "batch_size"})
_OF_A2C = frozenset({"gae_lambda", "ent_coef", "vf_coef"})
_NOT_OF_A2C = _OF_PPO | {"target_kl"}


def agent_file(path: Path | str) -> AgentFiles:
    """Describe a lone zip that SB3 saved; it is read, and nothing of it is run.

    Returns:
        What `load_agent` takes. The algorithm is the file's own. The environment is not known, so that the
        agent cannot be played from here: `env_id` is empty and there are no hyperparameters; `name_prefix` is
        the file's name without its ending.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged, was not saved by stable_baselines3, or is of none of ALGORITHMS.
    """
    path = Path(path)
    return AgentFiles(
        model_path=path,
        name_prefix=path.stem,
        log_path=path.parent,
        stats_path=None,
        algo=algorithm_of(read_saved(path)),
        env_id="",
        exp_id=-1,
        hyperparams={},
        env_kwargs={},
    )


def algorithm_of(saved: SavedAgent) -> str:
    """Tell which of ALGORITHMS saved a file, from its policy's name and the fields that it has.

    PPO and A2C share their policies; PPO alone has a clip range, epochs and batches.

    Raises:
        ValueError: it is of another algorithm, or of a policy that is none of SB3's own.
    """
    policy = pickled_name(saved, "policy_class")
    module, _, name = (policy or "").rpartition(".")
    if module in _POLICIES:
        return _POLICIES[module]
    if module == _ACTOR_CRITICS and name.startswith("ActorCritic"):
        fields = saved.data.keys()
        if fields >= _OF_PPO:
            return "ppo"
        if fields >= _OF_A2C and not fields & _NOT_OF_A2C:
            return "a2c"
    found = "code" if policy is None else policy
    message = f"{saved.path} is of another algorithm than {', '.join(ALGORITHMS)} (its policy: {found})"
    raise ValueError(message + "; load it with stable_baselines3 if you trust it, and give the model")
