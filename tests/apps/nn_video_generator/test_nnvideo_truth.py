"""What the frames show is what the agent did and what its network computed, by SB3's own word."""

from typing import Any

import numpy as np
import pytest
import torch
from neural_videos import BREAKOUT, CARTPOLE, SAMPLE
from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.clip import open_clip
from nn_video_generator.settings import ClipSettings, PlaySettings, VideoSettings
from nn_video_generator.trained import from_zoo
from rlviz_agents import make_env, sample_agents

FRAMES = 60
NOTHING_BESIDE = PlaySettings()
CASES = ("ppo", "dqn", "qrdqn", "a2c", "cartpole")


@pytest.fixture(scope="module")
def clip_of(zoo_run):
    """Open a clip of an agent, and all it shows; each step is one frame."""

    def pictures(folder, play=NOTHING_BESIDE, frames=FRAMES):
        trained = from_zoo(folder)
        settings = ClipSettings(play, VideoSettings(speed=2.0 if BREAKOUT in str(folder) else 0.6))
        with open_clip(trained, trained.checkpoints[-1], settings, frames) as clip:
            shown = [(picture.moment, picture.frame.copy()) for picture in clip.pictures()]
            return clip, shown

    return pictures


@pytest.fixture(scope="module")
def folder_of(zoo_run):
    """The run of an agent of each kind: trained where there is one, else made on the spot."""

    def folder(case):
        if case == "ppo":
            return SAMPLE
        if case == "dqn":
            with sample_agents() as agents:
                return agents / "dqn" / f"{BREAKOUT}_1"
        return zoo_run("ppo", CARTPOLE) if case == "cartpole" else zoo_run(case, BREAKOUT)

    return folder


@pytest.fixture(scope="module", params=CASES)
def shown(request, clip_of, folder_of):
    """A clip of each kind of agent, and its moments."""
    clip, pictures = clip_of(folder_of(request.param))
    assert len(pictures) == FRAMES
    return clip, [moment for moment, _ in pictures]


def observed(clip, moment):
    return torch.as_tensor(moment.step.observations[:1], device=clip.run.agent.model.device)


def test_action_values_are_what_sb3_computes_on_every_frame(shown):
    clip, moments = shown
    policy = clip.run.agent.model.policy
    for moment in moments:
        with torch.no_grad():
            given = observed(clip, moment)
            if clip.subject.value_name == "probability":
                expected = policy.get_distribution(given).distribution.probs
                assert moment.action_values.sum() == pytest.approx(1, abs=1e-5)
            elif clip.subject.algo == "QRDQN":
                expected = policy.quantile_net(given).mean(dim=1)
            else:
                expected = policy.q_net(given)
        np.testing.assert_allclose(moment.action_values, expected[0].cpu().numpy(), rtol=1e-4, atol=1e-5)


def test_the_value_is_what_sb3_computes_on_every_frame(shown):
    clip, moments = shown
    for moment in moments:
        if clip.subject.value_name == "probability":
            with torch.no_grad():
                expected = float(clip.run.agent.model.policy.predict_values(observed(clip, moment)))
        else:
            expected = float(moment.action_values.max())
        assert moment.value == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_the_entropy_is_what_sb3_computes_on_every_frame(shown):
    clip, moments = shown
    for moment in moments:
        if clip.subject.value_name != "probability":
            assert moment.entropy is None
            continue
        with torch.no_grad():
            expected = clip.run.agent.model.policy.get_distribution(observed(clip, moment)).entropy()
        assert moment.entropy == pytest.approx(float(expected), abs=1e-4)


def test_a_greedy_agent_takes_the_action_that_is_shown_as_best(shown):
    clip, moments = shown
    if clip.subject.choice != "greedy":
        pytest.skip("this agent's actions are sampled")
    for moment in moments:
        assert moment.step.action == int(moment.action_values.argmax())
        assert moment.step.chosen == "greedy"


@pytest.mark.parametrize("play", [PlaySettings(epsilon=0.5), PlaySettings(fire_on_reset=True)])
def test_the_executed_actions_are_those_that_lead_to_what_is_seen(play, clip_of):
    """The environment, stepped by SB3 with the actions that the frames mark, shows the same games."""
    _, pictures = clip_of(SAMPLE, play)
    trained = from_zoo(SAMPLE)
    env = make_env(trained.files(trained.checkpoints[-1]), seed=play.seed)
    try:
        seen: Any = env.reset()
        for moment, _ in pictures:
            np.testing.assert_array_equal(seen[0].transpose(2, 0, 1), moment.step.observation)
            seen, _, _, _ = env.step(np.array([moment.step.action]))
    finally:
        env.close()


def test_random_actions_are_told_and_are_not_always_the_best(clip_of):
    _, pictures = clip_of(SAMPLE, PlaySettings(deterministic=True, epsilon=0.5))
    moments = [moment for moment, _ in pictures]
    random = [moment for moment in moments if moment.step.chosen == "random"]
    assert 15 <= len(random) <= 45
    assert any(moment.step.action != int(moment.action_values.argmax()) for moment in random)
    greedy = [moment for moment in moments if moment.step.chosen == "greedy"]
    assert all(moment.step.action == int(moment.action_values.argmax()) for moment in greedy)


def test_without_interventions_nothing_but_the_policy_acts(clip_of):
    _, pictures = clip_of(SAMPLE)
    assert {moment.step.chosen for moment, _ in pictures} == {"sampled"}


def test_the_return_that_followed_is_the_sum_of_the_rewards_that_are_seen_later(clip_of):
    clip, pictures = clip_of(SAMPLE, frames=200)
    moments = [moment for moment, _ in pictures]
    ends = [place for place, moment in enumerate(moments) if moment.step.done]
    assert ends
    total, expected = 0.0, {}
    for place in reversed(range(ends[0] + 1)):
        total = moments[place].step.reward + clip.subject.gamma * total
        expected[place] = total
    for place, value in expected.items():
        assert moments[place].followed == pytest.approx(value)


def test_a_clip_whose_checkpoint_is_not_there_is_an_error(tmp_path):
    trained = from_zoo(SAMPLE)
    missing = Checkpoint(tmp_path / "gone.zip", 50, None, "50")
    settings = ClipSettings(PlaySettings(), VideoSettings())
    with pytest.raises(FileNotFoundError, match=r"gone\.zip"), open_clip(trained, missing, settings, 1):
        pass
