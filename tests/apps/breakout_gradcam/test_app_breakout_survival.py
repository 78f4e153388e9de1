"""What is left after a kill, an interrupt and a full disk."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from breakout_gradcam.explain import BATCH
from breakout_gradcam.render import STEPS_AHEAD
from rlviz_agents import read_recording, read_trace
from small_disks import mounted

SECOND = 30
"""Frames."""
MANY = 100_000
"""More steps than a test waits for."""


@pytest.fixture
def running(process, sample, made, tmp_path):
    """A process that records, stopped at no step before the one asked for; returns it with its files."""

    def start(until: int, *options: object):
        files, trace = made(steps=MANY), tmp_path / "trace.jsonl"
        run = process(
            *("record", "-f", sample, "-n", MANY, "--seed", 5, "-o", files.folder),
            *("--placement", "field", "--trace", trace, *options),
        )
        deadline = time.monotonic() + 60
        while lines_of(trace) < until:
            assert run.poll() is None, run.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return run, files

    return start


def lines_of(trace: Path) -> int:
    return trace.read_bytes().count(b"\n") if trace.exists() else 0


def whole_rows_of(trace: Path) -> int:
    """Steps in a trace whose last line may be cut."""
    text = trace.read_text(encoding="utf-8")
    trace.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
    return sum(1 for _ in read_trace(trace))


def wait_for_ffmpeg(path: Path) -> None:
    """The other process sees the end of its input when ours is gone, and completes the file by itself."""
    size, deadline = -1, time.monotonic() + 10
    while time.monotonic() < deadline and (path.stat().st_size == 0 or path.stat().st_size != size):
        size = path.stat().st_size
        time.sleep(0.3)


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_kill_leaves_a_playable_video_of_all_but_the_last_second(attempt, running, decode, tmp_path):
    at = random.SystemRandom().randrange(150, 400)  # any frame will do: the claim is about all of them
    run, files = running(at)
    run.send_signal(signal.SIGKILL)
    run.wait()
    steps = whole_rows_of(tmp_path / "trace.jsonl")
    shown = decode(files.video.with_suffix(".part.mp4")).frames
    under_way = BATCH + STEPS_AHEAD + 2  # a batch waits for its maps, explained steps wait to be drawn
    assert len(shown) >= steps - SECOND - under_way, f"killed at step {at}"
    assert not files.video.exists()


def test_a_kill_leaves_a_playable_original_video(running, decode):
    run, files = running(200)
    run.send_signal(signal.SIGKILL)
    run.wait()
    part = files.original.with_suffix(".part.mp4")
    wait_for_ffmpeg(part)
    assert len(decode(part).frames) >= 200 - SECOND


def test_a_kill_leaves_a_recording_that_can_be_drawn(running, cli, tmp_path, decode):
    run, _ = running(200, "--save-recording", tmp_path / "run.arrow")
    run.send_signal(signal.SIGKILL)
    run.wait()
    again = tmp_path / "again"
    outcome = cli("record", "--from-recording", tmp_path / "run.part.arrow", "-o", again)
    assert outcome.status == 0, outcome.err
    video = next((again / "gradcam").glob("*.mp4"))
    assert len(decode(video).frames) >= 200 - 2 * BATCH


def test_what_a_killed_run_left_is_not_overwritten(running, cli, sample):
    run, files = running(100)
    run.send_signal(signal.SIGKILL)
    run.wait()
    outcome = cli("record", "-f", sample, "-n", MANY, "-o", files.folder, "--placement", "field")
    outcome.fails_with_one_line(".part.", "exists", "--force")


def interrupt(run: subprocess.Popen[str]) -> None:
    run.send_signal(signal.SIGINT)


def interrupt_group(run: subprocess.Popen[str]) -> None:
    """As a terminal does: ffmpeg and the environments' processes are interrupted too."""
    os.killpg(run.pid, signal.SIGINT)


@pytest.fixture(params=[interrupt, interrupt_group], ids=["the process", "the whole group"])
def interrupted(request, running, tmp_path):
    """A run that was interrupted, its files, status and what it said."""
    run, files = running(150, "--save-recording", tmp_path / "run.arrow")
    request.param(run)
    out, err = run.communicate(timeout=60)
    return files, run.returncode, out, err


def test_ctrl_c_finishes_every_file_and_exits_130(interrupted, decode, tmp_path):
    files, status, out, err = interrupted
    assert status == 130, err
    assert "Traceback" not in err
    manifest = files.manifest
    assert manifest["interrupted"] is True
    assert len(decode(files.video).frames) == len(files.rows) == manifest["frames"] >= 100
    assert len(decode(files.original).frames) >= manifest["frames"]
    assert not [name for name in files.names if ".part." in name]
    recording = read_recording(tmp_path / "run.arrow")
    assert sum(1 for _ in recording) >= manifest["frames"]
    assert recording.complete
    assert f"Interrupted: the videos hold what was recorded, {manifest['frames']} of {MANY} steps." in out


def test_ctrl_c_with_several_environments_exits_130(process, zoo, made, tmp_path):
    trace = tmp_path / "trace.jsonl"
    files = made(steps=MANY)
    run = process(
        *("record", "-f", zoo, "-n", MANY, "--n-envs", 2, "-o", files.folder),
        *("--placement", "field", "--trace", trace),
    )
    deadline = time.monotonic() + 60
    while lines_of(trace) < 120 and time.monotonic() < deadline:
        time.sleep(0.02)
    interrupt_group(run)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert files.manifest["interrupted"] is True
    assert "Traceback" not in err


def test_ctrl_c_while_the_first_steps_are_measured_exits_130(process, sample, made, tmp_path):
    """With `--placement auto` 256 steps are played before the first frame is drawn."""
    trace = tmp_path / "trace.jsonl"
    files = made(steps=MANY)
    run = process("record", "-f", sample, "-n", MANY, "-o", files.folder, "--trace", trace)
    deadline = time.monotonic() + 60
    while lines_of(trace) < 20 and time.monotonic() < deadline:
        time.sleep(0.005)
    interrupt(run)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert "Traceback" not in err
    assert not files.video.exists() or files.manifest["interrupted"] is True


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 800 kB."""
    with mounted(tmp_path / "disk", "size=800k") as folder:
        yield folder


def test_a_full_disk_is_one_line_and_leaves_what_fits(process, sample, small_disk, decode):
    run = process("record", "-f", sample, "-n", 3000, "-o", small_disk, "--placement", "field")
    _, err = run.communicate(timeout=120)
    assert run.returncode == 1, err
    assert len(err.splitlines()) == 1, err
    assert "No space left on device" in err
    assert str(small_disk) in err
    assert len(decode(next((small_disk / "gradcam").glob("*.part.mp4"))).frames) >= SECOND


def test_an_output_folder_below_a_file_is_one_line(cli, sample, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    outcome = cli("record", "-f", sample, "-n", 3, "-o", tmp_path / "file" / "videos")
    outcome.fails_with_one_line("file is a file", "expected a folder")


def test_an_output_folder_that_may_not_be_written_is_one_line(cli, sample, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write anywhere")
    outcome = cli("record", "-f", sample, "-n", 3, "-o", folder)
    outcome.fails_with_one_line("Permission denied", str(folder))


def test_ctrl_c_in_the_demo_finishes_the_page_and_exits_130(process, tmp_path):
    run = process("demo", "-o", tmp_path / "demo", "-n", MANY)
    video = tmp_path / "demo" / "gradcam" / "final-model-dqn-BreakoutNoFrameskip-v4_gradcam.part.mp4"
    deadline = time.monotonic() + 60
    while not (video.exists() and video.stat().st_size > 10_000) and time.monotonic() < deadline:
        time.sleep(0.02)
    interrupt(run)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130, err
    assert (tmp_path / "demo" / "index.html").is_file()
    assert json.loads((tmp_path / "demo" / "gallery.json").read_text(encoding="utf-8"))
