"""Agents of Stable-Baselines3, live and in files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from network_analyzer.opening import open_network, open_path
from network_analyzer.references import reference_of

SHARED = Path(__file__).parents[3] / "../shared"

pytestmark = pytest.mark.torch
pytest.importorskip("stable_baselines3")


def world(low: float, high: float, shape: tuple[int, ...], kind: Any = np.float32) -> Any:
    """An environment of three actions, whose observations lie in a box."""
    from gymnasium import spaces

    return world_of(spaces.Box(low, high, shape, kind), spaces.Discrete(3))


def world_of(observed: Any, actions: Any) -> Any:
    """An environment of two spaces."""
    import gymnasium

    class World(gymnasium.Env[Any, Any]):
        observation_space = observed
        action_space = actions

        def reset(self, **_: Any) -> Any:
            return self.observation_space.sample(), {}

        def step(self, action: Any) -> Any:
            return self.observation_space.sample(), 0.0 * action, False, False, {}

    return World()


SIZES: dict[str, dict[str, int]] = {
    "DQN": {"buffer_size": 1},
    "QRDQN": {"buffer_size": 1},
    "SAC": {"buffer_size": 1},
    "PPO": {"n_steps": 2, "batch_size": 2},
    "A2C": {"n_steps": 2},
}


def agent(algorithm: str, env: Any, policy: str = "CnnPolicy", **arguments: Any) -> Any:
    """An untrained agent of noise."""
    import sb3_contrib
    import stable_baselines3

    kind: Any = getattr(stable_baselines3, algorithm, None) or getattr(sb3_contrib, algorithm)
    small = {"features_extractor_kwargs": {"features_dim": 8}} if policy == "CnnPolicy" else {}
    return kind(policy, env, policy_kwargs=small | arguments, device="cpu", seed=0, **SIZES[algorithm])


PICTURES = (0, 255, (40, 44, 4), np.uint8)
"""Of a stack of four frames, as environments have it."""


@pytest.mark.parametrize(
    ("algorithm", "heads"),
    [("DQN", {"q"}), ("QRDQN", {"quantiles"}), ("PPO", {"logits", "value"}), ("A2C", {"logits", "value"})],
)
def test_a_live_agent_is_its_policy_with_named_heads(algorithm: str, heads: set[str]):
    opened = open_network(agent(algorithm, world(*PICTURES)))
    assert opened.backend.inputs() == {"input": (4, 40, 44)}
    assert set(opened.backend.heads()) == heads
    assert (opened.name, opened.preprocessing.name, opened.stated_by) == (
        algorithm,
        "raw",
        "the agent's own",
    )


def test_what_an_agent_sees_is_what_its_policy_computes_from():
    import torch

    model = agent("DQN", world(*PICTURES))
    seen = np.random.default_rng(0).integers(0, 256, (4, 40, 44), np.uint8)
    opened = open_network(model)
    values = opened.backend.predict(reference_of(opened, seen).inputs)["q"]
    np.testing.assert_allclose(values, model.q_net(torch.as_tensor(seen[None])).detach(), rtol=1e-5)


def test_an_observation_with_its_channels_last_is_the_same():
    opened = open_network(agent("DQN", world(*PICTURES)))
    seen = np.random.default_rng(0).integers(0, 256, (40, 44, 4), np.uint8)
    first = reference_of(opened, seen.transpose(2, 0, 1))
    np.testing.assert_array_equal(reference_of(opened, seen).levels, first.levels)


def test_observations_of_another_range_are_the_agents_own_too():
    opened = open_network(agent("PPO", world(-1, 1, (1, 40, 44)), normalize_images=False))
    assert (opened.preprocessing.name, opened.stated_by) == ("-1..1", "the agent's own")
    white = reference_of(opened, np.full((40, 44), 255, np.uint8))
    assert (white.inputs["input"] == 1).all()


def test_observations_without_bounds_say_nothing():
    opened = open_network(agent("PPO", world(-np.inf, np.inf, (1, 40, 44)), normalize_images=False))
    assert (opened.preprocessing.name, opened.stated_by[:11]) == ("unit", "the default")


def test_what_the_caller_says_goes_before_what_the_agent_says():
    opened = open_network(agent("DQN", world(*PICTURES)), preprocessing="unit")
    assert (opened.preprocessing.name, opened.stated_by) == ("unit", "given")


def test_an_agent_that_observes_numbers_shows_weights_and_units():
    model = agent("DQN", world(-np.inf, np.inf, (5,)), "MlpPolicy")
    opened = open_network(model)
    assert opened.backend.weights("q_net.0").shape == (5, 64)
    reference = reference_of(opened, np.arange(5) / 10)
    units = opened.backend.activations(reference.inputs, ["q_net.0"])["q_net.0"]
    assert units.shape == (1, 64)
    assert (units >= 0).all()
    assert opened.stated_by == "the network takes numbers, as they are"


def test_numbers_have_no_preprocessing_to_choose():
    model = agent("PPO", world(-2, 2, (5,)), "MlpPolicy")
    with pytest.raises(ValueError, match=r"^preprocessing 'unit' is for pictures, and the network takes num"):
        open_network(model, preprocessing="unit")


def test_the_agent_that_was_opened_is_left_as_it_was():
    model = agent("PPO", world(*PICTURES))
    before = {name: values.clone() for name, values in model.policy.state_dict().items()}
    training = model.policy.training
    opened = open_network(model)
    opened.backend.predict(reference_of(opened, np.zeros((4, 40, 44), np.uint8)).inputs)
    assert model.policy.training == training
    assert all(values.equal(before[name]) for name, values in model.policy.state_dict().items())


def test_an_agent_of_another_algorithm_is_one_line():
    from gymnasium import spaces

    box = spaces.Box(-1, 1, (2,), np.float32)
    model = agent("SAC", world_of(box, box), "MlpPolicy")
    with pytest.raises(TypeError, match=r"^a SACPolicy has no named outputs; expected [^\n]*DQN, QR-DQN"):
        open_network(model)


def test_an_agent_that_observes_a_number_of_a_kind_is_one_line():
    from gymnasium import spaces

    with pytest.raises(ValueError, match=r"^the agent observes Discrete\(7\); expected images[^\n]*$"):
        open_network(agent("DQN", world_of(spaces.Discrete(7), spaces.Discrete(2)), "MlpPolicy"))


def test_a_part_of_a_policy_is_a_module_like_any_other():
    model = agent("DQN", world(*PICTURES))
    opened = open_network(model.q_net.features_extractor, input_shape=(4, 40, 44))
    assert opened.backend.layers()[0].name == "cnn.0"
    assert opened.stated_by.startswith("the default")


# ---------------------------------------------------------------------- files


@pytest.mark.parametrize("algorithm", ["DQN", "QRDQN", "PPO", "A2C"])
def test_a_file_is_the_agent_that_was_saved(tmp_path: Path, algorithm: str):
    model = agent(algorithm, world(*PICTURES))
    model.save(tmp_path / "mine.zip")
    live, saved = open_network(model), open_path(tmp_path / "mine.zip")
    seen = reference_of(live, np.random.default_rng(0).integers(0, 256, (4, 40, 44), np.uint8))
    for head, values in live.backend.predict(seen.inputs).items():
        np.testing.assert_array_equal(saved.backend.predict(seen.inputs)[head], values)
    assert (saved.name, saved.source) == (f"{algorithm.lower()}-mine", tmp_path / "mine.zip")
    assert (saved.preprocessing.name, saved.stated_by) == ("raw", "the agent's own")


def test_a_file_of_an_agent_that_observes_numbers_is_opened(tmp_path: Path):
    agent("PPO", world(-2, 2, (5,)), "MlpPolicy").save(tmp_path / "mine.zip")
    opened = open_path(str(tmp_path / "mine.zip"))
    assert opened.backend.weights("mlp_extractor.policy_net.0").shape == (5, 64)


def test_opening_a_file_leaves_the_random_generators_as_they_were(tmp_path: Path):
    from rlviz_agents.trace import generator_states

    agent("DQN", world(*PICTURES)).save(tmp_path / "mine.zip")
    before = generator_states()
    open_path(tmp_path / "mine.zip")
    assert generator_states() == before


def test_a_folder_with_one_agent_is_that_agent(tmp_path: Path):
    agent("DQN", world(*PICTURES)).save(tmp_path / "mine.zip")
    assert open_path(tmp_path).name == "dqn-mine"


def test_a_folder_with_several_agents_is_answered_with_their_names(tmp_path: Path):
    for name in ("b.zip", "a.zip"):
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=r"^there are 2 agents in [^\n]*; name one of: a\.zip, b\.zip$"):
        open_path(tmp_path)


@pytest.mark.parametrize("kept", [0, 100, 4000])
def test_a_truncated_file_is_one_line(tmp_path: Path, kept: int):
    agent("DQN", world(*PICTURES)).save(tmp_path / "mine.zip")
    data = (tmp_path / "mine.zip").read_bytes()
    (tmp_path / "mine.zip").write_bytes(data[:kept])
    with pytest.raises(
        ValueError, match=r"^[^\n]*mine\.zip (is not a whole zip file|.* is truncated)[^\n]*$"
    ):
        open_path(tmp_path / "mine.zip")


@pytest.mark.shared
def test_every_trained_agent_beside_the_checkout_is_opened():
    paths = sorted((SHARED / "agents").glob("*/*/*.zip"))
    if not paths:
        pytest.skip("no trained agents beside the checkout")
    for path in paths:
        opened = open_path(path, device="cpu")
        assert opened.name == f"{path.parents[1].name}-{path.stem}"
        assert [info.kind for info in opened.backend.layers()][:3] == ["conv"] * 3
        assert opened.backend.inputs() == {"input": (4, 84, 84)}
