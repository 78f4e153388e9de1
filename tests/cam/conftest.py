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
