"""The environment is made as record_video makes it, from names that are looked up on a list."""

import dataclasses
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rlviz_agents import (
    AgentFiles,
    action_names,
    deterministic_actions,
    find_agent,
    frame_rate,
    make_env,
    step_rate,
)

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


def spoil(own_zoo: Path, **hyperparams: object) -> AgentFiles:
    """Append to the agent's config.yml."""
    import yaml

    path = own_zoo / "dqn" / f"{ENV}_1" / ENV / "config.yml"
    path.write_text(yaml.dump({**find_agent(own_zoo, "dqn", ENV).hyperparams, **hyperparams}))
    return find_agent(own_zoo, "dqn", ENV)


def test_actions_have_the_games_own_names(dqn_files: AgentFiles):
    env = make_env(dqn_files)
    assert action_names(env) == ("NOOP", "FIRE", "RIGHT", "LEFT")
    env.close()


def test_actions_of_an_environment_without_names_are_numbered(dqn_files: AgentFiles):
    files = dataclasses.replace(dqn_files, env_id="CartPole-v1", hyperparams={}, stats_path=None)
    env = make_env(files)
    assert action_names(env) == ("0", "1")
    env.close()


def test_the_frame_rate_is_that_of_record_video(dqn_files: AgentFiles):
    env = make_env(dqn_files)
    assert frame_rate(env) == 30
    env.close()


def test_arguments_given_win_over_those_of_the_training(own_zoo: Path):
    args = own_zoo / "dqn" / f"{ENV}_1" / ENV / "args.yml"
    args.write_text("env_kwargs: {difficulty: 1, mode: 4}\n")
    env = make_env(find_agent(own_zoo, "dqn", ENV), env_kwargs={"mode": 8})
    spec: Any = env.get_attr("spec")[0]
    assert (spec.kwargs["difficulty"], spec.kwargs["mode"]) == (1, 8)
    env.close()


def test_making_an_environment_prints_nothing(dqn_files: AgentFiles, capsys: pytest.CaptureFixture[str]):
    make_env(dqn_files).close()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, False),
        ({"stochastic": True}, False),
        ({"deterministic": True}, True),
        ({"deterministic": True, "stochastic": True}, False),
    ],
)
def test_an_atari_game_is_sampled_unless_told_otherwise(flags: dict, expected: bool):
    assert deterministic_actions(ENV, **flags) is expected


@pytest.mark.parametrize(("flags", "expected"), [({}, True), ({"stochastic": True}, False)])
def test_another_environment_is_greedy_unless_told_otherwise(flags: dict, expected: bool):
    assert deterministic_actions("CartPole-v1", **flags) is expected


@pytest.mark.parametrize("env_id", ["BreakoutNoFrameskap-v4", "Nothing/Here-v0", "BreakoutNoFrameskip-v99"])
def test_an_id_that_is_not_installed_is_named(env_id: str):
    with pytest.raises(ValueError, match=rf"environment '{env_id}' is not installed .*; install the package"):
        deterministic_actions(env_id)


def test_an_argument_that_the_environment_does_not_take_is_named(dqn_files: AgentFiles):
    with pytest.raises(ValueError, match=r"could not be made .*colour"):
        make_env(dqn_files, env_kwargs={"colour": 1})


def test_no_environments_are_too_few(dqn_files: AgentFiles):
    with pytest.raises(ValueError, match="0 environments"):
        make_env(dqn_files, n_envs=0)


@pytest.mark.parametrize(
    "wrapper",
    [
        "os.system",
        "subprocess.Popen",
        "stable_baselines3.common.monitor.Monitor",
        "gymnasium.wrappers.RecordVideo",
        "gymnasium.wrappers.np",
        "gymnasium.wrappers.nothing",
        "system",
        {"stable_baselines3.common.monitor.Monitor": {"filename": "/tmp/x"}},
        7,
    ],
)
def test_a_wrapper_that_is_not_on_the_list_is_refused(own_zoo: Path, wrapper: object):
    with pytest.raises(ValueError, match=r"config.yml wants the wrapper .*--trust"):
        make_env(spoil(own_zoo, env_wrapper=wrapper))


@pytest.mark.parametrize("wrapper", ["os.system", "stable_baselines3.common.vec_env.VecNormalize"])
def test_a_wrapper_of_all_environments_that_is_not_on_the_list_is_refused(own_zoo: Path, wrapper: str):
    with pytest.raises(ValueError, match=r"config.yml wants the wrapper .*--trust"):
        make_env(spoil(own_zoo, vec_env_wrapper=wrapper))


def test_arguments_of_a_wrapper_reach_it(own_zoo: Path):
    wrapper = {"stable_baselines3.common.atari_wrappers.AtariWrapper": {"screen_size": 60}}
    env = make_env(spoil(own_zoo, env_wrapper=[wrapper]))
    assert env.observation_space.shape == (60, 60, 4)
    env.close()


class Touch:
    """Unpickling an instance makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def poisoned_statistics(own_zoo: Path, marker: Path) -> AgentFiles:
    files = spoil(own_zoo, normalize=True)
    assert files.stats_path is not None
    (files.stats_path / "vecnormalize.pkl").write_bytes(pickle.dumps(Touch(marker)))
    return files


def test_pickled_statistics_are_refused_and_do_not_run(own_zoo: Path, tmp_path: Path):
    files = poisoned_statistics(own_zoo, tmp_path / "ran")
    with pytest.raises(ValueError, match=r"vecnormalize.pkl is a pickle.*--trust"):
        make_env(files)
    assert not (tmp_path / "ran").exists()


def test_pickled_statistics_run_for_who_trusts_them(own_zoo: Path, tmp_path: Path):
    poisoned_statistics(own_zoo, tmp_path / "ran")
    files = find_agent(own_zoo, "dqn", ENV, trust=True)
    with pytest.raises(AttributeError):  # what the pickle makes is no VecNormalize
        make_env(files, trust=True)
    assert (tmp_path / "ran").exists()


def test_a_normalize_text_is_not_evaluated(own_zoo: Path, tmp_path: Path):
    files = spoil(own_zoo, normalize=f"__import__('os').mkdir({str(tmp_path / 'ran')!r})")
    with pytest.raises(ValueError, match=r"vecnormalize\.pkl"):
        make_env(files)
    assert not (tmp_path / "ran").exists()


def test_rewards_are_counted_below_the_wrapper_that_clips_them():
    import gymnasium as gym
    from rlviz_agents.game_state import GameStateWrapper
    from stable_baselines3.common.atari_wrappers import ClipRewardEnv

    class Sevens(gym.Env):
        observation_space = gym.spaces.Discrete(1)
        action_space = gym.spaces.Discrete(1)

        def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[int, dict]:
            return 0, {}

        def step(self, action: int) -> tuple[int, float, bool, bool, dict]:
            return 0, 7.0, False, False, {}

    counter = GameStateWrapper(Sevens())
    clipped = ClipRewardEnv(counter)
    clipped.reset()
    rewards = [clipped.step(0)[1] for _ in range(3)]
    clipped.reset()
    clipped.step(0)
    state = counter.game_state()
    assert (rewards, state.score, state.total, state.lives, state.ram) == ([1, 1, 1], 7.0, 28.0, -1, None)


@pytest.mark.parametrize("n_envs", [1, 2])
def test_the_emulators_banner_is_not_shown(n_envs: int, zoo: Path):
    code = (
        "import sys; from rlviz_agents import find_agent, make_env\n"
        f"make_env(find_agent(sys.argv[1], 'dqn', '{ENV}'), n_envs={n_envs}).close()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(zoo)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_processes_of_environments_leave_ctrl_c_to_the_one_that_plays(dqn_files: AgentFiles):
    env: Any = make_env(dqn_files, n_envs=2)
    env.reset()
    for process in env.unwrapped.processes:
        os.kill(process.pid, signal.SIGINT)
    env.step([0, 0])
    assert all(process.is_alive() for process in env.unwrapped.processes)
    env.close()


def plain(files: AgentFiles, env_id: str, **hyperparams: object) -> AgentFiles:
    """The agent's files, made to name another environment."""
    return dataclasses.replace(files, env_id=env_id, hyperparams=hyperparams, stats_path=None)


ATARI_WRAPPER = "stable_baselines3.common.atari_wrappers.AtariWrapper"


@pytest.mark.parametrize(
    ("env_id", "wrapper", "expected"),
    [
        ("BreakoutNoFrameskip-v4", ATARI_WRAPPER, 15.0),
        ("BreakoutNoFrameskip-v4", {ATARI_WRAPPER: {"frame_skip": 1}}, 60.0),
        ("BreakoutNoFrameskip-v4", {ATARI_WRAPPER: {"frame_skip": 3}}, 20.0),
        ("BreakoutNoFrameskip-v4", None, 60.0),
        ("ALE/Breakout-v5", None, 15.0),
        ("ALE/Breakout-v5", ATARI_WRAPPER, 3.75),
        ("Breakout-v4", None, 20.0),
        ("BreakoutNoFrameskip-v4", {"gymnasium.wrappers.AtariPreprocessing": {"frame_skip": 2}}, 30.0),
        ("CartPole-v1", None, 50.0),
        ("CartPole-v1", {"rl_zoo3.wrappers.FrameSkip": {"skip": 5}}, 10.0),
    ],
)
def test_the_step_rate_is_the_games_true_speed(
    dqn_files: AgentFiles, env_id: str, wrapper: object, expected: float
):
    files = plain(dqn_files, env_id, env_wrapper=wrapper, normalize=False)
    env = make_env(files)
    assert step_rate(env) == expected
    env.close()


def test_a_range_of_skipped_frames_counts_with_the_mean_of_what_is_drawn(dqn_files: AgentFiles):
    env = make_env(plain(dqn_files, "Breakout-v4", normalize=False))
    env.reset()
    counts: list[int] = []
    for _ in range(200):
        before = env.get_attr("ale")[0].getEpisodeFrameNumber()
        _, _, dones, _ = env.step(np.zeros(1, int))
        if not dones[0]:
            counts.append(env.get_attr("ale")[0].getEpisodeFrameNumber() - before)
    env.close()
    assert set(counts) == {2, 3, 4}
    assert sum(counts) / len(counts) == pytest.approx(60 / 20, abs=0.2)


@pytest.mark.slow
def test_environments_in_processes_of_their_own_tell_their_step_rate(dqn_files: AgentFiles):
    env = make_env(dqn_files, n_envs=2)
    assert step_rate(env) == 15.0
    env.close()
