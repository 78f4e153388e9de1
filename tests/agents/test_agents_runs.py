"""A run is one value: live it is what its parts would play, recorded it is what was played."""

import dataclasses
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from rlviz_agents import (
    AgentFiles,
    RecordingWriter,
    Run,
    RunDigest,
    RunOptions,
    Step,
    deterministic_actions,
    find_agent,
    live_run,
    load_agent,
    make_env,
    play,
    recorded_run,
)

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


def digest(steps: Iterable[Step]) -> str:
    running = RunDigest()
    for step in steps:
        running.update(step)
    return running.hexdigest()


@pytest.fixture
def files(own_zoo: Path) -> AgentFiles:
    return find_agent(own_zoo, "dqn", ENV)


@pytest.fixture
def recording(files: AgentFiles, tmp_path: Path) -> tuple[Path, str]:
    """A recorded run, and its digest."""
    path = tmp_path / "run.arrow"
    running = RunDigest()
    with (
        live_run(files, RunOptions(10, seed=4), device="cpu") as run,
        RecordingWriter(path, run.header) as writer,
    ):
        for step in run:
            writer.write(step)
            running.update(step)
        writer.finish(run.steps.final)
    return path, running.hexdigest()


def test_a_live_run_is_what_its_parts_play(files: AgentFiles):
    with live_run(files, RunOptions(15, seed=4, deterministic=False), device="cpu") as run:
        ours = digest(run)
    env = make_env(files, seed=4)
    theirs = digest(play(load_agent(files, env, seed=4, device="cpu"), env, 15, deterministic=False))
    env.close()
    assert ours == theirs


@pytest.mark.parametrize("deterministic", [None, True, False])
def test_actions_are_chosen_as_the_zoo_does_unless_told_otherwise(
    files: AgentFiles, deterministic: bool | None
):
    with live_run(files, RunOptions(1, deterministic=deterministic), device="cpu") as run:
        said = run.header["deterministic"]
    assert said is (deterministic_actions(ENV) if deterministic is None else deterministic)


def test_a_live_run_knows_its_length_and_its_actions_before_it_is_played(files: AgentFiles):
    with live_run(files, RunOptions(7), device="cpu") as run:
        known = (run.live, run.n_timesteps, run.actions, run.agent.n_actions)
    assert known == (True, 7, ("NOOP", "FIRE", "RIGHT", "LEFT"), 4)


def test_leaving_a_live_run_closes_its_environments(files: AgentFiles, monkeypatch: pytest.MonkeyPatch):
    closed: list[int] = []
    from stable_baselines3.common.vec_env import DummyVecEnv

    monkeypatch.setattr(DummyVecEnv, "close", lambda _: closed.append(1))
    with pytest.raises(RuntimeError), live_run(files, RunOptions(1), device="cpu"):
        raise RuntimeError
    assert closed == [1]


def test_a_recorded_run_gives_the_steps_that_were_played(recording: tuple[Path, str]):
    path, played = recording
    run = recorded_run(path, device="cpu")
    assert (digest(run), run.live, run.n_timesteps) == (played, False, 10)
    assert run.final_frame is not None


def test_a_recording_that_was_cut_off_has_no_final_frame(recording: tuple[Path, str]):
    path, _ = recording
    cut = path.with_name("run.part.arrow")
    cut.write_bytes(path.read_bytes()[:-3000])
    run: Run = recorded_run(cut, device="cpu")
    list(run)
    assert run.final_frame is None


def test_a_recordings_agent_is_looked_for_where_it_may_be_now(
    recording: tuple[Path, str], files: AgentFiles, tmp_path: Path
):
    moved = dataclasses.replace(files, model_path=tmp_path / "moved.zip")
    shutil.move(files.model_path, moved.model_path)
    run = recorded_run(recording[0], find=lambda: moved, device="cpu")
    assert run.agent.files == moved


def test_an_agent_that_is_not_there_any_more_is_named(recording: tuple[Path, str], files: AgentFiles):
    files.model_path.unlink()
    with pytest.raises(FileNotFoundError, match=rf"not at .*{ENV}.zip any more; restore that file"):
        recorded_run(recording[0])


def test_an_agent_that_is_not_where_it_was_looked_for_is_named(
    recording: tuple[Path, str], files: AgentFiles, own_zoo: Path
):
    files.model_path.unlink()
    with pytest.raises(FileNotFoundError, match=r"any more, and not where -f points to: no .*\.zip"):
        recorded_run(recording[0], find=lambda: find_agent(own_zoo, "dqn", ENV))


def test_another_agent_than_the_recordings_is_refused(recording: tuple[Path, str], files: AgentFiles):
    with zipfile.ZipFile(files.model_path, "a") as archive:
        archive.writestr("note", "another file")
    with pytest.raises(ValueError, match=r"was played by another model than .*SHA-256.*restore that model"):
        recorded_run(recording[0])
