"""The reader, on small agents of every kind, against Stable-Baselines3 itself."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
gymnasium = pytest.importorskip("gymnasium")
sb3 = pytest.importorskip("stable_baselines3")
contrib = pytest.importorskip("sb3_contrib")

from nn_video_generator.network.reader import NetworkReader  # noqa: E402 - after what it needs
from rlviz_agents import policy_heads  # noqa: E402
from rlviz_cam import action_values, entropies, open_backend, state_values  # noqa: E402

pytestmark = pytest.mark.torch

SMALLER_BUFFER = {"buffer_size": 10, "seed": 0, "device": "cpu"}


class Still(gymnasium.Env):
    """An environment of any spaces in which nothing happens."""

    def __init__(self, observations, actions=4):
        self.observation_space = observations
        self.action_space = gymnasium.spaces.Discrete(actions)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return np.zeros(self.observation_space.shape, self.observation_space.dtype), {}

    def step(self, action):
        return self.reset()[0], 0.0, False, False, {}


NUMBERS = gymnasium.spaces.Box(-5, 5, (4,), np.float32)
RAM = gymnasium.spaces.Box(0, 255, (128,), np.uint8)
FRAMES = gymnasium.spaces.Box(0, 255, (2, 36, 36), np.uint8)


def ppo(space, policy="MlpPolicy", **kwargs):
    return sb3.PPO(policy, Still(space), n_steps=8, batch_size=8, device="cpu", seed=0, policy_kwargs=kwargs)


def a2c(space):
    return sb3.A2C("MlpPolicy", Still(space, 2), device="cpu", seed=0)


def dqn(space, policy="MlpPolicy", **kwargs):
    return sb3.DQN(policy, Still(space), policy_kwargs=kwargs, **SMALLER_BUFFER)


def qrdqn(space, policy="MlpPolicy", **kwargs):
    return contrib.QRDQN(policy, Still(space), policy_kwargs={"n_quantiles": 7, **kwargs}, **SMALLER_BUFFER)


AGENTS = {
    "PPO, numbers": lambda: ppo(NUMBERS, net_arch={"pi": [16, 12], "vf": [10]}),
    "PPO, frames": lambda: ppo(FRAMES, "CnnPolicy", features_extractor_kwargs={"features_dim": 24}),
    "PPO, frames, two extractors": lambda: ppo(
        FRAMES,
        "CnnPolicy",
        share_features_extractor=False,
        features_extractor_kwargs={"features_dim": 24},
    ),
    "A2C, numbers": lambda: a2c(NUMBERS),
    "A2C, RAM": lambda: a2c(RAM),
    "DQN, numbers": lambda: dqn(NUMBERS, net_arch=[16, 12]),
    "DQN, frames": lambda: dqn(FRAMES, "CnnPolicy", net_arch=[9]),
    "QR-DQN, numbers": lambda: qrdqn(NUMBERS, net_arch=[16, 12]),
    "QR-DQN, frames": lambda: qrdqn(FRAMES, "CnnPolicy"),
}


@pytest.fixture(scope="module", params=AGENTS)
def model(request):
    """An agent of each kind, its weights as they were drawn."""
    torch.set_num_threads(1)
    return AGENTS[request.param]()


def backend_of(model):
    return open_backend(policy_heads(model), input_shape=model.observation_space.shape)


@pytest.fixture(scope="module")
def reader(model):
    return NetworkReader(backend_of(model), edges=10**6)


@pytest.fixture(scope="module")
def seen(model):
    """Five observations."""
    random = np.random.default_rng(0)
    space = model.observation_space
    return random.uniform(space.low, space.high, (5, *space.shape)).astype(space.dtype)


@pytest.fixture(scope="module")
def readings(reader, seen):
    return reader.read(seen)


@pytest.fixture(scope="module")
def outputs(readings):
    return {head: np.stack([one.outputs[head] for one in readings]) for head in readings[0].outputs}


def tensors(seen):
    return torch.from_numpy(seen)


def test_action_values_are_the_policys_own(model, seen, outputs):
    policy = model.policy
    with torch.no_grad():
        if isinstance(model, sb3.DQN):
            expected = policy.q_net(tensors(seen))
        elif isinstance(model, contrib.QRDQN):
            expected = policy.quantile_net(tensors(seen)).mean(dim=1)
        else:
            expected = policy.get_distribution(tensors(seen)).distribution.probs
    np.testing.assert_allclose(action_values(outputs), expected.numpy(), rtol=1e-4, atol=1e-5)


def test_the_states_value_is_the_policys_own(model, seen, outputs):
    with torch.no_grad():
        if "value" in outputs:
            expected = model.policy.predict_values(tensors(seen))[:, 0].numpy()
        else:
            expected = action_values(outputs).max(axis=1)
    np.testing.assert_allclose(state_values(outputs), expected, rtol=1e-4, atol=1e-5)


def test_the_entropy_is_the_distributions_own(model, seen, outputs):
    found = entropies(outputs)
    if found is None:
        assert "value" not in outputs
        return
    with torch.no_grad():
        expected = model.policy.get_distribution(tensors(seen)).entropy().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_what_is_named_is_what_is_shown(model, reader):
    is_learner_of_q = isinstance(model, sb3.DQN | contrib.QRDQN)
    assert reader.value_name == ("Q-value" if is_learner_of_q else "probability")


def test_every_layer_of_the_diagram_has_its_activations_in_its_shape(reader, readings):
    for reading in readings:
        assert [one.shape for one in reading.activations] == [layer.shape for layer in reader.layers]
        assert {one.dtype for one in reading.activations} == {np.dtype(np.float32)}


def test_the_input_layer_is_the_observation(readings, seen):
    np.testing.assert_array_equal(np.stack([one.activations[0] for one in readings]), seen)


def test_outputs_are_in_the_last_column_and_the_input_alone_in_the_first(reader):
    columns = [layer.column for layer in reader.layers]
    assert columns == sorted(columns)
    last = [layer.kind for layer in reader.layers if layer.column == columns[-1]]
    assert set(last) == {"output"}
    assert [layer.kind for layer in reader.layers if layer.column == 0] == ["input"]


def test_every_layer_but_the_input_is_fed_by_one(reader, readings):
    assert not reader.without_edges
    assert not reader.left_out
    fed = [edges.target for edges in readings[0].edges]
    assert sorted(fed) == list(range(1, len(reader.layers)))


def test_all_contributions_and_the_bias_are_the_units_sum(model, reader, seen, readings):
    """Against torch: every module's own result, the mean over a map's cells, over an action's quantiles."""
    heads = policy_heads(model)
    sums = {}

    def keep(name):
        def hook(_module, _given, result):
            sums[name] = result.detach().clone().numpy()

        return hook

    for layer in reader.layers[1:]:
        heads.get_submodule(layer.name).register_forward_hook(keep(layer.name))
    with torch.no_grad():
        heads(tensors(seen))
    for place, layer in enumerate(reader.layers[1:], start=1):
        units = layer.shape[0]
        flat = sums[layer.name].reshape(len(seen), -1, units, *layer.shape[1:])
        expected = flat.mean(axis=(1, *range(3, flat.ndim)))
        bias = heads.get_parameter(f"{layer.name}.bias").detach().numpy().reshape(-1, units).mean(axis=0)
        for number, reading in enumerate(readings):
            (edges,) = (one for one in reading.edges if one.target == place)
            found = np.bincount(edges.targets, edges.strengths, minlength=units) + bias
            np.testing.assert_allclose(found, expected[number], rtol=1e-3, atol=1e-4)


def test_a_batch_reads_as_its_observations_one_by_one(reader, seen, readings):
    for number, expected in enumerate(readings):
        (found,) = reader.read(seen[number : number + 1])
        for one, other in zip(found.activations, expected.activations, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def test_only_the_strongest_edges_are_kept_strongest_first(model, seen, readings):
    few = NetworkReader(backend_of(model), edges=3).read(seen)
    for edges, every in zip(few[0].edges, readings[0].edges, strict=True):
        np.testing.assert_allclose(edges.strengths, every.strengths[:3], rtol=1e-4, atol=1e-6)
        assert (np.diff(np.abs(edges.strengths)) <= 0).all()


def titles(reader):
    return [layer.title for layer in reader.layers]


def test_layers_have_titles_in_order():
    reader = NetworkReader(backend_of(AGENTS["PPO, frames"]()))
    assert titles(reader) == ["Input", "Conv 1", "Conv 2", "Conv 3", "Dense 1", "Policy", "Value"]


def test_separate_networks_of_policy_and_value_share_columns_and_say_whose_they_are():
    reader = NetworkReader(backend_of(AGENTS["PPO, numbers"]()))
    assert [(layer.title, layer.shape, layer.column) for layer in reader.layers] == [
        ("Input", (4,), 0),
        ("Policy dense 1", (16,), 1),
        ("Value dense 1", (10,), 1),
        ("Policy dense 2", (12,), 2),
        ("Policy", (4,), 3),
        ("Value", (1,), 3),
    ]
