"""The same small networks in PyTorch, Keras 3 and tf_keras, whichever are here, and real inputs."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SHARED = Path(__file__).parents[3] / "../shared"
PILOTS = SHARED / "data" / "donkey"


@dataclass(frozen=True)
class Net:
    """How a network is described: convolutions with ReLU, then dense layers.

    Attributes:
        inputs: (C, H, W).
        filters: one convolution each, 3x3 without padding, named conv1, conv2, ...
        dense: units of the dense layers behind a Flatten, named fc1, ...; the last one is linear.
        weights: layer -> kernel as (kh, kw, in, out) or (in, out), and bias; drawn where not given.
        nested: the convolutions are inside a model called `encoder`.
        seed: of what is drawn.
    """

    inputs: tuple[int, int, int]
    filters: tuple[int, ...] = (4,)
    dense: tuple[int, ...] = ()
    weights: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None
    nested: bool = False
    seed: int = 0

    def layer(self, name: str) -> str:
        """A layer's name inside the network."""
        return f"encoder/{name}" if self.nested and name.startswith("conv") else name

    def drawn(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Kernel and bias of every layer, the same for every framework."""
        random = np.random.default_rng(self.seed)
        given = dict(self.weights or {})
        channels, height, width = self.inputs
        found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for number, filters in enumerate(self.filters, start=1):
            shape = given[f"conv{number}"][0].shape if f"conv{number}" in given else (3, 3, channels, filters)
            found[f"conv{number}"] = _weights(random, shape)
            channels, height, width = filters, height - shape[0] + 1, width - shape[1] + 1
        before = channels * height * width
        for number, units in enumerate(self.dense, start=1):
            found[f"fc{number}"] = _weights(random, (before, units))
            before = units
        return found | given


def _weights(random: np.random.Generator, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    scale = np.prod(shape[:-1]) ** -0.5
    return (random.standard_normal(shape) * scale).astype(np.float32), np.zeros(shape[-1], np.float32)


def torch_model(net: Net) -> Any:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    nn = torch.nn
    modules: list[tuple[str, Any]] = []
    dense: list[tuple[str, Any]] = []
    for name, (kernel, bias) in net.drawn().items():
        if name.startswith("conv"):
            module = nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[:2])
            values = kernel.transpose(3, 2, 0, 1)
            modules += [(name, module), (name.replace("conv", "relu"), nn.ReLU())]
        else:
            module = nn.Linear(*kernel.shape)
            values = kernel.T
            dense += [(name, module)]
            dense += [] if name == f"fc{len(net.dense)}" else [(name.replace("fc", "act"), nn.ReLU())]
        with torch.no_grad():
            module.weight.copy_(torch.from_numpy(np.ascontiguousarray(values)))
            module.bias.copy_(torch.from_numpy(bias))
    parts = [("encoder", nn.Sequential(OrderedDict(modules)))] if net.nested else modules
    model = nn.Sequential(OrderedDict([*parts, *([("flat", nn.Flatten()), *dense] if dense else [])]))
    model.input_shape = net.inputs
    return model.eval()


def keras_model(net: Net, module: str) -> Any:
    pytest.importorskip("tensorflow")
    keras = pytest.importorskip(module)
    layers = keras.layers
    channels, height, width = net.inputs
    drawn = net.drawn()
    shape = (height, width, channels)
    # tf_keras flattens channels last: rows of a dense kernel come in that order
    convolutions = [
        layers.Conv2D(kernel.shape[3], kernel.shape[:2], activation="relu", name=name)
        for name, (kernel, _) in drawn.items()
        if name.startswith("conv")
    ]
    x = given = keras.Input(shape=shape, name="picture")
    if net.nested:
        x = keras.Sequential([keras.Input(shape=shape), *convolutions], name="encoder")(x)
    else:
        for layer in convolutions:
            x = layer(x)
    dense = [name for name in drawn if name.startswith("fc")]
    if dense:
        cells = tuple(int(size) for size in x.shape[1:])
        x = layers.Flatten(name="flat")(x)
        for name in dense:
            activation = None if name == dense[-1] else "relu"
            x = layers.Dense(drawn[name][0].shape[1], activation=activation, name=name)(x)
        kernel, bias = drawn["fc1"]
        h, w, k = cells
        drawn["fc1"] = (
            kernel.reshape(k, h, w, -1).transpose(1, 2, 0, 3).reshape(h * w * k, -1),
            bias,
        )
    model = keras.Model(given, x, name="small")
    for layer in convolutions:
        layer.set_weights(list(drawn[layer.name]))
    for name in dense:
        model.get_layer(name).set_weights(list(drawn[name]))
    return model


BUILDERS: dict[str, Callable[[Net], Any]] = {
    "torch": torch_model,
    "keras": lambda net: keras_model(net, "keras"),
    "tf_keras": lambda net: keras_model(net, "tf_keras"),
}


@pytest.fixture(params=BUILDERS)
def build(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Make a network of a description, in each framework that is here."""
    pytest.importorskip("tensorflow" if request.param != "torch" else "torch")
    return lambda *args, **kwargs: BUILDERS[request.param](Net(*args, **kwargs))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tub_picture(number: int = 100) -> Path:
    """A picture of the borrowed tub."""
    path = PILOTS / "tub" / "images" / f"{number}_cam_image_array_.jpg"
    if not path.is_file():
        pytest.skip("there is no donkey data beside the checkout")
    return path
