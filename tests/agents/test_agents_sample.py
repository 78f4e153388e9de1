"""The agent that comes with the library is found and loads like any other."""

import pytest
from rlviz_agents import find_agent, list_agents, load_agent, sample_agents

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


def test_the_sample_lies_in_the_zoos_layout():
    with sample_agents() as folder:
        assert list_agents(folder) == (f"dqn/{ENV}_1",)


def test_the_sample_loads_as_data():
    with sample_agents() as folder:
        agent = load_agent(find_agent(folder, "dqn", ENV), device="cpu")
    assert (agent.observation_shape, agent.n_actions) == ((4, 84, 84), 4)


def test_the_sample_plays_with_four_frames_as_it_was_trained():
    with sample_agents() as folder:
        assert find_agent(folder, "dqn", ENV).hyperparams["frame_stack"] == 4
