"""Stages that overlap: make the next items in a thread of their own while the caller works on this one."""

from collections.abc import Generator, Iterable
from contextlib import closing
from queue import Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")
_POLL_SECONDS = 0.05


class _End:
    """The last thing in the queue: how the stage ended."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def prefetch(items: Iterable[T], depth: int = 8) -> Generator[T]:
    """Iterate `items` in a background thread, at most `depth` items ahead of the caller.

    Order is kept, memory is bounded, and an error of `items` is raised here, at its place in the sequence.
    When the caller stops early (close, error, Ctrl-C), the thread ends after its current item and closes
    `items`.

    Args:
        items: what to iterate; touched by the background thread only.
        depth: how many finished items may wait, at least 1.

    Yields:
        The items of `items`.

    Raises:
        ValueError: `depth` is below 1.
    """
    if depth < 1:
        msg = f"depth {depth}: a prefetching stage holds at least 1 item"
        raise ValueError(msg)
    return _prefetch(items, depth)


def _prefetch(items: Iterable[T], depth: int) -> Generator[T]:
    waiting: Queue[T | _End] = Queue(depth)
    stopped = Event()
    thread = Thread(target=_produce, args=(items, waiting, stopped), name="prefetch", daemon=True)
    thread.start()
    try:
        while True:
            item = waiting.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stopped.set()
        thread.join()


def _produce(items: Iterable[T], waiting: "Queue[T | _End]", stopped: Event) -> None:
    end = _End(None)
    try:
        iterator: Any = iter(items)
        if hasattr(iterator, "close"):
            with closing(iterator):
                _pump(iterator, waiting, stopped)
        else:
            _pump(iterator, waiting, stopped)
    except BaseException as error:
        end = _End(error)
    _offer(end, waiting, stopped)


def _pump(items: Iterable[T], waiting: "Queue[T | _End]", stopped: Event) -> None:
    for item in items:
        if not _offer(item, waiting, stopped):
            return


def _offer(item: T | _End, waiting: "Queue[T | _End]", stopped: Event) -> bool:
    """Put `item`; False when the caller has stopped."""
    while not stopped.is_set():
        try:
            waiting.put(item, timeout=_POLL_SECONDS)
        except Full:
            continue
        return True
    return False
