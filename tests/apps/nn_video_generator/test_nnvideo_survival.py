"""What is left after a kill, an interrupt and a full disk, and how it goes on from there."""

import os
import random
import signal
import time

import pytest
from neural_videos import SAMPLE, Made
from rlviz_video import VideoSource
from small_disks import mounted

SECOND = 30
"""Frames."""
LONG = ("--clip-seconds", 600)
"""More than a test waits for."""


def rows_in(folder):
    """Rows of the timelines that are being written in a folder."""
    return sum(max(0, path.read_bytes().count(b"\n") - 1) for path in folder.glob("*.part.csv"))


@pytest.fixture
def running(process, tmp_path):
    """A process that makes videos, caught at no frame before the one asked for, and its folder."""

    def start(until, *options):
        folder = tmp_path / "out"
        run = process("--agent", SAMPLE, "--output-dir", folder, *options)
        deadline = time.monotonic() + 90
        while rows_in(folder) < until:
            assert run.poll() is None, run.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return run, folder

    return start


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_kill_leaves_a_playable_video_of_all_but_the_last_second(attempt, running):
    at = random.SystemRandom().randrange(60, 300)  # any frame will do: the claim is about all of them
    run, folder = running(at, *LONG)
    run.send_signal(signal.SIGKILL)
    run.wait()
    part = Made(next(folder.glob("*.part.mp4")))
    assert len(part.frames) >= at - SECOND, f"killed after row {at}"
    assert not list(folder.glob("*analytics.mp4"))


def test_what_a_killed_run_left_is_replaced_by_resume_alone(running, cli):
    run, folder = running(40, *LONG)
    run.send_signal(signal.SIGKILL)
    run.wait()
    arguments = ("--agent", SAMPLE, "--output-dir", folder, "--clip-seconds", 1)
    cli(*arguments).fails_with_one_line(".part.", "exists", "--force")
    outcome = cli(*arguments, "--resume")
    assert outcome.status == 0, outcome.err
    for percent in ("10", "50"):
        assert len(Made.of(folder, percent).frames) == SECOND
    assert not list(folder.glob("*.part.*"))


def test_a_killed_video_with_chapters_keeps_them(running):
    run, folder = running(60, "--total-seconds", 600)
    run.send_signal(signal.SIGKILL)
    run.wait()
    part = next(folder.glob("*.part.mp4"))
    assert [one.title for one in VideoSource(part).chapters] == ["10 %", "50 %"]


def interrupt(run):
    run.send_signal(signal.SIGINT)


def interrupt_group(run):
    """As a terminal does: the processes that make videos are interrupted too."""
    os.killpg(run.pid, signal.SIGINT)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("how", [interrupt, interrupt_group], ids=["the process", "the whole group"])
def test_ctrl_c_finishes_what_is_under_way_and_exits_130(jobs, how, running):
    run, folder = running(80, *LONG, "--jobs", jobs)
    how(run)
    out, err = run.communicate(timeout=90)
    assert run.returncode == 130, err
    assert "Traceback" not in err
    made = [Made(path) for path in sorted(folder.glob("*analytics.mp4"))]
    assert len(made) >= 1
    for one in made:
        manifest = one.manifest
        assert manifest["interrupted"] is True
        assert len(one.frames) == len(one.rows) == manifest["frames"]
    assert "Interrupted: " in out
    assert not list(folder.glob("*.part.*"))


def test_resume_makes_an_interrupted_video_whole(running, cli):
    run, folder = running(80, *LONG)
    interrupt(run)
    run.communicate(timeout=90)
    outcome = cli("--agent", SAMPLE, "--output-dir", folder, "--clip-seconds", 1, "--resume")
    assert outcome.status == 0, outcome.err
    for percent in ("10", "50"):
        manifest = Made.of(folder, percent).manifest
        assert manifest["interrupted"] is False
        assert manifest["frames"] == SECOND


def test_ctrl_c_in_the_whole_video_keeps_the_chapters_so_far(running):
    run, folder = running(80, "--total-seconds", 600)
    interrupt(run)
    out, err = run.communicate(timeout=90)
    assert run.returncode == 130, err
    made = Made(folder / "breakout_10min_training.mp4")
    assert made.manifest["interrupted"] is True
    assert len(made.frames) == len(made.rows) == made.manifest["frames"] >= 50
    assert "Interrupted: " in out


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 800 kB."""
    with mounted(tmp_path / "disk", "size=800k") as folder:
        yield folder


def test_a_full_disk_is_told_and_leaves_what_fits(process, small_disk):
    run = process("--agent", SAMPLE, "--output-dir", small_disk, *LONG, "--milestones-pct", 50)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 1, err
    assert "No space left on device" in err
    assert len(err.splitlines()) == 1, err
    assert len(Made(next(small_disk.glob("*.part.mp4"))).frames) >= SECOND
