# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (SB3 leaves the type arguments of spaces and specs open.)
"""Write the config of a training that is going on, from its model and its environments."""

from typing import TYPE_CHECKING, Any

from rlviz_agents import ALGORITHMS

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm
    from stable_baselines3.common.vec_env import VecEnv


def config_of_training(model: "BaseAlgorithm") -> dict[str, Any]:
    """Describe a training as its config file would, for `parse_config`.

    The size and the colours are those of the observations; frames are stacked as `VecFrameStack` does it.

    Raises:
        ValueError: it is of an algorithm or an environment that a config cannot describe.
    """
    algo = type(model).__name__.lower()
    if algo not in ALGORITHMS:
        message = f"videos of {type(model).__name__} cannot be made; train one of: {', '.join(ALGORITHMS)}"
        raise ValueError(message)
    env = model.get_env()
    if env is None:
        message = "the model has no environment; give it one, or a config"
        raise ValueError(message)
    train = {"algo": algo, "gamma": getattr(model, "gamma", None)}
    if isinstance(model.learning_rate, float):
        train["learning_rate"] = model.learning_rate
    return {"game": _game(model, env), "train": train}


def _game(model: "BaseAlgorithm", env: "VecEnv") -> dict[str, Any]:
    from stable_baselines3.common.atari_wrappers import MaxAndSkipEnv
    from stable_baselines3.common.vec_env import VecFrameStack, VecNormalize, unwrap_vec_wrapper

    env_id = _env_id(env)
    if unwrap_vec_wrapper(env, VecNormalize) is not None:
        message = (
            f"the observations of {env_id} are normalised (VecNormalize), which a config cannot say; "
            "leave videos=False and make the videos from the folder of the training run"
        )
        raise ValueError(message)
    shape = model.observation_space.shape or ()
    if len(shape) != 3:
        return {"env_id": env_id}
    stacked = unwrap_vec_wrapper(env, VecFrameStack)
    count = 1 if stacked is None else stacked.stacked_obs.n_stack
    skips = env.env_is_wrapped(MaxAndSkipEnv, indices=0)[0]
    return {
        "env_id": env_id,
        "frame_stack": count,
        "resize": list(shape[1:]),
        "grayscale": shape[0] == count,
        "max_skip": int(env.get_attr("_skip", indices=0)[0]) if skips else 1,
    }


def _env_id(env: "VecEnv") -> str:
    """The id of the environments, which have to be as it is registered."""
    import gymnasium

    spec = env.get_attr("spec", indices=0)[0]
    if spec is None:
        message = "the training's environment was not made by gymnasium, so that it has no id; give a config"
        raise ValueError(message)
    registered = gymnasium.spec(spec.id).kwargs
    changed = {key: given for key, given in spec.kwargs.items() if key != "render_mode"}
    if changed != {key: given for key, given in registered.items() if key != "render_mode"}:
        message = (
            f"the training's environment is {spec.id} with arguments of its own, which a config cannot say; "
            "leave videos=False and make the videos from the folder of the training run"
        )
        raise ValueError(message)
    return spec.id
