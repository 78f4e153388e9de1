"""Agents that observe numbers in place of images are played as SB3 plays them, and recorded as they were."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rlviz_agents import (
    AgentFiles,
    FinalState,
    RecordingWriter,
    RunDigest,
    Step,
    find_agent,
    load_agent,
    make_env,
    play,
    policy_heads,
    read_recording,
)

ENV = "CartPole-v1"
ALGOS = ("dqn", "qrdqn", "ppo", "a2c")
pytestmark = pytest.mark.torch


def steps_of(
    files: AgentFiles, n: int, *, deterministic: bool, seed: int = 3, trust: bool = False
) -> list[Step]:
    env = make_env(files, seed=seed, trust=trust)
    agent = load_agent(files, env, seed=seed, device="cpu", trust=trust)
    steps = list(play(agent, env, n, deterministic=deterministic))
    env.close()
    return steps


def played_by_sb3(path: Path, algo: str, n: int, *, deterministic: bool, seed: int = 3) -> Iterator[tuple]:
    """Observations, actions, rewards and dones of each step, with nothing of rlviz."""
    from rl_zoo3.utils import ALGOS as CLASSES
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.utils import set_random_seed

    set_random_seed(seed)
    env = make_vec_env(ENV, seed=seed)
    sizes: dict[str, Any] = {"buffer_size": 1} if algo in ("dqn", "qrdqn") else {}
    model: Any = CLASSES[algo].load(path, env=env, device="cpu", seed=seed, **sizes)
    seen: Any = env.reset()
    for _ in range(n):
        actions, _ = model.predict(seen, deterministic=deterministic)
        before = seen.copy()
        seen, rewards, dones, _ = env.step(actions)
        yield before, actions, rewards, dones
    env.close()


@pytest.mark.parametrize("deterministic", [False, True])
@pytest.mark.parametrize("algo", ALGOS)
def test_an_agent_that_observes_numbers_plays_as_sb3_plays_it(
    number_zoo: Path, algo: str, deterministic: bool
):
    files = find_agent(number_zoo, algo, ENV)
    ours = steps_of(files, 60, deterministic=deterministic)
    theirs = played_by_sb3(files.model_path, algo, 60, deterministic=deterministic)
    for step, (seen, actions, rewards, dones) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(step.observations, seen, strict=True)
        assert step.actions.tolist() == actions.tolist()
        assert (step.rewards.tolist(), step.dones.tolist()) == (rewards.tolist(), dones.tolist())


def test_numbers_are_seen_as_they_are_and_the_frame_is_what_the_environment_draws(number_zoo: Path):
    (step,) = steps_of(find_agent(number_zoo, "ppo", ENV), 1, deterministic=True)
    assert (step.observations.shape, step.observations.dtype) == ((1, 4), np.float32)
    assert (step.frame.shape, step.frame.dtype) == ((400, 600, 3), np.uint8)
    assert (step.lives, step.ram, step.score) == (None, None, 0)


def test_the_named_heads_give_the_action_that_was_taken(number_zoo: Path):
    import torch

    files = find_agent(number_zoo, "dqn", ENV)
    steps = steps_of(files, 30, deterministic=True)
    heads = policy_heads(load_agent(files, device="cpu").model)
    q = heads(torch.as_tensor(np.stack([step.observation for step in steps])))["q"]
    assert q.argmax(1).tolist() == [step.action for step in steps]


def test_stacked_numbers_are_played(tmp_path: Path, save_number_agent: Callable[..., None]):
    pytest.importorskip("pygame")
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import VecFrameStack

    save_number_agent(VecFrameStack(make_vec_env(ENV), 3), tmp_path, "ppo", ENV, frame_stack=3)
    steps = steps_of(find_agent(tmp_path, "ppo", ENV), 5, deterministic=True)
    assert steps[-1].observation.shape == (12,)
    np.testing.assert_array_equal(steps[-1].observation[4:8], steps[-2].observation[8:])


def test_the_consoles_memory_can_be_what_an_agent_observes(
    tmp_path: Path, save_number_agent: Callable[..., None]
):
    import ale_py
    import gymnasium

    gymnasium.register_envs(ale_py)
    game = "ALE/Breakout-v5"
    save_number_agent(gymnasium.make(game, obs_type="ram"), tmp_path, "a2c", "ALE-Breakout-v5")
    files = dataclasses.replace(find_agent(tmp_path, "a2c", game), env_kwargs={"obs_type": "ram"})
    steps = steps_of(files, 4, deterministic=True)
    assert all((step.observation == step.ram).all() for step in steps)
    assert (steps[0].observations.shape, steps[0].observations.dtype) == ((1, 128), np.uint8)
    assert steps[0].frame.shape == (210, 160, 3)


@pytest.fixture
def normalized(tmp_path: Path, save_number_agent: Callable[..., None]) -> tuple[AgentFiles, Any]:
    """An agent with statistics of its observations in a pickle, and those statistics."""
    pytest.importorskip("pygame")
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import VecNormalize

    env = VecNormalize(make_vec_env(ENV, seed=0))
    env.reset()
    for _ in range(50):
        env.step(np.zeros(1, int))
    save_number_agent(env, tmp_path, "ppo", ENV, normalize=True, normalize_kwargs={})
    env.save(str(tmp_path / "ppo" / f"{ENV}_1" / ENV / "vecnormalize.pkl"))
    return find_agent(tmp_path, "ppo", ENV), env


def test_numbers_that_need_statistics_out_of_a_pickle_are_not_played_without_trust(normalized: Any):
    with pytest.raises(ValueError, match=r"vecnormalize\.pkl is a pickle.*--trust"):
        steps_of(normalized[0], 1, deterministic=True)


def test_with_trust_the_numbers_are_normalised_as_sb3_does(normalized: Any):
    files, statistics = normalized
    plain = dataclasses.replace(files, hyperparams={}, stats_path=None)
    (raw,) = steps_of(plain, 1, deterministic=True)
    (step,) = steps_of(files, 1, deterministic=True, trust=True)
    np.testing.assert_array_equal(step.observations, statistics.normalize_obs(raw.observations))
    assert step.observations.dtype == np.float32


def test_an_agent_of_other_numbers_than_its_environment_gives_is_refused(number_zoo: Path):
    files = find_agent(number_zoo, "dqn", ENV)
    env = make_env(dataclasses.replace(files, env_id="Acrobot-v1"))
    with pytest.raises(ValueError, match=r"float32 of shape \(4,\), its environment gives \(6,\) of float32"):
        load_agent(files, env)
    env.close()


def test_numbers_of_another_type_than_the_environment_gives_are_refused(
    tmp_path: Path, save_number_agent: Callable[..., None]
):
    import gymnasium
    from gymnasium.wrappers import DtypeObservation

    save_number_agent(DtypeObservation(gymnasium.make(ENV), np.float64), tmp_path, "ppo", ENV)
    files = find_agent(tmp_path, "ppo", ENV)
    env = make_env(files)
    with pytest.raises(ValueError, match=r"float64 of shape \(4,\), its environment gives \(4,\) of float32"):
        load_agent(files, env)
    env.close()


def test_an_environment_that_cannot_draw_itself_names_the_package(
    number_zoo: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "pygame", None)
    files = find_agent(number_zoo, "ppo", ENV)
    env = make_env(files)
    agent = load_agent(files, env)
    with pytest.raises(ModuleNotFoundError, match=r"'CartPole-v1' draws itself with pygame.*classic-control"):
        play(agent, env, 1, deterministic=True)
    env.close()


QUIET = """
import sys
from rlviz_agents import RunOptions, find_agent, live_run
if __name__ == "__main__":
    files = find_agent(sys.argv[1], "ppo", "CartPole-v1")
    with live_run(files, RunOptions(2, n_envs=int(sys.argv[2])), device="cpu") as run:
        list(run)
"""


@pytest.mark.parametrize("n_envs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_pygame_greets_nobody(number_zoo: Path, tmp_path: Path, n_envs: int):
    (tmp_path / "quiet.py").write_text(QUIET)
    command = [sys.executable, str(tmp_path / "quiet.py"), str(number_zoo), str(n_envs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""


@pytest.mark.slow
def test_numbers_of_two_environments_are_played(number_zoo: Path):
    files = find_agent(number_zoo, "ppo", ENV)
    env = make_env(files, n_envs=2)
    agent = load_agent(files, env, device="cpu")
    (step,) = play(agent, env, 1, deterministic=True)
    env.close()
    assert (step.observations.shape, step.frame.shape) == ((2, 4), (800, 600, 3))


def recorded(path: Path, steps: list[Step], final: FinalState) -> list[Step]:
    with RecordingWriter(path, {}) as writer:
        for step in steps:
            writer.write(step)
        writer.finish(final)
    return list(read_recording(path))


@pytest.mark.parametrize("kind", ["float32", "float64", "uint8", "int8", "int16", "int32", "int64"])
def test_numbers_come_back_from_a_recording_in_their_own_type(
    tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState, kind: str
):
    numbers = np.random.default_rng(0).normal(0, 50, (40, 2, 5)).astype(kind)
    steps = [dataclasses.replace(make_step(i), observations=numbers[i]) for i in range(40)]
    read = recorded(tmp_path / "run.arrow", steps, final_state)
    for i, step in enumerate(read):
        np.testing.assert_array_equal(step.observations, numbers[i], strict=True)


def test_a_run_and_its_recording_have_the_same_digest(
    number_zoo: Path, tmp_path: Path, final_state: FinalState
):
    steps = steps_of(find_agent(number_zoo, "ppo", ENV), 40, deterministic=False)
    final = dataclasses.replace(final_state, frame=steps[0].frame, scores=np.zeros(1), rams=None)
    final = dataclasses.replace(final, lives_left=np.full(1, -1))
    ours, theirs = RunDigest(), RunDigest()
    for step, read in zip(steps, recorded(tmp_path / "run.arrow", steps, final), strict=True):
        ours.update(step)
        theirs.update(read)
    assert ours.hexdigest() == theirs.hexdigest()


def test_observations_of_another_type_are_not_mixed_into_a_recording(
    tmp_path: Path, make_step: Callable[..., Step]
):
    step = make_step(0)
    writer = RecordingWriter(tmp_path / "run.arrow", {})
    writer.write(step)
    writer.write(dataclasses.replace(step, observations=step.observations.astype(np.int8)))
    with pytest.raises(ValueError, match="different shapes"):
        writer.close()


def test_observations_of_a_type_that_cannot_be_kept_are_named(tmp_path: Path, make_step: Callable[..., Step]):
    step = make_step(0)
    writer = RecordingWriter(tmp_path / "run.arrow", {})
    writer.write(dataclasses.replace(step, observations=step.observations.astype(complex)))
    with pytest.raises(ValueError, match="type complex128 cannot be kept; expected one of float32"):
        writer.close()


def rewrite_layout(path: Path, target: Path, layout: bytes) -> None:
    """Copy a recording, with another layout in its metadata."""
    import pyarrow as pa

    with path.open("rb") as file, target.open("wb") as out:
        reader = pa.ipc.open_stream(file)
        metadata = {**reader.schema.metadata, b"rlviz_layout": layout}
        with pa.ipc.new_stream(out, reader.schema.with_metadata(metadata)) as stream:
            for batch in reader:
                stream.write_batch(batch.replace_schema_metadata(metadata))


def test_a_recording_of_the_first_version_is_still_read(
    tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState
):
    new = recorded(tmp_path / "new.arrow", [make_step(i) for i in range(3)], final_state)
    first = b'{"version": 1, "observations": [2, 4, 3, 3], "frame": [6, 8, 3], "rams": [2, 128]}'
    rewrite_layout(tmp_path / "new.arrow", tmp_path / "old.arrow", first)
    old = list(read_recording(tmp_path / "old.arrow"))
    assert len(old) == 3
    for one, two in zip(new, old, strict=True):
        np.testing.assert_array_equal(one.observations, two.observations, strict=True)
        np.testing.assert_array_equal(one.frame, two.frame, strict=True)


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        (
            b'{"version": 3, "observations": [1, 2], "frame": [1, 1, 3], "rams": null}',
            "version 3 cannot be read",
        ),
        (
            b'{"version": 2, "observations": [1], "frame": [1, 1, 3], "rams": null, "observation_type": 7}',
            "is not one of rlviz .*type 7",
        ),
    ],
)
def test_a_layout_that_is_not_known_is_refused(
    tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState, layout: bytes, message: str
):
    recorded(tmp_path / "new.arrow", [make_step(0)], final_state)
    rewrite_layout(tmp_path / "new.arrow", tmp_path / "other.arrow", layout)
    with pytest.raises(ValueError, match=message):
        read_recording(tmp_path / "other.arrow")
