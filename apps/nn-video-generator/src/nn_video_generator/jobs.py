"""Several videos, one after the other or each in a process of its own; one that fails does not stop the rest."""

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event

from rlviz_video import MadeVideo, progress

from nn_video_generator.clip import Picture
from nn_video_generator.milestone import Job, make_milestone_video

EXPECTED = (ValueError, OSError, ImportError)
"""Errors that tell in one line what was wrong with a checkpoint or an output."""

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job.

    Attributes:
        job: the job.
        made: the video; None where it failed, or was not begun before Ctrl-C.
        error: why it failed, in one line; empty where it did not.
    """

    job: Job
    made: MadeVideo | None
    error: str = ""


def run_jobs(jobs: Sequence[Job], processes: int) -> tuple[Outcome, ...]:
    """Make videos.

    Each is made in the same way wherever it is made: its bytes do not depend on the number of processes.

    Args:
        jobs: what to make.
        processes: videos made at a time; 1 makes them in this process.

    Returns:
        One outcome for each job, in order. After Ctrl-C the videos that were being made hold what there was
        (`made.interrupted`), and those that were not begun are missing.
    """
    if processes == 1 or len(jobs) < 2:
        return _one_after_the_other(jobs)
    return _side_by_side(jobs, min(processes, len(jobs)))


def _one_after_the_other(jobs: Sequence[Job]) -> tuple[Outcome, ...]:
    outcomes: list[Outcome] = []
    for job in jobs:
        try:
            outcome = _outcome(job)
        except KeyboardInterrupt:
            outcome = Outcome(job, None)
        outcomes.append(outcome)
        if not outcome.error and (outcome.made is None or outcome.made.interrupted):
            break
    return (*outcomes, *(Outcome(job, None) for job in jobs[len(outcomes) :]))


def _outcome(job: Job) -> Outcome:
    try:
        return Outcome(job, make_milestone_video(job, progress))
    except EXPECTED as error:
        return Outcome(job, None, str(error))


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
    return tuple(_outcome_of(job, future) for job, future in zip(jobs, futures, strict=True))


def _frames_done(futures: "Sequence[Future[MadeVideo]]", done: "Synchronized[int]") -> Iterator[None]:
    """Yield once for each frame that any of the processes has made, until all are finished."""
    seen, waiting = 0, set(futures)
    while waiting:
        waiting = wait(waiting, _POLL_SECONDS, FIRST_COMPLETED).not_done
        made = done.value
        yield from (None for _ in range(made - seen))
        seen = made


def _outcome_of(job: Job, future: "Future[MadeVideo]") -> Outcome:
    if future.cancelled():
        return Outcome(job, None)
    try:
        return Outcome(job, future.result())
    except KeyboardInterrupt:
        return Outcome(job, None)
    except BrokenProcessPool:
        message = "its process was killed; a playable part is left, give fewer --jobs if memory was short"
        return Outcome(job, None, f"{job.paths.video}: {message}")
    except EXPECTED as error:
        return Outcome(job, None, str(error))


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
