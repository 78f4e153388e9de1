"""May rl_zoo3 itself load a saved agent? Only if its pickles name nothing but what SB3 saves by itself.

`rlviz_agents` never unpickles an agent; `rl_zoo3.record_video`, which `rlviz_agents.reference` runs, does.
"""

import base64
import io
import pickle
from pathlib import Path
from typing import Any

from rlviz_agents.environment import check_hyperparams
from rlviz_agents.saved import SERIALIZED, read_saved
from rlviz_agents.zoo import AgentFiles

_REPLACED = ("learning_rate", "lr_schedule", "clip_range")
"""Fields that record_video itself replaces before they are unpickled."""

# Exact names and nothing with a dot in it: through an allowed module, a dotted name reaches any other one
# (`torch.utils.collect_env.subprocess.Popen`).
_NAMES = {
    "collections": {"OrderedDict", "deque"},
    "gymnasium.spaces.box": {"Box"},
    "gymnasium.spaces.discrete": {"Discrete"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy.core.numeric": {"_frombuffer"},
    "numpy.random._generator": {"Generator"},
    "numpy.random._pcg64": {"PCG64"},
    "numpy.random._pickle": {"__bit_generator_ctor", "__generator_ctor"},
    "numpy.random.bit_generator": {"SeedSequence", "__pyx_unpickle_SeedSequence"},
    "rl_zoo3.utils": {"SimpleLinearSchedule"},
    "sb3_contrib.qrdqn.policies": {"CnnPolicy", "QRDQNPolicy"},
    "stable_baselines3.common.buffers": {"ReplayBuffer", "RolloutBuffer"},
    "stable_baselines3.common.policies": {"ActorCriticCnnPolicy", "ActorCriticPolicy"},
    "stable_baselines3.common.sb2_compat.rmsprop_tf_like": {"RMSpropTFLike"},
    "stable_baselines3.common.torch_layers": {"NatureCNN"},
    "stable_baselines3.common.type_aliases": {"TrainFreq", "TrainFrequencyUnit"},
    "stable_baselines3.common.utils": {"ConstantSchedule", "FloatSchedule", "LinearSchedule"},
    "stable_baselines3.dqn.policies": {"CnnPolicy", "DQNPolicy"},
    "torch.nn.modules.activation": {"ELU", "LeakyReLU", "ReLU", "Tanh"},
    "torch.optim.adam": {"Adam"},
    "torch.optim.rmsprop": {"RMSprop"},
}


def check_agent(files: AgentFiles) -> None:
    """Check that loading and playing an agent with rl_zoo3 runs nothing but code of the zoo and of SB3.

    Its YAML was checked when it was found; here are its wrappers, its statistics and its pickles.

    Raises:
        OSError: the file cannot be read.
        ValueError: something would run foreign code; the message says what.
    """
    check_hyperparams(files)
    check_pickles(files.model_path)


def check_pickles(path: Path | str) -> None:
    """Check that unpickling a model's fields, as rl_zoo3 does, runs nothing but what SB3 saves by itself.

    Raises:
        OSError: the file cannot be read.
        ValueError: a field names something else, or is no pickle; the message says which and what.
    """
    saved = read_saved(path)
    for field in saved.data:
        if field in _REPLACED or not saved.is_pickled(field):
            continue
        try:
            foreign = foreign_names(base64.b64decode(str(saved.data[field][SERIALIZED])))
        except ValueError as error:
            message = f"{path}: field {field!r} is no readable pickle ({error}); copy the model again"
            raise ValueError(message) from error
        if foreign:
            message = (
                f"{path}: field {field!r} is a pickle that names {', '.join(sorted(foreign))}, which is not "
            )
            raise ValueError(message + "SB3's; rl_zoo3 would run it: pass --trust only if the file is yours")


def foreign_names(pickled: bytes) -> set[str]:
    """Name what a pickle refers to beyond the classes that SB3 saves, as `module.name`; nothing of it is run.

    Raises:
        ValueError: it is no whole pickle, or does more than objects of known classes need.
    """
    reader = _NameReader(io.BytesIO(pickled))
    try:
        reader.load()
    except Exception as error:
        # A stand-in that is used in a way that the known classes never are ends here as well.
        message = f"{type(error).__name__}: {error}"
        raise ValueError(message) from error
    return {f"{module}.{name}" for module, name in reader.names if name not in _NAMES.get(module, ())}


class _NameReader(pickle.Unpickler):
    """Goes through a pickle with a stand-in for every name, so that nothing real is looked up or called."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.names: set[tuple[str, str]] = set()

    def find_class(self, module_name: str, global_name: str, /) -> Any:  # noqa: ANN401 (pickle's own signature)
        """Note the name and give a stand-in."""
        self.names.add((module_name, global_name))
        return _StandIn


class _StandIn:
    """Takes part in a pickle in every role: class, function, instance, container."""

    def __new__(cls, *_: Any, **__: Any) -> "_StandIn":  # noqa: ANN401
        return object.__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None: ...  # noqa: ANN401

    def __call__(self, *_: Any, **__: Any) -> "_StandIn":  # noqa: ANN401
        return self

    def __setstate__(self, _: Any) -> None: ...  # noqa: ANN401

    def __setitem__(self, _: Any, __: Any) -> None: ...  # noqa: ANN401

    def append(self, _: Any) -> None: ...  # noqa: ANN401

    def extend(self, _: Any) -> None: ...  # noqa: ANN401
