import threading
from contextlib import closing

import pytest
from rlviz_video.pipeline import prefetch


def test_prefetch_passes_every_item_through_in_order():
    assert list(prefetch(range(1000), depth=3)) == list(range(1000))


def test_prefetch_works_in_another_thread():
    names = set(prefetch(threading.current_thread().name for _ in range(3)))
    assert names == {"prefetch"}


def test_an_error_of_the_stage_is_raised_after_the_items_before_it():
    def failing():
        yield 1
        raise OSError("disk on fire")

    stage = prefetch(failing())
    assert next(stage) == 1
    with pytest.raises(OSError, match="disk on fire"):
        next(stage)


def test_stopping_early_closes_the_stage_and_runs_at_most_depth_ahead():
    made = []
    closed = threading.Event()

    def items():
        try:
            for number in range(10**9):
                made.append(number)
                yield number
        finally:
            closed.set()

    with closing(prefetch(items(), depth=4)) as stage:
        assert next(stage) == 0
    assert closed.is_set()
    assert len(made) <= 1 + 4 + 1 + 1


def test_no_thread_is_left_behind():
    before = threading.active_count()
    with closing(prefetch(iter(range(100)), depth=1)) as stage:
        next(stage)
    assert threading.active_count() == before


def test_a_depth_of_zero_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        prefetch([], depth=0)
