"""A recording is the run: read back it gives the same steps, also after a crash."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rlviz_agents import (
    FinalState,
    RecordingWriter,
    Step,
    find_agent,
    load_agent,
    make_env,
    read_recording,
    run_header,
)

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


def same(one: Any, two: Any) -> bool:
    """Whether two steps or final states are equal in every field, dtypes and shapes included."""
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(two, field.name)
        if isinstance(a, np.ndarray):
            if not (isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b)):
                return False
        elif a != b:
            return False
    return True


@pytest.mark.parametrize("n", [0, 1, 31, 32, 33, 100])
def test_steps_come_back_as_they_were(
    tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState, n: int
):
    steps = [make_step(index) for index in range(n)]
    with RecordingWriter(tmp_path / "run.arrow", {"env_id": ENV}) as writer:
        for step in steps:
            writer.write(step)
        writer.finish(final_state)
    recording = read_recording(tmp_path / "run.arrow")
    read = list(recording)
    assert len(read) == n
    assert all(same(one, two) for one, two in zip(steps, read, strict=True))
    assert same(recording.final, final_state)
    assert recording.complete


def test_a_game_without_console_memory_comes_back_without(
    tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState
):
    with RecordingWriter(tmp_path / "run.arrow", {}) as writer:
        writer.write(dataclasses.replace(make_step(0), rams=None))
        writer.finish(dataclasses.replace(final_state, rams=None))
    recording = read_recording(tmp_path / "run.arrow")
    assert [step.rams for step in recording] == [None]
    assert recording.final.rams is None


def test_the_header_comes_back(tmp_path: Path, final_state: FinalState):
    header = {"env_id": ENV, "action_names": ["NOOP", "FIRE"], "fps": 29.97, "seed": 42, "args": {"n": 1}}
    with RecordingWriter(tmp_path / "run.arrow", header) as writer:
        writer.finish(final_state)
    assert read_recording(tmp_path / "run.arrow").header == header


def test_a_recording_can_be_read_twice(
    tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState
):
    with RecordingWriter(tmp_path / "run.arrow", {}) as writer:
        writer.write(make_step(0))
        writer.finish(final_state)
    recording = read_recording(tmp_path / "run.arrow")
    assert [len(list(recording)) for _ in range(2)] == [1, 1]


def test_equal_runs_give_equal_files(tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState):
    for name in ("one", "two"):
        with RecordingWriter(tmp_path / f"{name}.arrow", {"seed": 1}) as writer:
            for index in range(40):
                writer.write(make_step(index))
            writer.finish(final_state)
    assert (tmp_path / "one.arrow").read_bytes() == (tmp_path / "two.arrow").read_bytes()


def test_a_file_that_is_there_is_kept(tmp_path: Path):
    (tmp_path / "run.arrow").write_text("mine")
    with pytest.raises(FileExistsError, match=r"run.arrow exists.*--force"):
        RecordingWriter(tmp_path / "run.arrow", {})
    assert (tmp_path / "run.arrow").read_text() == "mine"


def test_a_file_that_is_there_is_replaced_on_request(tmp_path: Path, final_state: FinalState):
    (tmp_path / "run.arrow").write_text("mine")
    with RecordingWriter(tmp_path / "run.arrow", {}, force=True) as writer:
        writer.finish(final_state)
    assert list(read_recording(tmp_path / "run.arrow")) == []


def test_an_error_leaves_what_there_is_under_the_part_name(tmp_path: Path, make_step: Callable[..., Step]):
    def fail() -> None:
        with RecordingWriter(tmp_path / "run.arrow", {}) as writer:
            for index in range(5):
                writer.write(make_step(index))
            message = "out of luck"
            raise KeyError(message)

    with pytest.raises(KeyError, match="out of luck"):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["run.part.arrow"]
    recording = read_recording(tmp_path / "run.part.arrow")
    assert len(list(recording)) == 5
    assert not recording.complete


CHILD = """
import os, signal, sys
import numpy as np
from rlviz_agents import RecordingWriter, Step
if len(sys.argv) > 2:
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
noise = np.random.default_rng(0)
with RecordingWriter(sys.argv[1], {}) as writer:
    for index in range(100):
        zero = np.zeros(1)
        frame = noise.integers(0, 256, (20, 20, 3), np.uint8)
        observations = np.full((1, 4, 5, 5), index, np.uint8)
        writer.write(Step(index, observations, zero.astype(int), "greedy", zero.astype("f4"), zero, zero,
                          zero.astype(int), zero.astype(bool), frame, None))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_loses_no_more_than_the_last_batch(tmp_path: Path):
    subprocess.run([sys.executable, "-c", CHILD, str(tmp_path / "run.arrow")], check=False)
    recording = read_recording(tmp_path / "run.part.arrow")
    assert [int(step.observation[0, 0, 0]) for step in recording] == list(range(96))
    assert not recording.complete


def test_a_full_disk_names_the_file(tmp_path: Path):
    command = [sys.executable, "-c", CHILD, str(tmp_path / "run.arrow"), "60000"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert f"OSError: {tmp_path}/run.part.arrow cannot be written (File too large)" in done.stderr
    assert len(list(read_recording(tmp_path / "run.part.arrow"))) == 32


def test_an_unwritable_place_names_the_file(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"file/run.part.arrow cannot be written"):
        RecordingWriter(tmp_path / "file" / "run.arrow", {})


@pytest.fixture
def whole(tmp_path: Path, make_step: Callable[..., Step], final_state: FinalState) -> Path:
    with RecordingWriter(tmp_path / "run.arrow", {}) as writer:
        for index in range(96):
            writer.write(make_step(index))
        writer.finish(final_state)
    return tmp_path / "run.arrow"


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_a_file_cut_anywhere_ends_after_a_whole_batch(whole: Path, share: float):
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * share)])
    recording = read_recording(whole)
    count = len(list(recording))
    assert count % 32 == 0
    assert 0 < count < 97
    assert not recording.complete


def test_a_final_frame_that_was_never_recorded_is_an_error(whole: Path):
    whole.write_bytes(whole.read_bytes()[:-2000])
    recording = read_recording(whole)
    list(recording)
    with pytest.raises(ValueError, match="no final frame"):
        _ = recording.final_frame


@pytest.mark.parametrize("value", [b"\x00", b"\x55"])
def test_a_file_damaged_in_the_middle_names_the_step(whole: Path, value: bytes):
    content = bytearray(whole.read_bytes())
    middle = len(content) // 2
    content[middle - 2000 : middle + 2000] = value * 4000
    whole.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="damaged after step 32"):
        list(read_recording(whole))


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xff\xff\xff\x10\x00\x00\x00" + b"\x00" * 16])
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, content: bytes):
    (tmp_path / "x.arrow").write_bytes(content)
    with pytest.raises(ValueError, match=r"x.arrow holds no recorded step"):
        read_recording(tmp_path / "x.arrow")


def test_an_arrow_file_of_something_else_is_named(tmp_path: Path):
    import pyarrow as pa

    table = pa.table({"a": [1]})
    with pa.OSFile(str(tmp_path / "x.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    with pytest.raises(ValueError, match=r"x.arrow is no recording of rlviz"):
        read_recording(tmp_path / "x.arrow")


def test_steps_of_another_shape_are_refused(tmp_path: Path, make_step: Callable[..., Step]):
    writer = RecordingWriter(tmp_path / "run.arrow", {})
    writer.write(make_step(0))
    writer.write(make_step(1, frame_height=7))
    with pytest.raises(ValueError, match="different shapes"):
        writer.close()


def test_the_header_of_a_run_names_what_is_needed_to_repeat_it(zoo: Path):
    files = find_agent(zoo, "ppo", ENV)
    env = make_env(files, seed=7)
    agent = load_agent(files, env, seed=7)
    header = run_header(agent, env, n_timesteps=9, seed=7, deterministic=False, env_kwargs={"mode": 4})
    env.close()
    assert header["action_names"] == ["NOOP", "FIRE", "RIGHT", "LEFT"]
    assert (header["env_id"], header["algo"], header["model_sha256"]) == (ENV, "ppo", agent.sha256)
    assert (header["seed"], header["n_timesteps"], header["fps"], header["n_envs"]) == (7, 9, 30, 1)
    assert header["step_rate"] == 15.0
    assert (header["observation_shape"], header["env_kwargs"]) == ([4, 84, 84], {"mode": "4"})
    assert {"stable-baselines3", "ale-py", "torch"} <= header["versions"].keys()


def test_a_recording_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"no recording .*run\.arrow; expected"):
        read_recording(tmp_path / "run.arrow")
