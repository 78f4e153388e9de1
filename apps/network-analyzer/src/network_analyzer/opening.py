"""Networks opened: live models of every framework, and files."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from os import PathLike
from pathlib import Path

from rlviz_cam import PREPROCESSINGS, Backend, Preprocessing, find_model, find_preprocessing, open_backend
from rlviz_cam.backends.keras_loading import load_keras

from network_analyzer.agent_networks import is_agent, load_agent_file, needing, open_agent
from network_analyzer.opened import Opened
from network_analyzer.rescaling import own_rescaling

Stated = str | tuple[float, float] | Preprocessing | None
"""A preprocessing by its name, by the values of black and white, or as it is; None: nobody says."""
InputShape = tuple[int, ...] | Mapping[str, tuple[int, ...]] | None

_DEFAULT = "unit"
_NUMBERS = Preprocessing("numbers")
_KINDS = "a .keras or .h5 file, a SavedModel folder, or an agent's .zip"
_WEIGHTS = frozenset({".pt", ".pth", ".ckpt", ".pkl", ".bin", ".safetensors"})


def open_network(
    model: object,
    *,
    preprocessing: Stated = None,
    input_shape: InputShape = None,
    device: str = "auto",
    name: str | None = None,
) -> Opened:
    """Open a live network.

    The preprocessing is stated, and not guessed: by the caller; else by an agent, which was trained on
    observations of its own; else by a Keras model that begins with a `Rescaling` or `Normalization` and so
    takes levels as they are; else it is the default, `unit`: levels / 255. A network that sees no pictures
    takes its numbers as they are.

    Args:
        model: a Keras model, a `torch.nn.Module`, or a DQN, QR-DQN, PPO or A2C of Stable-Baselines3.
        preprocessing: how levels of 0 to 255 become what the network takes: a name of
            `rlviz_cam.PREPROCESSINGS`, the values of black and white, or a `Preprocessing`.
        input_shape: shape of one sample, (C, H, W), or a shape per named input, where the model does not
            know it (PyTorch); an agent's is its own.
        device: `auto` (where the model is), `cpu` or `cuda`.
        name: what it is called on figures; by default its own name, or its class's.

    Raises:
        ModuleNotFoundError: an agent is given and rlviz-agents is not installed.
        TypeError: the model belongs to no supported framework, or the agent to no supported algorithm.
        ValueError: there is no such preprocessing or device, or the model cannot be looked into.
    """
    given = None if preprocessing is None else find_preprocessing(preprocessing)
    if isinstance(model, str | PathLike):
        message = f"{model} is a path, expected a live network; open_path (from_saved_model) opens files"
        raise TypeError(message)
    if is_agent(model):
        backend, own = open_agent(model, device=device)
        says = "the agent's own"
    else:
        backend = open_backend(model, device=device, input_shape=input_shape)
        layer = own_rescaling(model)
        own = PREPROCESSINGS["raw"] if layer else None
        says = f"the model rescales itself, in layer {layer!r}"
    if _takes_numbers(backend):
        own, says = _NUMBERS, "the network takes numbers, as they are"
        if given is not None:
            message = f"preprocessing {given.name!r} is for pictures, and {says}; leave it out"
            raise ValueError(message)
    chosen, stated_by = _stated(given, own, says)
    own_name = getattr(model, "name", None)
    called = name or (own_name if isinstance(own_name, str) else type(model).__name__)
    return Opened(backend, called, chosen, stated_by)


def _stated(given: Preprocessing | None, own: Preprocessing | None, says: str) -> tuple[Preprocessing, str]:
    """The preprocessing that counts, and who says so: the caller, the network, or nobody."""
    if given is not None:
        return given, "given"
    if own is not None:
        return own, says
    return PREPROCESSINGS[_DEFAULT], "the default; preprocessing= changes it"


def _takes_numbers(backend: Backend) -> bool:
    """Whether none of the inputs is a picture; a module that does not know its inputs yet takes pictures."""
    try:
        return all(len(shape) < 3 for shape in backend.inputs().values())
    except ValueError:
        return False


def open_path(
    path: str | PathLike[str],
    *,
    preprocessing: Stated = None,
    device: str = "auto",
    trust: bool = False,
) -> Opened:
    """Open a saved network, which is read as data: no code of it is run.

    Args:
        path: a `.keras` or `.h5` file, a SavedModel folder, an agent's `.zip`, or a folder with one of them.
        preprocessing: as for `open_network`.
        device: `auto`, `cpu` or `cuda`.
        trust: run the code that the file may hold; only for files of one's own.

    Raises:
        FileNotFoundError: there is no such file, or no network in the folder.
        ModuleNotFoundError: the framework of the file is not installed; the message says which extra has it.
        ValueError: the file is no network that can be looked into, holds code and is not trusted, or there is
            no such preprocessing or device.
    """
    if preprocessing is not None:
        preprocessing = find_preprocessing(preprocessing)  # what is quick to refuse comes first
    found = _find(Path(path))
    if found.suffix.lower() in _WEIGHTS:
        message = (
            f"{found} holds PyTorch's weights without their network, or a pickle, which is a program; build "
            "the module, load_state_dict(torch.load(path, weights_only=True)), then NetworkAnalyzer(module)"
        )
        raise ValueError(message)
    if found.suffix.lower() == ".zip":
        model, algorithm = load_agent_file(found, device=device, trust=trust)
        name = f"{algorithm}-{found.stem}"
    else:
        model, name = _load_keras(found, trust=trust), found.stem
    opened = open_network(model, preprocessing=preprocessing, device=device, name=name)
    return replace(opened, source=found)


def _load_keras(path: Path, *, trust: bool) -> object:
    """Load a Keras model; unless TensorFlow is at work already, it gets one thread, as for open_model_file.

    What is no model is refused before TensorFlow is missed.
    """
    with needing(f"opening {path} as a Keras model", "keras"):
        with suppress(ModuleNotFoundError):  # load_keras says what is missing, if it comes to that
            from rlviz_cam.backends.keras import limit_threads

            limit_threads()
        return load_keras(path, trust=trust)


def _find(path: Path) -> Path:
    """Return the file or SavedModel at a path; a folder stands for the one network in it."""
    if not path.exists():
        message = f"there is no {path}; give {_KINDS}"
        raise FileNotFoundError(message)
    try:
        return find_model(path)
    except FileNotFoundError as error:
        agents = sorted(path.glob("*.zip"))
        if len(agents) == 1:
            return agents[0]
        if agents:
            listed = ", ".join(agent.name for agent in agents)
            message = f"there are {len(agents)} agents in {path}; name one of: {listed}"
            raise ValueError(message) from error
        message = f"there is no network in {path}; give {_KINDS}"
        raise FileNotFoundError(message) from error
