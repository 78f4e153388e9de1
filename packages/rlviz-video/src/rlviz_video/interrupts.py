"""Ctrl-C at the right moment: never in the middle of a frame."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_deferred() -> Generator[None]:
    """Hold back Ctrl-C until the block is done, then let it through.

    KeyboardInterrupt may come between any two steps of Python code: between a packet's encoding and its
    writing, or halfway through a frame sent down a pipe. The file would be damaged from there on.
    Off the main thread, where KeyboardInterrupt never comes, this does nothing.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    held: list[FrameType | None] = []
    signal.signal(signal.SIGINT, lambda _, frame: held.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if held:
        handler(signal.SIGINT, held[0])


@contextmanager
def interrupts_blocked() -> Generator[None]:
    """Keep Ctrl-C from processes started in the block.

    The terminal sends it to all processes of the foreground; an encoder must end with its input, not before
    the process that feeds it. A blocked signal stays blocked in a child; an ignored one might not.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
