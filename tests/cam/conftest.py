"""Networks of a few weights, batches, and real observations of the agent beside the checkout."""

from pathlib import Path

import numpy as np
import pytest

AGENT = Path(__file__).parents[2] / "../shared/agents/dqn/BreakoutNoFrameskip-v4_1/BreakoutNoFrameskip-v4.zip"


@pytest.fixture
def torch():
    """PyTorch, one thread."""
    module = pytest.importorskip("torch")
    module.set_num_threads(1)
    return module


@pytest.fixture
def make_cnn(torch):
    """Build a seeded network with NatureCNN's shape in small: (C, 36, 36) -> 4 units, ReLUs as modules."""

    def make(seed: int = 0, channels: int = 2, units: int = 4):
        nn = torch.nn
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            return nn.Sequential(
                nn.Conv2d(channels, 6, 8, stride=4),
                nn.ReLU(),
                nn.Conv2d(6, 8, 3, stride=1),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(8 * 6 * 6, 16),
                nn.ReLU(),
                nn.Linear(16, units),
            )

    return make


@pytest.fixture
def images():
    """Five random images, (5, 2, 36, 36) float32."""
    return np.random.default_rng(1).random((5, 2, 36, 36), dtype=np.float32)


@pytest.fixture(scope="session")
def trained_dqn():
    """The DQN beside the checkout: its module of named heads, and observations of a run of 1,024 steps."""
    if not AGENT.is_file():
        pytest.skip(f"there is no {AGENT.name} beside the checkout")
    torch = pytest.importorskip("torch")
    stable_baselines3 = pytest.importorskip("stable_baselines3")
    pytest.importorskip("ale_py")
    from stable_baselines3.common.env_util import make_atari_env
    from stable_baselines3.common.vec_env import VecFrameStack, VecTransposeImage

    torch.set_num_threads(1)
    ours = {"buffer_size": 1, "learning_rate": 0.0, "lr_schedule": float, "exploration_schedule": float}
    model = stable_baselines3.DQN.load(AGENT, device="cpu", custom_objects=ours)
    env = VecTransposeImage(VecFrameStack(make_atari_env("BreakoutNoFrameskip-v4", n_envs=1, seed=0), 4))
    random = np.random.default_rng(0)
    observation = env.reset()
    seen = []
    for step in range(1024):
        if step % 16 == 0:
            seen.append(np.array(observation)[0])
        action, _ = model.predict(observation, deterministic=True)
        if random.random() < 0.05:
            action = random.integers(4, size=1)
        observation, *_ = env.step(action)
    env.close()

    class Heads(torch.nn.Module):
        input_shape = (4, 84, 84)

        def __init__(self) -> None:
            super().__init__()
            self.features_extractor = model.q_net.features_extractor
            self.q_net = model.q_net.q_net

        def forward(self, observations):
            return {"q": self.q_net(self.features_extractor(observations.float() / 255))}

    return Heads().eval(), np.stack(seen)


@pytest.fixture(params=["tf_keras", "keras"])
def keras(request):
    """Both Keras versions, every draw of weights decided."""
    pytest.importorskip("tensorflow")
    module = pytest.importorskip(request.param)
    module.utils.set_random_seed(0)
    return module


@pytest.fixture
def tf():
    """TensorFlow."""
    return pytest.importorskip("tensorflow")


@pytest.fixture
def pictures():
    """Five random pictures, (5, 3, 12, 10) float32."""
    return np.random.default_rng(1).random((5, 3, 12, 10), dtype=np.float32)


@pytest.fixture
def sequences():
    """Four random sequences of three pictures, (4, 3, 2, 12, 10) float32."""
    return np.random.default_rng(2).random((4, 3, 2, 12, 10), dtype=np.float32)


@pytest.fixture
def channels_last():
    """Turn pictures, or sequences of them, into what Keras takes."""
    return lambda pictures: np.ascontiguousarray(np.moveaxis(pictures, -3, -1))


@pytest.fixture
def pilot(keras):
    """Two convolutions and two heads, steering and throttle."""
    layers = keras.layers
    picture = layers.Input((12, 10, 3), name="img_in")
    grid = layers.Conv2D(4, 3, strides=2, activation="relu", name="conv1")(picture)
    grid = layers.Conv2D(5, 2, activation="relu", name="conv2")(grid)
    flat = layers.Dense(7, activation="tanh", name="dense")(layers.Flatten()(grid))
    heads = [layers.Dense(1, name="n_outputs0")(flat), layers.Dense(3, name="n_outputs1")(flat)]
    return keras.Model(picture, heads)


@pytest.fixture
def nested(keras):
    layers = keras.layers
    inner = keras.Sequential(
        [layers.Input((12, 10, 3)), layers.Conv2D(2, 3, name="conv"), layers.ReLU(name="relu")], name="eye"
    )
    picture = layers.Input((12, 10, 3), name="img_in")
    flat = layers.Flatten()(layers.Conv2D(3, 3, name="conv")(inner(picture)))
    return keras.Model(picture, layers.Dense(2, name="q")(flat))


@pytest.fixture
def with_decoder(keras):
    """A pilot that also draws its picture anew, as donkeycar's latent one does."""
    layers = keras.layers
    picture = layers.Input((12, 10, 3), name="img_in")
    code = layers.Conv2D(4, 3, strides=2, activation="relu", name="encode")(picture)
    drawn = layers.Conv2DTranspose(3, 4, strides=2, activation="relu", name="decode")(code)
    drawn = layers.Conv2D(3, 1, name="img_out")(drawn)
    angle = layers.Dense(1, name="angle")(layers.Flatten()(code))
    return keras.Model(picture, [drawn, angle])


@pytest.fixture
def over_time(keras):
    """Make a network of three time steps: a layer applied at every step, or convolutions over time."""

    def make(kind="TimeDistributed"):
        layers = keras.layers
        frames = layers.Input((3, 12, 10, 2), name="img_in")
        if kind == "TimeDistributed":
            grid = layers.TimeDistributed(layers.Conv2D(4, 3, strides=2, activation="relu"), name="first")(
                frames
            )
            grid = layers.TimeDistributed(layers.Conv2D(5, 2), name="second")(grid)
            grid = layers.TimeDistributed(layers.Activation("relu"), name="act")(grid)
            flat = layers.LSTM(6, name="lstm")(layers.TimeDistributed(layers.Flatten())(grid))
        else:
            grid = layers.Conv3D(4, (2, 3, 3), strides=(1, 2, 2), activation="relu", name="first")(frames)
            grid = layers.MaxPooling3D((1, 2, 2))(grid)
            flat = layers.Flatten()(layers.Conv3D(5, (1, 2, 1), activation="relu", name="second")(grid))
        return keras.Model(frames, layers.Dense(2, name="angle")(flat))

    return make


@pytest.fixture
def regularised(keras):
    layers = keras.layers
    picture = layers.Input((12, 10, 3))
    grid = layers.Conv2D(3, 3, activity_regularizer="l2", name="conv")(picture)
    grid = layers.BatchNormalization(name="norm")(grid)
    flat = layers.Dropout(0.5)(layers.Flatten()(layers.ReLU()(grid)))
    model = keras.Model(picture, layers.Dense(2, kernel_regularizer="l2", name="q")(flat))
    model.get_layer("norm").trainable = False
    return model
