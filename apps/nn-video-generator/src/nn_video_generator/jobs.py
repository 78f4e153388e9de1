"""Several videos, one after the other or in processes of their own; one that fails does not stop the rest."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

from rlviz_video import MadeVideo, progress

from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.clip import Picture
from nn_video_generator.milestone import Job, make_milestone_video

EXPECTED = (ValueError, OSError, ImportError)
"""Errors that tell in one line what was wrong with a checkpoint or an output."""

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a checkpoint's video.

    Attributes:
        checkpoint: whose video it is.
        video: the whole video; None where there is none.
        error: why there is none, in one line; empty where it did not fail.
        interrupted: whether Ctrl-C came before or during its making.
        note: what a person should know of it, one line; empty for nothing.
    """

    checkpoint: Checkpoint
    video: Path | None = None
    error: str = ""
    interrupted: bool = False
    note: str = ""


def run_jobs(jobs: Sequence[Job], processes: int) -> tuple[Outcome, ...]:
    """Make videos.

    Each is made in the same way wherever it is made: its bytes do not depend on the number of processes.

    Args:
        jobs: what to make.
        processes: videos made at a time; 1 makes them in this process.

    Returns:
        One outcome for each job, in order. After Ctrl-C the videos that were being made hold what there was,
        and those that were not begun are missing.
    """
    if processes == 1 or len(jobs) < 2:
        return _one_after_the_other(jobs)
    return _side_by_side(jobs, min(processes, len(jobs)))


def _one_after_the_other(jobs: Sequence[Job]) -> tuple[Outcome, ...]:
    outcomes: list[Outcome] = []
    for job in jobs:
        outcomes.append(_told(job, lambda job=job: make_milestone_video(job, progress)))
        if outcomes[-1].interrupted:
            break
    rest = (Outcome(job.checkpoint, interrupted=True) for job in jobs[len(outcomes) :])
    return (*outcomes, *rest)


def _told(job: Job, result: Callable[[], MadeVideo]) -> Outcome:
    """What became of a job, be it a video or an expected error."""
    try:
        made = result()
    except (KeyboardInterrupt, CancelledError):
        return Outcome(job.checkpoint, interrupted=True)
    except BrokenProcessPool:
        message = "its process was killed; a playable part is left, give fewer --jobs if memory was short"
        return Outcome(job.checkpoint, error=f"{job.paths.video}: {message}")
    except EXPECTED as error:
        return Outcome(job.checkpoint, error=str(error))
    if made.interrupted:
        note = f"Interrupted: {made.video} holds its first {made.frames} of {job.frames} frames"
        return Outcome(job.checkpoint, interrupted=True, note=note)
    return Outcome(job.checkpoint, made.video, note=f"Made: {made.video}")


def _side_by_side(jobs: Sequence[Job], processes: int) -> tuple[Outcome, ...]:
    # Spawned, not forked: a copy of PyTorch's and OpenCV's threads does not work.
    context = multiprocessing.get_context("spawn")
    done: Synchronized[int] = context.Value("q", 0)
    stop = context.Event()
    pool = ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(done, stop))
    with pool:
        futures = [pool.submit(_make, job) for job in jobs]
        total = sum(job.frames for job in jobs)
        try:
            for _ in progress(_frames_done(futures, done), total, f"{len(jobs)} videos"):
                pass
        except KeyboardInterrupt:
            stop.set()
            pool.shutdown(cancel_futures=True)
    return tuple(_told(job, future.result) for job, future in zip(jobs, futures, strict=True))


def _frames_done(futures: "Sequence[Future[MadeVideo]]", done: "Synchronized[int]") -> Iterator[None]:
    """Yield once for each frame that any of the processes has made, until all are finished."""
    seen, waiting = 0, set(futures)
    while waiting:
        waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED).not_done
        made = done.value
        yield from (None for _ in range(made - seen))
        seen = made


class _Worker:
    """What a process that makes videos shares with the one that waits for them."""

    done: "Synchronized[int]"
    stop: Event


def _begin(done: "Synchronized[int]", stop: Event) -> None:
    """Leave Ctrl-C to the process that waits: a terminal interrupts all of them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Worker.done, _Worker.stop = done, stop


def _make(job: Job) -> MadeVideo:
    return make_milestone_video(job, _counted)


def _counted(pictures: Iterator[Picture], _total: int, _what: str) -> Iterator[Picture]:
    for picture in pictures:
        yield picture
        with _Worker.done.get_lock():
            _Worker.done.value += 1
        if _Worker.stop.is_set():
            raise KeyboardInterrupt
