"""The reader on trained agents that play Breakout: every reading against Stable-Baselines3."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("stable_baselines3")
pytest.importorskip("ale_py")

from nn_video_generator.network.reader import NetworkReader  # noqa: E402 - after what it needs
from rlviz_agents import find_agent, load_agent, make_env, play, policy_heads  # noqa: E402
from rlviz_cam import action_values, open_backend, state_values  # noqa: E402

pytestmark = [pytest.mark.torch, pytest.mark.shared]

AGENTS = Path(__file__).parents[3] / "../shared/agents"
STEPS, BATCH = 160, 32
FIRST = "features_extractor.cnn.0"


@pytest.fixture(scope="module", params=["ppo", "dqn"])
def run(request):
    """An agent, and what it saw in a run of 160 steps, in batches: (N, 4, 84, 84) uint8."""
    if not AGENTS.is_dir():
        pytest.skip(f"there are no agents at {AGENTS.name} beside the checkout")
    torch.set_num_threads(1)
    files = find_agent(AGENTS, request.param, "BreakoutNoFrameskip-v4", exp_id=1)
    with closing(make_env(files, seed=3)) as env:
        agent = load_agent(files, env, seed=3, device="cpu")
        seen = [step.observation for step in play(agent, env, STEPS, deterministic=False)]
    return agent, [np.stack(seen[first : first + BATCH]) for first in range(0, STEPS, BATCH)]


def opened(agent, heads=None):
    return open_backend(heads or policy_heads(agent.model), input_shape=agent.observation_shape)


@pytest.fixture(scope="module")
def read(run):
    """Every batch's readings, and its outputs put together."""
    agent, batches = run
    reader = NetworkReader(opened(agent))
    readings = [reader.read(batch) for batch in batches]
    outputs = [
        {head: np.stack([one.outputs[head] for one in several]) for head in several[0].outputs}
        for several in readings
    ]
    return reader, readings, outputs


def test_every_frames_action_values_and_value_are_the_policys_own(run, read):
    agent, batches = run
    policy = agent.model.policy
    for batch, outputs in zip(batches, read[2], strict=True):
        with torch.no_grad():
            given = torch.from_numpy(batch)
            if "logits" in outputs:
                expected = policy.get_distribution(given).distribution.probs.numpy()
                value = policy.predict_values(given)[:, 0].numpy()
            else:
                expected = policy.q_net(given).numpy()
                value = expected.max(axis=1)
        np.testing.assert_allclose(action_values(outputs), expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(state_values(outputs), value, rtol=1e-4, atol=1e-5)


def test_every_frames_probabilities_sum_to_one(read):
    reader, _, batches = read
    if reader.value_name != "probability":
        pytest.skip("Q-values need not")
    for outputs in batches:
        np.testing.assert_allclose(action_values(outputs).sum(axis=1), 1, atol=1e-6)


def test_every_layer_is_connected(read):
    reader, readings, _ = read
    assert not reader.without_edges
    assert not reader.left_out
    assert len(readings[0][0].edges) == len(reader.layers) - 1


def test_edges_out_of_a_unit_that_is_silent_are_not_there(read):
    reader, readings, _ = read
    for reading in readings[0]:
        for edges in reading.edges:
            units = reading.activations[edges.source][edges.sources]
            assert units.reshape(len(units), -1).any(axis=1).all()
            assert (edges.strengths != 0).all()
            assert edges.targets.max() < reader.layers[edges.target].shape[0]


@pytest.mark.parametrize("channel", [0, 7])
def test_a_channel_without_weights_is_silent_and_no_other_changes(run, read, channel):
    agent, batches = run
    heads = policy_heads(agent.model)
    with torch.no_grad():
        heads.get_parameter(f"{FIRST}.weight")[channel] = 0
        heads.get_parameter(f"{FIRST}.bias")[channel] = 0
    reader, readings, _ = read
    (place,) = (place for place, layer in enumerate(reader.layers) if layer.name == FIRST)
    changed = NetworkReader(opened(agent, heads)).read(batches[0])
    for one, other in zip(changed, readings[0], strict=True):
        found, before = one.activations[place], other.activations[place]
        assert not found[channel].any()
        np.testing.assert_array_equal(np.delete(found, channel, 0), np.delete(before, channel, 0))
    assert any(other.activations[place][channel].any() for other in readings[0])


def test_reading_is_the_same_again(run, read):
    agent, batches = run
    again = NetworkReader(opened(agent)).read(batches[0])
    for one, other in zip(again, read[1][0], strict=True):
        for edges, before in zip(one.edges, other.edges, strict=True):
            np.testing.assert_array_equal(edges.sources, before.sources)
            np.testing.assert_array_equal(edges.strengths, before.strengths)
